//! `ripieno inspect`.

use serde_json::Value;

use crate::program::{ripieno, seed, succeeds, text};

#[test]
fn a_seed_is_described_as_its_list_says() {
    let answer: Value = serde_json::from_str(&succeeds(&["inspect", text(&seed("minuet-in-g")), "--json"])).unwrap();
    assert_eq!(answer["key"]["found"], "G major");
    let plain = succeeds(&["inspect", text(&seed("minuet-in-g"))]);
    for word in ["G major", "3/4", "16 bars", "Harpsichord"] {
        assert!(plain.contains(word), "{word} is missing in\n{plain}");
    }
}

#[test]
fn the_piano_roll_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let plot = folder.path().join("roll.svg");
    succeeds(&["inspect", text(&seed("brahms-lullaby")), "--plot", text(&plot)]);
    let svg = std::fs::read_to_string(plot).unwrap();
    assert!(svg.starts_with("<svg") && svg.matches("<rect").count() > 51, "a box for every note");
}

#[test]
fn a_damaged_file_is_rescued_and_the_person_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = std::fs::read(seed("ode-to-joy")).unwrap();
    let path = folder.path().join("cut.mid");
    std::fs::write(&path, &bytes[..bytes.len() * 2 / 3]).unwrap();
    let told = succeeds(&["inspect", text(&path)]);
    assert!(told.contains("ended early") || told.contains("cut") || told.contains("rescued"), "{told}");
    std::fs::write(&path, &bytes[..9]).unwrap();
    let refused = ripieno(&["inspect", text(&path)]);
    assert_eq!(refused.status.code(), Some(3));
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(message.contains("cut.mid") && message.contains("byte"), "{message}");
}
