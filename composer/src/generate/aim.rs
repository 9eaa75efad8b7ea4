//! Where a bar is drawn to, beyond what the network is told of it: the person's curves.

use super::BarRequest;
use crate::event::{NoteEvent, PartEvent, Role};
use crate::vocabulary::{NEXT_BAR, PITCHES, POSITIONS, meter_of};

/// How strongly a bar is drawn to its number of notes: logits where it is off by a quarter of it.
const NUMBER_PULL: f32 = 2.5;
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
            // What is given is there already, wherever it stands: counted as it comes, it would draw notes to just before it.
            let aim = (aim - bar.given.len() as f32).max(0.0);
            let slack = (aim / 4.0).max(1.0);
            for (position, bias) in bias.iter_mut().enumerate().take(NEXT_BAR + 1) {
                let passed = (position as f32 / length as f32).min(1.0);
                let off = (written.len() as f32 - aim * passed) / slack;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_pieces::{common_bar, quarter};

    #[test]
    fn a_bar_is_drawn_to_its_number_whatever_is_given_and_wherever_that_stands() {
        let given: Vec<NoteEvent> = (0..8).map(|eighth| quarter(12 * eighth, 0, 72)).collect();
        let bar = BarRequest { meter: common_bar(Vec::new()).meter, given, ..BarRequest::default() };
        let aim = Aim { notes: Some(12.0), ..Aim::default() };
        let written: Vec<NoteEvent> = (0..2).map(|beat| quarter(24 * beat, 1, 60)).collect();
        let bias = aim.positions(&bar, &written);
        let largest = bias[..=NEXT_BAR].iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
        assert_eq!(largest.0, 48, "two of four notes are there: the next is due in the middle");
        for position in 24..95 {
            let step = (bias[position + 1] - bias[position]).abs();
            assert!(step < 0.5, "{position}: {step}");
        }
        assert!(bias[NEXT_BAR] < bias[72]);
    }
}
