//! The names that `--parts` understands.

use ripieno_score::{Instrument, Program};

/// What musicians call instruments, with General MIDI programs counted from 0. `drums` is not a program.
const NAMES: [(&str, u8); 45] = [
    ("piano", 0),
    ("electric piano", 4),
    ("harpsichord", 6),
    ("celesta", 8),
    ("glockenspiel", 9),
    ("vibraphone", 11),
    ("marimba", 12),
    ("organ", 19),
    ("hammond", 16),
    ("accordion", 21),
    ("harmonica", 22),
    ("guitar", 24),
    ("steel guitar", 25),
    ("electric guitar", 27),
    ("distortion guitar", 30),
    ("bass", 32),
    ("electric bass", 33),
    ("synth bass", 38),
    ("violin", 40),
    ("viola", 41),
    ("cello", 42),
    ("double bass", 43),
    ("pizzicato", 45),
    ("harp", 46),
    ("timpani", 47),
    ("strings", 48),
    ("choir", 52),
    ("voice", 53),
    ("trumpet", 56),
    ("trombone", 57),
    ("tuba", 58),
    ("horn", 60),
    ("brass", 61),
    ("sax", 65),
    ("soprano sax", 64),
    ("tenor sax", 66),
    ("oboe", 68),
    ("bassoon", 70),
    ("clarinet", 71),
    ("piccolo", 72),
    ("flute", 73),
    ("recorder", 74),
    ("synth", 81),
    ("pad", 89),
    ("fiddle", 110),
];

/// A name of [`NAMES`], `drums`, a General MIDI name (in any case) or a program number, `0..=127`.
pub(crate) fn parse_instrument(text: &str) -> Result<Instrument, String> {
    let wanted = text.trim().to_lowercase();
    if wanted == "drums" || wanted == "percussion" {
        return Ok(Instrument::Drums);
    }
    if let Ok(number) = wanted.parse::<u8>() {
        let program = Program::new(number).ok_or_else(|| format!("program {number}: they go from 0 to 127"))?;
        return Ok(Instrument::Program(program));
    }
    let known = NAMES.iter().find(|(name, _)| *name == wanted).and_then(|&(_, number)| Program::new(number));
    let program = known.or_else(|| programs().find(|program| program.name().to_lowercase() == wanted));
    program.map(Instrument::Program).ok_or_else(|| unknown(&wanted))
}

fn programs() -> impl Iterator<Item = Program> {
    (0..128).filter_map(Program::new)
}

fn unknown(wanted: &str) -> String {
    let names = NAMES.iter().map(|(name, _)| (*name).to_owned()).chain(["drums".to_owned()]);
    let every_name = names.clone().chain(programs().map(|program| program.name().to_lowercase()));
    let nearest = every_name.min_by_key(|name| edits(name, wanted)).filter(|name| edits(name, wanted) <= 3);
    let hint = nearest.map_or_else(|| ".".to_owned(), |name| format!("; did you mean `{name}`?"));
    let names = names.collect::<Vec<_>>().join(", ");
    format!("`{wanted}` is no instrument{hint} There are {names}, all General MIDI names, and the numbers 0 to 127")
}

/// How many letters must be put in, taken out or replaced to make `a` of `b` (Levenshtein's distance).
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(text: &str) -> Option<u8> {
        parse_instrument(text).ok().map(Instrument::index)
    }

    #[test]
    fn names_numbers_and_general_midi_names_are_known() {
        assert_eq!(index("piano"), Some(0));
        assert_eq!(index(" Drums"), Some(128));
        assert_eq!(index("honky-tonk PIANO"), Some(3));
        assert_eq!(index("127"), Some(127));
        assert_eq!(index("128"), None);
    }

    #[test]
    fn a_slip_gets_a_suggestion() {
        let error = parse_instrument("trunpet").expect_err("misspelt");
        assert!(error.contains("did you mean `trumpet`?"), "{error}");
        let error = parse_instrument("xxxxxxxxxx").expect_err("nonsense");
        assert!(error.starts_with("`xxxxxxxxxx` is no instrument. There are piano,"), "{error}");
    }

    #[test]
    fn every_short_name_has_a_program() {
        assert!(NAMES.iter().all(|&(name, number)| index(name) == Some(number)));
    }

    #[test]
    fn edits_are_counted() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
    }
}
