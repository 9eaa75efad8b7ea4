//! `ripieno provenance`, and what the other commands write for it.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use ripieno_composer::provenance::{Record, Told};
use ripieno_score::midi::{self, MidiFile, WriteOptions, write_with};
use ripieno_score::timeline::Message;
use ripieno_score::{Pitch, Score, Tick};
use serde_json::Value;

use crate::program::{command, ripieno, seed, succeeds, text};

/// Composes a short piece into `folder`, and names it.
fn composed(folder: &Path, name: &str, wishes: &[&str]) -> PathBuf {
    let out = folder.join(name);
    succeeds(&[&["compose", "-o", text(&out), "--candidates", "1", "--seed", "7"], wishes].concat());
    out
}

fn answer(arguments: &[&str]) -> Value {
    serde_json::from_str(&succeeds(&[&["provenance"], arguments, &["--json"]].concat())).unwrap()
}

/// What is said when the file is refused as a bad one.
fn refusal(arguments: &[&str]) -> String {
    let output = ripieno(&[&["provenance"], arguments].concat());
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{complaint}");
    complaint
}

fn file(path: &Path) -> MidiFile {
    midi::read(&fs::read(path).unwrap()).unwrap()
}

/// Writes another piece with the very record of a file.
fn with_record_of(path: &Path, score: &Score, out: &Path) {
    let events = file(path).timeline.events;
    let events = events.into_iter().filter_map(|event| match event.message {
        Message::SequencerSpecific(content) => Some(content.into_vec()),
        _ => None,
    });
    let options = WriteOptions { sequencer_data: events.collect(), ..WriteOptions::default() };
    fs::write(out, write_with(score, &options)).unwrap();
}

/// Writes a piece with another record.
fn with_record(path: &Path, change: impl Fn(&mut Record), out: &Path) {
    let file = file(path);
    let mut record = Told::in_midi(&file.timeline).unwrap().unwrap().record;
    change(&mut record);
    fs::write(out, write_with(&file.score, &Told::new(record).unwrap().write_options())).unwrap();
}

#[test]
fn a_piece_says_how_it_was_made_and_is_composed_again_from_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let melody = seed("ode-to-joy");
    let gap = ["--task", "infill", "--from-bar", "3", "--to-bar", "4"];
    let chart = folder.path().join("chart.txt");
    fs::write(&chart, "Dm G | C\n").unwrap();
    let wishes: [&[&str]; 6] = [
        &["--bars", "2", "--style", "baroque:2,romantic:1", "--style-strength", "1.3", "--tempo", "123.456"],
        &[&[text(&melody)], &gap[..]].concat(),
        &[text(&melody), "--task", "vary", "--temperature", "1.1"],
        &[text(&melody), "--task", "accompany", "--parts", "piano,bass", "--key", "G", "--max-overlap", "6"],
        &[text(&melody), "--form", "AA", "--density", "0.2..0.9", "--humanize", "0.5"],
        &["--bars", "4", "--chords", text(&chart), "--scale", "C major", "--range", "C2..C6", "--polyphony", "2"],
    ];
    for (number, wishes) in wishes.iter().enumerate() {
        let piece = composed(folder.path(), &format!("{number}.mid"), wishes);
        let again = folder.path().join(format!("{number}-again.mid"));
        let told = answer(&[text(&piece), "--reproduce", text(&again)]);
        assert_eq!(told["reproduced"]["is_identical"], true, "{wishes:?}");
        assert!(fs::read(&piece).unwrap() == fs::read(&again).unwrap(), "{wishes:?}");
        assert_eq!(told["check"]["is_same"], true);
        assert_eq!(told["record"]["program"], format!("ripieno {}", env!("CARGO_PKG_VERSION")));
        assert_eq!(told["record"]["made"]["composed"]["wishes"]["random_seed"], 7);
        let licences = told["record"]["model"]["training_licences"].as_str().unwrap();
        assert!(licences.contains("CC0-1.0"), "{licences}");
        assert!(told["record"]["model"]["steps"].as_u64().unwrap() > 0, "the weights are not random");
        let source = told["record"]["digital_source_type"].as_str().unwrap();
        let is_composite = source.ends_with("/compositeWithTrainedAlgorithmicMedia");
        let is_from_nothing = !wishes.contains(&text(&melody));
        assert!(is_composite != is_from_nothing && (is_composite || source.ends_with("/trainedAlgorithmicMedia")));
    }
    let accompanied = answer(&[text(&folder.path().join("3.mid"))]);
    let person: u64 =
        accompanied["check"]["parts"].as_array().unwrap().iter().map(|p| p["person"].as_u64().unwrap()).sum();
    assert_eq!(person, file(&melody).score.note_count() as u64, "every note of the seed is the person's");
}

