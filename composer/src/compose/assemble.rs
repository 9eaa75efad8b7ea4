//! Written bars and the seed as one score: the seed's notes in their own ticks, the others on the grid.

use ripieno_score::{
    Channel, Instrument, KeyChange, MeterChange, Note, Part, Pitch, Ppq, STEPS_PER_QUARTER, Score, TempoChange, Tick,
    Velocity,
};

use super::plan::Plan;
use super::room::{Placed, Room, make_room};
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
    let end = seed.map_or(start, |seed| start.max(seed.bar_start(seed.bars())));
    let last_tick = u64::from(end) * u64::from(ppq.ticks()) / u64::from(STEPS_PER_QUARTER);
    let last_tick = Tick(u32::try_from(last_tick).unwrap_or(u32::MAX));
    // What would start behind the last bar is left out, unless the person's own music goes on there.
    let behind = seed.map_or(last_tick, |seed| last_tick.max(seed.score.end()));
    if matches!(plan.request.bars.last(), Some(last) if last.given.is_empty()) {
        hold_to_the_end(&mut written, bar_starts.last().copied().unwrap_or(0), end);
    }
    let mut parts = Vec::new();
    let mut given = Vec::new();
    for (slot, mut notes) in written.into_iter().enumerate() {
        let event = request.parts[slot];
        let seed_part = seed.and_then(|seed| seed.score.parts.get(slot));
        let kept = seed_part.zip(seed);
        let kept = kept.map_or(Vec::new(), |(part, seed)| plan.seed_stays.notes(seed, slot, part, &request.bars));
        if plan.ends && event.role != Role::Drums {
            ring_out(&mut notes, bar_starts.last().copied().unwrap_or(0), end);
        }
        let restated = seed_part.map_or(Vec::new(), |part| restated_notes(plan, seed, part));
        let limits = &request.limits[slot];
        let written = notes.iter().filter(|note| tick_of(note.onset) < behind).filter_map(|note| {
            let onset = tick_of(note.onset);
            // Music that lies a little behind its grid ends with its bars all the same.
            let end = tick_of(note.end).min(last_tick);
            Some(Note {
                onset,
                pitch: Pitch::new(note.pitch)?,
                duration: Tick(end.since(onset).0.max(1)),
                velocity: Velocity::new(note.velocity)?,
            })
        });
        // What comes back in the seed's own ticks is as fixed as the seed.
        let fixed = kept.iter().chain(&restated).map(|&note| Placed { note, given: true });
        let all = fixed.chain(written.map(|note| Placed { note, given: false })).collect();
        let sounding = if limits.sounding == u8::MAX { usize::MAX } else { usize::from(limits.sounding) };
        let written = usize::from(limits.polyphony).min(sounding);
        let mut all =
            make_room(all, Room { written, all: sounding }, (ppq.ticks() / STEPS_PER_QUARTER / 2).saturating_sub(1));
        for placed in &mut all {
            placed.given &= !restated.contains(&placed.note);
        }
        if all.is_empty() {
            continue;
        }
        let instrument = Instrument::from_index(event.instrument).expect("a part's instrument is below 129");
        let channel = seed_part.map_or_else(|| free_channel(instrument, &parts), |part| part.channel);
        parts.push(Part {
            name: seed_part.map_or_else(|| instrument.name().to_owned(), |part| part.name.clone()),
            instrument,
            channel,
            notes: all.iter().map(|placed| placed.note).collect(),
        });
        given.push(all.iter().map(|placed| placed.given).collect());
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

/// The notes of the seed's part that come back at the end, moved there in the seed's own ticks.
fn restated_notes(plan: &Plan, seed: Option<&Seed>, part: &Part) -> Vec<Note> {
    let (Some(seed), Some(reprise)) = (seed, plan.reprise) else { return Vec::new() };
    let new_bars = &plan.request.bars[seed.bars()..reprise.at];
    let steps: u32 = new_bars.iter().map(|bar| meter_of(bar.meter).0).sum();
    let (from, to) = (seed.tick_of(seed.bar_start(reprise.from)), seed.tick_of(seed.bar_start(seed.bars()) + steps));
    let moved = part.notes.iter().filter(|note| note.onset >= from);
    moved.map(|note| Note { onset: note.onset - from + to, ..*note }).collect()
}

/// Lets the last notes of a part that start in the last bar sound until its end.
fn ring_out(notes: &mut [Written], last_bar: u32, end: u32) {
    let Some(last) = notes.iter().map(|note| note.onset).max().filter(|&onset| onset >= last_bar) else { return };
    for note in notes.iter_mut().filter(|note| note.onset == last) {
        note.end = end;
    }
}

/// Where nothing sounds in the last bar, the last notes are held: a piece has the bars that it has.
fn hold_to_the_end(written: &mut [Vec<Written>], last_bar: u32, end: u32) {
    let all = || written.iter().flatten();
    let Some(last) = all().map(|note| note.onset).max().filter(|_| all().all(|note| note.end <= last_bar)) else {
        return;
    };
    for notes in written {
        notes.iter_mut().filter(|note| note.onset == last).for_each(|note| note.end = end);
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
