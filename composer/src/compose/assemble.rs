//! Written bars and the seed as one score: the seed's notes in their own ticks, the others on the grid.

use std::collections::BTreeSet;

use ripieno_score::{
    Channel, Instrument, KeyChange, MeterChange, Note, Part, Pitch, Ppq, STEPS_PER_QUARTER, Score, TempoChange, Tick,
    Velocity,
};

use super::plan::{Plan, SeedStays};
use super::seed::Seed;
use crate::event::{NoteEvent, Role};
use crate::vocabulary::{DURATION_STEPS, meter_of, velocity_of};

/// A note on its way into the score; times in grid steps.
#[derive(Debug, Clone, Copy)]
struct Written {
    onset: u32,
    end: u32,
    pitch: u8,
    velocity: u8,
}

/// The piece, and for every note of every part whether the person gave it.
pub(super) fn assemble(plan: &Plan, seed: Option<&Seed>, bars: &[Vec<NoteEvent>]) -> (Score, Vec<Vec<bool>>) {
    let request = &plan.request;
    let ppq = seed.map_or(Ppq::DEFAULT, |seed| seed.score.ppq);
    let tick_of = |step: u32| match seed {
        Some(seed) => seed.tick_of(step),
        None => Tick(step * ppq.ticks() / STEPS_PER_QUARTER),
    };
    let mut start = seed.map_or(0, |seed| seed.bar_start(plan.first_bar));
    let mut written: Vec<Vec<Written>> = vec![Vec::new(); request.parts.len()];
    let mut bar_starts = Vec::with_capacity(bars.len());
    for (bar, notes) in request.bars.iter().zip(bars) {
        bar_starts.push(start);
        for note in notes {
            let onset = start + u32::from(note.position);
            written[usize::from(note.part)].push(Written {
                onset,
                end: onset + u32::from(DURATION_STEPS[usize::from(note.duration)]),
                pitch: note.pitch,
                velocity: velocity_of(note.velocity),
            });
        }
        start += meter_of(bar.meter).0;
    }
    let end = start;
    let ends_piece = !matches!(plan.seed_stays, SeedStays::Outside(_));
    let mut parts = Vec::new();
    let mut given = Vec::new();
    for (slot, mut notes) in written.into_iter().enumerate() {
        let event = request.parts[slot];
        let seed_part = seed.and_then(|seed| seed.score.parts.get(slot));
        let kept = seed_part.map_or(Vec::new(), |part| kept_notes(plan, seed, slot, part));
        make_room(&mut notes, usize::from(request.limits[slot].polyphony));
        if ends_piece && event.role != Role::Drums && !matches!(plan.seed_stays, SeedStays::Given) {
            ring_out(&mut notes, bar_starts.last().copied().unwrap_or(0), end);
        }
        let restated = seed_part.map_or(Vec::new(), |part| restated_notes(plan, seed, part));
        let mut all: Vec<(Note, bool)> = kept.iter().map(|&note| (note, true)).collect();
        all.extend(restated.iter().map(|&note| (note, false)));
        all.extend(notes.iter().filter_map(|note| {
            let onset = tick_of(note.onset);
            let note = Note {
                onset,
                pitch: Pitch::new(note.pitch)?,
                duration: Tick((tick_of(note.end) - onset).0.max(1)),
                velocity: Velocity::new(note.velocity)?,
            };
            let collides = kept
                .iter()
                .chain(&restated)
                .any(|k| k.pitch == note.pitch && k.onset < note.end() && note.onset < k.end());
            (!collides).then_some((note, false))
        }));
        if all.is_empty() {
            continue;
        }
        all.sort_by_key(|&(note, given)| (note, !given));
        let instrument = Instrument::from_index(event.instrument).expect("a part's instrument is below 129");
        let channel = seed_part.map_or_else(|| free_channel(instrument, &parts), |part| part.channel);
        parts.push(Part {
            name: seed_part.map_or_else(|| instrument.name().to_owned(), |part| part.name.clone()),
            instrument,
            channel,
            notes: all.iter().map(|&(note, _)| note).collect(),
        });
        given.push(all.iter().map(|&(_, given)| given).collect());
    }
    let score = Score {
        ppq,
        title: seed.and_then(|seed| seed.score.title.clone()),
        parts,
        tempos: tempos(plan, seed),
        meters: meters(plan, seed, &bar_starts, tick_of),
        keys: keys(plan, seed),
    };
    (score, given)
}

/// The notes of the seed's part that are in the piece.
fn kept_notes(plan: &Plan, seed: Option<&Seed>, slot: usize, part: &Part) -> Vec<Note> {
    let Some(seed) = seed else { return Vec::new() };
    match &plan.seed_stays {
        SeedStays::All => part.notes.clone(),
        SeedStays::Outside(bars) => {
            let (from, to) = (seed.tick_of(seed.bar_start(bars.start)), seed.tick_of(seed.bar_start(bars.end)));
            part.notes.iter().filter(|note| note.onset < from || note.onset >= to).copied().collect()
        }
        SeedStays::Given => {
            let kept: BTreeSet<(Tick, u8)> = (plan.request.bars.iter().enumerate())
                .flat_map(|(index, bar)| {
                    let start = seed.bar_start(index);
                    let notes = bar.given.iter().filter(|note| usize::from(note.part) == slot);
                    notes.map(move |note| (seed.tick_of(start + u32::from(note.position)), note.pitch))
                })
                .collect();
            // A note is found again by the step nearest to it.
            let near = |note: &&Note| {
                let slack = seed.score.ppq.ticks() / STEPS_PER_QUARTER;
                let from = (Tick(note.onset.0.saturating_sub(slack)), 0);
                kept.range(from..=(note.onset + Tick(slack), 127)).any(|&(_, pitch)| pitch == note.pitch.value())
            };
            part.notes.iter().filter(near).copied().collect()
        }
    }
}

