//! The manifest of a collection: what each file is, and by whose leave it may be used.
//!
//! `manifest.csv` in the root of the collection has one row per file and a header row; `manifest.toml` has a table
//! `[[file]]` per file, and a table `[default]` for whatever a file's own table leaves out and for files without one:
//!
//! ```toml
//! [default]
//! license = "CC0-1.0"
//! composer = "Me"
//!
//! [[file]]
//! path = "slow/evening.mid"
//! title = "Evening"
//! ```
//!
//! Columns, all but `path` optional: `license` (or `licence`; an SPDX expression), `free_for_training` (yes or no; it
//! overrules what the licence's name says), `tier`, `source`, `composer`, `title`, `period_style` or `style`,
//! `ensemble`, `attribution`, `work` (files with the same value are one work). Other columns are ignored.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::licence::Licence;

/// What a manifest says about one file; what it does not say is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ManifestRow {
    /// Path within the collection, with `/` between folders.
    pub path: String,
    /// SPDX expression or name of the licence.
    #[serde(alias = "licence")]
    pub license: String,
    /// `yes` or `no`.
    pub free_for_training: String,
    /// How sure the collector is of the licence.
    pub tier: String,
    /// Where the file comes from.
    pub source: String,
    /// Who wrote the music.
    pub composer: String,
    /// What the piece is called.
    pub title: String,
    /// The style at the level at which models are taught; goes before `style`.
    pub period_style: String,
    /// The style.
    pub style: String,
    /// What kind of group plays it.
    pub ensemble: String,
    /// The credit that the licence asks for.
    pub attribution: String,
    /// The work that the file is a version or a part of.
    pub work: String,
}

/// Why a manifest could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The file could not be read.
    #[error("cannot read the manifest {path}; check that it may be read")]
    Read {
        /// The manifest.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// A line is not what it should be.
    #[error("{path}, line {line}: {problem}; correct the manifest and scan again")]
    Line {
        /// The manifest.
        path: PathBuf,
        /// Counted from one.
        line: u64,
        /// What is wrong.
        problem: String,
    },
    /// Both kinds of manifest are there.
    #[error("{folder} has both manifest.csv and manifest.toml; remove one of them")]
    Two {
        /// The collection.
        folder: PathBuf,
    },
}

/// The manifest of a collection, or nothing when there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    rows: HashMap<String, ManifestRow>,
    default: ManifestRow,
}

impl Manifest {
    /// Reads `manifest.csv` or `manifest.toml` in `folder`; an empty manifest when there is neither.
    ///
    /// # Errors
    /// When the file cannot be read, a line cannot be understood, a path occurs twice, or both files are there.
    pub fn find(folder: &Path) -> Result<Self, ManifestError> {
        let csv = folder.join("manifest.csv");
        let toml = folder.join("manifest.toml");
        match (csv.is_file(), toml.is_file()) {
            (true, true) => Err(ManifestError::Two { folder: folder.to_owned() }),
            (true, false) => Self::from_csv(&csv, &text(&csv)?),
            (false, true) => Self::from_toml(&toml, &text(&toml)?),
            (false, false) => Ok(Self::default()),
        }
    }

    /// Reads a table; `path` is for messages.
    ///
    /// # Errors
    /// See [`Manifest::find`].
    pub fn from_csv(path: &Path, text: &str) -> Result<Self, ManifestError> {
        let line_error = |line, problem: String| ManifestError::Line { path: path.to_owned(), line, problem };
        let csv_error = |error: &csv::Error| {
            let line = error.position().map_or(1, csv::Position::line);
            line_error(line, error.to_string())
        };
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|error| csv_error(&error))?.clone();
        if !headers.iter().any(|name| name == "path") {
            return Err(line_error(1, "there is no column `path`".to_owned()));
        }
        let mut manifest = Self::default();
        for record in reader.records() {
            let record = record.map_err(|error| csv_error(&error))?;
            let line = record.position().map_or(1, csv::Position::line);
            let row = record.deserialize(Some(&headers)).map_err(|error| line_error(line, error.to_string()))?;
            manifest.insert(row).map_err(|problem| line_error(line, problem))?;
        }
        Ok(manifest)
    }

    /// The text of a `manifest.csv` with these rows in this order.
    pub fn to_csv(rows: &[ManifestRow]) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        rows.iter().try_for_each(|row| writer.serialize(row)).expect("a vector takes every row of texts");
        let bytes = writer.into_inner().expect("a vector takes every byte");
        String::from_utf8(bytes).expect("texts and commas are UTF-8")
    }

    /// Reads a TOML document; `path` is for messages.
    ///
    /// # Errors
    /// See [`Manifest::find`].
    pub fn from_toml(path: &Path, text: &str) -> Result<Self, ManifestError> {
        #[derive(Deserialize)]
        struct Document {
            #[serde(default)]
            default: ManifestRow,
            #[serde(default)]
            file: Vec<toml::Spanned<ManifestRow>>,
        }
        let line_of = |byte: usize| 1 + text.bytes().take(byte).filter(|&b| b == b'\n').count() as u64;
        let line_error = |byte, problem| ManifestError::Line { path: path.to_owned(), line: line_of(byte), problem };
        let document: Document = toml::from_str(text)
            .map_err(|error| line_error(error.span().map_or(0, |span| span.start), error.message().to_owned()))?;
        declared(&document.default.free_for_training).map_err(|problem| line_error(0, problem))?;
        let mut manifest = Self { default: document.default, ..Self::default() };
        for row in document.file {
            let start = row.span().start;
            let row = row.into_inner().or(&manifest.default);
            manifest.insert(row).map_err(|problem| line_error(start, problem))?;
        }
        Ok(manifest)
    }

    fn insert(&mut self, mut row: ManifestRow) -> Result<(), String> {
        row.path = row.path.replace('\\', "/");
        if row.path.is_empty() {
            return Err("the path is empty".to_owned());
        }
        declared(&row.free_for_training)?;
        let path = row.path.clone();
        match self.rows.insert(path, row) {
            Some(old) => Err(format!("{} is listed twice", old.path)),
            None => Ok(()),
        }
    }

    /// What is known about the file at `path`: its row, or the defaults.
    pub fn row(&self, path: &str) -> &ManifestRow {
        self.rows.get(path).unwrap_or(&self.default)
    }
}

