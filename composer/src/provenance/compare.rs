//! What was edited since a piece was written.

use std::collections::{BTreeMap, HashMap};

use ripieno_score::{Meter, Note, Part, Pitch, Ppq, Score, Tick};

use super::origin::Origin;

/// Parts that are looked at as homes of one note: a hostile file has thousands that play the same.
const MAX_HOMES: usize = 8;

/// A recorded piece beside the same piece as it is now.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What is no longer as it was, in order of time.
    pub changes: Vec<Change>,
    /// For every part of the piece as it is now, who its notes are from.
    pub origins: Vec<Vec<Origin>>,
    /// Recorded parts that another instrument plays now: their numbers in the record.
    pub other_instruments: Vec<usize>,
    /// Whether the tempo is another.
    pub other_tempo: bool,
}

/// A note that is no longer as it was. Times are in ticks of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Bar of the piece as it was recorded, counted from 1.
    pub bar: u32,
    /// Beat of that bar's time signature, counted from 1.
    pub beat: u32,
    /// The part's name, or its instrument's.
    pub part: String,
    /// The note of the record; `None` for one that was put in.
    pub was: Option<Note>,
    /// The note of the piece; `None` for one that was taken out.
    pub is: Option<Note>,
}

/// Compares what was recorded, with the origins of its notes, with the piece as it is now. Other resolutions and another order
/// of parts are no changes.
pub fn compare(recorded: &Score, origins: &[Vec<Origin>], now: &Score) -> Comparison {
    let parts: Vec<Part> = now
        .parts
        .iter()
        .map(|part| Part { notes: rescaled(&part.notes, now.ppq, recorded.ppq), ..part.clone() })
        .collect();
    let homes = homes(&recorded.parts, &parts);
    let lines = BarLines::of(recorded);
    let mut changes = Vec::new();
    let mut found: Vec<Vec<Origin>> = parts.iter().map(|part| vec![Origin::Edited; part.notes.len()]).collect();
    let mut other_instruments = Vec::new();
    for (index, (part, origins)) in recorded.parts.iter().zip(origins).enumerate() {
        let name = name(part);
        let Some(home) = homes[index] else {
            changes.extend(part.notes.iter().map(|&note| lines.change(&name, Some(note), None)));
            continue;
        };
        let theirs = &parts[home];
        if theirs.instrument != part.instrument {
            other_instruments.push(index);
        }
        let mut left: HashMap<Note, Vec<usize>> = HashMap::new();
        for (at, &note) in theirs.notes.iter().enumerate().rev() {
            left.entry(note).or_default().push(at);
        }
        let mut gone = Vec::new();
        for (note, &origin) in part.notes.iter().zip(origins) {
            match left.get_mut(note).and_then(Vec::pop) {
                Some(at) => found[home][at] = origin,
                None => gone.push(*note),
            }
        }
        let come = left.iter().flat_map(|(&note, places)| places.iter().map(move |_| note)).collect();
        changes.extend(paired(gone, come).into_iter().map(|(was, is)| lines.change(&name, was, is)));
    }
    for (index, part) in parts.iter().enumerate().filter(|(index, _)| !homes.contains(&Some(*index))) {
        debug_assert!(found[index].iter().all(|&origin| origin == Origin::Edited));
        changes.extend(part.notes.iter().map(|&note| lines.change(&name(part), None, Some(note))));
    }
    changes.sort_by_key(|change| (change.was.or(change.is).map(|note| note.onset), change.part.clone()));
    Comparison { changes, origins: found, other_instruments, other_tempo: tempos(recorded) != tempos(now) }
}

impl Comparison {
    /// Whether everything is as it was.
    pub fn is_same(&self) -> bool {
        self.changes.is_empty() && self.other_instruments.is_empty() && !self.other_tempo
    }

    /// The bars that were changed, such as `3, 5-7`.
    pub fn bars(&self) -> String {
        let mut bars: Vec<u32> = self.changes.iter().map(|change| change.bar).collect();
        bars.sort_unstable();
        bars.dedup();
        let runs = bars.chunk_by(|one, other| one + 1 == *other).map(|run| match run {
            [only] => only.to_string(),
            _ => format!("{}-{}", run[0], run[run.len() - 1]),
        });
        runs.collect::<Vec<_>>().join(", ")
    }
}

fn name(part: &Part) -> String {
    if part.name.is_empty() { part.instrument.name().to_owned() } else { part.name.clone() }
}

