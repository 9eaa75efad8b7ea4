//! End to end, through the binary; and what the architecture promises ([`architecture`]).

#[path = "suite/architecture.rs"]
mod architecture;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ripieno_score::{Score, midi};

fn ripieno(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ripieno")).args(arguments).output().expect("the program starts")
}

fn seed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/seeds").join(name)
}

fn read(path: &Path) -> Score {
    midi::read(&std::fs::read(path).expect("readable")).expect("a MIDI file").score
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

#[test]
fn an_accompaniment_keeps_every_note_of_the_seed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (seed, first, second) = (seed("old-hundredth.mid"), folder.path().join("1.mid"), folder.path().join("2.mid"));
    for out in [&first, &second] {
        let arguments = ["compose", text(&seed), "-o", text(out), "--task", "accompany", "--parts", "piano,bass"];
        let output = ripieno(&[&arguments[..], &["--seed", "5", "--candidates", "1"]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let (before, after) = (read(&seed), read(&first));
    assert_eq!(after.ppq, before.ppq);
    assert_eq!(after.parts[0].notes, before.parts[0].notes);
    let instruments: Vec<u8> = after.parts[1..].iter().map(|part| part.instrument.index()).collect();
    assert_eq!(instruments, [0, 32]);
    let bytes = |path: &Path| std::fs::read(path).expect("readable");
    assert!(bytes(&first) == bytes(&second), "the same seed number gives the same file");
}

#[test]
fn bars_key_and_tempo_are_kept() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("piece.mid");
    let wishes = ["--bars", "4", "--key", "A minor", "--tempo", "77", "--parts", "piano,cello"];
    let output = ripieno(&[&["compose", "-o", text(&out), "--seed", "3", "--candidates", "1"], &wishes[..]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let piece = read(&out);
    assert!((piece.tempo_at(ripieno_score::Tick::ZERO) - 77.0).abs() < 0.01);
    let bar = 4 * piece.ppq.ticks();
    assert!(piece.end().0 > 3 * bar && piece.end().0 <= 4 * bar, "ends at tick {}", piece.end().0);
    let scale = [0, 2, 4, 5, 6, 7, 8, 9, 11];
    let pitches = piece.parts.iter().flat_map(|part| &part.notes).map(|note| note.pitch.class());
    assert!(pitches.clone().count() > 8);
    assert!(pitches.clone().all(|class| scale.contains(&class)), "A minor with raised sixth and seventh");
}

#[test]
fn exit_codes_tell_usage_from_bad_input() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (broken, out) = (folder.path().join("broken.mid"), folder.path().join("out.mid"));
    std::fs::write(&broken, b"not a MIDI file").expect("written");
    assert_eq!(ripieno(&["compose", text(&broken), "-o", text(&out)]).status.code(), Some(3));
    assert_eq!(ripieno(&["compose", "-o", text(&out), "--style", "nobody's"]).status.code(), Some(2));
    assert_eq!(ripieno(&["compose"]).status.code(), Some(2));
    assert!(!out.exists());
}
