//! How well a performance network knows people whom it has not heard: what their playing costs it, and how like theirs its
//! own playing is.

use std::collections::BTreeMap;
use std::fmt;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::Serialize;

use super::level::spread;
use super::model::PerformanceModel;
use super::player::play;
use super::reading::Performance;
use super::scale::{Scale, TIMINGS, VELOCITIES};
use super::sheet::{Kind, Sheet, drum_of};
use super::stretch::Prepared;
use super::train::measure;

/// Notes of a stretch that is measured at once.
const STRETCH: usize = 256;

/// Figures of a performance network.
#[derive(Debug, Clone, Serialize)]
pub struct PerformanceReport {
    /// What playing costs, of pitched parts and of drums.
    pub costs: Vec<Costs>,
    /// How people and the network play the same pieces, by style.
    pub styles: Vec<StylePlaying>,
}

/// Nats per timing and per velocity.
#[derive(Debug, Clone, Serialize)]
pub struct Costs {
    /// `pitched` or `drums`.
    pub kind: &'static str,
    /// Performances measured.
    pub performances: usize,
    /// Their notes.
    pub notes: usize,
    /// Of timing: to the network, to who knows how often each timing is, and to who knows it for each place of the bar (and drum).
    pub timing: [f64; 3],
    /// Of velocity: the same.
    pub velocity: [f64; 3],
}

/// Deviations of people and of the network on the same pieces.
#[derive(Debug, Clone, Serialize)]
pub struct StylePlaying {
    /// `pitched` or `drums`.
    pub kind: &'static str,
    /// The style.
    pub style: String,
    /// Performances.
    pub performances: usize,
    /// Of people.
    pub people: Playing,
    /// Of the network.
    pub network: Playing,
    /// Correlation of the network's velocities with those of people, note by note.
    pub velocity_alike: f64,
    /// The same for one who plays each note as loud as the mean at its place of the bar (and drum).
    pub mean_alike: f64,
}

/// How somebody plays.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Playing {
    /// Standard deviation of timing in milliseconds.
    pub timing_ms: f64,
    /// Correlation of the timing of one chord or stroke with the next.
    pub timing_kept: f64,
    /// Standard deviation of velocity against the level around.
    pub velocity: f64,
    /// Correlation of the velocity of one chord or stroke with the next.
    pub velocity_kept: f64,
}

impl PerformanceReport {
    /// Of performances with their styles that `model` has not heard; `known` are those that the baselines know.
    pub fn of(model: &PerformanceModel, known: &[Performance], unheard: &[(String, Performance)], seed: u64) -> Self {
        let mut report = Self { costs: Vec::new(), styles: Vec::new() };
        for kind in [Kind::Pitched, Kind::Drums] {
            let tables = Tables::of(known.iter().filter(|performance| performance.sheet.kind == kind));
            let of_kind: Vec<&(String, Performance)> =
                unheard.iter().filter(|(_, performance)| performance.sheet.kind == kind).collect();
            if of_kind.is_empty() {
                continue;
            }
            report.costs.push(costs(model, &tables, kind, &of_kind));
            let mut styles: BTreeMap<&str, Vec<&Performance>> = BTreeMap::new();
            for (style, performance) in &of_kind {
                styles.entry(style).or_default().push(performance);
            }
            report
                .styles
                .extend(styles.into_iter().map(|(style, all)| playing(model, &tables, kind, style, &all, seed)));
        }
        report
    }
}

const fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Pitched => "pitched",
        Kind::Drums => "drums",
    }
}

fn costs(model: &PerformanceModel, tables: &Tables, kind: Kind, all: &[&(String, Performance)]) -> Costs {
    let prepared: Vec<Prepared> = all.iter().map(|(_, performance)| Prepared::new(performance)).collect();
    let nats = measure(&model.network, &prepared, STRETCH);
    let at = if kind == Kind::Pitched { 0 } else { 2 };
    let (mut timing, mut velocity, mut timings, mut notes) = ([0.0; 2], [0.0; 2], 0usize, 0usize);
    for ((_, performance), prepared) in all.iter().zip(&prepared) {
        for (note, (timing_class, velocity_class)) in prepared.classes().enumerate() {
            let place = place(&performance.sheet, note);
            if let Some(class) = timing_class {
                timings += 1;
                timing[0] -= tables.timing.log_share(None, class);
                timing[1] -= tables.timing.log_share(Some(place), class);
            }
            notes += 1;
            velocity[0] -= tables.velocity.log_share(None, velocity_class);
            velocity[1] -= tables.velocity.log_share(Some(place), velocity_class);
        }
    }
    let per = |nats: [f64; 2], count: usize| nats.map(|nats| nats / count.max(1) as f64);
    let (timing, velocity) = (per(timing, timings), per(velocity, notes));
    Costs {
        kind: name(kind),
        performances: all.len(),
        notes,
        timing: [nats[at], timing[0], timing[1]],
        velocity: [nats[at + 1], velocity[0], velocity[1]],
    }
}

