//! `ripieno live`, without a sound device.

use std::path::Path;

use crate::program::{command, read, ripieno, succeeds, text};

/// Two notes of the machine, a chord of the person, of which one key is never let go.
const JOURNAL: &str = r#"{"version":"0.1.0","rate_hz":48000,"first_frame":24000,"tempo_bpm":120.0,"meter":{"numerator":4,"denominator":4},"instruments":[73,32],"own_instrument":0,"about":"improvised"}
{"t":"machine","part":0,"pitch":72,"velocity":80,"on":24000,"off":48000}
{"t":"press","pitch":60,"velocity":90,"at":48010}
{"t":"press","pitch":64,"velocity":90,"at":48010}
{"t":"release","pitch":60,"at":72000}
{"t":"tempo","bpm":90.0,"at":72000}
{"t":"machine","part":1,"pitch":36,"velocity":70,"on":104000,"off":120000}
{"t":"end","at":120000}
"#;

fn replay(journal: &Path, output: &Path) -> std::process::Output {
    ripieno(&["live", "--replay", text(journal), "--record", text(output)])
}

#[test]
fn a_journal_is_replayed_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("evening.journal");
    std::fs::write(&journal, JOURNAL).unwrap();
    let files = ["one.mid", "two.mid"].map(|name| folder.path().join(name));
    for file in &files {
        assert!(replay(&journal, file).status.success());
    }
    let bytes = |file: &Path| std::fs::read(file).unwrap();
    assert_eq!(bytes(&files[0]), bytes(&files[1]));

    let score = read(&files[0]);
    let parts: Vec<(&str, usize)> = score.parts.iter().map(|part| (part.name.as_str(), part.notes.len())).collect();
    assert_eq!(parts, [("You", 2), ("Ripieno: Flute", 1), ("Ripieno: Acoustic Bass", 1)]);
    // 32,000 frames at 90 quarter notes a minute after two quarter notes at 120.
    let bass = f64::from(score.parts[2].notes[0].onset.0) / f64::from(score.ppq.ticks());
    assert!((bass - 3.0).abs() < 0.001, "{bass}");
}

#[test]
fn a_performance_that_was_cut_short_is_replayed_as_far_as_it_came() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("evening.journal");
    std::fs::write(&journal, &JOURNAL[..JOURNAL.len() - 40]).unwrap();
    let output = folder.path().join("out.mid");
    assert!(replay(&journal, &output).status.success());
    assert_eq!(read(&output).note_count(), 3);
}

#[test]
fn what_is_signed_is_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, key) = (folder.path().join("evening.journal"), folder.path().join("my.key"));
    std::fs::write(&journal, JOURNAL).unwrap();
    succeeds(&["provenance", "--new-key", text(&key)]);
    for option in [&["--no-provenance"][..], &["--sign", text(&key)]] {
        let output = ripieno(&[&["live", "--replay", text(&journal)], option].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("add --record or --wav"));
    }
    let signed = folder.path().join("signed.mid");
    succeeds(&["live", "--replay", text(&journal), "--record", text(&signed), "--sign", text(&key)]);
    assert_eq!(read(&signed).note_count(), 4);
}

#[test]
fn what_is_no_journal_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("notes.txt");
    std::fs::write(&journal, "a shopping list").unwrap();
    let output = replay(&journal, &folder.path().join("out.mid"));
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("notes.txt"));
}

#[test]
fn without_its_device_it_says_so_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("out.mid");
    let output = command()
        .args(["live", "--headless", "--device", "no such device", "--record", text(&record)])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no sound"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn its_help_says_how_to_end_it() {
    assert!(succeeds(&["live", "--help"]).contains("q ends with a cadence"));
}
