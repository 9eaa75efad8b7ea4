//! `ripieno train FOLDER --name NAME` and `ripieno styles`: a style from a folder to a piece.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::program::{command, text, write_collection};

/// A person with a data folder of their own.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn data(&self) -> PathBuf {
        self.path("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command();
        command.args(arguments).env("XDG_DATA_HOME", self.data());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    fn succeeds(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The exit code and what is said.
    fn fails(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?} succeeds");
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    fn files(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.data().join("ripieno/styles")) else { return Vec::new() };
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn trainings(&self) -> usize {
        std::fs::read_dir(self.data().join("ripieno/training")).map_or(0, Iterator::count)
    }
}

fn json(printed: &str) -> Value {
    serde_json::from_str(printed).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_style_is_trained_used_mixed_exported_imported_and_removed() {
    let home = Home::new();
    let (music, piece) = (home.path("music"), home.path("piece.mid"));
    write_collection(&music, 4);
    let train = ["train", text(&music), "--name", "mine", "--steps", "2"];
    let told = home.succeeds(&train);
    for said in ["4 pieces", "music of your own", "base model  unchanged", "--style mine"] {
        assert!(told.contains(said), "{said}: {told}");
    }
    assert_eq!(home.files(), ["mine.originality", "mine.safetensors"]);
    assert_eq!(home.trainings(), 0, "nothing of the training is left");
    let size = std::fs::metadata(home.data().join("ripieno/styles/mine.safetensors")).unwrap().len();
    assert!(size < 1_000_000, "{size} bytes");

    let (code, said) = home.fails(&train);
    assert_eq!(code, 2);
    assert!(said.contains("--force"), "{said}");

    let compose = |style: &str| {
        let arguments = ["compose", "-o", text(&piece), "--style", style, "--bars", "2", "--candidates", "1"];
        home.succeeds(&[&arguments[..], &["--seed", "1", "--force", "--parts", "piano"]].concat());
        std::fs::read(&piece).unwrap()
    };
    assert_ne!(compose("mine"), compose("romantic"));
    assert_ne!(compose("mine:0.5,romantic:0.5"), compose("romantic"));
    compose("mine:0.5,romantic:0.5");
    let again = home.path("again.mid");
    let reproduced = ["provenance", text(&piece), "--reproduce", text(&again), "--json"];
    assert_eq!(json(&home.succeeds(&reproduced))["reproduced"]["is_identical"], true);

    let shown = json(&home.succeeds(&["styles", "show", "mine", "--json"]));
    assert_eq!(shown["indexed_pieces"], 4);
    assert!(shown["leave"].as_str().unwrap().contains("without a manifest"), "{shown}");
    let listed = json(&home.succeeds(&["styles", "list", "--json"]));
    assert_eq!(listed["own"][0]["name"], "mine");
    assert!(listed["own"][0]["problem"].is_null(), "{listed}");

    let file = home.path("gift.safetensors");
    assert!(home.succeeds(&["styles", "export", "mine", "-o", text(&file)]).contains("4 pieces"));
    home.succeeds(&["styles", "remove", "mine"]);
    let (code, said) = home.fails(&["provenance", text(&piece), "--reproduce", text(&home.path("other.mid"))]);
    assert_eq!(code, 3);
    assert!(said.contains("mine"), "{said}");
    assert_eq!(home.files(), [""; 0]);
    let (code, said) = home.fails(&["compose", "-o", text(&home.path("new.mid")), "--style", "mine"]);
    assert_eq!(code, 2);
    assert!(said.contains("no style `mine`"), "{said}");
    home.succeeds(&["styles", "import", text(&file), "--name", "yours"]);
    assert_eq!(home.files(), ["yours.originality", "yours.safetensors"]);
    let measured = json(&home.succeeds(&["styles", "measure", "yours", text(&music), "--stretches", "1", "--json"]));
    assert_eq!(measured["pieces"].as_u64(), Some(4), "{measured}");
    // Pieces as short as these do not all say enough to be recognised.
    assert!(measured["known_to_style"].as_u64().is_some_and(|known| known >= 3), "{measured}");

    // Without a sound device nothing more than this can be seen of it here.
    #[cfg(feature = "device")]
    {
        let live = |style: &str| home.fails(&["live", "--headless", "--device", "none such", "--style", style]);
        assert!(live("yours:0.5,romantic:0.5").1.contains("no sound"));
        assert!(live("mine").1.contains("no style `mine`"));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_makes_no_style_is_refused_and_leaves_nothing_behind() {
    let home = Home::new();
    let music = home.path("music");
    let refused = |expected: i32, words: &str, more: &[&str]| {
        let (code, said) = home.fails(&[&["train", text(&music), "--name", "mine"], more].concat());
        assert_eq!(code, expected, "{said}");
        assert!(said.contains(words), "{words}: {said}");
        assert_eq!((home.trainings(), home.files()), (0, Vec::new()), "{words}");
    };
    refused(3, "not a folder", &[]);
    std::fs::create_dir(&music).unwrap();
    refused(3, "there is no file in it", &[]);
    std::fs::write(music.join("letter.txt"), "Dear collector").unwrap();
    std::fs::write(music.join("broken.mid"), "MThd").unwrap();
    refused(3, "of 2 files left out", &[]);
    write_collection(&music, 1);
    refused(3, "1 different piece makes no style", &[]);
    for copy in 0..5 {
        std::fs::copy(music.join("piece-0.mid"), music.join(format!("copy-{copy}.mid"))).unwrap();
    }
    refused(3, "5 duplicate", &[]);
    write_collection(&music, 4);
    manifest(&music, "path,license\npiece-0.mid,CC-BY-NC-4.0\npiece-1.mid,CC-BY-NC-4.0\n");
    refused(3, "--allow-unknown-licence", &[]);
    manifest(&music, &["path,license\n", &forbidden(&music)].concat());
    refused(3, "licence forbids training", &["--allow-unknown-licence"]);
    let (code, said) = home.fails(&["train", text(&music), "--name", "romantic"]);
    assert_eq!((code, said.contains("a style of the model")), (2, true), "{said}");
    assert_eq!(home.fails(&["train", text(&music), "--name", "a:b"]).0, 2);
}

fn manifest(folder: &Path, rows: &str) {
    std::fs::write(folder.join("manifest.csv"), rows).unwrap();
}

fn forbidden(folder: &Path) -> String {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    files.filter(|name| name.ends_with(".mid")).map(|name| format!("{name},CC-BY-NC-4.0\n")).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn two_trainings_of_one_name_do_not_meet_and_no_place_for_styles_is_said() {
    let home = Home::new();
    let music = home.path("music");
    write_collection(&music, 4);
    let trainings = home.data().join("ripieno/training");
    std::fs::create_dir_all(&trainings).unwrap();
    let held = std::fs::File::create(trainings.join("mine.lock")).unwrap();
    held.lock().unwrap();
    let (code, said) = home.fails(&["train", text(&music), "--name", "Mine"]);
    assert_eq!(code, 2);
    assert!(said.contains("another training"), "{said}");
    drop(held);

    std::fs::remove_dir_all(home.data()).unwrap();
    std::fs::write(home.data(), "a file where the folder should be").unwrap();
    let (code, said) = home.fails(&["train", text(&music), "--name", "mine"]);
    assert_eq!(code, 1);
    assert!(said.contains("ripieno/styles"), "{said}");
    assert_eq!(home.fails(&["train", text(&music)]).0, 2, "a style needs a name");
    assert_eq!(home.fails(&["train"]).0, 2);
}

#[test]
fn styles_of_the_model_tell_what_their_music_is_like() {
    let home = Home::new();
    let shown = home.succeeds(&["styles", "show", "blues"]);
    for expected in ["blues, a style of the model", "Drums", "4/4", "in C major  C7", "repetition"] {
        assert!(shown.contains(expected), "{expected} is not in {shown}");
    }
    let told: Value = serde_json::from_str(&home.succeeds(&["styles", "show", "latin", "--json"])).unwrap();
    assert_eq!(told["name"], "latin");
    assert!(told["habits"]["chords"][0]["chords"].as_array().unwrap().len() > 3);
    let (code, said) = home.fails(&["styles", "show", "bluse"]);
    assert!(code == 2 && said.contains("styles list"), "{code}: {said}");
}
