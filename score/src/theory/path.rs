//! The best reading of a piece: a chord and a key for every atom, found together.
//!
//! The Viterbi algorithm over pairs of a key and a chord. A chord must fit what sounds, be usual in its key and follow well
//! on the one before; a key must fit all that sounds in it, and changing it costs. Of the 132 chords of an atom only those
//! are looked at that fit it, its beat, its half bar or its bar best. The constants were set on textbook progressions and on
//! Bach chorales whose analyses are published.

use super::evidence::{Atom, Stress};
use super::roman::{Function, Role, SHAPES, Shape, degree, roles, succession};
use crate::chord::Quality;
use crate::key::{Key, KeyEstimate, Mode};

const CHORDS: usize = 12 * SHAPES;
const KEYS: usize = 24;

/// How much of the music lies on chord tones.
const CHORD_TONE_SHARE: f32 = 0.85;

/// More voices than these make no chord more certain.
const MAX_VOICES: f32 = 3.5;

/// What it is worth, a quarter note long, that the bass has the root, the third, or a note beyond the chord.
const ROOT_IN_BASS: f32 = 0.7;
const THIRD_IN_BASS: f32 = 0.35;
const FIFTH_IN_BASS: f32 = 0.1;
const STRANGER_IN_BASS: f32 = -0.4;

/// Where drums keep the time, a minor seventh over its third is a chord on that third with a sixth.
const SIXTH_CHORD: f32 = -1.5;

/// What speaks against a chord, a quarter note long, when its root, third, fifth or seventh is nowhere near.
const MISSING_TONE: [f32; 4] = [0.3, 0.3, 0.1, 0.4];

/// The share of that where one line sounds alone, and what speaks there against any but the plainest chords.
const IMAGINED: f32 = 0.5;
const FAR_FETCHED: f32 = 0.4;

/// A suspended fourth must sound all the time.
const LOST_FOURTH: f32 = 0.6;

/// What speaks against it, a quarter note long, for each other pitch class that is struck there and not as an ornament.
const STRANGER: f32 = 0.35;

/// How much what sounds speaks for a key beyond its chords.
const KEY_WEIGHT: f32 = 0.4;

/// How much better a new key must fit, and how much for each fifth between the signatures.
const KEY_CHANGE_COST: f32 = 3.6;
const KEY_DISTANCE_COST: f32 = 0.5;

/// What it is worth that the music comes to rest on the tonic, or on the dominant, of its key.
const REST_ON_TONIC: f32 = 2.3;
const REST_ON_DOMINANT: f32 = 0.5;

/// The share of the cost of a new key that is saved where it begins after a rest.
const FRESH_START: f32 = 0.15;

/// What the key of the whole piece counts at both ends.
const FRAME_WEIGHT: f32 = 3.0;

/// Temperley's profiles (see `key::find`), which say how often each degree is present in a stretch of music.
const MAJOR_PROFILE: [f32; 12] = [0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400];
const MINOR_PROFILE: [f32; 12] = [0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330];

/// The same for a blues on a major chord: the third and the seventh are low as often as not.
const BLUES_PROFILE: [f32; 12] = [0.748, 0.060, 0.420, 0.350, 0.560, 0.480, 0.200, 0.715, 0.104, 0.420, 0.560, 0.120];

/// Dominant sevenths that are at home in a blues: semitones above the tonic, and nats against them.
const BLUES_SEVENTHS: [(u8, f32, Function, &str); 2] =
    [(0, 0.0, Function::Tonic, "I"), (5, 0.2, Function::Predominant, "IV")];

/// What speaks in a blues against chords that are mostly parts of others: a half-diminished one is a ninth chord whose root the bass
/// has, a minor seventh on the sixth degree a tonic with its sixth.
const ROOTLESS: f32 = 0.8;

/// A blues stays in its key.
const BLUES_KEY_CHANGE_COST: f32 = 12.0;

/// How music is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Idiom {
    /// As major and minor.
    Common,
    /// Dominant sevenths are at rest.
    Blues,
}

