//! Which part somebody means.

use serde::{Deserialize, Serialize};

use super::super::ComposeError;
use crate::event::{PartEvent, Role};

/// Parts of the piece, by what a person calls them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartChoice {
    /// All of them.
    All,
    /// The part with this number, counted from 1: those of the seed first.
    Number(usize),
    /// Parts of this name, or with this instrument or role.
    Named {
        /// What was said.
        name: String,
        /// The instrument of that name, `0..=128`.
        instrument: Option<u8>,
        /// The role of that name.
        role: Option<Role>,
    },
}

/// The parts of a piece and what they are called.
pub(crate) struct PartNames<'a> {
    pub(crate) parts: &'a [PartEvent],
    /// Names of the seed's parts, which come first.
    pub(crate) names: Vec<&'a str>,
}

impl PartNames<'_> {
    /// `part 2 (Violin)`.
    pub(crate) fn title(&self, part: usize) -> String {
        format!("part {} ({})", part + 1, self.name(part))
    }

    fn name(&self, part: usize) -> &str {
        let named = self.names.get(part).copied().filter(|name| !name.is_empty());
        named.unwrap_or_else(|| {
            let instrument = ripieno_score::Instrument::from_index(self.parts[part].instrument);
            instrument.map_or("?", ripieno_score::Instrument::name)
        })
    }
}

/// The parts that are meant, a bit each.
pub(crate) fn resolve(choice: &PartChoice, names: &PartNames<'_>) -> Result<u64, ComposeError> {
    let count = names.parts.len();
    let (called, mask) = match choice {
        PartChoice::All => (String::new(), (1 << count) - 1),
        PartChoice::Number(number) => {
            let mask = if (1..=count).contains(number) { 1 << (number - 1) } else { 0 };
            (number.to_string(), mask)
        }
        PartChoice::Named { name, instrument, role } => {
            let by_name = |part: &usize| names.names.get(*part).is_some_and(|own| own.eq_ignore_ascii_case(name));
            let is_meant = |part: &usize| {
                by_name(part)
                    || Some(names.parts[*part].instrument) == *instrument
                    || Some(names.parts[*part].role) == *role
            };
            // Who says a part's own name means that part alone.
            let bits =
                |meant: &dyn Fn(&usize) -> bool| (0..count).filter(meant).fold(0u64, |mask, part| mask | 1 << part);
            let named = bits(&by_name);
            (name.clone(), if named != 0 { named } else { bits(&is_meant) })
        }
    };
    if mask == 0 {
        let known = (0..count).map(|part| format!("{} {}", part + 1, names.name(part))).collect::<Vec<_>>();
        return Err(ComposeError::UnknownPart { name: called, known: known.join(", ") });
    }
    Ok(mask)
}