/// Notes at another resolution, to the nearest tick.
fn rescaled(notes: &[Note], from: Ppq, to: Ppq) -> Vec<Note> {
    let (from, to) = (u64::from(from.ticks()), u64::from(to.ticks()));
    let tick = |tick: Tick| Tick(u32::try_from((u64::from(tick.0) * to + from / 2) / from).unwrap_or(u32::MAX));
    let note = |note: &Note| {
        let onset = tick(note.onset);
        Note { onset, duration: tick(note.end()).since(onset).max(Tick(1)), ..*note }
    };
    if from == to { notes.to_vec() } else { notes.iter().map(note).collect() }
}

/// Which part of the piece each recorded part is: the one that has most notes in common with it, then the same instrument,
/// then the same place.
fn homes(recorded: &[Part], parts: &[Part]) -> Vec<Option<usize>> {
    let mut by_place: HashMap<(Tick, Pitch), Vec<usize>> = HashMap::new();
    for (index, part) in parts.iter().enumerate() {
        for note in &part.notes {
            let homes = by_place.entry((note.onset, note.pitch)).or_default();
            if homes.len() < MAX_HOMES && homes.last() != Some(&index) {
                homes.push(index);
            }
        }
    }
    let mut common: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for (index, part) in recorded.iter().enumerate() {
        for note in &part.notes {
            for &home in by_place.get(&(note.onset, note.pitch)).map_or(&[][..], |homes| homes) {
                *common.entry((index, home)).or_default() += 1;
            }
        }
        if index < parts.len() {
            common.entry((index, index)).or_default();
        }
    }
    let mut pairs: Vec<((usize, usize), usize)> = common.into_iter().collect();
    pairs.sort_by_key(|&((index, home), notes)| {
        let other = recorded[index].instrument != parts[home].instrument;
        (std::cmp::Reverse(notes), other, index.abs_diff(home))
    });
    let mut homes = vec![None; recorded.len()];
    let mut taken = vec![false; parts.len()];
    for ((index, home), _) in pairs {
        if homes[index].is_none() && !taken[home] {
            (homes[index], taken[home]) = (Some(home), true);
        }
    }
    homes
}

/// What became of what: a note that is gone is the one that came at its onset and pitch, else at its onset, else next at its
/// pitch within a few notes; what is left was taken out or put in.
fn paired(mut gone: Vec<Note>, mut come: Vec<Note>) -> Vec<(Option<Note>, Option<Note>)> {
    gone.sort_unstable();
    come.sort_unstable();
    let mut pairs = Vec::new();
    let mut pair = |same: &dyn Fn(&Note) -> (u32, u8)| {
        let mut free: HashMap<(u32, u8), Vec<Note>> = HashMap::new();
        come.iter().rev().for_each(|&note| free.entry(same(&note)).or_default().push(note));
        gone.retain(|&was| match free.get_mut(&same(&was)).and_then(Vec::pop) {
            Some(is) => {
                pairs.push((Some(was), Some(is)));
                false
            }
            None => true,
        });
        come = free.into_values().flatten().collect();
        come.sort_unstable();
    };
    pair(&|note| (note.onset.0, note.pitch.value()));
    pair(&|note| (note.onset.0, 128));
    pair(&|note| (note.duration.0, note.pitch.value()));
    pairs.extend(gone.into_iter().map(|was| (Some(was), None)));
    pairs.extend(come.into_iter().map(|is| (None, Some(is))));
    pairs
}

/// Tempos with their times in millionths of a quarter note; what changes nothing is left out.
fn tempos(score: &Score) -> Vec<(u64, u32)> {
    let ppq = u64::from(score.ppq.ticks());
    let mut tempos = vec![(0, 500_000)];
    for change in &score.tempos {
        let at = u64::from(change.tick.0) * 1_000_000 / ppq;
        tempos.retain(|&(before, _)| before < at);
        tempos.push((at, change.micros_per_quarter));
    }
    tempos.dedup_by_key(|&mut (_, micros)| micros);
    tempos
}

/// Where the bars of a piece begin.
struct BarLines {
    /// Stretches of one meter: first tick, number of the first bar, ticks of a bar, beats of a bar.
    stretches: Vec<(Tick, u32, u32, u32)>,
}

impl BarLines {
    fn of(score: &Score) -> Self {
        let stretch =
            |tick: Tick, bar: u32, meter: Meter| (tick, bar, meter.bar_ticks(score.ppq).0, u32::from(meter.numerator));
        let mut stretches = vec![stretch(Tick::ZERO, 1, Meter::COMMON)];
        for change in &score.meters {
            let &(start, bar, length, _) = stretches.last().expect("there is a first one");
            let bars = change.tick.since(start).0.div_ceil(length);
            if bars == 0 {
                stretches.pop();
            }
            stretches.push(stretch(change.tick, bar.saturating_add(bars), change.meter));
        }
        Self { stretches }
    }