/// Onset and pitch of the seed's notes that come back at the end: the person's own, though the machine puts them there.
pub(super) fn restated(plan: &Plan, seed: Option<&Seed>) -> BTreeSet<(Tick, Pitch)> {
    let parts = seed.map_or(&[][..], |seed| &seed.score.parts);
    let notes = parts.iter().flat_map(|part| restated_notes(plan, seed, part));
    notes.map(|note| (note.onset, note.pitch)).collect()
}

/// The notes of the seed's part that come back at the end, moved there in the seed's own ticks.
fn restated_notes(plan: &Plan, seed: Option<&Seed>, part: &Part) -> Vec<Note> {
    let (Some(seed), Some(reprise)) = (seed, plan.reprise) else { return Vec::new() };
    let new_bars = &plan.request.bars[seed.bars()..reprise.at];
    let steps: u32 = new_bars.iter().map(|bar| meter_of(bar.meter).0).sum();
    let (from, to) = (seed.tick_of(seed.bar_start(reprise.from)), seed.tick_of(seed.bar_start(seed.bars()) + steps));
    let moved = part.notes.iter().filter(|note| note.onset >= from);
    moved.map(|note| Note { onset: note.onset - from + to, ..*note }).collect()
}

/// Shortens notes so that no pitch is struck while it sounds and no more than `polyphony` notes sound together.
fn make_room(notes: &mut [Written], polyphony: usize) {
    notes.sort_by_key(|note| (note.onset, note.pitch));
    for index in 0..notes.len() {
        let note = notes[index];
        let sounding: Vec<usize> = (0..index).rev().take(64).filter(|&other| notes[other].end > note.onset).collect();
        let mut earlier: Vec<usize> = sounding.into_iter().filter(|&other| notes[other].onset < note.onset).collect();
        for &other in &earlier {
            if notes[other].pitch == note.pitch {
                notes[other].end = note.onset;
            }
        }
        earlier.retain(|&other| notes[other].end > note.onset);
        let here = notes.iter().filter(|other| other.onset == note.onset).count();
        let room = polyphony.saturating_sub(here);
        earlier.sort_by_key(|&other| notes[other].onset);
        let surplus = earlier.len().saturating_sub(room);
        for &other in &earlier[..surplus] {
            notes[other].end = note.onset;
        }
    }
}

/// Lets the last notes of a part that start in the last bar sound until its end.
fn ring_out(notes: &mut [Written], last_bar: u32, end: u32) {
    let Some(last) = notes.iter().map(|note| note.onset).max().filter(|&onset| onset >= last_bar) else { return };
    for note in notes.iter_mut().filter(|note| note.onset == last) {
        note.end = end;
    }
}

fn free_channel(instrument: Instrument, parts: &[Part]) -> Channel {
    if instrument.is_drums() {
        return Channel::DRUMS;
    }
    let used = |channel: Channel| parts.iter().any(|part| part.channel == channel);
    let melodic = || (0..16).filter_map(Channel::new).filter(|&channel| channel != Channel::DRUMS);
    melodic().find(|&channel| !used(channel)).or_else(|| melodic().next()).expect("there are 15 melodic channels")
}

fn tempos(plan: &Plan, seed: Option<&Seed>) -> Vec<TempoChange> {
    match (plan.tempo_bpm, seed) {
        (Some(bpm), _) => vec![TempoChange::from_bpm(Tick::ZERO, bpm)],
        (None, Some(seed)) => seed.score.tempos.clone(),
        (None, None) => Vec::new(),
    }
}

fn meters(plan: &Plan, seed: Option<&Seed>, starts: &[u32], tick_of: impl Fn(u32) -> Tick) -> Vec<MeterChange> {
    let mut meters = seed.map_or(Vec::new(), |seed| seed.score.meters.clone());
    let seed_bars = seed.map_or(0, Seed::bars);
    for (index, (bar, &start)) in plan.request.bars.iter().zip(starts).enumerate() {
        if plan.first_bar + index < seed_bars {
            continue;
        }
        let meter = meter_of(bar.meter).1;
        let starts_anew = plan.first_bar + index == seed_bars;
        let now = meters.last().map(|change: &MeterChange| change.meter);
        if now != Some(meter) || (starts_anew && seed.is_some_and(cut_short)) {
            meters.push(MeterChange { tick: tick_of(start), meter });
        }
    }
    meters
}

/// Whether the seed's last bar is shorter than its meter says.
fn cut_short(seed: &Seed) -> bool {
    let last = seed.bars() - 1;
    let length = seed.bar_start(last + 1) - seed.bar_start(last);
    let meter = seed.score.meter_at(seed.tick_of(seed.bar_start(last)));
    u32::from(meter.numerator) * 96 != length * u32::from(meter.denominator)
}

fn keys(plan: &Plan, seed: Option<&Seed>) -> Vec<KeyChange> {
    match seed {
        Some(seed) if !plan.key_asked && !seed.score.keys.is_empty() => seed.score.keys.clone(),
        _ => vec![KeyChange { tick: Tick::ZERO, key: plan.key }],
    }
}
