//! Turning wishes into a request that the generator understands.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use ripieno_score::{Chord, Instrument, Key, Mode, Note, Part, Score, Tick};

use super::allowed::{Allowed, asked_chords};
use super::controls::{Curves, PartNames};
use super::customs::{drawn_habits, resting, usual_drums, with_tune};
use super::ensemble::{usual_accompaniment, usual_ensemble, usual_seats};
use super::harmony::{Grammar, Stretch, plan_harmony};
use super::outline::Outline;
use super::returns::plan_returns;
use super::sections::Sections;
use super::seed::Seed;
use super::stays::SeedStays;
use super::{ComposeError, MAX_BARS, Task, Wishes, rhythm, steer};
use crate::attribute::{self, chord_class};
use crate::event::{PartEvent, Role};
use crate::generate::echo::tune;
use crate::generate::{BarRequest, Player, Request};
use crate::habits::Habits;
use crate::model::ModelHeader;
use crate::task::unit;
use crate::vocabulary::tempo_of;

/// Bars of a piece when nobody says how many.
const USUAL_BARS: usize = 16;
/// Quarter notes a minute when nobody says so.
const USUAL_TEMPO: f64 = 104.0;
/// How strongly the notes lean towards the chord that is planned.
pub(crate) const CHORD_PULL: f32 = 1.0;
/// The same for a chord that the person asked for.
const ASKED_CHORD_PULL: f32 = 2.0;

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
    /// Notes a quarter note that are usual in the style.
    pub(super) usual_rate: Option<f32>,
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
        // Streams of their own, so that without a style nothing is drawn.
        let mut customs = ChaCha8Rng::seed_from_u64(wishes.seed);
        customs.set_stream(u64::MAX - 1);
        let shaping = drawn_habits(header, &wishes.styles, &mut customs);
        let of_piece = unit(&mut customs);
        let alone = seed.is_none() && wishes.parts.is_empty();
        let seats = if alone { usual_seats(header, main_style, of_piece) } else { &[] };
        let parts = match seats {
            [] => parts(header, seed, wishes, main_style),
            seats => seats.iter().map(|seat| seat.part).collect(),
        };
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
        let allowed = Allowed::new(&names, seed, wishes, (&asked, seats))?;
        if let Some(part) = allowed.limits.iter().position(|limits| !limits.pitches.contains(&true)) {
            return Err(ComposeError::NothingPlayable { part: part + 1 });
        }
        let key_asked = wishes.key.or(controls.scale.map(ripieno_score::Scale::key));
        let heard = seed.map(Seed::key);
        let shape = shaping.and_then(|habits| habits.shape(&parts, of_piece));
        let manner = header.manner(&style, &parts, of_piece);
        let shape = shape.filter(|_| !matches!(wishes.task, Task::Infill { .. } | Task::Vary));
        let harmonic = drawn_habits(header, &wishes.styles, &mut customs);
        let asked_key = key_asked.or_else(|| key_of(&asked));
        let is_in_keys = asked_key.is_some() || harmonic.is_none_or(Habits::is_in_keys);
        let usual_key = harmonic.and_then(|habits| habits.key(unit(&mut customs)));
        let key = key_asked.or(heard).or(asked_key).or(usual_key);
        let says_key = key.is_some() && is_in_keys;
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
        if let Some(seed) = seed.filter(|seed| wishes.task == Task::Accompany && seed.bars() < total_bars) {
            let bars = seed.bars();
            remarks
                .push(format!("the seed ends with bar {bars} and rests from there on; with another task it goes on"));
        }
        let resting = match seed.filter(|_| wishes.task == Task::Complete && !controls.keep_rhythm) {
            Some(seed) => resting(seed, &parts, manner.as_ref()),
            None => 0,
        };
        if let Some(seed) = seed.filter(|seed| resting != 0 && seed.bars() < total_bars) {
            let until = if reprise.is_some() { " until they come back" } else { "" };
            let bar = seed.bars() + 1;
            remarks.push(format!(
                "{} has no tune: the seed's parts that have no place in it rest from bar {bar} on{until}",
                main_style.unwrap_or("the style"),
            ));
        }
        if controls.keep_rhythm && (seed.is_none() || wishes.task == Task::Accompany) {
            return Err(ComposeError::NoRhythm);
        }
        let usual_tempo = || shape.map_or(USUAL_TEMPO, |shape| f64::from(tempo_of(shape.tempo)));
        let tempo = wishes.tempo_bpm.or_else(|| seed.is_none().then(usual_tempo));
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
            shape,
            manner: manner.as_ref(),
            parts: &parts,
            resting,
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
        // The grammar of chords is that of major and minor.
        let is_major_or_minor = controls.scale.is_none_or(|scale| allowed.has_scale_of(scale.key()));
        if says_key && is_major_or_minor && wishes.task != Task::Vary {
            let of_style = harmonic.and_then(|habits| habits.chords(key.mode)).map(Grammar::of);
            let grammar = &of_style.unwrap_or_else(|| Grammar::usual(key.mode));
            let ends = last_bar == total_bars;
            plan_harmony(&mut bars, &Stretch { seed, parts: &parts, key, grammar, first_bar, ends }, &mut rng);
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
        let is_free = !matches!(wishes.task, Task::Infill { .. } | Task::Vary) && controls.curves == Curves::default();
        if let Some(habits) = harmonic.filter(|_| is_free && sections.is_none()) {
            plan_returns(&mut bars, &asked, &habits.returns, &mut customs);
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
        let mut limits = allowed.limits;
        if let Some(drums) = usual_drums(header, &style) {
            let own = seed.map_or(0, |seed| seed.events.parts.len());
            let joining = parts.iter().zip(&mut limits).skip(own).filter(|(part, _)| part.is_drums());
            joining.for_each(|(_, limits)| limits.narrow(&drums));
        }
        let tune = tune(&parts).unwrap_or(0);
        let manner = match (seed, shape) {
            (Some(seed), Some(shape)) => manner.map(|manner| with_tune(manner, seed, shape)),
            _ => manner,
        };
        let usual_rate = header.usual_rate(&style, parts.len());
        let request = Request {
            parts,
            limits,
            past,
            bars,
            after,
            style,
            style_strength: wishes.style_strength,
            manner,
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
            usual_rate,
            remarks,
        })
    }
}

impl Plan {
    /// A remark where nothing was written, or a part found nothing to play.
    pub(super) fn silence(&self, score: &Score, seed: Option<&Seed>, written: usize) -> Option<String> {
        if written == 0 {
            return Some("nothing was written: the wishes leave no note to be played".to_owned());
        }
        let was_there = |part: &Part, note: &Note| {
            let same = |old: &&Part| (old.channel, old.instrument) == (part.channel, part.instrument);
            let mut old =
                seed.iter().flat_map(|seed| seed.score.parts.iter().filter(same)).flat_map(|part| &part.notes);
            old.any(|old| (old.onset, old.pitch) == (note.onset, note.pitch))
        };
        if score.parts.iter().all(|part| part.notes.iter().all(|note| was_there(part, note))) {
            return Some("nothing is new: the wishes leave no other notes to be played".to_owned());
        }
        let last_bar = seed.map_or(Tick::ZERO, |seed| seed.tick_of(seed.bar_start(seed.bars() - 1)));
        if score.end() <= last_bar {
            return Some("the last bar has nothing to play: the wishes leave no note to be held there".to_owned());
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
