//! What is asked of each bar, before chords and curves.

use rand_chacha::ChaCha8Rng;
use ripieno_score::chord::Quality;
use ripieno_score::{Chord, Key, Meter, Mode, STEPS_PER_QUARTER};

use super::allowed::Allowed;
use super::controls::USUAL_VARIATION;
use super::plan::{CHORD_PULL, Reprise};
use super::sections::Sections;
use super::seed::Seed;
use super::stays::SeedStays;
use super::{Task, Wishes, rhythm};
use crate::attribute::{self, Attributes, chord_class, key_class, phrase_class, remaining_class};
use crate::event::{NoteEvent, PartEvent, Role};
use crate::generate::{Aim, BarRequest};
use crate::habits::{Manner, SHAPED, Shape};
use crate::task::unit;
use crate::vocabulary::{DURATION_STEPS, meter_class, meter_of, tempo_class};

/// In a variation of strength `v`, a note on the beat, and one between beats, stays with probability `1 - v` to this power.
const KEPT: (f32, f32) = (0.515, 2.74);

/// What decides what is asked of a bar.
pub(super) struct Outline<'a> {
    pub(super) seed: Option<&'a Seed>,
    pub(super) wishes: &'a Wishes,
    /// Bars of the piece.
    pub(super) total: usize,
    pub(super) key: Option<Key>,
    pub(super) tempo: Option<f64>,
    pub(super) reprise: Option<Reprise>,
    pub(super) sections: Option<&'a Sections>,
    pub(super) allowed: &'a Allowed,
    pub(super) stays: &'a SeedStays,
    /// What pieces of the style are like, bar by bar.
    pub(super) shape: Option<&'a Shape>,
    /// How notes usually are in the styles.
    pub(super) manner: Option<&'a Manner>,
    pub(super) parts: &'a [PartEvent],
    /// Parts of the seed that rest behind its end until it comes back, a bit each.
    pub(super) resting: u64,
}

