//! `ripieno data scan`, `ripieno train base` and `ripieno eval`, interrupted and not.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::program::{command, ripieno, succeeds, text, write_collection};

const TINY: [&str; 16] = [
    "--width",
    "32",
    "--layers",
    "1",
    "--context",
    "64",
    "--batch",
    "1",
    "--steps",
    "24",
    "--checkpoint-every",
    "5",
    "--validate-every",
    "12",
    "--seed",
    "3",
];

fn train<'a>(folder: &'a Path, run: &'a Path) -> Vec<&'a str> {
    let mut arguments = vec!["train", "base", text(folder), "--run", text(run), "--allow-unknown-licence"];
    arguments.extend(TINY);
    arguments
}

/// The loss of every step in a log; a step that was run twice has the same loss both times.
fn losses(run: &Path) -> BTreeMap<u64, String> {
    let mut losses = BTreeMap::new();
    for line in std::fs::read_to_string(run.join("log.jsonl")).unwrap_or_default().lines() {
        // The last line of a killed run may be cut.
        let Ok(event) = serde_json::from_str::<Value>(line) else { continue };
        if event["event"] == "step" {
            let (step, loss) = (event["step"].as_u64().unwrap(), event["loss"].to_string());
            assert_eq!(*losses.entry(step).or_insert(loss.clone()), loss, "step {step} was repeated differently");
        }
    }
    losses
}

#[test]
fn a_run_that_is_killed_goes_on_with_the_same_losses() {
    let folder = tempfile::tempdir().unwrap();
    let (music, straight, killed) =
        (folder.path().join("music"), folder.path().join("straight"), folder.path().join("killed"));
    write_collection(&music, 12);
    succeeds(&train(&music, &straight));
    for kill_after in [7, 13] {
        let mut child = command()
            .args(train(&music, &killed))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        while losses(&killed).len() < kill_after && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    succeeds(&train(&music, &killed));
    let whole = losses(&straight);
    assert_eq!(whole.len(), 24);
    assert_eq!(whole, losses(&killed));
    for file in ["best.safetensors", "best.originality", "loss.svg"] {
        assert!(killed.join(file).exists(), "{file}");
    }

    // What was trained can be measured and composes.
    let model = killed.join("best.safetensors");
    let prepared = killed.join("corpus");
    let corpus = ["--corpus", text(&music), "--prepared", text(&prepared), "--allow-unknown-licence"];
    let figures: Value =
        serde_json::from_str(&succeeds(&[&["eval", "--model", text(&model), "--json"], &corpus[..]].concat())).unwrap();
    assert!(figures["all"]["untold"]["notes"].as_u64().unwrap() > 0, "{figures}");
    let trip: Value =
        serde_json::from_str(&succeeds(&[&["eval", "--round-trip", "--json"], &corpus[..]].concat())).unwrap();
    assert_eq!((trip["files"].as_u64(), trip["below"].as_u64()), (Some(12), Some(0)), "{trip}");
    let plot = folder.path().join("styles.svg");
    let eval = |what: &[&str]| -> Value {
        let arguments = [&["eval", "--model", text(&model), "--json"], &corpus[..], what].concat();
        serde_json::from_str(&succeeds(&arguments)).unwrap()
    };
    let styles = eval(&["--styles", "2", "--plot", text(&plot)]);
    let composed: u64 =
        styles["written"]["composed"]["counts"][0].as_array().unwrap().iter().filter_map(Value::as_u64).sum();
    assert_eq!(composed, 2, "{styles}");
    assert!(std::fs::read_to_string(&plot).unwrap().ends_with("</svg>"));
    let overlap = eval(&["--overlap", "3"]);
    assert_eq!(overlap["rows"][0]["pieces"].as_u64(), Some(3), "{overlap}");
    let out = folder.path().join("piece.mid");
    succeeds(&["compose", "-o", text(&out), "--model", text(&model), "--bars", "2", "--candidates", "1"]);
}

#[test]
fn a_second_scan_reads_nothing_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (music, prepared) = (folder.path().join("music"), folder.path().join("prepared"));
    write_collection(&music, 6);
    let scan = ["data", "scan", text(&music), "-o", text(&prepared), "--allow-unknown-licence", "--json"];
    let first: Value = serde_json::from_str(&succeeds(&scan)).unwrap();
    let second: Value = serde_json::from_str(&succeeds(&scan)).unwrap();
    assert_eq!((first["files_read"].as_u64(), second["files_read"].as_u64()), (Some(6), Some(0)));
    assert_eq!(first["pieces"], second["pieces"]);
}

#[test]
fn what_cannot_be_trained_on_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let (music, run) = (folder.path().join("music"), folder.path().join("run"));
    write_collection(&music, 3);
    let unlicensed = ripieno(&["train", "base", text(&music), "--run", text(&run)]);
    assert_eq!(unlicensed.status.code(), Some(3));
    let message = String::from_utf8_lossy(&unlicensed.stderr).into_owned();
    assert!(message.contains("nothing to train on"), "{message}");
    assert_eq!(ripieno(&["data", "scan", text(&folder.path().join("nowhere"))]).status.code(), Some(3));
}
