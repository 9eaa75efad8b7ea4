//! What moves notes: the tempo or the drummer, who take all along, and each player's own hands.

use std::collections::HashMap;

use rand_chacha::ChaCha8Rng;
use ripieno_score::{Ppq, STEPS_PER_QUARTER, Score, Velocity};

use super::level::unevenness;
use super::model::People;
use super::places::{NoteIndex, Places};
use super::player::Touch;
use super::sheet::{Kind, Sheet};
use crate::task::unit;

/// What everybody plays with: lateness over the steps of a piece.
pub(super) struct Shared {
    /// Steps and lateness, in order; straight lines between them.
    points: Vec<(u32, f32)>,
    unit: Unit,
}

/// What lateness is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// Hundredths of a quarter note.
    Hundredths,
    Milliseconds,
}

impl Shared {
    /// The tempo as the pitched parts bend it; none where the piece has one that is bent.
    pub(super) fn tempo(sheet: &Sheet, touches: &[Touch], is_bent: bool) -> Self {
        let firsts = sheet.groups().into_iter().filter(|&note| !is_bent && note < sheet.notes.len());
        let points: Vec<(u32, f32)> = firsts.map(|note| (sheet.notes[note].step, touches[note].timing)).collect();
        Self { points: about_the_beat(&points), unit: Unit::Hundredths }
    }

    /// A drummer keeps the time: the others go along with what is slow in how he pushes and drags.
    pub(super) fn drummer(sheet: &Sheet, touches: &[Touch]) -> Self {
        const FOLLOWED: f32 = 0.25;
        let mut mean = 0.0;
        let point = |pair: &[usize]| {
            let group = &touches[pair[0]..pair[1]];
            let timing = group.iter().map(|touch| touch.timing).sum::<f32>() / group.len() as f32;
            mean += FOLLOWED * (timing - mean);
            (sheet.notes[pair[0]].step, mean)
        };
        Self { points: sheet.groups().windows(2).map(point).collect(), unit: Unit::Milliseconds }
    }

    /// Ticks by which what is written at a step comes later.
    pub(super) fn late(&self, step: u32, ticks_per_ms: f64, ppq: Ppq) -> f64 {
        let after = self.points.partition_point(|point| point.0 <= step);
        let late = match (after.checked_sub(1).map(|at| self.points[at]), self.points.get(after)) {
            (Some((from, a)), Some(&(to, b))) => a + (b - a) * (step - from) as f32 / (to - from) as f32,
            (Some((_, only)), None) | (None, Some(&(_, only))) => only,
            (None, None) => 0.0,
        };
        f64::from(late)
            * match self.unit {
                Unit::Hundredths => f64::from(ppq.ticks()) / 100.0,
                Unit::Milliseconds => ticks_per_ms,
            }
    }
}

/// Lateness against its mean around each moment, as far as the steady tempo of performances was taken: what is drawn note by
/// note wanders, and the beat must not.
fn about_the_beat(points: &[(u32, f32)]) -> Vec<(u32, f32)> {
    const REACH: u32 = 8 * STEPS_PER_QUARTER;
    let mut first = 0;
    let point = |&(step, late): &(u32, f32)| {
        while points[first].0 + REACH < step {
            first += 1;
        }
        let near = points[first..].iter().take_while(|other| other.0 <= step.saturating_add(REACH));
        let (sum, weights) = near.fold((0.0, 0.0), |(sum, weights), &(other, late)| {
            let weight = 1.0 - other.abs_diff(step) as f32 / (REACH + 1) as f32;
            (sum + weight * late, weights + weight)
        });
        (step, late - sum / weights)
    };
    points.iter().map(point).collect()
}

/// The players.
pub(super) struct Hands {
    pub(super) people: People,
    pub(super) amount: f32,
}

impl Hands {
    /// Milliseconds by which each note is later than all together. Drummers were listened to note by note. Of the others
    /// nothing is known but that two hands do not meet exactly: as far as those of drummers, each part going its own way,
    /// and the notes of its chords half as far apart.
    pub(super) fn own(
        &self,
        kind: Kind,
        notes: &[NoteIndex],
        places: &Places,
        touches: &[Touch],
        rng: &mut ChaCha8Rng,
    ) -> Vec<f32> {
        if kind == Kind::Drums {
            return touches.iter().map(|touch| self.amount * touch.timing).collect();
        }
        let People { together, together_kept: kept, .. } = self.people;
        // One part has nobody to be apart from.
        let is_alone = places.steps.len() == 1;
        // Step and deviation of every part.
        let mut parts: HashMap<usize, (u32, f32)> = HashMap::new();
        let mut own = |&(part, note): &NoteIndex| {
            let step = places.steps[part][note];
            let (last, deviation) = parts.entry(part).or_insert((u32::MAX, 0.0));
            let is_chord = *last == step;
            if !is_chord && !is_alone {
                let fresh = normal(rng) * (1.0 - kept * kept).max(0.0).sqrt();
                *deviation = kept * *deviation + fresh;
            }
            *last = step;
            let finger = if is_chord { 0.5 * normal(rng) } else { 0.0 };
            self.amount * together * (*deviation + finger).clamp(-2.0, 2.0)
        };
        notes.iter().map(&mut own).collect()
    }

    /// How much of the dynamics of each of `parts` there is room for where velocities differ from note to note already: both
    /// together are about as uneven as the more uneven one is alone. Written terraces are even.
    pub(super) fn rooms(score: &Score, notes: &[NoteIndex], touches: &[Touch]) -> Vec<f32> {
        let mut sequences = vec![(Vec::new(), Vec::new()); score.parts.len()];
        for (&(part, note), touch) in notes.iter().zip(touches) {
            sequences[part].0.push(f32::from(score.parts[part].notes[note].velocity.value()));
            sequences[part].1.push(touch.velocity);
        }
        let room = |(written, played): &(Vec<f32>, Vec<f32>)| {
            let (written, played) = (unevenness(written), unevenness(played));
            if written < played {
                (1.0 - (written / played).powi(2)).sqrt()
            } else {
                f32::from(u8::from(written == 0.0))
            }
        };
        sequences.iter().map(room).collect()
    }

    /// The velocity of a note that is played `louder` than written, times the amount and the room that there is.
    pub(super) fn velocity(&self, kind: Kind, written: Velocity, louder: f32, room: f32) -> u8 {
        let human = match kind {
            Kind::Pitched => self.people.pitched_velocity,
            Kind::Drums => self.people.drums_velocity,
        };
        let share = self.amount * room;
        // Who plays as loud as can be has no accents left: the part steps back as far as it needs them.
        let written = f32::from(written.value());
        let level = written.min(127.0 - share * human).max(written.min(64.0));
        #[expect(clippy::cast_sign_loss, reason = "clamped to what a velocity can be")]
        let velocity = (level + share * louder).round().clamp(1.0, 127.0) as u8;
        velocity
    }
}

/// A number from the standard normal distribution (Box & Muller 1958).
fn normal(rng: &mut ChaCha8Rng) -> f32 {
    let (radius, angle) = (1.0 - unit(rng), unit(rng));
    (-2.0 * radius.ln()).sqrt() * (std::f32::consts::TAU * angle).cos()
}