#[test]
fn each_of_several_takes_is_composed_again_alone() {
    let folder = tempfile::tempdir().unwrap();
    succeeds(&["compose", "-o", text(&folder.path().join("take.mid")), "--bars", "2", "--takes", "2", "--seed", "7"]);
    for take in ["take-1", "take-2"] {
        let [piece, again] = ["", "-again"].map(|suffix| folder.path().join(format!("{take}{suffix}.mid")));
        assert_eq!(answer(&[text(&piece), "--reproduce", text(&again)])["reproduced"]["is_identical"], true, "{take}");
    }
}

#[test]
fn sound_says_it_too_and_the_piece_can_be_had_back_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let (wav, again) = (folder.path().join("a.wav"), folder.path().join("again.mid"));
    let piece = composed(folder.path(), "a.mid", &["--bars", "2", "--wav", text(&wav)]);
    let told = answer(&[text(&wav), "--reproduce", text(&again)]);
    assert_eq!(told["record"]["made"]["composed"]["wishes"]["bars"], 2);
    assert_eq!(told["sound"]["rendered_by"], told["record"]["program"]);
    assert!(told["sound"]["edited_bars"].is_null());
    assert!(fs::read(&piece).unwrap() == fs::read(&again).unwrap());

    let mut score = file(&piece).score;
    score.parts[0].notes.remove(0);
    let (edited, other) = (folder.path().join("edited.mid"), folder.path().join("edited.wav"));
    with_record_of(&piece, &score, &edited);
    succeeds(&["render", text(&edited), "-o", text(&other)]);
    assert_eq!(answer(&[text(&other)])["sound"]["edited_bars"], "1");
    assert!(succeeds(&["provenance", text(&other)]).contains("had been changed in bars 1"));

    let plain = folder.path().join("plain.wav");
    succeeds(&["render", text(&seed("ode-to-joy")), "-o", text(&plain)]);
    assert!(answer(&[text(&plain)])["record"].is_null());
}

#[test]
fn one_changed_note_is_found_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let piece =
        composed(folder.path(), "a.mid", &[text(&seed("ode-to-joy")), "--task", "accompany", "--parts", "cello"]);
    let mut score = file(&piece).score;
    let bar = 4 * score.ppq.ticks();
    let notes = &mut score.parts[1].notes;
    let third = notes.iter().position(|note| note.onset >= Tick(2 * bar)).unwrap();
    let (number, was) = (notes[third].onset.0 / bar + 1, notes[third].pitch);
    notes[third].pitch = Pitch::new(was.value() ^ 1).unwrap();
    let edited = folder.path().join("edited.mid");
    with_record_of(&piece, &score, &edited);
    let told = answer(&[text(&edited)]);
    assert_eq!(told["check"]["changed_bars"], number.to_string());
    let changes = told["check"]["changes"].as_array().unwrap();
    assert_eq!((changes.len(), &changes[0]["part"]), (1, &Value::from("Cello")));
    assert_eq!(told["check"]["parts"][1]["edited"], 1);
    let said = succeeds(&["provenance", text(&edited)]);
    assert!(said.contains(&format!("bar {number}, ")) && said.contains(&format!("{} became ", was.name())), "{said}");

    let first = folder.path().join("first.mid");
    assert_eq!(answer(&[text(&edited), "--reproduce", text(&first)])["reproduced"]["is_identical"], false);
    assert!(fs::read(&piece).unwrap() == fs::read(&first).unwrap(), "the piece as it was first written");
}

