//! What in a manifest is no error, and still somebody should look at.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::columns::distance;
use super::{Manifest, ManifestRow};
use crate::consent::Why;
use crate::licence::Licence;

/// Something in a manifest that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The manifest, by its path within the collection.
    pub manifest: String,
    /// Counted from one.
    pub line: u64,
    /// What there is to see.
    pub problem: String,
}

/// How the notice about columns that are not read begins.
pub(super) const NOT_READ: &str = "not read: the columns ";

impl Notice {
    /// Whether it only says which columns are not read.
    pub fn is_about_columns(&self) -> bool {
        self.problem.starts_with(NOT_READ)
    }
}

/// Notices of one kind that are kept; the last says how many more there are.
const KEPT: usize = 20;

/// Names that licences are often meant to have (SPDX licence list 3.27).
const USUAL: [&str; 16] = [
    "CC0-1.0",
    "CC-BY-2.0",
    "CC-BY-2.5",
    "CC-BY-3.0",
    "CC-BY-4.0",
    "CC-BY-SA-2.0",
    "CC-BY-SA-2.5",
    "CC-BY-SA-3.0",
    "CC-BY-SA-4.0",
    "CC-BY-NC-4.0",
    "CC-BY-NC-SA-4.0",
    "CC-PDDC",
    "MIT",
    "BSD-3-Clause",
    "Apache-2.0",
    "Zlib",
];

impl Manifest {
    /// What somebody should look at; `files` are the paths of all files of the collection, sorted.
    pub fn notices(&self, files: &[&str]) -> Vec<Notice> {
        let mut notices = self.notices.clone();
        keep(&mut notices, self.missing(files));
        keep(&mut notices, self.unjudged());
        keep(&mut notices, self.at_odds());
        notices.sort_by(|a, b| (&a.manifest, a.line).cmp(&(&b.manifest, b.line)));
        notices
    }

    /// Rows that speak of nothing that is there.
    fn missing(&self, files: &[&str]) -> Vec<Notice> {
        let starts_some = |path: &str| {
            let at = files.partition_point(|file| *file < path);
            files.get(at).is_some_and(|file| file.starts_with(path))
        };
        let is_there = |path: &str| files.binary_search(&path).is_ok() || starts_some(&format!("{path}/"));
        let missing = self.rows.iter().filter(|(path, _)| !path.is_empty() && !is_there(path));
        missing
            .map(|(path, listed)| {
                let other_case = files.iter().find(|file| file.to_lowercase() == path.to_lowercase());
                let hint = other_case.map_or_else(String::new, |file| format!("; did you mean `{file}`?"));
                let problem = format!("there is no `{path}`{hint}");
                Notice { manifest: listed.manifest.clone(), line: listed.line, problem }
            })
            .collect()
    }

    /// Licences that cannot be judged, each once.
    fn unjudged(&self) -> Vec<Notice> {
        let mut seen = BTreeSet::new();
        let rows = self.rows.values().filter(|listed| listed.row.leave().why == Why::NotJudged);
        rows.filter(|listed| seen.insert(&listed.row.license))
            .map(|listed| {
                let name = &listed.row.license;
                let far = |usual: &&&str| distance(&name.to_uppercase(), &usual.to_uppercase());
                let near = USUAL.iter().min_by_key(far).filter(|usual| far(usual) <= 2);
                let hint = near.map_or_else(String::new, |usual| format!("; did you mean `{usual}`?"));
                let problem = format!("the licence `{name}` is not known, so what it covers counts as unknown{hint}");
                Notice { manifest: listed.manifest.clone(), line: listed.line, problem }
            })
            .collect()
    }

    /// Rows that call free what the licence forbids, without a consent.
    fn at_odds(&self) -> Vec<Notice> {
        let is_at_odds = |row: &ManifestRow| {
            row.leave().why == Why::DeclaredFree && matches!(Licence::judge(&row.license, None), Licence::Forbidden(_))
        };
        let rows = self.rows.values().filter(|listed| is_at_odds(&listed.row));
        rows.map(|listed| {
            let problem = format!("declared free, though `{}` forbids it and no consent is told", listed.row.license);
            Notice { manifest: listed.manifest.clone(), line: listed.line, problem }
        })
        .collect()
    }
}

fn keep(notices: &mut Vec<Notice>, mut found: Vec<Notice>) {
    found.sort_by(|a, b| (&a.manifest, a.line).cmp(&(&b.manifest, b.line)));
    let rest = found.len().saturating_sub(KEPT);
    found.truncate(KEPT);
    if let Some(last) = found.last_mut().filter(|_| rest > 0) {
        last.problem.push_str(&format!("; and {rest} more like this"));
    }
    notices.append(&mut found);
}
