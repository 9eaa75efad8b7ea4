//! `ripieno humanize`, and `--humanize` of `ripieno compose`.

use std::fs;
use std::path::Path;

use ripieno_score::{Score, midi};
use serde_json::Value;

use crate::program::{ripieno, seed, succeeds, text};

fn score(path: &Path) -> Score {
    midi::read(&fs::read(path).unwrap()).unwrap().score
}

fn provenance(path: &Path, again: &Path) -> Value {
    serde_json::from_str(&succeeds(&["provenance", text(path), "--reproduce", text(again), "--json"])).unwrap()
}

fn count(told: &Value, origin: &str) -> u64 {
    told["check"]["parts"].as_array().unwrap().iter().map(|part| part[origin].as_u64().unwrap()).sum()
}

#[test]
fn a_piece_is_composed_and_played_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let melody = seed("ode-to-joy");
    let compose = |name: &str, amount: &str| {
        let out = folder.path().join(name);
        let wishes = ["--task", "accompany", "--parts", "piano", "--candidates", "1", "--seed", "7"];
        succeeds(&[&["compose", text(&melody), "-o", text(&out), "--humanize", amount], &wishes[..]].concat());
        out
    };
    let (written, played) = (compose("written.mid", "0"), compose("played.mid", "0.7"));
    assert_ne!(score(&written).parts, score(&played).parts);
    let pitches = |path: &Path| -> Vec<Vec<u8>> {
        let sorted = |notes: &[ripieno_score::Note]| {
            let mut pitches: Vec<u8> = notes.iter().map(|note| note.pitch.value()).collect();
            pitches.sort_unstable();
            pitches
        };
        score(path).parts.iter().map(|part| sorted(&part.notes)).collect()
    };
    assert_eq!(pitches(&written), pitches(&played), "it is the same piece");
    assert_eq!(score(&written).tempos, score(&played).tempos);

    let [told_written, told] = [&written, &played].map(|path| provenance(path, &path.with_extension("again.mid")));
    assert_eq!(told["reproduced"]["is_identical"], true);
    assert_eq!(told["check"]["is_same"], true);
    assert!(told_written["record"]["made"]["composed"]["wishes"].get("humanize").is_none());
    let amount = told["record"]["made"]["composed"]["wishes"]["humanize"].as_f64().unwrap();
    assert!((amount - 0.7).abs() < 1e-6);
    let licences = told["record"]["made"]["composed"]["performance"]["training_licences"].as_str().unwrap();
    assert!(licences.contains("CC-BY"), "{licences}");
    for origin in ["person", "machine", "edited"] {
        assert_eq!(
            count(&told_written, origin),
            count(&told, origin),
            "{origin}: moving a note does not change whose it is"
        );
    }
    assert!(count(&told, "person") > 0);
}

#[test]
fn a_file_is_played_and_stays_its_persons() {
    let folder = tempfile::tempdir().unwrap();
    let melody = seed("greensleeves");
    let [none, played, twice] = ["none.mid", "played.mid", "twice.mid"].map(|name| folder.path().join(name));
    let play = |file: &Path, out: &Path, amount: &str| {
        succeeds(&["humanize", text(file), "-o", text(out), "--amount", amount, "--seed", "3", "--json"])
    };
    play(&melody, &none, "0");
    assert_eq!(score(&none).parts, score(&melody).parts);
    let answer: Value = serde_json::from_str(&play(&melody, &played, "1")).unwrap();
    assert!(answer["timing_ms"].as_f64().unwrap() > 1.0 && answer["velocity"].as_f64().unwrap() > 1.0, "{answer}");
    let told = provenance(&played, &folder.path().join("again.mid"));
    assert_eq!(told["reproduced"]["is_identical"], true);
    assert_eq!(told["record"]["made"]["played"]["random_seed"], 3);
    assert_eq!((count(&told, "machine"), count(&told, "edited")), (0, 0));
    assert_eq!(count(&told, "person"), score(&melody).note_count() as u64);
    // Whose a note is goes on to the next file.
    play(&played, &twice, "0.5");
    assert_eq!(count(&provenance(&twice, &folder.path().join("again2.mid")), "machine"), 0);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let melody = folder.path().join("seed.mid");
    fs::copy(seed("greensleeves"), &melody).unwrap();
    let out = folder.path().join("out.mid");
    for (arguments, code) in [
        (vec!["humanize", text(&melody), "-o", text(&melody), "--force"], 2),
        (vec!["humanize", text(&melody), "-o", text(&out), "--amount", "1.5"], 2),
        (vec!["humanize", text(&melody), "-o", text(&out), "--model", text(&melody)], 3),
        (vec!["compose", "-o", text(&out), "--humanize", "-1"], 2),
    ] {
        assert_eq!(ripieno(&arguments).status.code(), Some(code), "{arguments:?}");
        assert!(!out.exists());
    }
    assert!(fs::read(&melody).unwrap() == fs::read(seed("greensleeves")).unwrap(), "nothing is lost");
}
