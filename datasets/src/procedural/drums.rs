//! The General MIDI percussion kit, and patterns written as drummers write them: `x..x` in even steps.

use super::sheet::Tone;

pub(crate) const KICK: i32 = 36;
pub(crate) const RIM: i32 = 37;
pub(crate) const SNARE: i32 = 38;
pub(crate) const CLAP: i32 = 39;
pub(crate) const LOW_TOM: i32 = 45;
pub(crate) const HAT: i32 = 42;
pub(crate) const PEDAL_HAT: i32 = 44;
pub(crate) const OPEN_HAT: i32 = 46;
pub(crate) const MID_TOM: i32 = 47;
pub(crate) const CRASH: i32 = 49;
pub(crate) const HIGH_TOM: i32 = 50;
pub(crate) const RIDE: i32 = 51;
pub(crate) const RIDE_2: i32 = 59;
pub(crate) const RIDE_BELL: i32 = 53;
pub(crate) const TAMBOURINE: i32 = 54;
pub(crate) const COWBELL: i32 = 56;
pub(crate) const HIGH_BONGO: i32 = 60;
pub(crate) const LOW_BONGO: i32 = 61;
pub(crate) const MUTE_CONGA: i32 = 62;
pub(crate) const OPEN_CONGA: i32 = 63;
pub(crate) const LOW_CONGA: i32 = 64;
pub(crate) const HIGH_TIMBALE: i32 = 65;
pub(crate) const HIGH_AGOGO: i32 = 67;
pub(crate) const LOW_AGOGO: i32 = 68;
pub(crate) const CABASA: i32 = 69;
pub(crate) const MARACAS: i32 = 70;
pub(crate) const GUIRO: i32 = 73;
pub(crate) const CLAVES: i32 = 75;
pub(crate) const WOODBLOCK: i32 = 76;
pub(crate) const SHAKER: i32 = 82;

/// How hard an ordinary stroke (`x`) is; `X` is an accent, `o` a ghost note.
const STROKE: i32 = 80;

/// A stroke of one drum.
pub(crate) const fn stroke(at: i32, drum: i32, velocity: i32) -> Tone {
    Tone { at, length: 60, pitch: drum, velocity }
}

/// The strokes of a pattern from `at` on, a character every `step` ticks: `X` accented, `x` plain, `o` ghosted, others silent.
pub(crate) fn pattern(text: &str, at: i32, step: i32, drum: i32) -> Vec<Tone> {
    let velocity = |mark| match mark {
        'X' => Some(STROKE + 22),
        'x' => Some(STROKE),
        'o' => Some(STROKE - 38),
        _ => None,
    };
    let steps = (0..).map(|i| at + i * step).zip(text.chars());
    steps.filter_map(|(at, mark)| Some(stroke(at, drum, velocity(mark)?))).collect()
}

/// Moves every second eighth note to where it swings: `late` ticks after the beat instead of 240.
pub(crate) fn swing(tones: &mut [Tone], late: i32) {
    for tone in tones.iter_mut().filter(|tone| tone.at.rem_euclid(480) == 240) {
        tone.at += late - 240;
    }
}
