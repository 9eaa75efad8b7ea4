//! Turning wishes into a request that the generator understands.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use ripieno_score::chord::Quality;
use ripieno_score::{Chord, Key, Meter, Mode, STEPS_PER_QUARTER};

use super::ensemble::{limits, limits_of_seed, usual_accompaniment, usual_ensemble};
use super::harmony::{BarNotes, harmonize};
use super::seed::Seed;
use super::{ComposeError, MAX_BARS, Task, Wishes};
use crate::attribute::{self, Attributes, chord_class, key_class, phrase_class, remaining_class};
use crate::event::{NoteEvent, PartEvent, Role};
use crate::generate::{BarRequest, Request};
use crate::model::Model;
use crate::task::unit;
use crate::vocabulary::{meter_class, meter_of, tempo_class};

/// Bars of a piece when nobody says how many.
const USUAL_BARS: usize = 16;
/// Quarter notes a minute when nobody says so.
const USUAL_TEMPO: f64 = 104.0;
/// In a variation, how likely a note on the beat, and one between beats, is to stay.
const KEPT: (f32, f32) = (0.7, 0.15);

/// How strongly the notes lean towards the chord that is planned.
pub(crate) const CHORD_PULL: f32 = 1.0;
/// Bars of the seed whose harmony leads into new music.
const CONTEXT_BARS: usize = 4;
/// Styles that functional harmony would spoil.
pub(crate) const WITHOUT_HARMONY: [&str; 2] = ["experimental", "drums-groove"];

/// A request, and how its bars become a score.
pub(super) struct Plan {
    pub(super) request: Request,
    /// Number in the piece of the first bar of the request.
    pub(super) first_bar: usize,
    pub(super) total_bars: usize,
    pub(super) key: Key,
    pub(super) key_asked: bool,
    pub(super) tempo_bpm: Option<f64>,
    pub(super) seed_stays: SeedStays,
    pub(super) reprise: Option<Reprise>,
    pub(super) remarks: Vec<String>,
}

/// The last bars of a piece, in which the seed comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reprise {
    /// First bar of the piece in which it comes back.
    pub(super) at: usize,
    /// First bar of the seed that comes back.
    pub(super) from: usize,
    /// How many bars.
    pub(super) bars: usize,
}

impl Reprise {
    /// Eight, four or two bars of the seed's end, where new music of at least the same length stands before them.
    fn new(seed_bars: usize, total_bars: usize) -> Option<Self> {
        let new_bars = total_bars.checked_sub(seed_bars)?;
        let bars = [8, 4, 2].into_iter().find(|&bars| bars <= seed_bars && 2 * bars <= new_bars)?;
        Some(Self { at: total_bars - bars, from: seed_bars - bars, bars })
    }
}

/// Which notes of the seed are in the piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SeedStays {
    /// All of them.
    All,
    /// Those outside these bars of the seed.
    Outside(std::ops::Range<usize>),
    /// Those that the request gives.
    Given,
}

