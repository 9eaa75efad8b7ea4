//! Turning wishes into a request that the generator understands.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use ripieno_score::chord::Quality;
use ripieno_score::{Chord, Instrument, Key, Meter, Mode, STEPS_PER_QUARTER, Score};

use super::allowed::{Allowed, asked_chords};
use super::controls::{PartNames, USUAL_VARIATION};
use super::ensemble::{usual_accompaniment, usual_ensemble};
use super::harmony::{BarNotes, harmonize};
use super::sections::Sections;
use super::seed::Seed;
use super::stays::SeedStays;
use super::{ComposeError, MAX_BARS, Task, Wishes, rhythm, steer};
use crate::attribute::{self, Attributes, chord_class, key_class, phrase_class, remaining_class};
use crate::event::{NoteEvent, PartEvent, Role};
use crate::generate::echo::tune;
use crate::generate::{BarRequest, Player, Request};
use crate::model::ModelHeader;
use crate::task::unit;
use crate::vocabulary::{DURATION_STEPS, meter_class, meter_of, tempo_class};

/// Bars of a piece when nobody says how many.
const USUAL_BARS: usize = 16;
/// Quarter notes a minute when nobody says so.
const USUAL_TEMPO: f64 = 104.0;
/// In a variation of strength `v`, a note on the beat, and one between beats, stays with probability `1 - v` to this power.
const KEPT: (f32, f32) = (0.515, 2.74);

/// How strongly the notes lean towards the chord that is planned.
pub(crate) const CHORD_PULL: f32 = 1.0;
/// The same for a chord that the person asked for.
const ASKED_CHORD_PULL: f32 = 2.0;
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
    /// Whether the last bar of the request closes the piece.
    pub(super) ends: bool,
    pub(super) reprise: Option<Reprise>,
    pub(super) sections: Option<Sections>,
    /// The part by which the piece is known.
    pub(super) tune: usize,
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