/// What a change of chord costs at a moment of this stress. A line alone is not given more chords than it needs. Between
/// beats one voice that moves is an ornament, several that move together are a chord. Where drums keep the time, chords
/// change with bars and half bars; what moves within is a riff.
fn change_cost(atom: &Atom, is_groove: bool) -> f32 {
    match atom.stress {
        Stress::Bar if is_groove => 0.5,
        Stress::Half if is_groove => 1.5,
        Stress::Beat if is_groove => 3.0,
        Stress::Off if is_groove => 5.0,
        Stress::Bar => 0.5,
        Stress::Half if atom.is_alone => 1.5,
        Stress::Half => 0.7,
        Stress::Beat if atom.is_alone => 2.5,
        Stress::Beat => 0.8,
        Stress::Off => 3.0 - 2.5 * together(atom),
    }
}
/// How much of the texture moves on at the start of an atom: 0 is at most a quarter of it or a single voice, 1 three
/// quarters or more.
fn together(atom: &Atom) -> f32 {
    if atom.sounding < 3 || atom.moving < 2 {
        return 0.0;
    }
    ((atom.moving as f32 / atom.sounding as f32 - 0.25) / 0.5).clamp(0.0, 1.0)
}

/// The chord and key of an atom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) root: u8,
    pub(super) shape: Shape,
    pub(super) key: Key,
}

/// The reading of every atom, and in which idiom. `is_groove`: whether drums keep the time.
pub(super) fn read(atoms: &[Atom], global: KeyEstimate, is_groove: bool) -> (Vec<Reading>, Idiom) {
    if atoms.is_empty() {
        return (Vec::new(), Idiom::Common);
    }
    let near = near(atoms);
    let fits: Vec<[f32; CHORDS]> = atoms.iter().zip(&near).map(|(atom, near)| fits(atom, near, is_groove)).collect();
    let candidates = candidates(atoms, &fits);
    let (common, readings) = Search::new(global, is_groove).run(atoms, &fits, &candidates);
    let (blues, as_blues) = Search::blues(atoms, is_groove).run(atoms, &fits, &candidates);
    if blues > common { (as_blues, Idiom::Blues) } else { (readings, Idiom::Common) }
}

/// How well every chord fits what sounds.
fn fits(atom: &Atom, near: &Near, is_groove: bool) -> [f32; CHORDS] {
    let mut fits = [0.0; CHORDS];
    let total: f32 = atom.classes.iter().sum();
    let quarters = atom.quarters();
    if total <= 0.0 {
        return fits;
    }
    let voices = (total / quarters).min(MAX_VOICES);
    for (chord, fit) in fits.iter_mut().enumerate() {
        let (root, shape) = (chord / SHAPES, Shape::from_index(chord % SHAPES));
        let tones = shape.intervals().len() as f32;
        let class = |interval: u8| (root + usize::from(interval)) % 12;
        let explained = shape.intervals().iter().map(|&i| atom.classes[class(i)]).sum::<f32>() / total;
        let tone = (CHORD_TONE_SHARE / tones).ln();
        let other = ((1.0 - CHORD_TONE_SHARE) / (12.0 - tones)).ln();
        let bass = atom.bass.map(|bass| usize::from(bass % 12));
        let bass = match shape.intervals().iter().position(|&i| Some(class(i)) == bass) {
            // A French sixth stands on its flat sixth degree, or is none.
            _ if atom.is_alone => 0.0,
            Some(0) => ROOT_IN_BASS,
            Some(1) if is_groove && matches!(shape, Shape::Known(Quality::Minor7 | Quality::HalfDiminished7)) => {
                SIXTH_CHORD
            }
            Some(1) if shape != Shape::FrenchSixth => THIRD_IN_BASS,
            Some(_) if shape != Shape::FrenchSixth => FIFTH_IN_BASS,
            _ => STRANGER_IN_BASS,
        };
        let missing = shape.intervals().iter().zip(MISSING_TONE).filter(|&(&interval, _)| !near.heard[class(interval)]);
        let mut missing: f32 = missing.map(|(_, cost)| cost).sum();
        if shape == Shape::Known(Quality::Suspended4) && atom.classes[class(5)] <= 0.0 {
            missing += LOST_FOURTH;
        }
        let own = shape.intervals().iter().filter(|&&interval| near.struck[class(interval)]).count();
        let strangers = STRANGER * (near.struck_count - own) as f32;
        // One line leaves most of its chord to be imagined: something plain.
        if atom.is_alone {
            missing *= IMAGINED;
            if !matches!(shape, Shape::Known(Quality::Major | Quality::Minor | Quality::Dominant7)) {
                missing += FAR_FETCHED;
            }
        }
        let likelihood = explained * tone + (1.0 - explained) * other;
        *fit = quarters * (voices * likelihood + voices.min(1.0) * (bass - missing - strangers));
    }
    fits
}

