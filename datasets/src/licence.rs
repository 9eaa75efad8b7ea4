//! Whether a file may be used for training.

use std::fmt;

use serde::{Deserialize, Serialize};

mod expression;

use expression::Leave;

/// What is known about the leave to train on a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Licence {
    /// May be used; the SPDX expression, or what the manifest calls it.
    Free(String),
    /// Must not be used, with the licence or the reason.
    Forbidden(String),
    /// Nobody said anything: no manifest, no row, or a licence that this program cannot judge.
    Unknown,
}

impl Licence {
    /// Judges a licence by name, and by `declared` (the column `free_for_training`) where the manifest has it.
    ///
    /// The declaration decides when present. Otherwise public domain, CC0, CC BY, CC BY-SA and the permissive software
    /// licences are free; anything with a non-commercial or no-derivatives clause, the GPL family and
    /// "all rights reserved" are forbidden; the rest is unknown. In an SPDX expression all of `AND` and the best of `OR`
    /// count; one that cannot be understood is unknown.
    pub fn judge(name: &str, declared: Option<bool>) -> Self {
        let name = name.trim();
        let called = || if name.is_empty() { "declared free".to_owned() } else { name.to_owned() };
        match declared {
            Some(true) => Self::Free(called()),
            Some(false) if name.is_empty() => Self::Forbidden("declared not free".to_owned()),
            Some(false) => Self::Forbidden(name.to_owned()),
            None => match leave(name) {
                Ok(Leave::Forbidden) => Self::Forbidden(name.to_owned()),
                Ok(Leave::Free) => Self::Free(name.to_owned()),
                Ok(Leave::Unknown) | Err(_) => Self::Unknown,
            },
        }
    }

    /// What is wrong with a licence that looks like an SPDX expression and is none.
    pub fn problem(name: &str) -> Option<String> {
        leave(name.trim()).err()
    }

    /// Whether the licence asks that the author be named: all but public domain and the like.
    pub fn asks_for_credit(&self) -> bool {
        let words = words(self.name());
        let first = words.first().map_or("", String::as_str);
        let waives = matches!(first, "cc0" | "pd" | "pdm" | "public" | "unlicense" | "0bsd" | "declared")
            || words.iter().any(|word| word == "zero");
        matches!(self, Self::Free(_)) && !waives
    }

    /// The licence's name, or `unknown`.
    pub fn name(&self) -> &str {
        match self {
            Self::Free(name) | Self::Forbidden(name) => name,
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Licence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn leave(name: &str) -> Result<Leave, String> {
    expression::judge(name, &|name| match name {
        name if is_forbidden(name) => Leave::Forbidden,
        name if is_free(name) => Leave::Free,
        _ => Leave::Unknown,
    })
}

/// Lower-case words of a licence name: `CC-BY-NC-4.0` gives `cc`, `by`, `nc`, `4`, `0`.
fn words(name: &str) -> Vec<String> {
    name.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

fn is_forbidden(name: &str) -> bool {
    let words = words(name);
    let has = |word: &str| words.iter().any(|w| w == word);
    (has("cc") && (has("nc") || has("nd")))
        || ["proprietary", "noncommercial", "noderivatives", "noderivs"].into_iter().any(has)
        // `GPLv3` as well as `GPL-3.0-only`.
        || words.iter().any(|word| ["gpl", "agpl", "lgpl"].into_iter().any(|family| word.starts_with(family)))
        || words.windows(3).any(|w| w == ["all", "rights", "reserved"])
        || words.windows(2).any(|w| w == ["non", "commercial"])
}

fn is_free(name: &str) -> bool {
    let words = words(name);
    let first = words.first().map_or("", String::as_str);
    match first {
        "cc0" | "pd" | "pdm" | "mit" | "zlib" | "bsd" | "0bsd" | "apache" | "unlicense" | "isc" => true,
        "cc" => words.get(1).is_some_and(|w| w == "by" || w == "0" || w == "zero" || w == "pdm"),
        "public" => words.get(1).is_some_and(|w| w == "domain"),
        "creative" => {
            words.get(1).is_some_and(|w| w == "commons")
                && words.get(2).is_some_and(|w| w == "attribution" || w == "zero")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged() {
        let state = |name| match Licence::judge(name, None) {
            Licence::Free(_) => "free",
            Licence::Forbidden(_) => "forbidden",
            Licence::Unknown => "unknown",
        };
        for name in [
            "CC0-1.0",
            "CC-BY-4.0",
            "CC-BY-SA-3.0-DE",
            "PD",
            "Public Domain",
            "BSD-3-Clause",
            "MIT",
            "Creative Commons Attribution-ShareAlike 4.0 International",
        ] {
            assert_eq!(state(name), "free", "{name}");
        }
        for name in [
            "CC-BY-NC-4.0",
            "CC BY-NC-SA",
            "CC-BY-ND-3.0",
            "GPL-3.0-only",
            "GPLv3",
            "LGPL2.1",
            "All rights reserved",
            "Creative Commons Attribution-NonCommercial 4.0",
            "Creative Commons Attribution-NoDerivatives 4.0",
        ] {
            assert_eq!(state(name), "forbidden", "{name}");
        }
        for name in ["", "LicenseRef-mine", "ask me"] {
            assert_eq!(state(name), "unknown", "{name}");
        }
    }

    #[test]
    fn expressions_are_judged_by_their_names() {
        assert_eq!(
            Licence::judge("CC-BY-4.0 OR CC-BY-NC-4.0", None),
            Licence::Free("CC-BY-4.0 OR CC-BY-NC-4.0".into())
        );
        let both = Licence::judge("MIT AND CC-BY-NC-4.0", None);
        assert_eq!(both, Licence::Forbidden("MIT AND CC-BY-NC-4.0".into()));
        assert_eq!(Licence::judge("MIT AND", None), Licence::Unknown);
        assert!(Licence::problem("MIT AND").is_some() && Licence::problem("Public Domain").is_none());
    }

    #[test]
    fn public_domain_asks_for_no_credit() {
        let asks = |name| Licence::judge(name, None).asks_for_credit();
        assert!(asks("CC-BY-4.0") && asks("MIT") && asks("BSD-3-Clause"));
        assert!(!asks("CC0-1.0") && !asks("PD") && !asks("Public Domain") && !asks("Creative Commons Zero"));
    }

    #[test]
    fn a_declaration_decides() {
        assert_eq!(Licence::judge("CC-BY-4.0", Some(false)), Licence::Forbidden("CC-BY-4.0".into()));
        assert_eq!(Licence::judge("LicenseRef-mine", Some(true)), Licence::Free("LicenseRef-mine".into()));
    }
}