impl Outline<'_> {
    pub(super) fn bar(&self, bar: usize, rng: &mut ChaCha8Rng) -> BarRequest {
        let Self { seed, wishes, total, key, .. } = *self;
        let comes_back = self.reprise.filter(|reprise| bar >= reprise.at);
        let of_seed = seed.and_then(|seed| {
            let source = comes_back.map_or(bar, |reprise| reprise.from + bar - reprise.at);
            seed.events.bars.get(source)
        });
        let meter_of_return = self.sections.and_then(|sections| sections.source(bar));
        let meter_of_return = meter_of_return.and_then(|source| seed?.events.bars.get(source));
        let (meter, tempo_heard) = match (of_seed.or(meter_of_return), seed) {
            (Some(bar), _) => (bar.meter, bar.tempo),
            (None, Some(seed)) => seed.going_on(),
            (None, None) => {
                let common = || meter_class(4 * STEPS_PER_QUARTER, Meter::COMMON);
                (self.shape.map_or_else(common, |shape| shape.meter), 0)
            }
        };
        let tempo = self.tempo.map_or(tempo_heard, |bpm| tempo_class(bpm as f32));
        let mut attributes: Attributes = [0; attribute::COUNT];
        attributes[attribute::PHRASE] = phrase_class(bar);
        attributes[attribute::REMAINING] = remaining_class(total - 1 - bar);
        attributes[attribute::KEY] = key.map_or(0, key_class);
        let notes = of_seed.map_or(&[][..], |bar| &bar.notes);
        let seed_parts = seed.map_or(0, |seed| seed.events.parts.len());
        let all_of_seed = (1u64 << seed_parts) - 1;
        let (given, locked) = match wishes.task {
            Task::Complete | Task::Accompany if of_seed.is_some() => (notes.to_vec(), all_of_seed),
            // Nothing is left of a seed that has ended: it rests where it only is accompanied.
            Task::Accompany => (Vec::new(), all_of_seed),
            Task::Infill { to, .. } => {
                attributes[attribute::FUTURE] = if to < total { attribute::future_class(to - bar) } else { 0 };
                let locked = self.stays.bars[bar];
                (notes.iter().filter(|note| locked >> note.part & 1 == 1).copied().collect(), locked & all_of_seed)
            }
            Task::Vary => {
                let said = seed.map_or([0; attribute::COUNT], |seed| seed.attributes[bar]);
                for kind in [attribute::CHORD_1, attribute::CHORD_2, attribute::DENSITY, attribute::REGISTER] {
                    attributes[kind] = said[kind];
                }
                self.varied(bar, notes, all_of_seed, rng)
            }
            _ => (Vec::new(), self.resting),
        };
        let is_new = locked & all_of_seed != all_of_seed || matches!(wishes.task, Task::Complete | Task::Accompany);
        let shape = self.shape.filter(|_| is_new && bar + 1 < total);
        if let Some(shape) = shape {
            SHAPED.into_iter().zip(shape.bar(bar)).for_each(|(kind, class)| attributes[kind] = class);
        }
        if bar + 1 == total && !matches!(wishes.task, Task::Vary) {
            end_on_tonic(&mut attributes, key, &given);
        }
        let closes = (bar + 1 == total && !matches!(wishes.task, Task::Infill { .. } | Task::Vary)).then(|| {
            let half = (meter_of(meter).0 / 2).saturating_sub(1) as u8;
            given.iter().map(|note| note.position).max().unwrap_or(half)
        });
        let mut aim = Aim::default();
        if let Some(shape) = shape {
            let length = meter_of(meter).0;
            // What the style's own players would play beside those who are there.
            let written = self.share_of_others(locked) * shape.notes(bar, length as f32 / 24.0);
            let there = given.iter().filter(|note| locked >> note.part & 1 == 1).count();
            aim.notes = Some(written + there as f32);
            if there > 0 {
                #[expect(clippy::cast_sign_loss, reason = "a number of notes")]
                let notes = (written + there as f32).round() as usize;
                attributes[attribute::DENSITY] = attribute::density_class(notes, length);
            }
        }
        let mut request = BarRequest {
            aim,
            meter,
            tempo,
            attributes,
            given,
            locked,
            closes,
            chord_pull: CHORD_PULL,
            echo: self.sections.and_then(|sections| sections.echo(bar, seed.map_or(0, Seed::bars), rng)),
            ..BarRequest::default()
        };
        let is_new = locked & all_of_seed != all_of_seed;
        if let Some(seed) = seed.filter(|_| wishes.controls.keep_rhythm && is_new) {
            let source = match self.sections.and_then(|sections| sections.source(bar)) {
                Some(source) => rhythm::source(seed, source, total),
                None => rhythm::source(seed, bar, total),
            };
            rhythm::bind(&mut request, seed, source);
        }
        request
    }

    /// The share of the style's notes that is left to parts which are not `locked`: not that of roles that only these play.
    fn share_of_others(&self, locked: u64) -> f32 {
        let Some(manner) = self.manner else { return 1.0 };
        let plays = |role: usize, is_locked: bool| {
            let of_role = |&(slot, part): &(usize, &PartEvent)| {
                (locked >> slot & 1 == 1) == is_locked && part.role as usize == role
            };
            self.parts.iter().enumerate().any(|slot| of_role(&slot))
        };
        let taken = (0..Role::COUNT).filter(|&role| plays(role, true) && !plays(role, false));
        1.0 - taken.map(|role| manner.share(role)).sum::<f32>().min(1.0)
    }

    /// What stays of a bar that is varied: whole parts that are locked, and single notes that may be played.
    fn varied(&self, bar: usize, notes: &[NoteEvent], all: u64, rng: &mut ChaCha8Rng) -> (Vec<NoteEvent>, u64) {
        let controls = &self.wishes.controls;
        let strength = controls.variation.unwrap_or(USUAL_VARIATION).clamp(0.0, 1.0);
        let locked = if strength <= 0.0 { all } else { self.stays.bars[bar] & all };
        let (on_beat, between) = ((1.0 - strength).powf(KEPT.0), (1.0 - strength).powf(KEPT.1));
        let mut stays = |note: &&NoteEvent| {
            let drawn = unit(rng) < if note.position.is_multiple_of(24) { on_beat } else { between };
            if locked >> note.part & 1 == 1 {
                return true;
            }
            let limits = &self.allowed.limits[usize::from(note.part)];
            let end = u32::from(note.position) + u32::from(DURATION_STEPS[usize::from(note.duration)]);
            // A rhythm in few voices needs its room.
            let is_over = |other: &NoteEvent| {
                other.part != note.part || other.position <= note.position || u32::from(other.position) >= end
            };
            let leaves_room = limits.sounding == u8::MAX
                || !controls.keep_rhythm
                || (notes.iter().all(is_over) && end <= meter_of(self.meter(bar)).0);
            drawn && limits.pitches[usize::from(note.pitch)] && leaves_room
        };
        (notes.iter().filter(|note| stays(note)).copied().collect(), locked)
    }

    fn meter(&self, bar: usize) -> u16 {
        self.seed.map_or(0, |seed| seed.events.bars[bar].meter)
    }
}

/// Asks for the tonic chord in the last bar, unless what is given there says otherwise.
fn end_on_tonic(attributes: &mut Attributes, key: Option<Key>, given: &[NoteEvent]) {
    let Some(key) = key else { return };
    let quality = match key.mode {
        Mode::Major => Quality::Major,
        Mode::Minor => Quality::Minor,
    };
    let tonic = Chord { root: key.tonic, quality };
    let fits = given.last().is_none_or(|note| tonic.pitch_classes()[usize::from(note.pitch % 12)]);
    if fits {
        attributes[attribute::CHORD_2] = chord_class(Some(tonic));
        if given.is_empty() {
            attributes[attribute::CHORD_1] = chord_class(Some(tonic));
        }
    }
}
