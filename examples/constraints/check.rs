//! Whether a written file keeps what was asked for. Nothing here uses the code that keeps it: the file is read back, and
//! the wishes are read as a person would read them.

use std::collections::{BTreeMap, BTreeSet};

use ripieno_composer::compose::controls::{Anchor, PartChoice};
use ripieno_composer::compose::{Seed, Task};
use ripieno_composer::event::{PartEvent, Role};
use ripieno_score::{Chord, GridScore, Instrument, Note, Part, Score};

use super::draw::Case;

/// A part of the finished piece.
struct Checked<'a> {
    part: &'a Part,
    /// Its number in the piece, from 1.
    number: usize,
    event: PartEvent,
    /// The part of the seed that it goes on.
    of_seed: Option<&'a Part>,
    /// Notes that the machine wrote.
    written: Vec<Note>,
    /// Notes of the seed that are not there.
    lost: Vec<Note>,
}

/// Everything that is not as it was asked for, and how many notes were written. `told` says whether there was a remark
/// that a part is silent.
pub(crate) fn check(case: &Case, score: &Score, told: bool) -> (Vec<String>, usize) {
    let mut broken = Vec::new();
    let view = View::new(case, score);
    let parts = match checked_parts(case, score, told) {
        Ok(parts) => parts,
        Err(reason) => return (vec![reason], 0),
    };
    let mut complain = |wish: &str, detail: String| broken.push(format!("{wish}: {detail}"));
    // Who is told that nothing could be held there may get silence at the end.
    let ends_early = told && view.grid.bars.len() < view.bars;
    if view.grid.bars.len() != view.bars && !ends_early {
        let (last, seed) = (view.grid.notes.iter().max_by_key(|note| note.end()), view.seed_grid.bars.last());
        complain("bars", format!("{} instead of {}; {last:?}, seed {seed:?}", view.grid.bars.len(), view.bars));
    }
    if let Some(bpm) = case.wishes.tempo_bpm
        && (score.tempo_at(ripieno_score::Tick::ZERO) - bpm).abs() > 0.01
    {
        complain("tempo", format!("{}", score.tempo_at(ripieno_score::Tick::ZERO)));
    }
    for checked in &parts {
        let name = format!("part {} ({})", checked.number, checked.event.instrument);
        for note in &checked.lost {
            if view.must_stay(checked, note) {
                complain("your notes", format!("{name} lost {note:?}"));
                break;
            }
        }
        for note in &checked.written {
            if let Some((wish, detail)) = view.wrong(checked, note) {
                complain(wish, format!("{name}: {detail}"));
                break;
            }
        }
        if let Some(limit) = view.polyphony(checked)
            && let Some(found) = view.crowded(checked, limit)
        {
            complain("polyphony", format!("{name}: {found}"));
        }
        if let Some(found) = view.wrong_rhythm(checked) {
            complain("rhythm", format!("{name}: {found}"));
        }
    }
    let written = parts.iter().map(|checked| checked.written.len()).sum();
    if written == 0 && !told {
        complain("something is written", "nothing, and no word about it".into());
    }
    (broken, written)
}