/// Which pitch classes are heard near an atom: in its beat, or if no three of them sound at once there in its half
/// bar, or else in its bar.
#[derive(Debug, Clone, Copy, Default)]
struct Near {
    is_full: bool,
    heard: [bool; 12],
    struck: [bool; 12],
    struck_count: usize,
}

fn near(atoms: &[Atom]) -> Vec<Near> {
    let mut near = vec![Near::default(); atoms.len()];
    for level in [Stress::Beat, Stress::Half, Stress::Bar] {
        let mut start = 0;
        while start < atoms.len() {
            let end = start + 1 + atoms[start + 1..].iter().take_while(|atom| atom.stress < level).count();
            let inside = &atoms[start..end];
            let heard = std::array::from_fn(|class| inside.iter().map(|atom| atom.classes[class]).sum::<f32>() > 0.1);
            let struck: [bool; 12] = std::array::from_fn(|class| inside.iter().any(|atom| atom.struck[class]));
            let struck_count = struck.iter().filter(|&&struck| struck).count();
            let at_once = |atom: &Atom| atom.at_start.iter().filter(|&&sounds| sounds).count();
            let is_full = inside.iter().any(|atom| at_once(atom) >= 3);
            for place in &mut near[start..end] {
                if !place.is_full {
                    *place = Near { is_full, heard, struck, struck_count };
                }
            }
            start = end;
        }
    }
    near
}

/// The chords worth looking at in each atom, best first, without repetition.
fn candidates(atoms: &[Atom], fits: &[[f32; CHORDS]]) -> Vec<Vec<u8>> {
    let mut candidates: Vec<Vec<u8>> = vec![Vec::new(); atoms.len()];
    for (level, count) in [(Stress::Off, 3), (Stress::Beat, 3), (Stress::Half, 3), (Stress::Bar, 3)] {
        let mut start = 0;
        while start < atoms.len() {
            let more = atoms[start + 1..].iter().take_while(|atom| atom.stress < level).count();
            let more = if level == Stress::Off { 0 } else { more };
            let end = start + 1 + more;
            let mut sums = [0.0_f32; CHORDS];
            for fits in &fits[start..end] {
                sums.iter_mut().zip(fits).for_each(|(sum, fit)| *sum += fit);
            }
            let best = best(&sums, count);
            for list in &mut candidates[start..end] {
                for &chord in &best {
                    if !list.contains(&chord) {
                        list.push(chord);
                    }
                }
            }
            start = end;
        }
    }
    candidates
}

fn best(sums: &[f32; CHORDS], count: usize) -> Vec<u8> {
    let mut order: Vec<u8> = (0..132).collect();
    let by_fit = |a: &u8, b: &u8| sums[usize::from(*b)].total_cmp(&sums[usize::from(*a)]).then(a.cmp(b));
    order.select_nth_unstable_by(count, by_fit);
    order.truncate(count);
    order.sort_by(by_fit);
    order
}

struct Search {
    is_groove: bool,
    /// What a change of key costs.
    key_change: f32,
    roles: [Vec<Role>; 2],
    /// How well each pitch class fits each key, less its mean over the keys.
    profile: [[f32; 12]; KEYS],
    frame: [f32; KEYS],
}

/// The best score of each key and candidate, and where it came from (key * 64 + candidate).
struct Row {
    scores: Vec<f32>,
    from: Vec<u16>,
}

impl Search {
    fn new(global: KeyEstimate, is_groove: bool) -> Self {
        let mut frame = [0.0; KEYS];
        frame[usize::from(global.key.index())] = FRAME_WEIGHT;
        frame[usize::from(global.second.index())] = (FRAME_WEIGHT - 4.0 * global.confidence).max(0.0);
        Self {
            is_groove,
            key_change: KEY_CHANGE_COST,
            roles: [roles(Mode::Major), roles(Mode::Minor)],
            profile: profiles(&MAJOR_PROFILE, &MINOR_PROFILE),
            frame,
        }
    }

