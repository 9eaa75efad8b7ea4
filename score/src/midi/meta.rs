//! Meta events: what a file says about the music beside the notes.

use std::ops::RangeInclusive;

use super::limits::MAX_TEXT_BYTES;
use super::rescue::RescueKind;
use super::text;
use crate::key::{Key, Mode};
use crate::meter::Meter;
use crate::timeline::{Message, TextKind};

/// The meta event that ends a track.
pub(super) const END_OF_TRACK: u8 = 0x2f;

/// The meta event that chooses a MIDI port for the track (not in the standard, but in use since the 1990s).
pub(super) const PORT: u8 = 0x21;

/// The meta events that are text; 10 to 15 are reserved for more of them.
pub(super) const TEXTS: RangeInclusive<u8> = 0x01..=0x0f;

/// What the meta event `kind` says; `None` where a player need not know, an error where it says nothing possible.
pub(super) fn message(kind: u8, content: &[u8], keeps_tempo: bool) -> Result<Option<Message>, RescueKind> {
    let message = match kind {
        _ if TEXTS.contains(&kind) => {
            let kept = &content[..content.len().min(MAX_TEXT_BYTES)];
            Message::Text { kind: text_kind(kind), text: text::decode(kept).into() }
        }
        0x51 => {
            let &[high, middle, low] = content.first_chunk().ok_or(RescueKind::ShortMeta)?;
            let micros_per_quarter = u32::from_be_bytes([0, high, middle, low]);
            match (micros_per_quarter, keeps_tempo) {
                (_, false) => return Err(RescueKind::TempoIgnored),
                (0, true) => return Err(RescueKind::ZeroTempo),
                _ => Message::Tempo { micros_per_quarter },
            }
        }
        0x58 => {
            let &[numerator, power] = content.first_chunk().ok_or(RescueKind::ShortMeta)?;
            let denominator = 1_u8.checked_shl(u32::from(power)).unwrap_or(0);
            Message::Meter(Meter::new(numerator, denominator).ok_or(RescueKind::BadMeter)?)
        }
        0x59 => {
            let &[sharps, minor] = content.first_chunk().ok_or(RescueKind::ShortMeta)?;
            Message::Key(key(sharps.cast_signed(), minor).ok_or(RescueKind::BadKey)?)
        }
        0x7f => Message::SequencerSpecific(content.into()),
        _ => return Ok(None),
    };
    Ok(Some(message))
}

fn text_kind(kind: u8) -> TextKind {
    match kind {
        2 => TextKind::Copyright,
        3 => TextKind::TrackName,
        4 => TextKind::InstrumentName,
        5 => TextKind::Lyric,
        6 => TextKind::Marker,
        7 => TextKind::CuePoint,
        8 => TextKind::ProgramName,
        9 => TextKind::DeviceName,
        _ => TextKind::Text,
    }
}

/// The key with so many sharps (flats if negative); `None` beyond seven of either, or a mode that is neither 0 nor 1.
fn key(sharps: i8, minor: u8) -> Option<Key> {
    let mode = match minor {
        0 => Mode::Major,
        1 => Mode::Minor,
        _ => return None,
    };
    // Each sharp moves the tonic up a fifth, seven semitones; the relative minor is nine semitones up.
    let relative = if mode == Mode::Minor { 9 } else { 0 };
    if !(-7..=7).contains(&sharps) {
        return None;
    }
    let tonic = u8::try_from((7 * i16::from(sharps) + relative).rem_euclid(12)).ok()?;
    Some(Key { tonic, mode })
}

/// The signature of a key as a file writes it: sharps (flats if negative), and 1 for minor. Six accidentals are sharps.
pub(super) fn signature(key: Key) -> (i8, bool) {
    let is_minor = key.mode == Mode::Minor;
    let major_tonic = if is_minor { key.tonic % 12 + 3 } else { key.tonic % 12 };
    let sharps = (7 * major_tonic % 12).cast_signed();
    (if sharps > 6 { sharps - 12 } else { sharps }, is_minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_survives_its_signature() {
        for index in 0..24 {
            let expected = Key::from_index(index).expect("an index below 24 is a key");
            let (sharps, is_minor) = signature(expected);
            assert_eq!(key(sharps, u8::from(is_minor)), Some(expected));
        }
        assert_eq!(signature(Key { tonic: 9, mode: Mode::Minor }), (0, true));
        assert_eq!(signature(Key { tonic: 2, mode: Mode::Major }), (2, false));
        assert_eq!(key(-7, 0), Some(Key { tonic: 11, mode: Mode::Major }));
        assert_eq!(key(8, 0), None);
        assert_eq!(key(0, 2), None);
    }

    #[test]
    fn impossible_values_are_named() {
        assert_eq!(message(0x51, &[0, 0, 0], true), Err(RescueKind::ZeroTempo));
        assert_eq!(message(0x51, &[1, 0, 0], false), Err(RescueKind::TempoIgnored));
        assert_eq!(message(0x51, &[1, 0], true), Err(RescueKind::ShortMeta));
        assert_eq!(message(0x58, &[0, 2, 24, 8], true), Err(RescueKind::BadMeter));
        assert_eq!(message(0x58, &[4, 9, 24, 8], true), Err(RescueKind::BadMeter));
        assert_eq!(message(0x58, &[4, 255, 24, 8], true), Err(RescueKind::BadMeter));
        assert_eq!(message(0x60, b"anything", true), Ok(None));
    }
}
