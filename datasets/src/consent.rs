//! By whose leave a file may be trained on, and what decided so.

use serde::{Deserialize, Serialize};

use crate::licence::Licence;
use crate::report::Rejected;

/// What decided about a file. Any "no" outweighs every "yes".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The author does not want it to be trained on.
    OptedOut,
    /// The author was asked and said no.
    NoConsent,
    /// The manifest says that it is not free for training.
    DeclaredNotFree,
    /// The licence does not allow it.
    LicenceForbids,
    /// The author agreed.
    ConsentGiven,
    /// The manifest says that it is free for training.
    DeclaredFree,
    /// The licence allows it.
    LicenceAllows,
    /// The licence is not one that this program can judge.
    NotJudged,
    /// Nobody said anything.
    NothingSaid,
}

impl Why {
    /// In a few words, which fit behind "because".
    pub const fn words(self) -> &'static str {
        match self {
            Self::OptedOut => "the author opted out",
            Self::NoConsent => "the author did not consent",
            Self::DeclaredNotFree => "the manifest says that it is not free for training",
            Self::LicenceForbids => "the licence forbids it",
            Self::ConsentGiven => "the author consented",
            Self::DeclaredFree => "the manifest says that it is free for training",
            Self::LicenceAllows => "the licence allows it",
            Self::NotJudged => "the licence is not known to this program",
            Self::NothingSaid => "nobody said anything about its licence",
        }
    }
}

/// What a manifest says about the leave to train on a file; `None` where it says nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Said<'a> {
    /// Name or SPDX expression of the licence, or an empty text.
    pub licence: &'a str,
    /// Whether the author wants to be left out.
    pub opt_out: Option<bool>,
    /// Whether the author, having been asked, agreed.
    pub consent: Option<bool>,
    /// Whether the collector says that it is free.
    pub free_for_training: Option<bool>,
}

/// The leave to train on a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    /// The licence, with whether it may be used.
    pub licence: Licence,
    /// What decided.
    pub why: Why,
}

impl Leave {
    /// Weighs what was said: an opt-out, then a refused consent, then a declaration, then the licence. A consent of the
    /// author overrules the licence, which then need not be free or known.
    pub fn judge(said: Said<'_>) -> Self {
        let forbidden = |without_name: &str| {
            let name = said.licence.trim();
            Licence::Forbidden(if name.is_empty() { without_name } else { name }.to_owned())
        };
        let (licence, why) = match (said.opt_out, said.consent, said.free_for_training) {
            (Some(true), _, _) => (forbidden("opted out"), Why::OptedOut),
            (_, Some(false), _) => (forbidden("no consent"), Why::NoConsent),
            (_, _, Some(false)) => (Licence::judge(said.licence, Some(false)), Why::DeclaredNotFree),
            (_, Some(true), _) => {
                let name = said.licence.trim();
                let name = if name.is_empty() { "consent of the author" } else { name };
                (Licence::Free(name.to_owned()), Why::ConsentGiven)
            }
            (_, _, declared) => {
                let licence = Licence::judge(said.licence, declared);
                let why = match &licence {
                    _ if declared == Some(true) => Why::DeclaredFree,
                    Licence::Free(_) => Why::LicenceAllows,
                    Licence::Forbidden(_) => Why::LicenceForbids,
                    Licence::Unknown if said.licence.trim().is_empty() => Why::NothingSaid,
                    Licence::Unknown => Why::NotJudged,
                };
                (licence, why)
            }
        };
        Self { licence, why }
    }

    /// Why the file must be left out, if it must.
    pub fn refusal(&self, allow_unknown: bool) -> Option<Rejected> {
        match (&self.licence, self.why) {
            (Licence::Forbidden(_), Why::OptedOut) => Some(Rejected::OptedOut),
            (Licence::Forbidden(_), Why::NoConsent) => Some(Rejected::NoConsent),
            (Licence::Forbidden(name), _) => Some(Rejected::LicenceForbidden(name.clone())),
            (Licence::Unknown, _) if !allow_unknown => Some(Rejected::LicenceUnknown),
            (Licence::Unknown | Licence::Free(_), _) => None,
        }
    }

    /// Whether the author said no, which holds for every copy of the music.
    pub fn is_refused_by_author(&self) -> bool {
        matches!(self.why, Why::OptedOut | Why::NoConsent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_no_outweighs_every_yes() {
        let yes = Said { licence: "CC0-1.0", consent: Some(true), free_for_training: Some(true), ..Said::default() };
        assert_eq!(Leave::judge(yes).why, Why::ConsentGiven);
        for (said, why) in [
            (Said { opt_out: Some(true), ..yes }, Why::OptedOut),
            (Said { consent: Some(false), ..yes }, Why::NoConsent),
            (Said { free_for_training: Some(false), ..yes }, Why::DeclaredNotFree),
        ] {
            let leave = Leave::judge(said);
            assert_eq!(leave.why, why);
            assert!(leave.refusal(true).is_some(), "{why:?}");
        }
    }

    #[test]
    fn consent_overrules_the_licence_and_silence_leaves_it_to_decide() {
        let with = |licence, consent| Leave::judge(Said { licence, consent, ..Said::default() });
        assert_eq!(with("CC-BY-NC-4.0", Some(true)).licence, Licence::Free("CC-BY-NC-4.0".into()));
        assert_eq!(with("", Some(true)).licence, Licence::Free("consent of the author".into()));
        assert_eq!(with("CC-BY-NC-4.0", None).why, Why::LicenceForbids);
        assert_eq!(with("CC-BY-4.0", None).why, Why::LicenceAllows);
        assert_eq!((with("", None).why, with("ask me", None).why), (Why::NothingSaid, Why::NotJudged));
        assert_eq!(with("", None).refusal(false), Some(Rejected::LicenceUnknown));
        assert_eq!(with("", None).refusal(true), None);
    }
}