    /// Major keys are read as those of a blues.
    fn blues(atoms: &[Atom], is_groove: bool) -> Self {
        let profile = profiles(&BLUES_PROFILE, &MINOR_PROFILE);
        let mut major = roles(Mode::Major);
        for (index, role) in major.iter_mut().enumerate() {
            let (degree, shape) = (index / SHAPES, Shape::from_index(index % SHAPES));
            let Shape::Known(quality) = shape else { continue };
            if let Some(&(_, cost, function, numeral)) =
                BLUES_SEVENTHS.iter().find(|seventh| quality == Quality::Dominant7 && usize::from(seventh.0) == degree)
            {
                *role = Role { cost, function, target: None, numeral, of: "" };
            }
            role.cost += match quality {
                Quality::Major | Quality::Minor | Quality::Dominant7 | Quality::Diminished7 => 0.0,
                Quality::Minor7 if matches!(degree, 2 | 7) => 0.0,
                _ => ROOTLESS,
            };
        }
        let all: [f32; 12] = std::array::from_fn(|class| atoms.iter().map(|atom| atom.classes[class]).sum());
        let fit = |key: &usize| -> f32 { all.iter().zip(&profile[*key]).map(|(weight, fit)| weight * fit).sum() };
        let mut frame = [0.0; KEYS];
        let best = (0..KEYS).max_by(|a, b| fit(a).total_cmp(&fit(b))).unwrap_or(0);
        frame[best] = FRAME_WEIGHT;
        Self { is_groove, key_change: BLUES_KEY_CHANGE_COST, roles: [major, roles(Mode::Minor)], profile, frame }
    }

    fn role(&self, key: usize, chord: u8) -> (&Role, u8) {
        let tonic = key % 12;
        let (root, shape) = (usize::from(chord) / SHAPES, usize::from(chord) % SHAPES);
        let degree = (root + 12 - tonic) % 12;
        #[expect(clippy::cast_possible_truncation, reason = "below twelve")]
        (&self.roles[key / 12][degree * SHAPES + shape], degree as u8)
    }

    /// What sounds in an atom says this about each key.
    fn key_fits(&self, atom: &Atom) -> [f32; KEYS] {
        let total: f32 = atom.classes.iter().sum();
        let scale = if total <= 0.0 { 0.0 } else { KEY_WEIGHT * (total.min(MAX_VOICES * atom.quarters())) / total };
        std::array::from_fn(|key| {
            scale * atom.classes.iter().zip(&self.profile[key]).map(|(weight, fit)| weight * fit).sum::<f32>()
        })
    }

    /// The best score, and the readings that have it.
    fn run(&self, atoms: &[Atom], fits: &[[f32; CHORDS]], candidates: &[Vec<u8>]) -> (f32, Vec<Reading>) {
        let mut rows: Vec<Vec<u16>> = Vec::with_capacity(atoms.len());
        let mut scores: Vec<f32> = Vec::new();
        for (at, atom) in atoms.iter().enumerate() {
            let here = &candidates[at];
            let mut row = match at.checked_sub(1) {
                Some(before) => {
                    self.rest(atom.breath, &mut scores, &candidates[before]);
                    self.step(atom, &scores, &candidates[before], here)
                }
                None => self.first(here),
            };
            let keys = self.key_fits(atom);
            for (index, score) in row.scores.iter_mut().enumerate() {
                *score += keys[index / here.len()] + fits[at][usize::from(here[index % here.len()])];
            }
            scores = row.scores;
            rows.push(row.from);
        }
        let last = &candidates[atoms.len() - 1];
        // A piece ends on its tonic nearly always.
        for (index, score) in scores.iter_mut().enumerate() {
            let (key, chord) = (index / last.len(), last[index % last.len()]);
            *score += self.frame[key] + if self.role(key, chord).1 == 0 { 3.0 } else { 0.0 };
        }
        let mut state = (0..scores.len()).fold(0, |best, i| if scores[i] > scores[best] { i } else { best });
        let score = scores[state];
        let mut readings = Vec::with_capacity(atoms.len());
        for at in (0..atoms.len()).rev() {
            let here = &candidates[at];
            let (key, chord) = (state / here.len(), usize::from(here[state % here.len()]));
            #[expect(clippy::cast_possible_truncation, reason = "below 24 and 12")]
            let (key, root) = (Key::from_index(key as u8), (chord / SHAPES) as u8);
            let key = key.unwrap_or(Key { tonic: 0, mode: Mode::Major });
            readings.push(Reading { root, shape: Shape::from_index(chord % SHAPES), key });
            let from = usize::from(rows[at][state]);
            if let Some(before) = at.checked_sub(1) {
                state = (from / 64) * candidates[before].len() + from % 64;
            }
        }
        readings.reverse();
        (score, readings)
    }