impl Plan {
    pub(super) fn new(model: &Model, seed: Option<&Seed>, wishes: &Wishes) -> Result<Self, ComposeError> {
        let mut remarks = Vec::new();
        let style = style_weights(model, &wishes.styles)?;
        let main_style = wishes.styles.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(name, _)| name.as_str());
        let parts = parts(model, seed, wishes, main_style);
        if parts.len() > crate::vocabulary::PARTS {
            return Err(ComposeError::TooManyParts { found: parts.len() });
        }
        let seed_parts = seed.map_or(0, |seed| seed.events.parts.len());
        let limits: Vec<_> = parts
            .iter()
            .enumerate()
            .map(|(slot, &part)| match seed {
                Some(seed) if slot < seed_parts => limits_of_seed(seed, slot, part, wishes.key),
                _ => limits(part, wishes.key, seed.and_then(Seed::middle_of_the_tune)),
            })
            .collect();
        if let Some(part) = limits.iter().position(|limits| !limits.pitches.contains(&true)) {
            return Err(ComposeError::NothingPlayable { part: part + 1 });
        }
        let key = wishes.key.or(seed.map(Seed::key)).unwrap_or(Key { tonic: 0, mode: Mode::Major });
        if let (Some(asked), Some(seed)) = (wishes.key, seed)
            && asked != seed.key()
        {
            remarks.push(format!(
                "the seed sounds like {}; its notes stay as they are, all others are in {asked}",
                seed.key()
            ));
        }
        let total_bars = total_bars(seed, wishes)?;
        let (first_bar, seed_stays) = match (wishes.task, seed) {
            (Task::Continue, Some(seed)) => (seed.bars(), SeedStays::All),
            (Task::Infill { from, to }, Some(_)) => (from - 1, SeedStays::Outside(from - 1..to)),
            (Task::Vary, Some(_)) => (0, SeedStays::Given),
            _ => (0, SeedStays::All),
        };
        let last_bar = match wishes.task {
            Task::Infill { to, .. } => to,
            _ => total_bars,
        };
        let reprise = match (wishes.task, seed) {
            (Task::Complete, Some(seed)) => Reprise::new(seed.bars(), total_bars),
            _ => None,
        };
        if let Some(Reprise { at, from, bars }) = reprise {
            let (first, last) = (at + 1, at + bars);
            remarks.push(format!("bars {first} to {last} bring back your bars {} to {}", from + 1, from + bars));
        }
        let says_key = wishes.key.is_some() || seed.is_some();
        let tempo = wishes.tempo_bpm.or((seed.is_none()).then_some(USUAL_TEMPO));
        let mut rng = ChaCha8Rng::seed_from_u64(wishes.seed);
        rng.set_stream(u64::MAX);
        let outline = Outline { seed, wishes, total: total_bars, key: says_key.then_some(key), tempo, reprise };
        let mut bars: Vec<BarRequest> = (first_bar..last_bar).map(|bar| outline.bar(bar, &mut rng)).collect();
        let past = seed.map_or(Vec::new(), |seed| seed.events.bars[..first_bar.min(seed.bars())].to_vec());
        let after = match (wishes.task, seed) {
            (Task::Infill { to, .. }, Some(seed)) => {
                seed.events.bars[to..].iter().take(2).map(|bar| bar.notes.clone()).collect()
            }
            _ => Vec::new(),
        };
        let is_tonal = !main_style.is_some_and(|style| WITHOUT_HARMONY.contains(&style));
        if says_key && is_tonal && !matches!(wishes.task, Task::Vary) {
            plan_harmony(&mut bars, seed, &parts, key, first_bar, last_bar == total_bars, &mut rng);
        }
        Ok(Self {
            request: Request {
                parts,
                limits,
                past,
                bars,
                after,
                style,
                style_strength: wishes.style_strength,
                sampling: wishes.sampling,
                seed: wishes.seed,
            },
            first_bar,
            total_bars,
            key,
            key_asked: wishes.key.is_some(),
            tempo_bpm: tempo,
            seed_stays,
            reprise,
            remarks,
        })
    }
}

/// One weight for each row of the style table, summing to one.
pub(crate) fn style_weights(model: &Model, styles: &[(String, f32)]) -> Result<Vec<f32>, ComposeError> {
    let mut weights = vec![0.0; model.header.styles.len() + 1];
    for (name, weight) in styles {
        let index = model
            .style_index(name)
            .ok_or_else(|| ComposeError::UnknownStyle { name: name.clone(), known: model.header.styles.join(", ") })?;
        weights[index] += weight.max(0.0);
    }
    let total: f32 = weights.iter().sum();
    if total > 0.0 {
        weights.iter_mut().for_each(|weight| *weight /= total);
    } else {
        weights[0] = 1.0;
    }
    Ok(weights)
}

fn parts(model: &Model, seed: Option<&Seed>, wishes: &Wishes, style: Option<&str>) -> Vec<PartEvent> {
    match seed {
        None if wishes.parts.is_empty() => usual_ensemble(&model.header, style),
        None => wishes.parts.clone(),
        Some(seed) => {
            let mut parts = seed.events.parts.clone();
            if let [only] = parts.as_mut_slice()
                && !only.is_drums()
            {
                only.role = Role::Melody;
            }
            match wishes.task {
                Task::Complete | Task::Accompany if wishes.parts.is_empty() => {
                    parts.extend(usual_accompaniment(&model.header, style));
                }
                Task::Infill { .. } | Task::Vary => {}
                _ => parts.extend(&wishes.parts),
            }
            parts
        }
    }
}

fn total_bars(seed: Option<&Seed>, wishes: &Wishes) -> Result<usize, ComposeError> {
    if let Some(asked) = wishes.bars.filter(|&asked| asked > MAX_BARS || asked == 0) {
        return Err(ComposeError::TooManyBars { asked });
    }
    let Some(seed) = seed else {
        return match wishes.task {
            Task::Complete => Ok(wishes.bars.unwrap_or(USUAL_BARS)),
            _ => Err(ComposeError::NeedsSeed),
        };
    };
    let bars = seed.bars();
    let fixed = |task: &'static str| match wishes.bars {
        Some(asked) if asked != bars => Err(ComposeError::FixedBars { task, seed: bars, asked }),
        _ => Ok(bars),
    };
    let least = match wishes.task {
        Task::Infill { from, to } => {
            if from == 0 || to < from || to > bars {
                return Err(ComposeError::GapOutside { from, to, bars });
            }
            return fixed("infill");
        }
        Task::Vary => return fixed("vary"),
        Task::Accompany | Task::Complete => bars,
        Task::Continue => bars + 1,
    };
    let usual = match wishes.task {
        Task::Accompany => bars,
        _ => (2 * bars).max(USUAL_BARS).min(bars + 32),
    };
    match wishes.bars {
        Some(asked) if asked < least => Err(ComposeError::TooFewBars { seed: bars, asked }),
        Some(asked) => Ok(asked),
        None => Ok(usual),
    }
}

