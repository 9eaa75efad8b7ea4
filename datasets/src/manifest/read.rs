//! The two formats of a manifest, and what can be wrong with a file before any row of it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;
use toml::de::DeTable;

use super::columns::{Column, identify};
use super::{MAX_BYTES, ManifestError, ManifestRow};

/// What a manifest holds.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Each with its line, counted from one.
    pub(super) rows: Vec<(u64, ManifestRow)>,
    /// Names of columns that nothing is read from.
    pub(super) ignored: BTreeSet<String>,
}

/// A line and what is wrong with it.
type Problem = (u64, String);

/// The text of a manifest.
///
/// # Errors
/// When it cannot be read, is too large or is not UTF-8.
pub(super) fn text(path: &Path) -> Result<String, ManifestError> {
    let failed = |source| ManifestError::Read { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let bytes = file.metadata().map_err(failed)?.len();
    if bytes > MAX_BYTES {
        return Err(ManifestError::TooLarge { path: path.to_owned(), bytes });
    }
    let mut read = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut read).map_err(failed)?;
    decode(read).map_err(|(line, problem)| ManifestError::Line { path: path.to_owned(), line, problem })
}

fn decode(bytes: Vec<u8>) -> Result<String, Problem> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err((1, "this is UTF-16; save the manifest as UTF-8".to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let (good, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
        (line_of(&bytes[..good]), format!("the byte {:#04x} is not UTF-8; save the manifest as UTF-8", bytes[good]))
    })?;
    if let Some(at) = text.find('\0') {
        return Err((line_of(&text.as_bytes()[..at]), "there is a zero byte, so this is no text".to_owned()));
    }
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}

/// The line that follows `before`.
fn line_of(before: &[u8]) -> u64 {
    1 + before.iter().filter(|&&byte| byte == b'\n').count() as u64
}

/// The rows of a table.
pub(super) fn csv(text: &str) -> Result<Rows, Problem> {
    let problem = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => (
                line,
                format!(
                    "there are {len} columns here and {expected_len} in the first line; is a comma missing, or quotation marks around a text with one?"
                ),
            ),
            csv::ErrorKind::Deserialize { err, .. } => (line, err.to_string()),
            _ => (line, error.to_string()),
        }
    };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let typed = reader.headers().map_err(problem)?.clone();
    let mut rows = Rows::default();
    let mut headers = csv::StringRecord::new();
    for name in &typed {
        match identify(name).map_err(|problem| (1, problem))? {
            Column::Known(known) if headers.iter().any(|other| field_of(other) == field_of(known)) => {
                return Err((1, format!("the column `{known}` is there twice")));
            }
            Column::Known(known) => headers.push_field(known),
            Column::Ignored => {
                headers.push_field(&format!("({name})"));
                rows.ignored.insert(name.to_owned());
            }
        }
    }
    if !headers.iter().any(|name| name == "path") {
        let hint = if text.lines().next().is_some_and(|line| line.contains([';', '\t'])) {
            "; columns are separated by commas"
        } else {
            ""
        };
        return Err((1, format!("there is no column `path`{hint}")));
    }
    for record in reader.records() {
        let record = record.map_err(problem)?;
        let line = record.position().map_or(1, csv::Position::line);
        if record.iter().any(|field| field.contains('\n')) {
            return Err((line, "a text goes on in the next line; is a quotation mark not closed?".to_owned()));
        }
        let row = record.deserialize(Some(&headers)).map_err(|error| (line, problem(error).1))?;
        rows.rows.push((line, row));
    }
    Ok(rows)
}

/// The field that a name is read into.
fn field_of(name: &str) -> &str {
    match name {
        "licence" => "license",
        "author" => "composer",
        name => name,
    }
}

/// The rows of a document.
pub(super) fn toml(text: &str) -> Result<Rows, Problem> {
    #[derive(Deserialize)]
    struct Document {
        #[serde(default)]
        default: Option<Spanned<ManifestRow>>,
        #[serde(default)]
        file: Vec<Spanned<ManifestRow>>,
    }
    let line = |byte: usize| line_of(&text.as_bytes()[..byte.min(text.len())]);
    let problem =
        |error: toml::de::Error| (line(error.span().map_or(0, |span| span.start)), error.message().to_owned());
    let mut rows = Rows { ignored: toml_names(text, &line, &problem)?, ..Rows::default() };
    let document: Document = toml::from_str(text).map_err(problem)?;
    if let Some(default) = document.default {
        let start = default.span().start;
        rows.rows.push((line(start), ManifestRow { path: ".".to_owned(), ..default.into_inner() }));
    }
    for row in document.file {
        rows.rows.push((line(row.span().start), row.into_inner()));
    }
    Ok(rows)
}

/// Checks the names of tables and keys; gives those that nothing is read from.
fn toml_names(
    text: &str,
    line: &dyn Fn(usize) -> u64,
    problem: &dyn Fn(toml::de::Error) -> Problem,
) -> Result<BTreeSet<String>, Problem> {
    let document = DeTable::parse(text).map_err(problem)?;
    let mut ignored = BTreeSet::new();
    for (name, value) in document.get_ref() {
        let at = line(name.span().start);
        let tables: Vec<&DeTable<'_>> = match (name.get_ref().as_ref(), value.get_ref()) {
            ("default", value) => value.as_table().into_iter().collect(),
            ("file", value) => {
                value.as_array().into_iter().flatten().filter_map(|row| row.get_ref().as_table()).collect()
            }
            (other, _) => {
                return Err((at, format!("`{other}` is neither `[default]` nor `[[file]]`")));
            }
        };
        for (key, _) in tables.into_iter().flatten() {
            if identify(key.get_ref()).map_err(|problem| (line(key.span().start), problem))? == Column::Ignored {
                ignored.insert(key.get_ref().to_string());
            }
        }
    }
    Ok(ignored)
}
