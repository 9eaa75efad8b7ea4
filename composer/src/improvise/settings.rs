//! How an improvisation begins, and what is made ready for it.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use ripieno_score::{Key, Meter, Mode};

use super::steps_of;
use crate::attribute::{CHORD_1, CHORD_2};
use crate::compose::ensemble::{limits, usual_ensemble};
use crate::compose::harmony::Grammar;
use crate::compose::plan::style_weights;
use crate::compose::{ComposeError, Seed};
use crate::event::{NoteEvent, PartEvent, Role};
use crate::generate::{PartLimits, Request, Sampling};
use crate::habits::Habits;
use crate::model::Model;
use crate::task::{below, unit};
use crate::vocabulary::{MAX_BAR_STEPS, PARTS, meter_class};

/// The middle of a tune that nobody has heard yet: an octave above middle C.
const USUAL_MIDDLE: u8 = 72;

/// Who plays what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Playing {
    /// The machine plays everything; the person may join in.
    #[default]
    Alone,
    /// The person has the tune, the machine accompanies.
    Accompany,
    /// The machine accompanies, and takes the tune when the person pauses.
    Answer,
    /// Person and machine have the tune in turns of so many bars, the person first.
    Trade {
        /// Bars of a turn, at least 1.
        bars: u64,
    },
    /// The person's keys below `split` are chords, which the band plays; those above are the tune.
    Band {
        /// The lowest key of the right hand.
        split: u8,
    },
}

/// How an improvisation begins.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Names and weights of styles; empty for none.
    pub styles: Vec<(String, f32)>,
    /// How strongly the style is followed; 1 is as learnt.
    pub style_strength: f32,
    /// The machine's parts; empty lets the style decide. A part with the role [`Role::Melody`] is the tune, else a piano is.
    pub parts: Vec<PartEvent>,
    /// The key of everything that is written; `None`: the seed melody's, or as the person plays.
    pub key: Option<Key>,
    /// Quarter notes a minute; `None`: the seed melody's, or 104.
    pub tempo_bpm: Option<f64>,
    /// The meter; `None`: the seed melody's, or common time.
    pub meter: Option<Meter>,
    /// How classes are drawn.
    pub sampling: Sampling,
    /// Density class, `1..=8`; `None`: the model and the form decide.
    pub density: Option<u8>,
    /// Who plays what.
    pub playing: Playing,
    /// A melody to begin with.
    pub theme: Option<Seed>,
    /// Beats that are written ahead.
    pub look_ahead: u64,
    /// Beats that are settled at a time.
    pub commit: u64,
    /// Seed of the random numbers.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            styles: Vec::new(),
            style_strength: 1.0,
            parts: Vec::new(),
            key: None,
            tempo_bpm: None,
            meter: None,
            sampling: Sampling::default(),
            density: None,
            playing: Playing::Alone,
            theme: None,
            look_ahead: 4,
            commit: 1,
            seed: 0,
        }
    }
}

/// What stays as it is while the music plays.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    pub(super) parts: Vec<PartEvent>,
    pub(super) meter_class: u16,
    pub(super) bar_steps: u64,
    pub(super) key: Key,
    pub(super) tempo_bpm: f64,
    pub(super) is_tonal: bool,
    /// In major, and in minor.
    pub(super) grammars: [Grammar; 2],
    pub(super) theme: Vec<(Vec<NoteEvent>, [u8; 2])>,
    pub(super) look_ahead: u64,
    pub(super) commit: u64,
}

impl Prepared {
    /// What the parts may play in a key, or in any; what accompanies stays around the tune or below it.
    pub(super) fn limits(&self, key: Option<Key>) -> Vec<PartLimits> {
        let mut tune: Vec<u8> = self.theme.iter().flat_map(|(notes, _)| notes).map(|note| note.pitch).collect();
        tune.sort_unstable();
        let middle = tune.get(tune.len() / 2).copied().unwrap_or(USUAL_MIDDLE);
        self.parts.iter().map(|&part| limits(part, key, Some(middle))).collect()
    }
}