#[test]
fn what_a_machine_wrote_is_not_the_persons_when_it_comes_back_as_a_seed() {
    let folder = tempfile::tempdir().unwrap();
    let first = composed(folder.path(), "first.mid", &["--bars", "2", "--parts", "violin"]);
    let mut score = file(&first).score;
    let notes = score.note_count() as u64;
    let accompany = ["--task", "accompany", "--parts", "cello"];
    let second = composed(folder.path(), "second.mid", &[&[text(&first)], &accompany[..]].concat());
    let told = answer(&[text(&second)]);
    let violin = &told["check"]["parts"][0];
    assert_eq!((violin["person"].as_u64(), violin["machine"].as_u64()), (Some(0), Some(notes)));
    assert!(told["record"]["digital_source_type"].as_str().unwrap().ends_with("/trainedAlgorithmicMedia"));

    score.parts[0].notes[0].velocity = ripieno_score::Velocity::new(1).unwrap();
    let edited = folder.path().join("edited.mid");
    with_record_of(&first, &score, &edited);
    let third = composed(folder.path(), "third.mid", &[&[text(&edited)], &accompany[..]].concat());
    let told = answer(&[text(&third)]);
    let violin = &told["check"]["parts"][0];
    assert_eq!((violin["edited"].as_u64(), violin["machine"].as_u64()), (Some(1), Some(notes - 1)));
    assert!(told["record"]["digital_source_type"].as_str().unwrap().ends_with("/compositeWithTrainedAlgorithmicMedia"));
}

#[test]
fn nobody_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("Home-of-Ottilie");
    fs::create_dir(&home).unwrap();
    let (melody, key) = (home.join("Song-of-Ottilie.mid"), home.join("Key-of-Ottilie"));
    fs::copy(seed("ode-to-joy"), &melody).unwrap();
    succeeds(&["provenance", "--new-key", text(&key)]);
    let (piece, wav) = (home.join("Piece-of-Ottilie.mid"), home.join("Sound-of-Ottilie.wav"));
    let wishes = ["--task", "accompany", "--candidates", "1", "--sign", text(&key), "--wav", text(&wav)];
    let status = command()
        .args([&["compose", text(&melody), "-o", text(&piece)], &wishes[..]].concat())
        .envs([("USER", "Ottilie"), ("LOGNAME", "Ottilie"), ("HOME", text(&home)), ("HOSTNAME", "Ottilie")])
        .current_dir(&home)
        .status();
    assert!(status.unwrap().success());
    for path in [piece, wav] {
        let bytes = fs::read(&path).unwrap();
        assert!(bytes.windows(7).any(|some| some == b"ripieno"));
        assert!(!bytes.windows(7).any(|some| some.eq_ignore_ascii_case(b"ottilie")), "{}", path.display());
    }
}

#[test]
fn a_piece_without_provenance_says_nothing_and_the_person_is_told_what_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("a.mid");
    let output = ripieno(&["compose", "-o", text(&out), "--bars", "2", "--candidates", "1", "--no-provenance"]);
    assert!(output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    for left_out in ["machine", "random seed", "yours", "again"] {
        assert!(said.contains(left_out), "{said}");
    }
    assert!(answer(&[text(&out)])["record"].is_null() && answer(&[text(&out)])["text"].is_null());
    assert!(!fs::read(&out).unwrap().windows(7).any(|some| some == b"ripieno"));
    assert!(refusal(&[text(&out), "--reproduce", text(&folder.path().join("b.mid"))]).contains("how it was made"));
}

