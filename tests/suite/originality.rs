//! `ripieno originality` and `ripieno data index`.

use std::path::Path;

use ripieno_score::{Pitch, Tick, midi};
use serde_json::Value;

use crate::program::{read, ripieno, seed, succeeds, text, write_collection};

fn compared(arguments: &[&str]) -> Value {
    serde_json::from_str(&succeeds(&[&["originality", "--json"], arguments].concat())).unwrap()
}

/// Writes `score`'s file a fourth higher and twice as slow.
fn write_disguised(from: &Path, to: &Path) {
    let mut score = read(from);
    for note in score.parts.iter_mut().flat_map(|part| &mut part.notes) {
        note.pitch = Pitch::new(note.pitch.value() + 5).unwrap();
        (note.onset, note.duration) = (Tick(note.onset.0 * 2), Tick(note.duration.0 * 2));
    }
    std::fs::write(to, midi::write(&score)).unwrap();
}

#[test]
fn a_tune_that_was_learnt_is_named_with_its_bars_and_licence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("slow.mid");
    write_disguised(&seed("minuet-in-g"), &path);
    let answer = compared(&[text(&path)]);
    let heaviest = &answer["passages"][0];
    assert!(heaviest["source"]["title"].as_str().unwrap().starts_with("Menuet"), "{answer}");
    assert_eq!((heaviest["source"]["licence"].as_str(), heaviest["bars"][0].as_u64()), (Some("PD"), Some(1)));
    assert!(answer["overlap"].as_f64() > answer["alarm"].as_f64());
    assert!(answer["share_of_real_pieces_below"].as_f64().unwrap() > 0.9);
    let plain = succeeds(&["originality", text(&path)]);
    for word in ["Menuet", "longest", "closest", "worth a look"] {
        assert!(plain.contains(word), "{word} is missing in\n{plain}");
    }
}

#[test]
fn what_everybody_plays_raises_no_alarm() {
    let answer = compared(&[text(&seed("twelve-bar-blues"))]);
    assert!(answer["overlap"].as_f64() < answer["alarm"].as_f64(), "{answer}");
}

#[test]
fn a_folder_can_be_compared_with_and_the_picture_shows_what_is_common() {
    let folder = tempfile::tempdir().unwrap();
    let (music, copy, plot) =
        (folder.path().join("music"), folder.path().join("copy.mid"), folder.path().join("copy.svg"));
    write_collection(&music, 5);
    write_disguised(&music.join("piece-2.mid"), &copy);
    let answer = compared(&[text(&copy), "--against", text(&music), "--plot", text(&plot)]);
    assert_eq!(answer["passages"][0]["source"]["path"], "piece-2.mid");
    let svg = std::fs::read_to_string(plot).unwrap();
    let outlined = svg.lines().filter(|line| line.contains("stroke=\"#111\"")).count();
    assert!(outlined > 90, "{outlined} notes are outlined");
    assert!(svg.contains("also elsewhere"));
}

#[test]
fn an_index_is_made_used_and_refused_for_another_model() {
    let folder = tempfile::tempdir().unwrap();
    let (music, index) = (folder.path().join("music"), folder.path().join("mine.originality"));
    write_collection(&music, 6);
    let prepared = folder.path().join("prepared");
    let make = ["data", "index", text(&music), "-o", text(&index), "--prepared", text(&prepared)];
    succeeds(&[&make[..], &["--allow-unknown-licence"]].concat());
    let piece = music.join("piece-3.mid");
    let answer = compared(&[text(&piece), "--index", text(&index)]);
    assert_eq!(answer["passages"][0]["source"]["path"], "piece-3.mid", "{answer}");

    let refused = |arguments: &[&str]| {
        let output = ripieno(&[&["originality", text(&piece)], arguments].concat());
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("composer/weights/base.safetensors");
    let other = refused(&["--index", text(&index), "--model", text(&base)]);
    assert!(other.contains("mine.originality") && other.contains("the model was trained on"), "{other}");
    let foreign = refused(&["--index", text(&piece)]);
    assert!(foreign.contains("no originality index"), "{foreign}");
    std::fs::write(&index, &std::fs::read(&index).unwrap()[..200]).unwrap();
    assert!(refused(&["--index", text(&index)]).contains("damaged"));
    assert!(refused(&["--index", text(&folder.path().join("none"))]).contains("cannot read"));
    assert!(refused(&["--against", text(&folder.path().join("none"))]).contains("not a folder"));
}
