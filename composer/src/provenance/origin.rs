//! Who a note is from.

use serde::{Deserialize, Serialize};

/// Who a note is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A person gave it.
    Person,
    /// The machine wrote it.
    Machine,
    /// It was put in or changed after the machine had written the piece.
    Edited,
}

impl Origin {
    const ALL: [Self; 3] = [Self::Person, Self::Machine, Self::Edited];

    const fn letter(self) -> char {
        match self {
            Self::Person => 'p',
            Self::Machine => 'm',
            Self::Edited => 'e',
        }
    }
}

/// The origins of the notes of a part, as runs of the same: `p12 m40 p3` is twelve notes of a person, forty of the machine,
/// and three of a person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Origins(Vec<(Origin, u32)>);

impl Origins {
    /// Of notes in their order.
    pub fn of(origins: &[Origin]) -> Self {
        let runs = origins.chunk_by(|one, other| one == other);
        Self(runs.map(|run| (run[0], u32::try_from(run.len()).unwrap_or(u32::MAX))).collect())
    }

    /// How many notes.
    pub fn len(&self) -> u64 {
        self.0.iter().map(|&(_, length)| u64::from(length)).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many notes are from `origin`.
    pub fn count(&self, origin: Origin) -> u64 {
        self.0.iter().filter(|run| run.0 == origin).map(|&(_, length)| u64::from(length)).sum()
    }

    /// Note by note. A run may claim to be long: compare [`Origins::len`] with what there is before collecting.
    pub fn iter(&self) -> impl Iterator<Item = Origin> + '_ {
        self.0.iter().flat_map(|&(origin, length)| std::iter::repeat_n(origin, length as usize))
    }
}

impl From<Origins> for String {
    fn from(origins: Origins) -> Self {
        let runs = origins.0.iter().map(|(origin, length)| format!("{}{length}", origin.letter()));
        runs.collect::<Vec<_>>().join(" ")
    }
}

impl TryFrom<String> for Origins {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let run = |word: &str| {
            let origin = Origin::ALL.into_iter().find(|origin| word.starts_with(origin.letter()))?;
            Some((origin, word[1..].parse().ok()?))
        };
        let bad = |word: &str| format!("`{}` is no run of notes", word.chars().take(20).collect::<String>());
        text.split_whitespace().map(|word| run(word).ok_or_else(|| bad(word))).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_told_as_runs() {
        use Origin::{Edited, Machine, Person};
        let notes = [Person, Person, Machine, Machine, Machine, Edited];
        let origins = Origins::of(&notes);
        assert_eq!(String::from(origins.clone()), "p2 m3 e1");
        assert_eq!(Origins::try_from("p2 m3 e1".to_owned()), Ok(origins.clone()));
        assert!(origins.iter().eq(notes));
        assert_eq!((origins.len(), origins.count(Machine)), (6, 3));
    }

    #[test]
    fn nonsense_is_no_run() {
        for bad in ["x3", "p", "p-1", "é4", "m99999999999"] {
            assert!(Origins::try_from(bad.to_owned()).is_err(), "{bad}");
        }
        let endless = Origins::try_from(["m4294967295"; 9].join(" ")).unwrap();
        assert_eq!(endless.len(), 9 * u64::from(u32::MAX), "counted without being spread out");
    }
}