/// What decides what is asked of a bar.
struct Outline<'a> {
    seed: Option<&'a Seed>,
    wishes: &'a Wishes,
    /// Bars of the piece.
    total: usize,
    key: Option<Key>,
    tempo: Option<f64>,
    reprise: Option<Reprise>,
}

impl Outline<'_> {
    fn bar(&self, bar: usize, rng: &mut ChaCha8Rng) -> BarRequest {
        let Self { seed, wishes, total, key, .. } = *self;
        let comes_back = self.reprise.filter(|reprise| bar >= reprise.at);
        let of_seed = seed.and_then(|seed| {
            let source = comes_back.map_or(bar, |reprise| reprise.from + bar - reprise.at);
            seed.events.bars.get(source)
        });
        let (meter, tempo_heard) = match (of_seed, seed) {
            (Some(bar), _) => (bar.meter, bar.tempo),
            (None, Some(seed)) => seed.going_on(),
            (None, None) => (meter_class(4 * STEPS_PER_QUARTER, Meter::COMMON), 0),
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
                (Vec::new(), 0)
            }
            Task::Vary => {
                let said = seed.map_or([0; attribute::COUNT], |seed| seed.attributes[bar]);
                for kind in [attribute::CHORD_1, attribute::CHORD_2, attribute::DENSITY, attribute::REGISTER] {
                    attributes[kind] = said[kind];
                }
                let stays = |note: &&NoteEvent| {
                    let on_beat = note.position.is_multiple_of(24);
                    unit(rng) < if on_beat { KEPT.0 } else { KEPT.1 }
                };
                (notes.iter().filter(stays).copied().collect(), 0)
            }
            _ => (Vec::new(), 0),
        };
        if bar + 1 == total && !matches!(wishes.task, Task::Vary) {
            end_on_tonic(&mut attributes, key, &given);
        }
        let closes = (bar + 1 == total && !matches!(wishes.task, Task::Infill { .. } | Task::Vary)).then(|| {
            let half = (meter_of(meter).0 / 2).saturating_sub(1) as u8;
            given.iter().map(|note| note.position).max().unwrap_or(half)
        });
        BarRequest { meter, tempo, attributes, given, locked, closes, chord_pull: CHORD_PULL, strike: None }
    }
}

/// Says a chord for each half of every bar. Where the seed has a harmony of its own, that is said; elsewhere one is
/// found that fits what is given and what stands before and behind.
fn plan_harmony(
    bars: &mut [BarRequest],
    seed: Option<&Seed>,
    parts: &[PartEvent],
    key: Key,
    first_bar: usize,
    ends: bool,
    rng: &mut ChaCha8Rng,
) {
    let own = seed.filter(|seed| seed.is_polyphonic());
    let around = |range: std::ops::Range<usize>| seed.map_or(&[][..], |seed| &seed.events.bars[range]);
    let before = around(
        first_bar.min(seed.map_or(0, Seed::bars)).saturating_sub(CONTEXT_BARS)
            ..first_bar.min(seed.map_or(0, Seed::bars)),
    );
    let behind = if ends {
        &[][..]
    } else {
        let from = first_bar + bars.len();
        around(from..(from + 2).min(seed.map_or(from, Seed::bars)))
    };
    let upbeat = usize::from(seed.is_some_and(Seed::has_upbeat));
    let place = |index: usize| (first_bar + 8 * CONTEXT_BARS + index - before.len() - upbeat) % 8;
    let lengths = before.iter().map(|bar| bar.length()).chain(bars.iter().map(|bar| meter_of(bar.meter).0));
    let lengths: Vec<u32> = lengths.chain(behind.iter().map(|bar| bar.length())).collect();
    let notes = before.iter().map(|bar| &bar.notes).chain(bars.iter().map(|bar| &bar.given));
    let all: Vec<BarNotes<'_>> = notes
        .chain(behind.iter().map(|bar| &bar.notes))
        .zip(lengths)
        .enumerate()
        .map(|(index, (notes, length))| BarNotes { length, notes: notes.iter().collect(), place: place(index) })
        .collect();
    let chords = harmonize(&all, parts, key, ends, Some(rng));
    let skipped = before.len();
    for (index, bar) in bars.iter_mut().enumerate() {
        let chords = chords[skipped + index].map(|chord| chord_class(Some(chord)));
        let heard = own.filter(|_| !bar.given.is_empty()).and_then(|seed| seed.attributes.get(first_bar + index));
        let heard = heard.map(|said| [said[attribute::CHORD_1], said[attribute::CHORD_2]]);
        [bar.attributes[attribute::CHORD_1], bar.attributes[attribute::CHORD_2]] = heard.unwrap_or(chords);
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
