//! The manifests of a collection: what each file is, and by whose leave it may be used.
//!
//! `manifest.csv` has one row per file and a header row; `manifest.toml` has a table `[[file]]` per file. A path may be
//! that of a folder: what is said of it holds for all files in it that say nothing else, and `.` is the whole
//! collection. In TOML, `[default]` is another word for `.`:
//!
//! ```toml
//! [default]
//! license = "CC0-1.0"
//! author = "Me"
//!
//! [[file]]
//! path = "slow"
//! opt_out = true
//!
//! [[file]]
//! path = "slow/evening.mid"
//! title = "Evening"
//! ```
//!
//! Columns, all but `path` optional:
//!
//! | column | meaning |
//! |---|---|
//! | `license` or `licence` | an SPDX expression |
//! | `opt_out` | `yes` when the author does not want the file to be trained on: it never is, and no copy of it |
//! | `consent` | the author's answer, `yes` or `no`, where the author was asked; `yes` overrules the licence |
//! | `free_for_training` | `yes` or `no`, the collector's judgement; overrules what the licence's name says |
//! | `source` | where the file comes from |
//! | `composer` or `author` | who made the music |
//! | `attribution` | the credit that the licence asks for |
//! | `title`, `period_style` or `style`, `ensemble`, `tier` | what it is |
//! | `work` | files with the same value are one work |
//!
//! Other columns are ignored, but not those that look like a misspelt name of one that decides. A manifest may lie in
//! any folder of the collection; its paths start there. What is nearest to a file counts: its own row, then that of its
//! folder, then that of the folder around it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::consent::{Leave, Said};
use crate::licence::Licence;

mod columns;
mod notices;
mod read;

pub use notices::Notice;

/// Larger manifests are refused: a hundred thousand rows are smaller.
pub const MAX_BYTES: u64 = 64 << 20;

/// What a manifest says about one file or folder; what it does not say is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ManifestRow {
    /// Path of a file or folder within the collection, with `/` between folders.
    pub path: String,
    /// SPDX expression or name of the licence.
    #[serde(alias = "licence")]
    pub license: String,
    /// `yes` or `no`: whether the author wants to be left out.
    #[serde(deserialize_with = "yes_or_no")]
    pub opt_out: String,
    /// `yes` or `no`: whether the author agreed.
    #[serde(deserialize_with = "yes_or_no")]
    pub consent: String,
    /// `yes` or `no`.
    #[serde(deserialize_with = "yes_or_no")]
    pub free_for_training: String,
    /// How sure the collector is of the licence.
    pub tier: String,
    /// Where the file comes from.
    pub source: String,
    /// Who wrote the music.
    #[serde(alias = "author")]
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
    /// The file is larger than [`MAX_BYTES`].
    #[error(
        "the manifest {path} has {} MB, more than the {} MB that are read; give each folder a manifest of its own, or say \
         of a whole folder what all its files share",
        bytes >> 20, MAX_BYTES >> 20
    )]
    TooLarge {
        /// The manifest.
        path: PathBuf,
        /// Its size.
        bytes: u64,
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
        /// The folder.
        folder: PathBuf,
    },
}

/// The manifests of a collection together, or nothing when there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// By path within the collection; that of the whole is empty.
    rows: BTreeMap<String, Listed>,
    notices: Vec<Notice>,
}

/// A row and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Listed {
    row: ManifestRow,
    /// The manifest, by its path within the collection.
    manifest: String,
    line: u64,
}

impl Manifest {
    /// Reads the manifests of a collection; `paths` are theirs within `folder`, with `/` between folders. Empty when there
    /// are none.
    ///
    /// # Errors
    /// When one cannot be read, a line cannot be understood, a file is listed twice, or a folder has two manifests.
    pub fn read(folder: &Path, paths: &[String]) -> Result<Self, ManifestError> {
        let mut manifest = Self::default();
        for path in paths {
            let full = folder.join(path);
            if path.ends_with(".toml") && paths.contains(&format!("{}.csv", path.trim_end_matches(".toml"))) {
                return Err(ManifestError::Two { folder: full.parent().unwrap_or(folder).to_owned() });
            }
            manifest.add(&full, path, &read::text(&full)?)?;
        }
        Ok(manifest)
    }

