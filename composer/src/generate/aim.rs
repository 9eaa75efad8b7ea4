//! Where a bar is drawn to, beyond what the network is told of it: the person's curves.

use super::BarRequest;
use crate::event::{NoteEvent, PartEvent, Role};
use crate::vocabulary::{NEXT_BAR, PITCHES, POSITIONS, meter_of};

/// How strongly a bar is drawn to its number of notes: logits where it is off by a quarter of it.
const NUMBER_PULL: f32 = 1.0;
/// Logits between an onset on a beat and one between beats, at the ends of the curve.
const OFFBEAT_PULL: f32 = 2.5;
/// Logits for one more note at the same position, at the ends of the curve.
const THICKNESS_PULL: f32 = 2.5;
/// Logits an octave away from the register.
const REGISTER_PULL: f32 = 1.5;

/// What a bar shall be like; `None` leaves it to the model.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Aim {
    /// Notes in all parts, given ones included.
    pub notes: Option<f32>,
    /// How much of the rhythm lies between the beats, `0.0..=1.0`.
    pub offbeats: Option<f32>,
    /// How many notes start together, `0.0..=1.0`.
    pub thickness: Option<f32>,
    /// Mean pitch, as a MIDI key.
    pub register: Option<f32>,
}

impl Aim {
    /// What is added to the logits of positions; empty for nothing.
    pub(super) fn positions(self, bar: &BarRequest, written: &[NoteEvent]) -> Vec<f32> {
        if self.notes.is_none() && self.offbeats.is_none() && self.thickness.is_none() {
            return Vec::new();
        }
        let (length, meter) = meter_of(bar.meter);
        let mut bias = vec![0.0; POSITIONS];
        if let Some(aim) = self.notes {
            let slack = (aim / 4.0).max(1.0);
            let mut given = bar.given.iter().peekable();
            let mut there = written.len() as f32;
            for (position, bias) in bias.iter_mut().enumerate().take(NEXT_BAR + 1) {
                while given.next_if(|note| usize::from(note.position) <= position).is_some() {
                    there += 1.0;
                }
                let passed = (position as f32 / length as f32).min(1.0);
                let off = (there - aim * passed) / slack;
                *bias -= NUMBER_PULL * off * off;
            }
        }
        if let Some(offbeats) = self.offbeats {
            for (position, bias) in bias.iter_mut().enumerate().take(length as usize) {
                let on_beat = (position as f64 / 24.0 % meter.beat_quarters()).abs() < 1e-9;
                let towards = if on_beat { 0.5 - offbeats } else { offbeats - 0.5 };
                *bias += OFFBEAT_PULL * towards;
            }
        }
        if let (Some(thickness), Some(last)) = (self.thickness, written.last()) {
            bias[usize::from(last.position)] += 2.0 * THICKNESS_PULL * (thickness - 0.5);
        }
        bias
    }

    /// What is added to the logits of the pitches of a part.
    pub(super) fn pitches(self, part: PartEvent, bias: &mut Vec<f32>) {
        let Some(register) = self.register.filter(|_| !part.is_drums()) else { return };
        bias.resize(PITCHES, 0.0);
        let middle = register
            + match part.role {
                Role::Melody => 6.0,
                Role::Bass => -14.0,
                _ => -2.0,
            };
        for (pitch, bias) in bias.iter_mut().enumerate() {
            let octaves = (pitch as f32 - middle) / 12.0;
            *bias -= REGISTER_PULL * octaves * octaves;
        }
    }
}