fn checked_parts<'a>(case: &'a Case, score: &'a Score, told: bool) -> Result<Vec<Checked<'a>>, String> {
    let own = case.seed.as_ref().map_or(&[][..], |seed| &seed.parts);
    let heard = case.seed.as_ref().and_then(|seed| Seed::hear(seed).ok());
    let mut left: Vec<&Part> = score.parts.iter().collect();
    let mut parts = Vec::new();
    let wanted = own.iter().map(Some).chain(case.wishes.parts.iter().map(|_| None));
    for (index, of_seed) in wanted.enumerate() {
        let event = match (of_seed, &heard) {
            (Some(_), Some(heard)) => {
                let mut event = heard.events.parts[index];
                // A single part is the tune.
                if own.len() == 1 && !event.is_drums() {
                    event.role = Role::Melody;
                }
                event
            }
            _ => case.wishes.parts[index - own.len()],
        };
        let instrument = Instrument::from_index(event.instrument);
        let is_it = |part: &&Part| match of_seed {
            Some(own) => part.name == own.name && part.instrument == own.instrument,
            None => Some(part.instrument) == instrument,
        };
        let Some(place) = left.iter().position(is_it) else {
            if told {
                continue;
            }
            return Err(format!("instruments: part {} is not in the piece", index + 1));
        };
        let part = left.remove(place);
        let mut given: BTreeMap<(u32, u8, u32), usize> = BTreeMap::new();
        let key = |note: &Note| (note.onset.0, note.pitch.value(), note.duration.0);
        of_seed.iter().flat_map(|own| &own.notes).for_each(|note| *given.entry(key(note)).or_default() += 1);
        let is_written = |note: &&Note| match given.get_mut(&key(note)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        };
        let written: Vec<Note> = part.notes.iter().filter(is_written).copied().collect();
        let lost = of_seed
            .iter()
            .flat_map(|own| &own.notes)
            .filter(|note| given.get(&key(note)).is_some_and(|&count| count > 0));
        let lost = lost.copied().collect();
        parts.push(Checked { part, number: index + 1, event, of_seed, written, lost });
    }
    Ok(parts)
}

/// The piece and the wishes, on bars.
struct View<'a> {
    case: &'a Case,
    grid: GridScore,
    seed_grid: GridScore,
    /// Steps by which the music lies behind its grid, of a tick each.
    late: f64,
    ppq: f64,
    bars: usize,
    seed_bars: usize,
    upbeat: usize,
}

impl<'a> View<'a> {
    fn new(case: &'a Case, score: &Score) -> Self {
        let (grid, _) = GridScore::from_score(score);
        let (seed_grid, report) = case.seed.as_ref().map(GridScore::from_score).unwrap_or_default();
        let seed_bars = seed_grid.bars.len();
        let first = seed_grid.bars.first().copied();
        let starts_late =
            first.is_some_and(|bar| seed_grid.notes.first().is_none_or(|note| 2 * note.onset >= bar.length));
        let upbeat = usize::from(starts_late);
        let wishes = &case.wishes;
        let sections = wishes.controls.form.as_ref().map(|form| form.letters().count());
        let bars = match (wishes.task, wishes.bars, sections) {
            (_, Some(bars), _) => bars,
            (Task::Complete, None, Some(sections)) => {
                let upbeat = if seed_bars > 1 { upbeat } else { 0 };
                upbeat + sections * (seed_bars - upbeat)
            }
            (Task::Complete | Task::Continue, None, None) => (2 * seed_bars).max(16).min(seed_bars + 32),
            _ => seed_bars,
        };
        let ppq = f64::from(score.ppq.ticks());
        Self { case, grid, seed_grid, late: report.offset_quarters * 24.0, ppq, bars, seed_bars, upbeat }
    }

    fn step(&self, note: &Note) -> u32 {
        let step = f64::from(note.onset.0) * 24.0 / self.ppq - self.late;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates")]
        let step = (step + 1e-9).round() as u32;
        step
    }

    /// Bar and position of a note.
    fn place(&self, note: &Note) -> (usize, u32) {
        let step = self.step(note);
        let bar = self.grid.bar_of(step);
        (bar, step - self.grid.bars[bar].start.min(step))
    }

    /// First and last bar that are written, from 0, the last not included.
    fn region(&self) -> std::ops::Range<usize> {
        match self.case.wishes.task {
            Task::Infill { from, to } => from - 1..to,
            Task::Continue => self.seed_bars..self.bars,
            _ => 0..self.bars,
        }
    }

    fn is_locked(&self, checked: &Checked<'_>, bar: usize) -> bool {
        let controls = &self.case.wishes.controls;
        controls.locked_bars.iter().any(|range| range.contains(&(bar + 1)))
            || controls.locked_parts.iter().any(|choice| means(choice, checked))
    }