impl Plan {
    pub(super) fn new(player: Player<'_>, seed: Option<&Seed>, wishes: &Wishes) -> Result<Self, ComposeError> {
        let mut remarks = Vec::new();
        let controls = &wishes.controls;
        let header = player.header();
        let style = style_weights(header, &wishes.styles)?;
        let main_style = wishes.styles.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(name, _)| name.as_str());
        let parts = parts(header, seed, wishes, main_style);
        if parts.len() > crate::vocabulary::PARTS {
            return Err(ComposeError::TooManyParts { found: parts.len() });
        }
        let own_names =
            seed.map_or(Vec::new(), |seed| seed.score.parts.iter().map(|part| part.name.as_str()).collect());
        let names = PartNames { parts: &parts, names: own_names };
        let sections = sections(seed, wishes)?;
        let total_bars = match &sections {
            Some(sections) => sections.bars(),
            None => total_bars(seed, wishes)?,
        };
        let seed_stays = SeedStays::new(seed, wishes.task, controls, &names)?;
        let first_bar = match (wishes.task, seed) {
            (Task::Continue, Some(seed)) => seed.bars(),
            (Task::Infill { from, .. }, Some(_)) => from - 1,
            _ => 0,
        };
        let last_bar = match wishes.task {
            Task::Infill { to, .. } => to,
            _ => total_bars,
        };
        let asked = asked_chords(
            controls.chords.as_ref(),
            first_bar,
            last_bar - first_bar,
            seed.is_some_and(Seed::has_upbeat),
            sections.as_ref().map(|sections| sections.length),
        );
        let allowed = Allowed::new(&names, seed, wishes, &asked)?;
        if let Some(part) = allowed.limits.iter().position(|limits| !limits.pitches.contains(&true)) {
            return Err(ComposeError::NothingPlayable { part: part + 1 });
        }
        let key_asked = wishes.key.or(controls.scale.map(ripieno_score::Scale::key));
        let heard = seed.map(Seed::key);
        let key = key_asked.or(heard).or_else(|| key_of(&asked));
        let says_key = key.is_some();
        let key = key.unwrap_or(Key { tonic: 0, mode: Mode::Major });
        if let (Some(heard), Some(_)) = (heard.filter(|&heard| heard != key), key_asked) {
            let kept = controls.scale.map_or_else(|| key.to_string(), |scale| scale.to_string());
            remarks.push(format!("the seed sounds like {heard}; its notes stay as they are, all others are in {kept}"));
        }
        let reprise = match (wishes.task, seed) {
            (Task::Complete, Some(seed)) if sections.is_none() => Reprise::new(seed.bars(), total_bars),
            _ => None,
        };
        if let Some(Reprise { at, from, bars }) = reprise {
            let (first, last) = (at + 1, at + bars);
            remarks.push(format!("bars {first} to {last} bring back your bars {} to {}", from + 1, from + bars));
        }
        if controls.keep_rhythm && (seed.is_none() || wishes.task == Task::Accompany) {
            return Err(ComposeError::NoRhythm);
        }
        let tempo = wishes.tempo_bpm.or((seed.is_none()).then_some(USUAL_TEMPO));
        let mut rng = ChaCha8Rng::seed_from_u64(wishes.seed);
        rng.set_stream(u64::MAX);
        let outline = Outline {
            seed,
            wishes,
            total: total_bars,
            key: says_key.then_some(key),
            tempo,
            reprise,
            sections: sections.as_ref(),
            allowed: &allowed,
            stays: &seed_stays,
        };
        let mut bars: Vec<BarRequest> = (first_bar..last_bar).map(|bar| outline.bar(bar, &mut rng)).collect();
        let past = seed.map_or(Vec::new(), |seed| seed.events.bars[..first_bar.min(seed.bars())].to_vec());
        let after = match (wishes.task, seed) {
            (Task::Infill { to, .. }, Some(seed)) => {
                seed.events.bars[to..].iter().take(2).map(|bar| bar.notes.clone()).collect()
            }
            _ => Vec::new(),
        };
        // A gap behind which nothing starts is the end.
        let request_ends =
            seed.is_none_or(|seed| seed.events.bars.iter().skip(last_bar).all(|bar| bar.notes.is_empty()));
        let is_tonal = !main_style.is_some_and(|style| WITHOUT_HARMONY.contains(&style));
        // The grammar of chords is that of major and minor.
        let is_major_or_minor = controls.scale.is_none_or(|scale| allowed.has_scale_of(scale.key()));
        if says_key && is_tonal && is_major_or_minor && wishes.task != Task::Vary {
            plan_harmony(&mut bars, seed, &parts, key, first_bar, last_bar == total_bars, &mut rng);
        }
        if let Some(sections) = &sections {
            for bar in 0..bars.len() {
                if let Some(source) = sections.source(bar).filter(|_| bar + 1 < total_bars) {
                    for kind in [attribute::CHORD_1, attribute::CHORD_2] {
                        bars[bar].attributes[kind] = bars[source].attributes[kind];
                    }
                }
            }
        }
        let count = bars.len();
        for (index, (bar, asked)) in bars.iter_mut().zip(&asked).enumerate() {
            allowed.bind(bar, *asked);
            for (kind, chord) in [attribute::CHORD_1, attribute::CHORD_2].into_iter().zip(asked) {
                if let Some(chord) = *chord {
                    bar.attributes[kind] = chord_class(Some(chord));
                    bar.chord_pull = ASKED_CHORD_PULL;
                }
            }
            steer::steer(bar, &controls.curves, &parts, index, count);
            if sections.as_ref().is_some_and(|sections| sections.begins_anew(index)) && bar.aim.notes.is_none() {
                // A new section is to be heard from its first bar on.
                bar.aim.notes = Some(steer::usual_notes(bar, &parts));
            }
        }
        let tune = tune(&parts).unwrap_or(0);
        let request = Request {
            parts,
            limits: allowed.limits,
            past,
            bars,
            after,
            style,
            style_strength: wishes.style_strength,
            sampling: wishes.sampling,
            seed: wishes.seed,
        };
        rhythm::check(&request, first_bar, wishes)?;
        Ok(Self {
            request,
            first_bar,
            total_bars,
            key,
            key_asked: key_asked.is_some(),
            tempo_bpm: tempo,
            seed_stays,
            ends: wishes.task != Task::Vary && request_ends,
            reprise,
            sections,
            tune,
            remarks,
        })
    }
}

