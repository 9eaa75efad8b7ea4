//! `ripieno play`, on machines with a sound card and without: the devices asked for here do not exist anywhere.

use crate::program::{ripieno, seed, text};

#[test]
fn a_device_that_does_not_exist_ends_with_what_was_tried_and_what_to_do() {
    let melody = seed("ode-to-joy");
    for nowhere in [["--host", "no such system"], ["--device", "no such loudspeaker 3f9a"]] {
        let refused = ripieno(&[&["play", text(&melody)], &nowhere[..]].concat());
        let message = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(1), "{message}");
        assert!(message.contains("ripieno render"), "{message}");
        // A machine whose sound system does not answer cannot say which devices it lacks.
        let is_named = message.contains(nowhere[1]) || nowhere[0] == "--device" || !cfg!(feature = "device");
        assert!(is_named, "{message}");
    }
}

#[cfg(feature = "device")]
#[test]
fn what_cannot_be_played_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let melody = seed("ode-to-joy");
    let broken = folder.path().join("broken.mid");
    std::fs::write(&broken, b"not a MIDI file").unwrap();
    let code = |arguments: &[&str]| ripieno(arguments).status.code().unwrap();
    assert_eq!(code(&["play", text(&broken)]), 3);
    assert_eq!(code(&["play", text(&folder.path().join("missing.mid"))]), 3);
    assert_eq!(code(&["play", text(&melody), "--soundfont", text(&broken)]), 3);
    assert_eq!(code(&["play"]), 2);
    for wrong in [["--from", "0"], ["--from", "17"], ["--from", "9:00"], ["--buffer", "1"], ["--rate", "8000"]] {
        let arguments = [&["play", text(&melody), "--host", "no such system"], &wrong[..]].concat();
        assert_eq!(code(&arguments), 2, "{wrong:?}");
    }
    assert_eq!(code(&["play", text(&melody), "--list-devices"]), 2);
}

#[cfg(feature = "device")]
#[test]
fn devices_are_listed_or_there_are_none() {
    let hosts: serde_json::Value =
        serde_json::from_str(&crate::program::succeeds(&["play", "--list-devices", "--json"])).unwrap();
    assert!(hosts.as_array().unwrap().iter().all(|host| host["name"].is_string() && host["devices"].is_array()));
}