fn playing(
    model: &PerformanceModel,
    tables: &Tables,
    kind: Kind,
    style: &str,
    all: &[&Performance],
    seed: u64,
) -> StylePlaying {
    let (mut people, mut network) = (Tally::default(), Tally::default());
    let (mut alike, mut mean_alike) = (Pairs::default(), Pairs::default());
    for (index, performance) in all.iter().enumerate() {
        let sheet = &performance.sheet;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(index as u64);
        let touches = play(model, sheet, &mut rng);
        people.add(sheet, |note| performance.timing[note], |note| performance.velocity[note]);
        network.add(sheet, |note| Some(touches[note].timing), |note| touches[note].velocity);
        for (note, (touch, &velocity)) in touches.iter().zip(&performance.velocity).enumerate() {
            alike.push(touch.velocity.into(), velocity.into());
            mean_alike.push(tables.velocity.mean(place(sheet, note)), velocity.into());
        }
    }
    StylePlaying {
        kind: name(kind),
        style: style.to_owned(),
        performances: all.len(),
        people: people.playing(),
        network: network.playing(),
        velocity_alike: alike.correlation(),
        mean_alike: mean_alike.correlation(),
    }
}

/// What a place of the bar and a drum are told apart by.
type Place = (u32, usize);

fn place(sheet: &Sheet, note: usize) -> Place {
    let written = sheet.notes[note];
    let position = written.step.saturating_sub(sheet.bars[sheet.bar_of(written.step)].start);
    (position, if sheet.kind == Kind::Drums { drum_of(written.pitch) } else { 0 })
}

/// How often each class is among the performances that are known.
struct Tables {
    timing: Table<TIMINGS>,
    velocity: Table<VELOCITIES>,
}

impl Tables {
    fn of<'a>(known: impl Iterator<Item = &'a Performance>) -> Self {
        let mut tables = Self { timing: Table::default(), velocity: Table::default() };
        for performance in known {
            let scale = Scale::of(performance.sheet.kind);
            for (note, (timing, &velocity)) in performance.timing.iter().zip(&performance.velocity).enumerate() {
                let place = place(&performance.sheet, note);
                if let Some(timing) = timing {
                    tables.timing.add(place, scale.timing_class(*timing), *timing);
                }
                tables.velocity.add(place, scale.velocity_class(velocity), velocity);
            }
        }
        tables
    }
}

struct Table<const CLASSES: usize> {
    all: [f64; CLASSES],
    places: BTreeMap<Place, ([f64; CLASSES], f64)>,
}

impl<const CLASSES: usize> Default for Table<CLASSES> {
    fn default() -> Self {
        Self { all: [1.0; CLASSES], places: BTreeMap::new() }
    }
}

impl<const CLASSES: usize> Table<CLASSES> {
    fn add(&mut self, place: Place, class: usize, value: f32) {
        self.all[class] += 1.0;
        let (counts, sum) = self.places.entry(place).or_insert(([0.0; CLASSES], 0.0));
        counts[class] += 1.0;
        *sum += f64::from(value);
    }

    /// The logarithm of how often a class is; at a place of which little is known, mostly as often as anywhere.
    fn log_share(&self, place: Option<Place>, class: usize) -> f64 {
        const TRUSTED: f64 = 40.0;
        let everywhere = self.all[class] / self.all.iter().sum::<f64>();
        let Some((counts, _)) = place.and_then(|place| self.places.get(&place)) else { return everywhere.ln() };
        ((counts[class] + TRUSTED * everywhere) / (counts.iter().sum::<f64>() + TRUSTED)).ln()
    }

    fn mean(&self, place: Place) -> f64 {
        self.places.get(&place).map_or(0.0, |(counts, sum)| sum / counts.iter().sum::<f64>())
    }
}

/// Pairs of numbers.
#[derive(Default)]
struct Pairs {
    sums: [f64; 6],
}

