//! Where a bar is drawn to, beyond what the network is told of it: the person's curves.

use ripieno_score::STEPS_PER_QUARTER;

use super::BarRequest;
use crate::event::{NoteEvent, PartEvent, Role};
use crate::vocabulary::{NEXT_BAR, PITCHES, POSITIONS, meter_of};

/// How strongly a bar is drawn to its number of notes: logits where it is off by half of it, or by an eighth where a person asked
/// for it.
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
    /// Whether a person asked for so many.
    pub is_asked: bool,
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
        if self == Self::default() {
            return Vec::new();
        }
        let (length, meter) = meter_of(bar.meter);
        let mut bias = vec![0.0; POSITIONS];
        if let Some(aim) = self.notes {
            // What is given is there already, wherever it stands: counted as it comes, it would draw notes to just before it.
            let aim = (aim - bar.given.len() as f32).max(0.0);
            let slack = (aim / if self.is_asked { 8.0 } else { 2.0 }).max(1.0);
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
        bias
    }

    /// What positions are biased by is about where music goes on, and not about whether a chord that starts `here` has one more note:
    /// unless a person asked for the number of notes, when it has what is due by now and may have what is due within a beat.
    pub(super) fn at_chord(self, bias: &mut [f32], logits: &[f32], allowed: &[bool], here: usize) {
        match self.is_asked {
            true => {
                let within_a_beat = here..=(here + STEPS_PER_QUARTER as usize).min(NEXT_BAR);
                bias[here] = bias[within_a_beat].iter().copied().fold(f32::NEG_INFINITY, f32::max);
            }
            false => leave_chords_alone(bias, logits, allowed, here),
        }
    }

    /// What is added to the logit of one more note where others start.
    pub(super) fn thickness_pull(self) -> f32 {
        self.thickness.map_or(0.0, |thickness| 2.0 * THICKNESS_PULL * (thickness - 0.5))
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

/// Biases `here` as all others that are allowed are on the whole, so that it stays as likely as it was.
pub(super) fn leave_chords_alone(bias: &mut [f32], logits: &[f32], allowed: &[bool], here: usize) {
    let others = || (0..bias.len()).filter(|&class| class != here && allowed[class]);
    let log_sum = |value: &dyn Fn(usize) -> f32| {
        let top = others().map(value).fold(f32::NEG_INFINITY, f32::max);
        top + others().map(|class| (value(class) - top).exp()).sum::<f32>().ln()
    };
    if others().next().is_some() {
        bias[here] = log_sum(&|class| logits[class] + bias[class]) - log_sum(&|class| logits[class]);
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

    #[test]
    fn a_chord_grows_while_a_number_that_was_asked_for_is_behind() {
        let bar = BarRequest { meter: common_bar(Vec::new()).meter, ..BarRequest::default() };
        let aim = Aim { notes: Some(24.0), is_asked: true, ..Aim::default() };
        let chord = |notes: u32| -> Vec<NoteEvent> { (0..notes).map(|note| quarter(48, 0, 50 + note as u8)).collect() };
        let here = |notes: u32, other: usize| {
            let mut bias = aim.positions(&bar, &chord(notes));
            aim.at_chord(&mut bias, &[0.0; POSITIONS], &[true; POSITIONS], 48);
            bias[48] - bias[other]
        };
        // Twelve notes are due in the middle of the bar, eighteen a beat later, all at its end.
        assert!(here(4, 60) > 1.0 && here(15, 60).abs() < 0.1 && here(24, NEXT_BAR) < -1.0);
    }

    #[test]
    fn a_bias_on_positions_moves_what_comes_next_but_adds_no_note_to_a_chord_and_takes_none() {
        let logits = [1.0, 3.0, 0.5, -1.0, 2.0];
        let allowed = [false, true, true, true, true];
        let probabilities = |bias: &[f32]| {
            let weight =
                |position: usize| if allowed[position] { (logits[position] + bias[position]).exp() } else { 0.0 };
            let total: f32 = (0..5).map(weight).sum();
            [0, 1, 2, 3, 4].map(|position| weight(position) / total)
        };
        let before = probabilities(&[0.0; 5]);
        let mut bias = [7.0, -4.0, 2.0, 5.0, -6.0];
        leave_chords_alone(&mut bias, &logits, &allowed, 1);
        let after = probabilities(&bias);
        assert!((after[1] - before[1]).abs() < 1e-5, "{before:?} {after:?}");
        assert!(after[3] > after[2] && after[2] > after[4] && before[4] > before[2]);
        // Where nothing else may come there is nothing to compare with.
        let mut alone = [1.0; 5];
        leave_chords_alone(&mut alone, &logits, &[false, true, false, false, false], 1);
        assert_eq!(alone, [1.0; 5]);
    }
}
