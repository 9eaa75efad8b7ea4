//! What the person's keys do to the music: notes of the open bars, and whose turn it is.

use super::ears::meant;
use super::{BEAT, CHORD_STEPS, Improviser, Playing, TUNE, Writer};
use crate::event::NoteEvent;
use crate::vocabulary::{duration_class, velocity_class};

/// Steps of silence after which a phrase of the person has ended.
const PAUSE: f64 = BEAT as f64;

impl<W: Writer> Improviser<W> {
    /// The person's key goes down at `step`.
    pub fn note_on(&mut self, step: f64, pitch: u8, velocity: u8) {
        self.ears.note_on(step, pitch);
        self.dirty_since.get_or_insert(step);
        if matches!(self.playing, Playing::Band { split } if pitch < split) {
            return;
        }
        #[expect(clippy::cast_sign_loss, reason = "not negative")]
        let at = meant(step).max(0.0) as u64;
        let number = at / self.bar_steps();
        self.ensure_bars(number + 1);
        let position = (at % self.bar_steps()) as u8;
        let Some(bar) = self.bars.iter_mut().find(|bar| bar.number == number) else { return };
        let note = NoteEvent {
            position,
            part: TUNE,
            pitch,
            duration: duration_class(BEAT as u32),
            velocity: velocity_class(velocity),
        };
        if !bar.person.iter().any(|other| (other.position, other.pitch) == (position, pitch)) {
            bar.person.push(note);
            self.held.push((pitch, number, step));
        }
    }

    /// The person's key goes up at `step`.
    pub fn note_off(&mut self, step: f64, pitch: u8) {
        self.ears.note_off(step, pitch);
        let Some(index) = self.held.iter().position(|&(held, ..)| held == pitch) else { return };
        let (_, number, onset) = self.held.swap_remove(index);
        if let Some(bar) = self.bars.iter_mut().find(|bar| bar.number == number)
            && let Some(note) = bar.person.iter_mut().rev().find(|note| note.pitch == pitch)
        {
            #[expect(clippy::cast_sign_loss, reason = "at least 1")]
            let steps = (step - onset).round().max(1.0) as u32;
            note.duration = duration_class(steps);
        }
    }

    /// All of the person's keys are up: the keyboard is gone.
    pub fn all_notes_off(&mut self, step: f64) {
        self.ears.all_off(step);
        self.held.clear();
    }

    /// Whose turn it is, where turns follow the person's phrases.
    pub(super) fn take_turns(&mut self, now: f64) {
        if self.playing != Playing::Answer {
            return;
        }
        let Some(silence) = self.ears.silent_for(now) else { return };
        match self.answers_until {
            Some(_) if silence < PAUSE => self.answers_until = None,
            None if silence >= PAUSE => {
                let bar = self.bar_steps() as f64;
                let length = (self.ears.phrase_length() / bar).ceil().clamp(2.0, 8.0);
                self.answers_until = Some(((now / bar).floor() + 1.0 + length) * bar);
            }
            _ => return,
        }
        self.dirty_since = Some(now - CHORD_STEPS);
    }
}