impl Pairs {
    fn push(&mut self, x: f64, y: f64) {
        for (sum, value) in self.sums.iter_mut().zip([1.0, x, y, x * x, y * y, x * y]) {
            *sum += value;
        }
    }

    fn correlation(&self) -> f64 {
        let [count, x, y, xx, yy, xy] = self.sums;
        let scale = ((count * xx - x * x) * (count * yy - y * y)).sqrt();
        if scale > 0.0 { (count * xy - x * y) / scale } else { 0.0 }
    }
}

/// How somebody plays, note by note.
#[derive(Default)]
struct Tally {
    timings_ms: Vec<f32>,
    velocities: Vec<f32>,
    timing_pairs: Pairs,
    velocity_pairs: Pairs,
}

impl Tally {
    fn add(&mut self, sheet: &Sheet, timing: impl Fn(usize) -> Option<f32>, velocity: impl Fn(usize) -> f32) {
        let ms = |note: usize| {
            timing(note).map(|timing| match sheet.kind {
                Kind::Pitched => timing / 100.0 * sheet.quarter_s[note] * 1000.0,
                Kind::Drums => timing,
            })
        };
        let mut before: Option<(Option<f32>, f32)> = None;
        for pair in sheet.groups().windows(2) {
            let notes = pair[0]..pair[1];
            let known: Vec<f32> = notes.clone().filter_map(ms).collect();
            let mean = (!known.is_empty()).then(|| known.iter().sum::<f32>() / known.len() as f32);
            let loudest = notes.clone().map(&velocity).fold(f32::MIN, f32::max);
            // Chords of pitched parts have one timing.
            let counted = if sheet.kind == Kind::Pitched { known.len().min(1) } else { known.len() };
            self.timings_ms.extend(&known[..counted]);
            self.velocities.extend(notes.map(&velocity));
            if let Some((timing_before, loudest_before)) = before {
                if let (Some(one), Some(other)) = (timing_before, mean) {
                    self.timing_pairs.push(one.into(), other.into());
                }
                self.velocity_pairs.push(loudest_before.into(), loudest.into());
            }
            before = Some((mean, loudest));
        }
    }

    fn playing(&self) -> Playing {
        Playing {
            timing_ms: spread(self.timings_ms.iter().copied()).into(),
            timing_kept: self.timing_pairs.correlation(),
            velocity: spread(self.velocities.iter().copied()).into(),
            velocity_kept: self.velocity_pairs.correlation(),
        }
    }
}

impl fmt::Display for PerformanceReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "nats per note of performances that were not trained on; `place` knows how often each timing and velocity"
        )?;
        writeln!(
            f,
            "is at that place of the bar (and of that drum) in the training split, `anywhere` how often it is at all\n"
        )?;
        writeln!(f, "                              timing                       velocity")?;
        writeln!(f, "kind     pieces    notes   network    place anywhere    network    place anywhere")?;
        for Costs { kind, performances, notes, timing, velocity } in &self.costs {
            write!(f, "{kind:<8} {performances:>6} {notes:>8}  ")?;
            writeln!(
                f,
                "{:>8.3} {:>8.3} {:>8.3}   {:>8.3} {:>8.3} {:>8.3}",
                timing[0], timing[2], timing[1], velocity[0], velocity[2], velocity[1]
            )?;
        }
        writeln!(
            f,
            "\nhow people and the network play the same pieces: standard deviation, and what is kept from one chord or"
        )?;
        writeln!(
            f,
            "stroke to the next (correlation); `alike` is the correlation of velocities with people's, note by note\n"
        )?;
        writeln!(
            f,
            "                                     timing, ms       kept        velocity        kept         alike"
        )?;
        writeln!(
            f,
            "kind     style                pieces people network people network people network people network network mean"
        )?;
        for style in &self.styles {
            let (a, b) = (style.people, style.network);
            writeln!(
                f,
                "{:<8} {:<20} {:>6} {:>6.1} {:>7.1} {:>6.2} {:>7.2} {:>6.1} {:>7.1} {:>6.2} {:>7.2} {:>7.2} {:>4.2}",
                style.kind,
                style.style,
                style.performances,
                a.timing_ms,
                b.timing_ms,
                a.timing_kept,
                b.timing_kept,
                a.velocity,
                b.velocity,
                a.velocity_kept,
                b.velocity_kept,
                style.velocity_alike,
                style.mean_alike
            )?;
        }
        Ok(())
    }
}
