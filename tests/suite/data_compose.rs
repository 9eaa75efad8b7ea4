//! `ripieno data compose`.

use std::path::Path;

use ripieno_datasets::{Corpus, Licence};

use crate::program::{ripieno, succeeds, text};

#[test]
fn composed_pieces_are_scanned_with_their_style_and_licence() {
    let folder = tempfile::tempdir().unwrap();
    let (composed, prepared) = (folder.path().join("composed"), folder.path().join("prepared"));
    succeeds(&["data", "compose", "all", "--pieces", "2", "-o", text(&composed)]);
    succeeds(&["data", "scan", text(&composed), "-o", text(&prepared)]);
    let corpus = Corpus::open(&prepared).unwrap();
    let listed = succeeds(&["data", "compose", "--list"]);
    assert_eq!(corpus.pieces().len(), 2 * corpus.styles().len());
    for style in corpus.styles() {
        assert!(listed.contains(style.as_str()), "{style} is not listed");
    }
    for piece in corpus.pieces() {
        let style = &corpus.styles()[piece.style];
        assert!(piece.path.starts_with(&format!("{style}/{style}-000")), "{}", piece.path);
        assert_eq!(piece.licence, Licence::Free("CC0-1.0".to_owned()));
        assert_eq!(piece.source, format!("composed by rules: ripieno data compose {style} --seed 0"));
    }
}

#[test]
fn the_same_seed_gives_the_same_files_and_more_pieces_only_add() {
    let folder = tempfile::tempdir().unwrap();
    let compose = |name: &str, pieces: &str, seed: &str| {
        let path = folder.path().join(name);
        succeeds(&["data", "compose", "serial", "--pieces", pieces, "--seed", seed, "-o", text(&path)]);
        move |file: &str| std::fs::read(path.join(file)).unwrap()
    };
    let (few, many, other) = (compose("few", "2", "5"), compose("many", "3", "5"), compose("other", "2", "6"));
    assert_eq!(few("serial-0002.mid"), many("serial-0002.mid"));
    assert_ne!(few("serial-0002.mid"), other("serial-0002.mid"));
}

#[test]
fn a_folder_that_holds_other_things_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    let refusal = |style: &str, output: &Path| {
        let output = ripieno(&["data", "compose", style, "--pieces", "1", "-o", text(output)]);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refusal("blues", folder.path()).contains("holds other things"));
    assert!(refusal("polka", &folder.path().join("new")).contains("jazz-combo"), "the styles are named");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let empty = tempfile::tempdir().unwrap();
    succeeds(&["data", "compose", "blues", "--pieces", "1", "-o", text(empty.path())]);
    assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 2, "a piece and the manifest");
}