impl Plan {
    /// A remark where nothing was written, or a part found nothing to play.
    pub(super) fn silence(&self, score: &Score, written: usize) -> Option<String> {
        if written == 0 {
            return Some("nothing was written: the wishes leave no note to be played".to_owned());
        }
        let count = |instrument: u8| score.parts.iter().filter(|part| part.instrument.index() == instrument).count();
        let asked = |instrument: u8| self.request.parts.iter().filter(|part| part.instrument == instrument).count();
        let silent = self.request.parts.iter().map(|part| part.instrument).find(|&one| count(one) < asked(one))?;
        let name = Instrument::from_index(silent).map_or("a part", Instrument::name);
        Some(format!("{name} has nothing to play: the wishes leave it no note"))
    }
}

fn sections(seed: Option<&Seed>, wishes: &Wishes) -> Result<Option<Sections>, ComposeError> {
    let Some(form) = &wishes.controls.form else { return Ok(None) };
    if wishes.task != Task::Complete {
        return Err(ComposeError::FormWithTask);
    }
    if let Some(asked) = wishes.bars.filter(|&asked| asked > MAX_BARS || asked == 0) {
        return Err(ComposeError::TooManyBars { asked });
    }
    Sections::new(form, seed, wishes.bars).map(Some)
}

/// The key that has most tones of the chords, and the first of them as its tonic where several do.
fn key_of(chords: &[[Option<Chord>; 2]]) -> Option<Key> {
    let chords: Vec<Chord> = chords.iter().flatten().flatten().copied().collect();
    let first = *chords.first()?;
    let fits = |key: &Key| {
        let scale = key.pitch_classes();
        let tones = chords.iter().flat_map(|chord| (0..12).filter(|&class| chord.pitch_classes()[class]));
        let inside = tones.filter(|&class| scale[class]).count();
        let is_minor = first.quality.intervals().contains(&3);
        let begins = key.tonic == first.root && (key.mode == Mode::Minor) == is_minor;
        // In minor more classes belong to the key: that is no reason for minor.
        (inside, begins, key.mode == Mode::Major)
    };
    (0..24).filter_map(Key::from_index).max_by_key(fits)
}

/// One weight for each row of the style table, summing to one.
pub(crate) fn style_weights(header: &ModelHeader, styles: &[(String, f32)]) -> Result<Vec<f32>, ComposeError> {
    let mut weights = vec![0.0; header.styles.len() + 1];
    for (name, weight) in styles {
        let index = header.styles.iter().position(|style| style == name);
        let index =
            index.ok_or_else(|| ComposeError::UnknownStyle { name: name.clone(), known: header.styles.join(", ") })?;
        weights[index + 1] += weight.max(0.0);
    }
    let total: f32 = weights.iter().sum();
    if total > 0.0 {
        weights.iter_mut().for_each(|weight| *weight /= total);
    } else {
        weights[0] = 1.0;
    }
    Ok(weights)
}

fn parts(header: &ModelHeader, seed: Option<&Seed>, wishes: &Wishes, style: Option<&str>) -> Vec<PartEvent> {
    match seed {
        None if wishes.parts.is_empty() => usual_ensemble(header, style),
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
                    parts.extend(usual_accompaniment(header, style));
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
    sections: Option<&'a Sections>,
    allowed: &'a Allowed,
    stays: &'a SeedStays,
}

impl Outline<'_> {
    fn bar(&self, bar: usize, rng: &mut ChaCha8Rng) -> BarRequest {
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
            _ => (Vec::new(), 0),
        };
        if bar + 1 == total && !matches!(wishes.task, Task::Vary) {
            end_on_tonic(&mut attributes, key, &given);
        }
        let closes = (bar + 1 == total && !matches!(wishes.task, Task::Infill { .. } | Task::Vary)).then(|| {
            let half = (meter_of(meter).0 / 2).saturating_sub(1) as u8;
            given.iter().map(|note| note.position).max().unwrap_or(half)
        });
        let mut request = BarRequest {
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