    fn first(&self, here: &[u8]) -> Row {
        let mut scores = Vec::with_capacity(KEYS * here.len());
        for key in 0..KEYS {
            for &chord in here {
                let (role, degree) = self.role(key, chord);
                scores.push(self.frame[key] - role.cost + if degree == 0 { 0.5 } else { 0.0 });
            }
        }
        Row { from: vec![0; scores.len()], scores }
    }

    /// Music comes to rest on the tonic more often than elsewhere, and on the dominant after that.
    fn rest(&self, breath: f32, scores: &mut [f32], here: &[u8]) {
        if breath <= 0.0 {
            return;
        }
        for (index, score) in scores.iter_mut().enumerate() {
            let (role, degree) = self.role(index / here.len(), here[index % here.len()]);
            *score += breath
                * match (degree, role.function) {
                    (0, _) => REST_ON_TONIC,
                    (7, Function::Dominant) => REST_ON_DOMINANT,
                    _ => 0.0,
                };
        }
    }

    fn step(&self, atom: &Atom, before: &[f32], old: &[u8], new: &[u8]) -> Row {
        let change = change_cost(atom, self.is_groove);
        let key_change = self.key_change * (1.0 - FRESH_START * atom.breath);
        let leaders: [usize; KEYS] = std::array::from_fn(|key| {
            let row = &before[key * old.len()..(key + 1) * old.len()];
            (0..row.len()).fold(0, |best, i| if row[i] > row[best] { i } else { best })
        });
        let leader_score = |key: usize| before[key * old.len() + leaders[key]];
        let mut row = Row { scores: Vec::with_capacity(KEYS * new.len()), from: Vec::with_capacity(KEYS * new.len()) };
        for key in 0..KEYS {
            // The best other key to come from.
            let (mut modulation, mut origin) = (f32::NEG_INFINITY, 0);
            if atom.stress > Stress::Off {
                for other in (0..KEYS).filter(|&other| other != key) {
                    let score = leader_score(other) - key_change - KEY_DISTANCE_COST * distance(other, key);
                    if score > modulation {
                        (modulation, origin) = (score, other);
                    }
                }
            }
            let scores = &before[key * old.len()..(key + 1) * old.len()];
            for &chord in new {
                let (role, to_degree) = self.role(key, chord);
                let arrival = -change - role.cost;
                let (mut best, mut from) = (modulation + arrival, origin * 64 + leaders[origin]);
                for (index, (&score, &other)) in scores.iter().zip(old).enumerate() {
                    let score = if other == chord {
                        score
                    } else {
                        let (from_role, from_degree) = self.role(key, other);
                        score + arrival + succession(from_role, from_degree, role, to_degree)
                    };
                    if score > best {
                        (best, from) = (score, key * 64 + index);
                    }
                }
                row.scores.push(best);
                row.from.push(u16::try_from(from).unwrap_or(0));
            }
        }
        row
    }
}

/// How well each pitch class fits each key.
fn profiles(major: &[f32; 12], minor: &[f32; 12]) -> [[f32; 12]; KEYS] {
    let mut profile = [[0.0; 12]; KEYS];
    for (index, row) in profile.iter_mut().enumerate() {
        let (values, tonic) = if index < 12 { (major, index) } else { (minor, index - 12) };
        let sum: f32 = values.iter().sum();
        for (degree, value) in values.iter().enumerate() {
            row[(tonic + degree) % 12] = (value / sum).ln();
        }
    }
    profile
}

/// Fifths between the signatures of two keys, and half of one between relatives and parallels.
fn distance(a: usize, b: usize) -> f32 {
    let signature = |key: usize| if key < 12 { key } else { (key - 12 + 3) % 12 };
    let semitones = (signature(a) + 12 - signature(b)) % 12;
    let fifths = (semitones * 7) % 12;
    let fifths = fifths.min(12 - fifths) as f32;
    if a % 12 == b % 12 { fifths.min(1.0) } else { fifths.max(0.5) }
}

/// Semitones above the tonic.
pub(super) const fn degree_in(reading: &Reading) -> u8 {
    degree(reading.key, reading.root)
}
