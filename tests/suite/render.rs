//! `ripieno render`.

use std::path::Path;

use serde_json::Value;

use crate::program::{ripieno, seed, succeeds, text};

/// The header of a WAV file: channels, sample rate, bits of a sample, and how many frames its data chunk holds.
fn header(path: &Path) -> (u16, u32, u16, u64) {
    let bytes = std::fs::read(path).unwrap();
    assert!(&bytes[..4] == b"RIFF" && &bytes[8..16] == b"WAVEfmt ", "{}", path.display());
    let u16_at = |at: usize| u16::from_le_bytes(*bytes[at..].first_chunk().unwrap());
    let u32_at = |at: usize| u32::from_le_bytes(*bytes[at..].first_chunk().unwrap());
    assert_eq!(u32_at(4) as usize + 8, bytes.len(), "the length in the header is that of the file");
    let mut at = 12;
    while &bytes[at..at + 4] != b"data" {
        at += 8 + u32_at(at + 4) as usize;
    }
    assert_eq!(at + 8 + u32_at(at + 4) as usize, bytes.len());
    (u16_at(22), u32_at(24), u16_at(34), u64::from(u32_at(at + 4)) / u64::from(u16_at(32)))
}

#[test]
fn rates_and_bits_are_as_asked() {
    let folder = tempfile::tempdir().unwrap();
    let melody = seed("ode-to-joy");
    for (rate, bits, stored) in [("22050", "16", 16), ("44100", "24", 24), ("96000", "32f", 32)] {
        let out = folder.path().join(format!("{rate}.wav"));
        let arguments = ["render", text(&melody), "-o", text(&out), "--rate", rate, "--bits", bits, "--json"];
        let answer: Value = serde_json::from_str(&succeeds(&arguments)).unwrap();
        let (channels, found_rate, found_bits, frames) = header(&out);
        assert_eq!((channels, found_rate.to_string().as_str(), found_bits), (2, rate, stored));
        let length_s = frames as f64 / f64::from(found_rate);
        assert!((answer["duration_s"].as_f64().unwrap() - length_s).abs() < 1e-6, "{answer}");
        assert!(answer["true_peak_dbtp"].as_f64().unwrap() < -0.9, "{answer}");
    }
}

#[test]
fn what_cannot_be_rendered_is_refused_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let (broken, out) = (folder.path().join("broken.mid"), folder.path().join("out.wav"));
    std::fs::write(&broken, b"not a MIDI file").unwrap();
    let melody = seed("ode-to-joy");
    let code = |arguments: &[&str]| ripieno(arguments).status.code().unwrap();
    assert_eq!(code(&["render", text(&broken), "-o", text(&out)]), 3);
    assert_eq!(code(&["render", text(&folder.path().join("missing.mid")), "-o", text(&out)]), 3);
    for wrong in [&["--rate", "22049"][..], &["--rate", "192001"], &["--bits", "32"], &["--gain", "99"]] {
        assert_eq!(code(&[&["render", text(&melody), "-o", text(&out)], wrong].concat()), 2, "{wrong:?}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
