//! What a person decides of a piece, through the binary.

use ripieno_score::chord::{ChordGrid, label_chords};
use ripieno_score::{GridScore, Tick};
use serde_json::Value;

use crate::program::{read, ripieno, seed, succeeds, text};

fn refused(arguments: &[&str]) -> String {
    let output = ripieno(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn chords_from_a_text_sound_bar_for_bar_and_come_round() {
    let folder = tempfile::tempdir().unwrap();
    let (out, chords) = (folder.path().join("out.mid"), folder.path().join("chords.txt"));
    std::fs::write(&chords, "# a loop\nAm\nF\nC\nG\n").unwrap();
    let usual =
        ["compose", "-o", text(&out), "--parts", "piano,bass", "--bars", "8", "--seed", "1", "--candidates", "1"];
    succeeds(&[&usual[..], &["--chords", text(&chords)]].concat());
    let (grid, _) = GridScore::from_score(&read(&out));
    let heard: Vec<String> = label_chords(&grid, ChordGrid::HalfBar)
        .iter()
        .map(|span| span.chord.map_or("-".into(), |chord| chord.to_string()))
        .collect();
    let asked = ["Am", "Am", "F", "F", "C", "C", "G", "G"].repeat(2);
    let right = heard.iter().zip(&asked).filter(|(heard, asked)| heard.trim_end_matches(char::is_numeric) == **asked);
    assert!(right.count() >= 12, "{heard:?}");
}

#[test]
fn wishes_that_exclude_each_other_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.mid");
    let usual = ["compose", "-o", text(&out), "--parts", "piano,bass", "--bars", "4"];
    for (wishes, named) in [
        (&["--scale", "D dorian", "--range", "bass=C#3..C#3"][..], ["the range C#3 to C#3", "the scale D dorian"]),
        (&["--pitches", "C D E G A", "--chords", "Am | F#"], ["the chord F#", "the pitches C D E G A"]),
        (&["--key", "C", "--scale", "D dorian"], ["the key C major", "the scale D dorian"]),
        (&["--form", "AAB"], ["the form AAB", "4 bars"]),
    ] {
        let error = refused(&[&usual[..], wishes].concat());
        assert!(named.iter().all(|name| error.contains(name)), "{error}");
    }
    let melody = seed("ode-to-joy");
    let error = refused(&["compose", text(&melody), "-o", text(&out), "--task", "vary", "--lock", "violin"]);
    assert!(error.contains("the task vary") && error.contains("nothing is left"), "{error}");
    let error = refused(&["compose", text(&melody), "-o", text(&out), "--range", "tuba=C2..C3", "--task", "continue"]);
    assert!(error.contains("no part is called `tuba`") && error.contains("1 Ode to Joy"), "{error}");
    for bad in [["--density", "0.2..2"], ["--chords", "Am | X"], ["--variation", "0.5"], ["--register", "low"]] {
        refused(&[&usual[..], &bad].concat());
    }
    assert!(!out.exists());
}

#[test]
fn takes_are_different_and_each_comes_again_from_its_seed() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.mid");
    let usual = ["compose", "-o", text(&out), "--bars", "4", "--parts", "flute,piano", "--json"];
    let answer: Value =
        serde_json::from_str(&succeeds(&[&usual[..], &["--takes", "3", "--seed", "4"]].concat())).unwrap();
    let takes = answer.as_array().unwrap();
    assert_eq!(takes.len(), 3);
    let path = |take: usize| folder.path().join(format!("out-{take}.mid"));
    assert!(!out.exists() && (1..=3).all(|take| path(take).exists()));
    for (index, take) in takes.iter().enumerate() {
        for (other, shared) in take["figures"]["shared"].as_array().unwrap().iter().enumerate() {
            assert!(
                other == index || shared.as_f64().unwrap() < 0.6,
                "take {index} is take {other} over again: {take}"
            );
        }
    }
    let number = takes[1]["seed"].to_string();
    succeeds(&[&usual[..], &["--seed", &number, "--candidates", "1"]].concat());
    assert_eq!(read(&out).parts, read(&path(2)).parts);
}

#[test]
fn a_form_returns_recognisably_and_not_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.mid");
    let melody = seed("ah-vous-dirai-je-maman");
    let compose = ["compose", text(&melody), "-o", text(&out), "--form", "AABA", "--seed", "3", "--candidates", "1"];
    let answer: Value = serde_json::from_str(&succeeds(&[&compose[..], &["--json"]].concat())).unwrap();
    let alike = |section: usize, what: &str| answer["sections"][section]["alike"][what].as_f64().unwrap();
    for back in [1, 3] {
        assert!((0.55..1.0).contains(&alike(back, "tune")), "{answer}");
        assert!(alike(back, "all") < 1.0 && alike(back, "tune") > alike(2, "tune") + 0.2, "{answer}");
    }
}

#[test]
fn a_curve_leads_from_few_notes_to_many() {
    let folder = tempfile::tempdir().unwrap();
    let (out, curve) = (folder.path().join("out.mid"), folder.path().join("curve.txt"));
    std::fs::write(&curve, "0.1\n0.1\n0.9\n0.9\n").unwrap();
    let counted = ["1", "2", "3", "4"].map(|number| {
        let usual =
            ["compose", "-o", text(&out), "--force", "--bars", "8", "--parts", "piano,bass", "--candidates", "1"];
        succeeds(&[&usual[..], &["--density", text(&curve), "--seed", number]].concat());
        let score = read(&out);
        let half = Tick(4 * 4 * score.ppq.ticks());
        let early = score.parts.iter().flat_map(|part| &part.notes).filter(|note| note.onset < half).count();
        [early, score.note_count() - early]
    });
    let [early, late] = [0, 1].map(|half| counted.iter().map(|counts| counts[half]).sum::<usize>());
    assert!(late > 3 * early, "{counted:?}");
}

#[test]
fn locked_parts_stay_where_bars_are_filled_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (band, out) = (folder.path().join("band.mid"), folder.path().join("out.mid"));
    let melody = seed("old-hundredth");
    let accompany = ["compose", text(&melody), "-o", text(&band), "--task", "accompany", "--parts", "piano,bass"];
    succeeds(&[&accompany[..], &["--seed", "1", "--candidates", "1"]].concat());
    let infill = ["compose", text(&band), "-o", text(&out), "--task", "infill", "--from-bar", "2", "--to-bar", "5"];
    let wishes = ["--lock", "1,bass", "--lock-bars", "3", "--pitches", "C D E G A", "--range", "piano=C3..C6"];
    succeeds(&[&infill[..], &wishes, &["--seed", "2", "--candidates", "1"]].concat());
    let (before, after) = (read(&band), read(&out));
    assert_eq!(before.parts[0], after.parts[0]);
    assert_eq!(before.parts[2].notes, after.parts[2].notes);
    let was: Vec<_> = before.parts[1].notes.iter().collect();
    let new: Vec<_> = after.parts[1].notes.iter().filter(|note| !was.contains(note)).collect();
    assert!(!new.is_empty());
    assert!(
        new.iter().all(|note| [0, 2, 4, 7, 9].contains(&note.pitch.class()) && (48..=84).contains(&note.pitch.value()))
    );
}
