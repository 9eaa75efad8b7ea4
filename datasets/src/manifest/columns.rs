//! The names of a manifest's columns, and names that were meant to be one of them.

/// All that are read.
const KNOWN: [&str; 16] = [
    "path",
    "license",
    "licence",
    "free_for_training",
    "consent",
    "opt_out",
    "tier",
    "source",
    "composer",
    "author",
    "title",
    "period_style",
    "style",
    "ensemble",
    "attribution",
    "work",
];

/// A misspelt one of these would silently lose what somebody said about the leave to use their music.
const VITAL: [&str; 7] = ["license", "licence", "free_for_training", "consent", "opt_out", "author", "attribution"];

/// Near to a vital name, and a word of its own.
const INNOCENT: [&str; 1] = ["content"];

/// What a column's name turns out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Column {
    /// One that is read, by the name that it is read by.
    Known(&'static str),
    /// Nothing that is read.
    Ignored,
}

/// Reads a name whatever its capitals, and with spaces or hyphens for underscores.
///
/// # Errors
/// When it looks like a misspelt name of a column that matters.
pub(super) fn identify(typed: &str) -> Result<Column, String> {
    let name = typed.trim().to_lowercase().replace(['-', ' '], "_");
    if let Some(known) = KNOWN.into_iter().find(|known| *known == name) {
        return Ok(Column::Known(known));
    }
    if INNOCENT.contains(&name.as_str()) {
        return Ok(Column::Ignored);
    }
    let is_near = |vital: &&&str| distance(&name, vital) <= 2;
    match VITAL.iter().find(is_near) {
        Some(meant) => Err(format!("the column `{typed}` is not known; did you mean `{meant}`?")),
        None => Ok(Column::Ignored),
    }
}

/// Letters to put in, take out or change to make one word of the other (Levenshtein 1966).
pub(super) fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    // A name of a million letters is near to nothing.
    if one.len() > 64 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, expected) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *expected);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_however_they_are_written() {
        for (typed, name) in
            [("Opt-Out", "opt_out"), ("License", "license"), (" free for training ", "free_for_training")]
        {
            assert_eq!(identify(typed), Ok(Column::Known(name)));
        }
        assert_eq!(identify("repository"), Ok(Column::Ignored));
        assert_eq!(identify("tracks"), Ok(Column::Ignored));
        assert_eq!(identify("content"), Ok(Column::Ignored));
    }

    #[test]
    fn a_misspelt_name_is_not_ignored() {
        for (typed, meant) in [("optout", "opt_out"), ("licens", "license"), ("concent", "consent")] {
            assert!(identify(typed).unwrap_err().contains(&format!("did you mean `{meant}`")), "{typed}");
        }
    }

    #[test]
    fn distances_count_letters() {
        assert_eq!((distance("", "abc"), distance("abc", "abc"), distance("kitten", "sitting")), (3, 0, 3));
    }
}