    /// Adds what `text` says, a table or a document by the name of `path`, the manifest's place within the collection;
    /// `full` is for messages.
    ///
    /// # Errors
    /// See [`Manifest::read`].
    pub fn add(&mut self, full: &Path, path: &str, text: &str) -> Result<(), ManifestError> {
        let line_error = |line, problem| ManifestError::Line { path: full.to_owned(), line, problem };
        let rows = if path.ends_with(".toml") { read::toml(text) } else { read::csv(text) };
        let read::Rows { rows, ignored } = rows.map_err(|(line, problem)| line_error(line, problem))?;
        if !ignored.is_empty() {
            let names = ignored.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let problem = format!("{}{names}", notices::NOT_READ);
            self.notices.push(Notice { manifest: path.to_owned(), line: 1, problem });
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (line, row) in rows {
            self.insert(folder, Listed { row, manifest: path.to_owned(), line })
                .map_err(|problem| line_error(line, problem))?;
        }
        Ok(())
    }

    fn insert(&mut self, folder: &str, mut listed: Listed) -> Result<(), String> {
        let row = &mut listed.row;
        let inside = clean(&row.path)?;
        let names = [folder, &inside].into_iter().filter(|name| !name.is_empty());
        row.path = names.collect::<Vec<_>>().join("/");
        for (column, text) in
            [("opt_out", &row.opt_out), ("consent", &row.consent), ("free_for_training", &row.free_for_training)]
        {
            answer(text).ok_or_else(|| format!("{column} is `{text}`, it must be `yes` or `no`"))?;
        }
        if let Some(problem) = Licence::problem(&row.license) {
            return Err(format!("`{}` is no SPDX expression: {problem}", row.license));
        }
        match self.rows.get(&row.path) {
            Some(old) => {
                let what = if row.path.is_empty() { "the folder" } else { &row.path };
                Err(format!("{what} is listed twice, before in {}, line {}", old.manifest, old.line))
            }
            None => {
                self.rows.insert(listed.row.path.clone(), listed);
                Ok(())
            }
        }
    }

    /// The text of a `manifest.csv` with these rows in this order.
    pub fn to_csv(rows: &[ManifestRow]) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        rows.iter().try_for_each(|row| writer.serialize(row)).expect("a vector takes every row of texts");
        let bytes = writer.into_inner().expect("a vector takes every byte");
        String::from_utf8(bytes).expect("texts and commas are UTF-8")
    }

    /// What is known about the file at `path`: its row, with what it leaves out taken from the folders around it.
    pub fn row(&self, path: &str) -> ManifestRow {
        let own = self.rows.get(path).map(|listed| listed.row.clone());
        let mut row = own.unwrap_or_else(|| ManifestRow { path: path.to_owned(), ..ManifestRow::default() });
        let mut folder = path;
        while !folder.is_empty() {
            folder = folder.rfind('/').map_or("", |slash| &path[..slash]);
            if let Some(listed) = self.rows.get(folder) {
                row = row.or(&listed.row);
            }
        }
        row
    }
}

impl ManifestRow {
    /// Whether the file may be used.
    pub fn licence(&self) -> Licence {
        self.leave().licence
    }

    /// Whether the file may be used, and what decides that.
    pub fn leave(&self) -> Leave {
        let said = |text| answer(text).flatten();
        Leave::judge(Said {
            licence: &self.license,
            opt_out: said(&self.opt_out),
            consent: said(&self.consent),
            free_for_training: said(&self.free_for_training),
        })
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
            (&mut self.opt_out, &default.opt_out),
            (&mut self.consent, &default.consent),
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

/// A path as the scan writes it: `/` between folders and nowhere else. The manifest's own folder is empty.
fn clean(typed: &str) -> Result<String, String> {
    let path = typed.replace('\\', "/");
    if path.is_empty() {
        return Err("the path is empty".to_owned());
    }
    let is_drive = |path: &str| path.as_bytes().get(1) == Some(&b':');
    if path.starts_with('/') || is_drive(&path) || path.split('/').any(|name| name == "..") {
        return Err(format!("the path `{typed}` leads out of the folder; write paths from where the manifest lies"));
    }
    let names: Vec<&str> = path.split('/').filter(|name| !matches!(*name, "" | ".")).collect();
    Ok(names.join("/"))
}

/// `None` when the text is neither yes nor no nor empty.
fn answer(text: &str) -> Option<Option<bool>> {
    match text.to_lowercase().as_str() {
        "" => Some(None),
        "yes" | "true" | "1" => Some(Some(true)),
        "no" | "false" | "0" => Some(Some(false)),
        _ => None,
    }
}

/// A text, or `true` and `false` as TOML has them.
fn yes_or_no<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct Answer;
    impl de::Visitor<'_> for Answer {
        type Value = String;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("`yes` or `no`")
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }
        fn visit_bool<E: de::Error>(self, value: bool) -> Result<String, E> {
            Ok(if value { "yes" } else { "no" }.to_owned())
        }
        fn visit_u64<E: de::Error>(self, value: u64) -> Result<String, E> {
            Ok(value.to_string())
        }
        fn visit_i64<E: de::Error>(self, value: i64) -> Result<String, E> {
            Ok(value.to_string())
        }
        fn visit_f64<E: de::Error>(self, value: f64) -> Result<String, E> {
            Ok(value.to_string())
        }
    }
    deserializer.deserialize_any(Answer)
}

#[cfg(test)]
mod tests;