/// Checks the settings against the model.
pub(super) fn prepare(model: &Model, settings: &Settings) -> Result<(Prepared, Request), ComposeError> {
    let style = style_weights(&model.header, &settings.styles)?;
    let main_style = settings.styles.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(name, _)| name.as_str());
    let habits = main_style.and_then(|style| model.header.habits.get(style));
    let theme = settings.theme.as_ref();
    let parts = parts(model, settings, main_style);
    if parts.len() > PARTS {
        return Err(ComposeError::TooManyParts { found: parts.len() });
    }
    let going_on = theme.map(|seed| seed.going_on().0);
    let meter_class = settings.meter.map(class_of).or(going_on).unwrap_or_else(|| class_of(Meter::COMMON));
    let prepared = Prepared {
        meter_class,
        bar_steps: steps_of(meter_class),
        key: settings.key.or(theme.map(Seed::key)).unwrap_or_else(|| usual_key(settings, habits)),
        tempo_bpm: settings.tempo_bpm.or(theme.map(|seed| seed.heard.tempo_bpm)).unwrap_or(104.0).clamp(20.0, 300.0),
        is_tonal: settings.key.is_some() || habits.is_none_or(Habits::is_in_keys),
        grammars: [Mode::Major, Mode::Minor].map(|mode| {
            let of_style = habits.and_then(|habits| habits.chords(mode)).map(Grammar::of);
            of_style.unwrap_or_else(|| Grammar::usual(mode))
        }),
        theme: theme.map_or(Vec::new(), |seed| tune_of(seed, meter_class)),
        look_ahead: settings.look_ahead.clamp(2, 64),
        commit: settings.commit.clamp(1, 16),
        parts,
    };
    let limits = prepared.limits(settings.key);
    if let Some(part) = limits.iter().position(|limits| !limits.pitches.contains(&true)) {
        return Err(ComposeError::NothingPlayable { part: part + 1 });
    }
    let request = Request {
        parts: prepared.parts.clone(),
        limits,
        past: Vec::new(),
        bars: Vec::new(),
        after: Vec::new(),
        manner: model.header.manner(&style, &prepared.parts, unit(&mut ChaCha8Rng::seed_from_u64(settings.seed))),
        style,
        style_strength: settings.style_strength,
        sampling: settings.sampling,
        seed: settings.seed,
    };
    Ok((prepared, request))
}

fn class_of(meter: Meter) -> u16 {
    let steps = (96 * u32::from(meter.numerator) / u32::from(meter.denominator)).clamp(1, MAX_BAR_STEPS as u32);
    meter_class(steps, meter)
}

/// The parts, the tune first.
fn parts(model: &Model, settings: &Settings, style: Option<&str>) -> Vec<PartEvent> {
    let mut parts =
        if settings.parts.is_empty() { usual_ensemble(&model.header, style) } else { settings.parts.clone() };
    let is_tune = |part: &PartEvent| part.role == Role::Melody;
    let own = settings.theme.as_ref().map(|seed| seed.events.parts[tune_index(seed)].instrument);
    let tune = match parts.iter().position(is_tune) {
        Some(index) => parts.remove(index),
        None => PartEvent { instrument: own.unwrap_or(0), role: Role::Melody },
    };
    if parts.is_empty() && settings.parts.is_empty() {
        parts.push(PartEvent { instrument: 0, role: Role::Chords });
    }
    parts.insert(0, tune);
    parts
}

/// The part of a seed that is its tune.
fn tune_index(seed: &Seed) -> usize {
    let parts = &seed.events.parts;
    let tune = parts.iter().position(|part| part.role == Role::Melody);
    tune.or_else(|| parts.iter().position(|part| !part.is_drums())).unwrap_or(0)
}

/// The tune of a seed with its chords, bar by bar, as far as its bars are those of the meter.
fn tune_of(seed: &Seed, meter_class: u16) -> Vec<(Vec<NoteEvent>, [u8; 2])> {
    let tune = tune_index(seed);
    let length = steps_of(meter_class);
    let bars = seed.events.bars.iter().zip(&seed.attributes);
    bars.take_while(|(bar, _)| u64::from(bar.length()) == length)
        .map(|(bar, said)| {
            let notes = bar.notes.iter().filter(|note| usize::from(note.part) == tune);
            (notes.map(|&note| NoteEvent { part: super::TUNE, ..note }).collect(), [said[CHORD_1], said[CHORD_2]])
        })
        .collect()
}

/// A key when nobody says which: C major when a person plays, who will tell; else one that is usual, in the style if there
/// is one.
fn usual_key(settings: &Settings, habits: Option<&Habits>) -> Key {
    const USUAL: [(u8, Mode); 8] = [
        (0, Mode::Major),
        (7, Mode::Major),
        (5, Mode::Major),
        (2, Mode::Major),
        (9, Mode::Minor),
        (2, Mode::Minor),
        (4, Mode::Minor),
        (7, Mode::Minor),
    ];
    let mut rng = ChaCha8Rng::seed_from_u64(settings.seed);
    let (tonic, mode) = match settings.playing {
        Playing::Alone => match habits.and_then(|habits| habits.key(unit(&mut rng))) {
            Some(key) => (key.tonic, key.mode),
            None => USUAL[below(&mut rng, USUAL.len())],
        },
        _ => USUAL[0],
    };
    Key { tonic, mode }
}
