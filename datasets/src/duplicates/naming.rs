//! Names under which versions and parts of one work find each other.

use super::Described;

/// Words at the end of a file's name that say which part of a score it is.
#[rustfmt::skip]
const PARTS: [&str; 62] = [
    "score", "fullscore", "full", "part", "parts", "piano", "pianoforte", "klavier", "solo", "continuo", "basso", "bc",
    "violin", "violino", "violine", "violins", "vln", "vl", "vn", "viola", "vla", "va", "violoncello", "cello", "cellos", "vlc", "vc",
    "contrabass", "kontrabass", "doublebass", "bass", "flute", "flauto", "oboe", "clarinet", "clarinetto", "bassoon", "fagotto",
    "horn", "corno", "trumpet", "tromba", "trombone", "tuba", "timpani", "harp", "organ", "guitar", "recorder", "harpsichord", "cembalo",
    "soprano", "sopran", "alto", "alt", "tenor", "tenore", "voice", "canto", "choir", "i", "ii",
];
/// Words before an instrument that make it a part of the title: "sonata for violin".
const JOINING: [&str; 9] = ["for", "für", "fur", "pour", "per", "para", "and", "et", "und"];
/// What composers are called when nobody knows them.
const NOBODY: [&str; 7] = ["anonim", "anonymous", "anon", "traditional", "unknown", "various", "folk"];

/// Keys; two pieces that share one belong to one work.
pub(super) fn names(piece: &Described) -> Vec<String> {
    let mut names = Vec::new();
    if !piece.work.is_empty() {
        names.push(format!("work {}", piece.work));
    }
    // Mutopia gives every publication a number, "Mutopia-2018/01/19-1487"; its movements are separate files.
    if let Some(number) = piece.attribution.split([' ', ',', ';']).find(|word| word.starts_with("Mutopia-")) {
        names.push(number.to_owned());
    }
    let composer = surname(piece.composer);
    let title = words(piece.title);
    let known = !composer.is_empty() && !NOBODY.contains(&composer.as_str());
    if title.iter().any(|word| word.chars().count() > 3) && (known || title.len() > 3) {
        names.push(format!("title {composer} {}", title.join(" ")));
    }
    names.extend(without_part(piece.path).map(|name| format!("file {name}")));
    names
}

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// `Chopin, Fryderyk`, `Frédéric Chopin` and `ChopinFF` are all `chopin`; a name with `/` is kept whole.
fn surname(composer: &str) -> String {
    if composer.contains('/') {
        return composer.to_lowercase();
    }
    let last = match composer.split_once(',') {
        Some((surname, _)) => surname,
        None => composer.split_whitespace().last().unwrap_or(""),
    };
    let bare = last.trim_matches(|c: char| !c.is_alphanumeric());
    let initials = bare.trim_end_matches(char::is_uppercase);
    if initials.is_empty() { bare.to_lowercase() } else { initials.to_lowercase() }
}

/// The path without what names a part at the end: `trio-violin-2.mid` and `trio-cello.mid` are both `trio`. `None`
/// when what stays says too little.
fn without_part(path: &str) -> Option<String> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let words = words(stem);
    let mut rest = words.as_slice();
    while let Some((last, before)) = rest.split_last() {
        let is_number = |word: &str| word.len() <= 2 && word.chars().all(|c| c.is_ascii_digit());
        let is_part = |word: &str| PARTS.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit()));
        let numbered = is_number(last) && before.last().is_some_and(|word| is_part(word) && word.len() > 2);
        if !(numbered || is_part(last)) {
            break;
        }
        rest = before;
    }
    let joined = rest.last().is_some_and(|word| JOINING.contains(&word.as_str()));
    let kept = if joined { words.as_slice() } else { rest };
    (kept.len() > 1).then(|| format!("{folder}/{}", kept.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composers_are_known_by_their_surname() {
        for name in ["Chopin, Fryderyk", "Frédéric Chopin", "ChopinFF", "Chopin", "[Chopin]"] {
            assert_eq!(surname(name), "chopin", "{name}");
        }
        assert_eq!(surname("Mendelssohn-BartholdyF"), "mendelssohn-bartholdy");
        assert_eq!(surname("Google/drummer1"), "google/drummer1");
        assert_eq!(surname(""), "");
        assert_eq!(surname("BWV"), "bwv");
    }

    #[test]
    fn parts_are_named_after_their_score() {
        let check = |path: &str, expected: Option<&str>| assert_eq!(without_part(path).as_deref(), expected, "{path}");
        check("a/string_trio-violin-2.mid", Some("a/string trio"));
        check("a/string_trio-cello.mid", Some("a/string trio"));
        check("a/string_trio.mid", Some("a/string trio"));
        check("a/string_trio_2.mid", Some("a/string trio 2"));
        check("a/sonata_for_violin.mid", Some("a/sonata for violin"));
        check("a/haydn-flute.mid", None);
        check("violin.mid", None);
    }

    #[test]
    fn generic_titles_of_unknown_composers_link_nothing() {
        let names = |composer, title| {
            let piece = Described {
                path: "x.mid",
                music_hash: 0,
                shingles: &[],
                composer,
                title,
                attribution: "typeset by A; Mutopia-2018/01/19-1487, Mutopia Project",
                work: "",
            };
            names(&piece)
        };
        assert_eq!(names("Anonim", "Mazur"), ["Mutopia-2018/01/19-1487"]);
        assert_eq!(names("Chopin, F.", "Op. 9"), ["Mutopia-2018/01/19-1487"]);
        assert_eq!(names("Chopin, F.", "Étude, Op.10")[1], "title chopin étude op 10");
    }
}
