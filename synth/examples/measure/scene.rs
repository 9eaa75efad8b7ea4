//! A scene: two notes and what changes between them, as part of a MIDI file.

use crate::hearing::Measure;

pub(crate) const RATE: f64 = 48_000.0;
/// Each scene has so long, and begins with a GM reset.
pub(crate) const SCENE_MS: u32 = 4000;
/// A4 is struck here, and after what the scene changes at [`CHANGE_MS`] again there.
pub(crate) const FIRST_MS: u32 = 100;
pub(crate) const CHANGE_MS: u32 = 1500;
pub(crate) const SECOND_MS: u32 = 1600;
pub(crate) const LENGTH_MS: u32 = 700;
pub(crate) const GM_ON: &[u8] = &[0xf0, 0x7e, 0x7f, 9, 1, 0xf7];

/// What the notes that are held are played by.
const ORGAN: u8 = 16;

/// A scene, and the range that its measurement must lie in.
pub(crate) struct Scene {
    pub(crate) name: String,
    pub(crate) program: u8,
    pub(crate) events: Vec<(u32, Vec<u8>)>,
    pub(crate) measure: Measure,
    pub(crate) wanted: (f64, f64),
}

/// Two notes, and what changes between them.
pub(crate) fn between(
    name: impl Into<String>,
    program: u8,
    changes: &[&[u8]],
    measure: Measure,
    wanted: (f64, f64),
) -> Scene {
    let mut events = note(FIRST_MS, LENGTH_MS, 69);
    events.extend(changes.iter().map(|bytes| (CHANGE_MS, bytes.to_vec())));
    events.extend(note(SECOND_MS, LENGTH_MS, 69));
    Scene { name: name.into(), program, events, measure, wanted }
}

/// A note held from 100 ms, and what is done to it.
pub(crate) fn held(name: impl Into<String>, events: &[(u32, &[u8])], at_ms: u32, sounds: bool) -> Scene {
    let events = events.iter().map(|(at, bytes)| (*at, bytes.to_vec())).collect();
    let wanted = if sounds { (-6.0, 6.0) } else { (f64::NEG_INFINITY, -60.0) };
    Scene { name: name.into(), program: ORGAN, events, measure: Measure::SoundDb(at_ms), wanted }
}

pub(crate) fn note(at: u32, length: u32, key: u8) -> Vec<(u32, Vec<u8>)> {
    vec![(at, vec![0x90, key, 100]), (at + length, vec![0x80, key, 64])]
}

/// The scenes as a format 0 file with a tick of a millisecond.
pub(crate) fn file(scenes: &[Scene]) -> Vec<u8> {
    let mut events: Vec<(u32, Vec<u8>)> = Vec::new();
    for (scene, start) in scenes.iter().zip((0..).step_by(SCENE_MS as usize)) {
        events.push((start, GM_ON.to_vec()));
        events.push((start + 20, vec![0xc0, scene.program]));
        events.extend(scene.events.iter().map(|(at, bytes)| (start + at, bytes.clone())));
    }
    events.sort_by_key(|(at, _)| *at);
    let mut track = Vec::new();
    let mut now = 0;
    for (at, bytes) in events {
        number(&mut track, at - now);
        now = at;
        if bytes[0] == 0xf0 {
            track.push(0xf0);
            number(&mut track, bytes.len() as u32 - 1);
            track.extend_from_slice(&bytes[1..]);
        } else {
            track.extend_from_slice(&bytes);
        }
    }
    number(&mut track, scenes.len() as u32 * SCENE_MS - now);
    track.extend_from_slice(&[0xff, 0x2f, 0]);
    // Without a tempo a quarter note lasts half a second: 500 ticks.
    let mut file = b"MThd\0\0\0\x06\0\0\0\x01\x01\xf4MTrk".to_vec();
    file.extend_from_slice(&(track.len() as u32).to_be_bytes());
    file.extend_from_slice(&track);
    file
}

/// A number of variable length.
fn number(track: &mut Vec<u8>, value: u32) {
    for shift in [21, 14, 7] {
        if value >> shift > 0 {
            track.push((value >> shift & 0x7f) as u8 | 0x80);
        }
    }
    track.push((value & 0x7f) as u8);
}