#[test]
fn a_signature_is_that_of_a_key_and_a_forged_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (key, other) = (folder.path().join("my.key"), folder.path().join("other.key"));
    let public = answer(&["--new-key", text(&key)])["public_key"].as_str().unwrap().to_owned();
    let stranger = answer(&["--new-key", text(&other)])["public_key"].as_str().unwrap().to_owned();
    let piece = composed(folder.path(), "a.mid", &["--bars", "2", "--sign", text(&key)]);
    let again = folder.path().join("again.mid");
    let told = answer(&[text(&piece), "--signed-by", &public, "--reproduce", text(&again)]);
    assert_eq!(told["signed_by"], public);
    assert!(fs::read(&piece).unwrap() == fs::read(&again).unwrap(), "the signature holds for the same piece");
    assert!(refusal(&[text(&piece), "--signed-by", &stranger]).contains("another key"));
    let unsigned = composed(folder.path(), "b.mid", &["--bars", "2"]);
    assert!(refusal(&[text(&unsigned), "--signed-by", &public]).contains("not signed"));

    // Somebody makes the machine's notes a person's.
    let mut bytes = fs::read(&piece).unwrap();
    let at = bytes.windows(12).position(|some| some == b"\"origins\":\"m").unwrap();
    bytes[at + 11] = b'p';
    let forged = folder.path().join("forged.mid");
    fs::write(&forged, bytes).unwrap();
    assert!(refusal(&[text(&forged)]).contains("damaged"));
    assert!(!ripieno(&["compose", "-o", text(&forged), "--force", "--sign", text(&piece)]).status.success());
}

#[test]
fn a_piece_of_another_program_or_of_other_weights_is_not_composed_again() {
    let folder = tempfile::tempdir().unwrap();
    let piece = composed(folder.path(), "a.mid", &["--bars", "2"]);
    let (changed, out) = (folder.path().join("changed.mid"), folder.path().join("out.mid"));
    let refused = |change: &dyn Fn(&mut Record)| {
        with_record(&piece, change, &changed);
        refusal(&[text(&changed), "--reproduce", text(&out)])
    };
    let why = refused(&|record| record.program = "ripieno 0.0.9".into());
    assert!(why.contains("ripieno 0.0.9") && why.contains(env!("CARGO_PKG_VERSION")), "{why}");
    let why = refused(&|record| record.model.weights = "0123456789abcdef".into());
    assert!(why.contains("0123456789ab") && why.contains("--model"), "{why}");
    let ask = |record: &mut Record, change: &dyn Fn(&mut ripieno_composer::compose::Wishes)| match &mut record.made {
        ripieno_composer::provenance::Made::Composed(composed) => change(&mut composed.wishes),
        _ => unreachable!("it was composed"),
    };
    // A forged random seed gives other notes.
    assert!(refused(&|record| ask(record, &|wishes| wishes.seed = 8)).contains("differently"));
    assert!(refused(&|record| ask(record, &|wishes| wishes.candidates = 1_000_000_000)).contains("candidates"));
    assert!(!out.exists());
}

#[test]
fn records_that_are_none_are_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.mid");
    let refused = |lines: &[u8]| {
        let event = [b"\x7dripieno 1/1 ", lines].concat();
        let options = WriteOptions { sequencer_data: vec![event], ..WriteOptions::default() };
        fs::write(&bad, write_with(&file(&seed("ode-to-joy")).score, &options)).unwrap();
        let why = refusal(&[text(&bad)]);
        assert!(why.contains("bad.mid"), "{why}");
        why
    };
    assert!(refused(&[0xff; 1000]).contains("UTF-8"));
    assert!(refused(b"").contains("first line"));
    assert!(refused(&b"ripieno provenance 1 00 \n[[[["[..]).contains("checksum"));
    assert!(refused(&vec![b'['; 33 << 20]).contains("larger than"));

    // A hundred megabytes of nothing in a WAV file, which are not even read.
    let wav = folder.path().join("bad.wav");
    let mut file = File::create(&wav).unwrap();
    let length = 100u32 << 20;
    file.write_all(b"RIFF\0\0\0\0WAVErpno").unwrap();
    file.write_all(&length.to_le_bytes()).unwrap();
    file.seek(SeekFrom::Current(i64::from(length) - 1)).unwrap();
    file.write_all(b" ").unwrap();
    assert!(refusal(&[text(&wav)]).contains("larger than"));
    fs::write(&wav, b"RIFF\0\0\0\0WAVErpno\x09\0\0\0short").unwrap();
    assert!(refusal(&[text(&wav)]).contains("cannot read"));
    assert!(refusal(&[text(&folder.path().join("missing.mid"))]).contains("missing.mid"));
}
