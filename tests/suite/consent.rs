//! A collection in which not everything may be trained on: what is left out, who says so, and what the model's card tells.

use std::path::Path;

use ripieno_composer::model::read_header;
use ripieno_datasets::corpus::hash;
use serde_json::Value;

use crate::program::{ripieno, succeeds, text, write_collection};

const MANIFEST: &str = "path,license,source,author,opt_out,attribution\n\
                        .,CC-BY-4.0,the attic,Ann Author,,Ann Author (CC BY 4.0)\n\
                        piece-3.mid,,,,yes,\n\
                        piece-4.mid,CC-BY-NC-4.0,,,,\n\
                        odd,ask-me,,,,\n";

/// Ten pieces: one opted out, with a copy under another name; one non-commercial; one that nobody knows about.
fn collect(folder: &Path) {
    write_collection(folder, 9);
    std::fs::create_dir(folder.join("odd")).unwrap();
    std::fs::rename(folder.join("piece-8.mid"), folder.join("odd/piece-8.mid")).unwrap();
    std::fs::copy(folder.join("piece-3.mid"), folder.join("somebody-else.mid")).unwrap();
    std::fs::write(folder.join("manifest.csv"), MANIFEST).unwrap();
}

fn train<'a>(folder: &'a Path, run: &'a Path) -> Vec<&'a str> {
    #[rustfmt::skip]
    let tiny = [
        "--width", "32", "--layers", "1", "--context", "64", "--batch", "1", "--replicas", "1", "--steps", "2",
        "--checkpoint-every", "2", "--validate-every", "2", "--seed", "3",
    ];
    [vec!["train", "base", text(folder), "--run", text(run)], tiny.to_vec()].concat()
}

/// The corpus hash as anybody can compute it from the table beside the card. No cell of the test's has a quotation mark.
fn hash_of_table(table: &str) -> String {
    let mut hashed = String::new();
    for row in table.lines().skip(1) {
        for cell in row.split(',').take(3) {
            hashed.push_str(cell);
            hashed.push('\n');
        }
    }
    hash(hashed.as_bytes())
}

#[test]
fn a_forbidden_file_is_left_out_and_the_card_agrees_with_the_corpus() {
    let dir = tempfile::tempdir().unwrap();
    let (music, run) = (dir.path().join("music"), dir.path().join("run"));
    collect(&music);
    let trained = ripieno(&train(&music, &run));
    let said = String::from_utf8_lossy(&trained.stderr).into_owned();
    assert!(trained.status.success(), "{said}");
    for words in [
        "4 files are not trained on",
        "piece-3.mid: author opted out",
        "somebody-else.mid: copy of music whose author said no: piece-3.mid",
        "piece-4.mid: licence forbids training: CC-BY-NC-4.0",
        "odd/piece-8.mid: licence unknown",
        "manifest.csv, line 5: the licence `ask-me` is not known",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }

    let weights = std::fs::read(run.join("best.safetensors")).unwrap();
    let card = std::fs::read_to_string(run.join("MODEL_CARD.md")).unwrap();
    let table = std::fs::read_to_string(run.join("training-data.csv")).unwrap();
    let header = read_header(&weights).unwrap();
    assert_eq!(hash_of_table(&table), header.corpus);
    assert_eq!(table.lines().count(), 1 + 6, "a header and six pieces");
    for fact in [&header.corpus, &hash(&weights), "Ann Author (CC BY 4.0)", "| the attic | CC-BY-4.0 |"] {
        assert!(card.contains(fact), "{fact}: {card}");
    }
    for file in ["piece-3.mid", "piece-4.mid", "somebody-else.mid", "odd/piece-8.mid"] {
        let hash = hash(&std::fs::read(music.join(file)).unwrap());
        assert!(!table.contains(&hash), "{file} was trained on");
    }
    assert!(!card.contains(text(dir.path())) && !table.contains(text(dir.path())), "no path is told");
    let training = &header.training;
    assert_eq!(training.pieces + training.held_out, 6);
    assert_eq!(training.sources.iter().map(|source| source.pieces).sum::<usize>(), training.pieces);
    assert_eq!(training.left_out["author opted out"], 1);

    // Who opts out later is not trained on any further.
    std::fs::write(music.join("manifest.csv"), format!("{MANIFEST}piece-1.mid,,,,yes,\n")).unwrap();
    let again = ripieno(&train(&music, &run));
    assert_eq!(again.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&again.stderr).contains("another corpus"));
}

#[test]
fn licences_are_told_by_source_and_reason() {
    let dir = tempfile::tempdir().unwrap();
    let (music, prepared) = (dir.path().join("music"), dir.path().join("prepared"));
    collect(&music);
    let command = ["data", "licences", text(&music), "--prepared", text(&prepared)];
    let told = succeeds(&command);
    for words in ["may be used", "CC-BY-4.0, the attic: the licence allows it", "the author opted out", "6 pieces"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let answer: Value = serde_json::from_str(&succeeds(&[&command[..], &["--json"]].concat())).unwrap();
    let lines = answer["licences"].as_array().unwrap();
    let files_of = |verdict: &str| -> u64 {
        lines.iter().filter(|line| line["verdict"] == verdict).map(|line| line["files"].as_u64().unwrap()).sum()
    };
    assert_eq!((files_of("allowed"), files_of("refused"), files_of("unknown")), (7, 2, 1));
    assert_eq!(answer["refused"].as_array().unwrap().len(), 4);

    let taken: Value =
        serde_json::from_str(&succeeds(&[&command[..], &["--json", "--allow-unknown-licence"]].concat())).unwrap();
    assert_eq!((answer["pieces"].as_u64(), taken["pieces"].as_u64()), (Some(6), Some(7)));
    assert_ne!(answer["corpus_hash"], taken["corpus_hash"]);
}

#[test]
fn an_error_in_a_manifest_is_told_with_its_line() {
    let dir = tempfile::tempdir().unwrap();
    let (music, prepared) = (dir.path().join("music"), dir.path().join("prepared"));
    write_collection(&music, 1);
    for (manifest, words) in [
        ("path,opt-outs\npiece-0.mid,yes\n", "line 1: the column `opt-outs` is not known; did you mean `opt_out`?"),
        ("path,license\npiece-0.mid,MIT AND\n", "line 2: `MIT AND` is no SPDX expression"),
    ] {
        std::fs::write(music.join("manifest.csv"), manifest).unwrap();
        let output = ripieno(&["data", "licences", text(&music), "--prepared", text(&prepared)]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(3) && said.contains(words), "{said}");
    }
}
