//! `ripieno explain`.

use serde_json::Value;

use crate::program::{ripieno, seed, succeeds, text};

/// Writes a piece of four voices in quarter notes, one part for each voice, and returns its path.
fn hymn(folder: &std::path::Path) -> std::path::PathBuf {
    // I V6 I IV | I64 V7 I, twice, in C major: the first time the soprano ends on the third, then on the root.
    let voices: [[u8; 16]; 4] = [
        [67, 67, 67, 69, 67, 65, 64, 64, 67, 67, 67, 69, 64, 62, 60, 60],
        [64, 62, 64, 65, 64, 62, 60, 60, 64, 62, 64, 65, 60, 59, 60, 60],
        [60, 59, 60, 60, 60, 59, 55, 55, 60, 59, 60, 60, 55, 53, 52, 52],
        [48, 47, 48, 53, 55, 55, 48, 48, 48, 47, 48, 53, 43, 43, 48, 48],
    ];
    let mut bytes = b"MThd\0\0\0\x06\0\x01\0\x04\0\x60".to_vec();
    for (channel, voice) in (0_u8..).zip(voices) {
        let mut track = Vec::new();
        let mut rest = 0;
        for (index, &pitch) in voice.iter().enumerate() {
            // The last two quarters of each half are one note.
            if index % 8 == 7 {
                continue;
            }
            let length = if index % 8 == 6 { [0x81, 0x40].as_slice() } else { [0x60].as_slice() };
            track.extend([rest, 0x90 | channel, pitch, 80]);
            track.extend(length);
            track.extend([0x80 | channel, pitch, 0]);
            rest = 0;
        }
        track.extend([0, 0xff, 0x2f, 0]);
        bytes.extend(b"MTrk");
        bytes.extend(u32::try_from(track.len()).unwrap().to_be_bytes());
        bytes.extend(track);
    }
    let path = folder.join("hymn.mid");
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_hymn_is_told_phrase_by_phrase() {
    let folder = tempfile::tempdir().unwrap();
    let told = succeeds(&["explain", text(&hymn(folder.path()))]);
    for words in [
        "Key: C major throughout",
        "I V6 I IV",
        "I64 V7 I",
        "phrase 1 (a), bars 1-2",
        "imperfect authentic cadence in bar 2 beat 3",
        "perfect authentic cadence in bar 4 beat 3",
        "cadential six-four",
        "all voices moving together",
    ] {
        assert!(told.contains(words), "{words} is missing in\n{told}");
    }
}

#[test]
fn the_document_has_the_fields_that_the_help_tells_of() {
    let folder = tempfile::tempdir().unwrap();
    let answer: Value = serde_json::from_str(&succeeds(&["explain", text(&hymn(folder.path())), "--json"])).unwrap();
    assert_eq!(answer["spoken_of"], serde_json::json!([1, 4]));
    let cadences = answer["analysis"]["cadences"].as_array().unwrap();
    let kinds: Vec<&str> = cadences.iter().map(|cadence| cadence["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["imperfect_authentic", "perfect_authentic"]);
    let chord = &answer["analysis"]["chords"][1];
    assert_eq!((&chord["numeral"], &chord["symbol"]), (&Value::from("V6"), &Value::from("G/B")));
    let help = succeeds(&["explain", "--help"]);
    for (field, _) in answer["analysis"].as_object().unwrap() {
        assert!(help.contains(field.as_str()), "{field} is not in the help");
    }
    for (field, _) in chord.as_object().unwrap() {
        assert!(help.contains(field.as_str()), "{field} of a chord is not in the help");
    }
}

#[test]
fn only_the_bars_asked_for_are_explained_and_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let (piece, plot) = (hymn(folder.path()), folder.path().join("hymn.svg"));
    let told = succeeds(&["explain", text(&piece), "--bars", "3-4", "--plot", text(&plot)]);
    assert!(told.contains("bars 3-4 of 4") && !told.contains("bars 1-2"), "{told}");
    let svg = std::fs::read_to_string(plot).unwrap();
    assert!(svg.contains(">C: I<") && svg.contains(">PAC<") && !svg.contains(">IAC<"), "{svg}");
    assert!(svg.contains(", bar 3,") && !svg.contains(", bar 2,"));
    let refused = ripieno(&["explain", text(&piece), "--bars", "5-6"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn one_line_alone_is_given_no_chords() {
    let told = succeeds(&["explain", text(&seed("minuet-in-g")), "--bars", "5-8"]);
    assert!(told.contains("One line alone. It comes to rest on the second degree"), "{told}");
    assert!(!told.contains("cadence") && !told.contains("V7"), "{told}");
}

#[test]
fn every_seed_can_be_explained() {
    let mut count = 0;
    for entry in std::fs::read_dir(seed("minuet-in-g").parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "mid") {
            let told = succeeds(&["explain", text(&path)]);
            assert!(told.contains("Key: ") && told.contains("phrase 1"), "{}\n{told}", path.display());
            count += 1;
        }
    }
    assert!(count >= 10, "{count} seeds");
}

#[test]
fn what_the_model_considered_is_told_and_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let (hymn, picture) = (hymn(folder.path()), folder.path().join("hymn.svg"));
    let command = ["explain", text(&hymn), "--considered", "--style", "sacred-choral", "--given", "1"];
    let told = succeeds(&[&command[..], &["--plot", text(&picture)]].concat());
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in
        ["the model's opinion of somebody else's notes", "the style sacred-choral", "part 1 is given", "instead of it"]
    {
        assert!(told.contains(words), "{words} is missing in\n{told}");
    }
    let picture = std::fs::read_to_string(picture).unwrap();
    assert!(picture.contains("stroke-dasharray=\"2 1.5\"") && picture.contains(">!<"), "alternatives are drawn");
    let answer: Value = serde_json::from_str(&succeeds(&[&command[..], &["--json", "--bars", "2"]].concat())).unwrap();
    let considered = &answer["considered"];
    assert_eq!((&considered["style"], considered["notes"].as_u64()), (&"sacred-choral".into(), Some(9)));
    let point = &considered["surprising"][0];
    assert!(point["pulls"]["chord"].as_f64().unwrap() > 0.0 && point["at"]["bar"] == 2, "{point}");
    let (blues, ask) = (folder.path().join("blues.mid"), ["--style", "blues", "--bars", "2", "--candidates", "1"]);
    succeeds(&[&["compose", "-o", text(&blues), "--parts", "piano"], &ask[..]].concat());
    let told = succeeds(&["explain", text(&blues), "--considered"]);
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("ripieno composed this piece") && told.contains("the style blues (the file says"), "{told}");
    let unknown = ripieno(&["explain", text(&hymn), "--considered", "--style", "polka"]);
    assert_eq!(unknown.status.code(), Some(2));
}