impl ManifestRow {
    /// Whether the file may be used.
    pub fn licence(&self) -> Licence {
        Licence::judge(&self.license, declared(&self.free_for_training).ok().flatten())
    }

    /// The style: `period_style`, else `style`, else the name of the folder that `path` lies in, else `unknown`.
    pub fn style_of(&self, path: &str) -> String {
        let parent = path.rsplit('/').nth(1).unwrap_or("unknown");
        [&*self.period_style, &*self.style, parent].into_iter().find(|s| !s.is_empty()).unwrap_or("unknown").to_owned()
    }

    /// This row, with what it leaves out taken from `default`.
    fn or(mut self, default: &Self) -> Self {
        let fields = [
            (&mut self.license, &default.license),
            (&mut self.free_for_training, &default.free_for_training),
            (&mut self.tier, &default.tier),
            (&mut self.source, &default.source),
            (&mut self.composer, &default.composer),
            (&mut self.title, &default.title),
            (&mut self.period_style, &default.period_style),
            (&mut self.style, &default.style),
            (&mut self.ensemble, &default.ensemble),
            (&mut self.attribution, &default.attribution),
            (&mut self.work, &default.work),
        ];
        for (own, default) in fields {
            if own.is_empty() {
                own.clone_from(default);
            }
        }
        self
    }
}

fn text(path: &Path) -> Result<String, ManifestError> {
    std::fs::read_to_string(path).map_err(|source| ManifestError::Read { path: path.to_owned(), source })
}

/// The column `free_for_training`.
fn declared(text: &str) -> Result<Option<bool>, String> {
    match text.to_lowercase().as_str() {
        "" => Ok(None),
        "yes" | "true" | "1" => Ok(Some(true)),
        "no" | "false" | "0" => Ok(Some(false)),
        _ => Err(format!("free_for_training is `{text}`, it must be `yes` or `no`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(text: &str) -> Result<Manifest, ManifestError> {
        Manifest::from_csv(Path::new("x/manifest.csv"), text)
    }

    fn toml(text: &str) -> Result<Manifest, ManifestError> {
        Manifest::from_toml(Path::new("x/manifest.toml"), text)
    }

    #[test]
    fn a_table_is_read_and_strange_columns_are_ignored() {
        let manifest = csv("shoe,path,license,free_for_training,title\n43,a/b.mid,CC0-1.0,yes,\"One, two\"\n").unwrap();
        let row = manifest.row("a/b.mid");
        assert_eq!(row.title, "One, two");
        assert_eq!(row.licence(), Licence::Free("CC0-1.0".into()));
        assert_eq!(manifest.row("other.mid").licence(), Licence::Unknown);
    }

    #[test]
    fn a_document_has_defaults() {
        let text = "[default]\nlicence = \"CC0-1.0\"\n[[file]]\npath = \"a.mid\"\nfree_for_training = \"no\"\n";
        let manifest = toml(text).unwrap();
        assert_eq!(manifest.row("b.mid").licence(), Licence::Free("CC0-1.0".into()));
        assert_eq!(manifest.row("a.mid").licence(), Licence::Forbidden("CC0-1.0".into()));
    }

    #[test]
    fn errors_name_file_and_line() {
        let message = |result: Result<Manifest, ManifestError>| result.unwrap_err().to_string();
        let check = |message: String, line: &str| {
            assert!(message.contains("x/manifest.") && message.contains(line), "{message}");
        };
        check(message(csv("title\nx\n")), "line 1: there is no column `path`");
        check(message(csv("path,title\na,1\nb\n")), "line 3");
        check(message(csv("path\na\nb\na\n")), "line 4: a is listed twice");
        check(message(csv("path,free_for_training\na,perhaps\n")), "line 2: free_for_training is `perhaps`");
        check(message(csv("path,title\n,t\n")), "line 2: the path is empty");
        check(message(toml("[[file]]\npath = \"a\"\n[[file]]\npath = 3\n")), "line 4");
        check(message(toml("[[file]]\npath = \"a\"\n[[file]]\npath = \"a\"\n")), "line 3: a is listed twice");
    }

    #[test]
    fn style_falls_back_to_the_folder() {
        let row = |period: &str, style: &str| ManifestRow {
            period_style: period.into(),
            style: style.into(),
            ..ManifestRow::default()
        };
        assert_eq!(row("baroque", "x").style_of("a/b.mid"), "baroque");
        assert_eq!(row("", "x").style_of("a/b.mid"), "x");
        assert_eq!(row("", "").style_of("z/a/b.mid"), "a");
        assert_eq!(row("", "").style_of("b.mid"), "unknown");
    }
}
