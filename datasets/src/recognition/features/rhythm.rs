//! When notes start and how long they last, and what the drums play.

use std::collections::BTreeSet;

use ripieno_score::{GridNote, GridScore, STEPS_PER_QUARTER};

use super::{Features, class, entropy, mean_and_deviation};

/// Eighths of a bar.
const SLOTS: usize = 8;

pub(super) fn describe(grid: &GridScore, features: &mut Features) {
    // Up to a thirty-second note or its dot, sixteenth, triplet eighth, eighth, dotted, quarter, dotted, half, whole, more.
    let mut durations = [0.0; 10];
    for note in &grid.notes {
        durations[class(note.duration, &[5, 8, 10, 15, 21, 31, 43, 67, 133])] += 1.0;
    }
    features.push_shares("duration", &durations);
    let onsets: BTreeSet<u32> = grid.notes.iter().map(|note| note.onset).collect();
    let times: Vec<u32> = onsets.iter().copied().collect();
    let mut gaps = [0.0; 9];
    let mut octaves = Vec::with_capacity(times.len());
    for pair in times.windows(2) {
        let gap = pair[1] - pair[0];
        gaps[class(gap, &[5, 8, 10, 15, 21, 31, 43, 67])] += 1.0;
        octaves.push(f64::from(gap).log2());
    }
    features.push_shares("time between onsets", &gaps);
    features.push("unevenness of onsets", mean_and_deviation(&octaves).1);
    features.push_shares("place in the quarter", &places(grid, times.iter().copied()));
    let slots = in_bar(grid, times.iter().copied());
    features.push_shares("place in the bar", &slots);
    features.push("entropy in the bar", entropy(&slots));
    // An onset between beats that lasts over the next beat, on which nothing starts.
    let over_the_beat = |&time: &u32| {
        let place = in_quarter(grid, time);
        place != 0 && !onsets.contains(&(time + STEPS_PER_QUARTER - place))
    };
    features.push("syncopation", times.iter().filter(|time| over_the_beat(time)).count() as f64 / times.len() as f64);
}

/// What drums play: low drum, snare, cymbals and the rest, each by eighths of the bar.
pub(super) fn describe_drums(grid: &GridScore, features: &mut Features) {
    let strokes: Vec<&GridNote> = grid.notes.iter().filter(|note| !grid.is_pitched(note)).collect();
    let group = |note: &GridNote| match note.pitch {
        35 | 36 => 0,
        37..=40 => 1,
        42 | 44 | 46 | 49 | 51..=53 | 55 | 57 | 59 => 2,
        _ => 3,
    };
    let mut counts = vec![0.0; 4 * SLOTS];
    for (index, name) in ["low drum", "snare", "cymbals", "other drums"].into_iter().enumerate() {
        let times = strokes.iter().filter(|note| group(note) == index).map(|note| note.onset);
        counts[SLOTS * index..SLOTS * (index + 1)].copy_from_slice(&in_bar(grid, times));
        features.push_shares(name, &counts[SLOTS * index..SLOTS * (index + 1)]);
    }
    let of_group = |index: usize| counts[SLOTS * index..SLOTS * (index + 1)].iter().sum();
    features.push_shares("drum", &[0, 1, 2, 3].map(of_group));
    features.push_shares("drums in the quarter", &places(grid, strokes.iter().map(|note| note.onset)));
}

fn in_quarter(grid: &GridScore, time: u32) -> u32 {
    grid.bars.get(grid.bar_of(time)).map_or(0, |bar| (time - bar.start) % STEPS_PER_QUARTER)
}

/// On the quarter, eighths, sixteenths, eighth triplets, thirty-seconds, sixteenth triplets, elsewhere.
fn places(grid: &GridScore, times: impl Iterator<Item = u32>) -> [f64; 7] {
    let mut counts = [0.0; 7];
    for time in times {
        let kind = match in_quarter(grid, time) {
            0 => 0,
            12 => 1,
            6 | 18 => 2,
            8 | 16 => 3,
            3 | 9 | 15 | 21 => 4,
            4 | 20 => 5,
            _ => 6,
        };
        counts[kind] += 1.0;
    }
    counts
}

fn in_bar(grid: &GridScore, times: impl Iterator<Item = u32>) -> [f64; SLOTS] {
    let mut counts = [0.0; SLOTS];
    for time in times {
        let Some(bar) = grid.bars.get(grid.bar_of(time)) else { continue };
        let slot = (time - bar.start) as usize * SLOTS / bar.length.max(1) as usize;
        counts[slot.min(SLOTS - 1)] += 1.0;
    }
    counts
}