    fn must_stay(&self, checked: &Checked<'_>, note: &Note) -> bool {
        let (bar, _) = self.place(note);
        match self.case.wishes.task {
            Task::Infill { .. } => !self.region().contains(&bar) || self.is_locked(checked, bar),
            Task::Vary => self.is_locked(checked, bar),
            _ => true,
        }
    }

    /// What of the wishes a written note breaks.
    fn wrong(&self, checked: &Checked<'_>, note: &Note) -> Option<(&'static str, String)> {
        let (bar, position) = self.place(note);
        let controls = &self.case.wishes.controls;
        let shown = format!("{} in bar {} at step {position}", note.pitch.name(), bar + 1);
        if bar >= self.bars {
            return Some(("bars", format!("{shown} of {}", self.bars)));
        }
        if !self.region().contains(&bar) || (checked.of_seed.is_some() && self.is_locked(checked, bar)) {
            return Some(("locked bars and parts", shown));
        }
        if self.returns(checked, note) {
            return None;
        }
        let pitch = note.pitch.value();
        let range = controls
            .ranges
            .iter()
            .rfind(|wish| means(&wish.parts, checked) && !(checked.event.is_drums() && wish.parts == PartChoice::All));
        if range.is_some_and(|wish| note.pitch < wish.low || note.pitch > wish.high) {
            return Some(("range", shown));
        }
        if checked.event.is_drums() {
            return None;
        }
        let class = usize::from(pitch % 12);
        let chord = self.chord(bar, position);
        let in_chord = chord.is_some_and(|chord| chord.pitch_classes()[class]);
        if controls.scale.is_some_and(|scale| !scale.pitch_classes()[class]) {
            return Some(("scale", shown));
        }
        if controls.pitches.as_ref().is_some_and(|set| !set.contains(pitch)) {
            return Some(("pitches", shown));
        }
        let key = self.case.wishes.key.filter(|_| controls.scale.is_none());
        if key.is_some_and(|key| !key.pitch_classes()[class]) && !in_chord {
            return Some(("key", shown));
        }
        let quarters = self.grid.bars[bar].meter.beat_quarters();
        let on_beat = (f64::from(position) / 24.0 / quarters).fract() < 1e-9;
        if on_beat && checked.event.role != Role::Melody && !in_chord && chord.is_some() {
            return Some(("chords", format!("{shown} on {chord:?}")));
        }
        None
    }

    /// Whether a note is one of the seed's that comes back: the same pitch at the same place of some bar.
    fn returns(&self, checked: &Checked<'_>, note: &Note) -> bool {
        if self.case.wishes.task != Task::Complete {
            return false;
        }
        let (_, position) = self.place(note);
        let own = checked.number - 1;
        self.seed_grid.notes.iter().any(|seed| {
            let bar = self.seed_grid.bars[self.seed_grid.bar_of(seed.onset)];
            usize::from(seed.part) == own && seed.pitch == note.pitch.value() && seed.onset - bar.start == position
        }) && checked.of_seed.is_some()
    }

    /// The chord that is asked for at a place.
    fn chord(&self, bar: usize, position: u32) -> Option<Chord> {
        let controls = &self.case.wishes.controls;
        let progression = controls.chords.as_ref()?;
        let count = progression.bars.len();
        let region = self.region();
        let written = bar - region.start;
        let upbeat = if region.start == 0 { self.upbeat } else { 0 };
        let index = match (progression.anchor, &controls.form) {
            (Anchor::Piece, _) => bar % count,
            (Anchor::Written, _) if written < upbeat => count - 1,
            (Anchor::Written, None) => (written - upbeat) % count,
            (Anchor::Written, Some(form)) => {
                let sections = form.letters().count();
                let before = if self.seed_bars > 1 { self.upbeat } else { 0 };
                (written - upbeat) % ((self.bars - before) / sections) % count
            }
        };
        let half = usize::from(position >= self.grid.bars[bar].length.div_ceil(2));
        progression.bars[index][half]
    }