    fn change(&self, part: &str, was: Option<Note>, is: Option<Note>) -> Change {
        let tick = was.or(is).map_or(Tick::ZERO, |note| note.onset);
        let next = self.stretches.partition_point(|&(start, ..)| start <= tick);
        let (start, bar, length, beats) = self.stretches[next.saturating_sub(1)];
        let since = tick.since(start).0;
        let beat = u64::from(since % length) * u64::from(beats) / u64::from(length) + 1;
        Change { bar: bar.saturating_add(since / length), beat: beat as u32, part: part.to_owned(), was, is }
    }
}

#[cfg(test)]
mod tests {
    use ripieno_score::{Channel, Instrument, MeterChange, TempoChange, Velocity};

    use super::*;

    fn note(onset: u32, pitch: u8) -> Note {
        Note { onset: Tick(onset), pitch: Pitch::new(pitch).unwrap(), duration: Tick(240), velocity: Velocity::DEFAULT }
    }

    fn part(instrument: u8, notes: Vec<Note>) -> Part {
        let instrument = Instrument::from_index(instrument).unwrap();
        Part { name: String::new(), instrument, channel: Channel::new(0).unwrap(), notes }
    }

    /// Two parts of eight bars in 3/4.
    fn piece() -> Score {
        let notes = |pitch: u8| (0..24).map(|beat| note(beat * 480, pitch + beat as u8 % 5)).collect();
        Score {
            parts: vec![part(73, notes(72)), part(42, notes(48))],
            meters: vec![MeterChange { tick: Tick::ZERO, meter: Meter { numerator: 3, denominator: 4 } }],
            ..Score::default()
        }
    }

    fn compared(now: &Score) -> Comparison {
        compare(&piece(), &[vec![Origin::Person; 24], vec![Origin::Machine; 24]], now)
    }

    #[test]
    fn an_untouched_piece_is_the_same_at_any_resolution_and_in_any_order() {
        let mut now = piece();
        now.ppq = Ppq::new(960).unwrap();
        now.parts.iter_mut().flat_map(|part| &mut part.notes).for_each(|note| {
            (note.onset, note.duration) = (note.onset + note.onset, note.duration + note.duration);
        });
        now.parts.reverse();
        let comparison = compared(&now);
        assert!(comparison.is_same(), "{comparison:?}");
        assert_eq!(comparison.origins, [vec![Origin::Machine; 24], vec![Origin::Person; 24]]);
    }

    #[test]
    fn one_changed_note_is_named() {
        let mut now = piece();
        now.parts[1].notes[7].pitch = Pitch::new(60).unwrap();
        let comparison = compared(&now);
        let [change] = comparison.changes.as_slice() else { panic!("{comparison:?}") };
        assert_eq!((change.bar, change.beat, change.part.as_str()), (3, 2, "Cello"));
        assert_eq!(change.was.zip(change.is), Some((note(7 * 480, 50), note(7 * 480, 60))));
        assert_eq!(comparison.bars(), "3");
        assert_eq!(comparison.origins[1].iter().filter(|&&origin| origin == Origin::Edited).count(), 1);
        assert_eq!(comparison.origins[1][7], Origin::Edited);
    }

    #[test]
    fn what_is_put_in_taken_out_and_moved_is_told_apart() {
        let mut now = piece();
        now.parts[0].notes.remove(0);
        now.parts[0].notes.push(note(24 * 480, 90));
        now.parts[1].notes[3].onset = Tick(3 * 480 + 60);
        let comparison = compared(&now);
        let kinds: Vec<(u32, bool, bool)> =
            comparison.changes.iter().map(|change| (change.bar, change.was.is_some(), change.is.is_some())).collect();
        assert_eq!(kinds, [(1, true, false), (2, true, true), (9, false, true)]);
        assert_eq!(comparison.bars(), "1-2, 9");
    }

    #[test]
    fn another_instrument_another_tempo_and_another_part_are_changes() {
        let mut now = piece();
        now.parts[0].instrument = Instrument::from_index(40).unwrap();
        assert_eq!(compared(&now).other_instruments, [0]);
        now = piece();
        now.tempos = vec![TempoChange::from_bpm(Tick::ZERO, 120.0)];
        assert!(compared(&now).is_same(), "120 is what a file means that says nothing");
        now.tempos = vec![TempoChange::from_bpm(Tick::ZERO, 90.0)];
        assert!(compared(&now).other_tempo);
        now = piece();
        now.parts.push(part(0, vec![note(0, 30)]));
        assert_eq!(compared(&now).changes.len(), 1);
        now = piece();
        now.parts.clear();
        assert_eq!(compared(&now).changes.len(), 48);
    }
}