    fn polyphony(&self, checked: &Checked<'_>) -> Option<usize> {
        let wishes = &self.case.wishes.controls.polyphony;
        wishes.iter().rfind(|wish| means(&wish.parts, checked)).map(|wish| usize::from(wish.notes))
    }

    /// Onsets that are not where the seed has them.
    fn wrong_rhythm(&self, checked: &Checked<'_>) -> Option<String> {
        if !self.case.wishes.controls.keep_rhythm || checked.of_seed.is_none() {
            return None;
        }
        let part = checked.number - 1;
        let onsets = |bar: usize, length: u32| -> BTreeSet<u32> {
            let start = self.seed_grid.bars[bar].start;
            let notes = self.seed_grid.notes_in_bars(bar..bar + 1).iter();
            let own = notes.filter(|note| usize::from(note.part) == part).map(|note| note.onset - start);
            own.filter(|&position| position < length).collect()
        };
        for bar in self.region() {
            let is_new = match self.case.wishes.task {
                Task::Complete => {
                    bar >= self.seed_bars && self.case.wishes.controls.form.is_none() && !self.is_reprise(bar)
                }
                _ => !self.is_locked(checked, bar),
            };
            if !is_new {
                continue;
            }
            let upbeat = if self.seed_bars > 1 { self.upbeat } else { 0 };
            let source = match bar {
                bar if bar < self.seed_bars => bar,
                bar if bar + 1 == self.bars => self.seed_bars - 1,
                bar => upbeat + (bar - self.seed_bars) % (self.seed_bars - upbeat),
            };
            let Some(length) = self.grid.bars.get(bar).map(|bar| bar.length) else { continue };
            let expected = onsets(source, length);
            let found = checked.part.notes.iter().map(|note| self.place(note)).filter(|&(at, _)| at == bar);
            let found: BTreeSet<u32> = found.map(|(_, position)| position).collect();
            if found != expected {
                return Some(format!("bar {} has {found:?}, not {expected:?}", bar + 1));
            }
        }
        None
    }

    /// Whether the end of the seed comes back in a bar: the last eight, four or two, after as many new ones.
    fn is_reprise(&self, bar: usize) -> bool {
        let new = self.bars - self.seed_bars;
        let back = [8, 4, 2].into_iter().find(|&bars| bars <= self.seed_bars && 2 * bars <= new).unwrap_or(0);
        bar + back >= self.bars
    }

    /// A moment at which more than `limit` notes sound in a part and one of them was written.
    fn crowded(&self, checked: &Checked<'_>, limit: usize) -> Option<String> {
        for written in checked.written.iter().filter(|note| !self.returns(checked, note)) {
            let moments = checked.part.notes.iter().map(|note| note.onset);
            for now in moments.filter(|&now| now >= written.onset && now < written.end()) {
                let notes = checked.part.notes.iter().filter(|note| note.onset <= now && note.end() > now);
                let sounding: Vec<_> = notes.map(|note| (note.pitch.name(), note.onset.0, note.end().0)).collect();
                if sounding.len() > limit {
                    return Some(format!("at tick {}, by tick {}: {sounding:?}", now.0, written.onset.0));
                }
            }
        }
        None
    }
}

fn means(choice: &PartChoice, checked: &Checked<'_>) -> bool {
    means_part(choice, checked.number, checked.event)
}

/// Whether somebody who says this means the part with a number.
pub(crate) fn means_part(choice: &PartChoice, number: usize, part: PartEvent) -> bool {
    match choice {
        PartChoice::All => true,
        PartChoice::Number(wanted) => *wanted == number,
        PartChoice::Named { instrument, role, .. } => Some(part.instrument) == *instrument || Some(part.role) == *role,
    }
}
