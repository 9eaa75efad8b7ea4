//! [`GridScore`] to [`EventScore`] and back.

use ripieno_score::{GridBar, GridNote, GridPart, GridScore, Instrument};

use crate::event::{BarEvents, EventScore, NoteEvent, PartEvent, Role};
use crate::vocabulary::{
    DURATION_STEPS, MAX_BAR_STEPS, PARTS, duration_class, meter_class, meter_of, tempo_class, tempo_of, velocity_class,
    velocity_of,
};

/// The same piece with every bar of more than 192 steps cut into bars of at most 192.
pub fn split_long_bars(grid: &GridScore) -> GridScore {
    let longest = MAX_BAR_STEPS as u32;
    let mut bars = Vec::with_capacity(grid.bars.len());
    for bar in &grid.bars {
        let mut start = bar.start;
        while bar.end() - start > longest {
            bars.push(GridBar { start, length: longest, ..*bar });
            start += longest;
        }
        bars.push(GridBar { start, length: bar.end() - start, ..*bar });
    }
    GridScore { parts: grid.parts.clone(), bars, notes: grid.notes.clone() }
}

/// A piece whose bars all fit ([`split_long_bars`]) as events. Beyond 48 parts, those with the fewest notes are left out.
pub fn encode(grid: &GridScore) -> EventScore {
    let kept = kept_parts(grid);
    let roles = find_roles(grid);
    let mut slots = vec![None; grid.parts.len()];
    let mut parts = Vec::with_capacity(kept.len());
    for (slot, &index) in kept.iter().enumerate() {
        slots[index] = Some(slot as u8);
        parts.push(PartEvent { instrument: grid.parts[index].instrument.index(), role: roles[index] });
    }
    let bars = (0..grid.bars.len()).map(|index| {
        let bar = &grid.bars[index];
        let mut notes: Vec<NoteEvent> = grid
            .notes_in_bars(index..index + 1)
            .iter()
            .filter_map(|note| {
                Some(NoteEvent {
                    position: (note.onset - bar.start) as u8,
                    part: slots[usize::from(note.part)]?,
                    pitch: note.pitch,
                    duration: duration_class(note.duration),
                    velocity: velocity_class(note.velocity),
                })
            })
            .collect();
        notes.sort_unstable();
        BarEvents { meter: meter_class(bar.length, bar.meter), tempo: tempo_class(bar.tempo_bpm), notes }
    });
    EventScore { bars: bars.collect(), parts }
}

/// The events as music on the grid, parts unnamed.
pub fn decode(events: &EventScore) -> GridScore {
    let parts = events
        .parts
        .iter()
        .map(|part| GridPart {
            name: String::new(),
            instrument: Instrument::from_index(part.instrument).expect("a part's instrument is below 129"),
        })
        .collect();
    let mut bars = Vec::with_capacity(events.bars.len());
    let mut notes = Vec::with_capacity(events.note_count());
    let mut start = 0;
    for bar in &events.bars {
        let (length, meter) = meter_of(bar.meter);
        bars.push(GridBar { start, length, meter, tempo_bpm: tempo_of(bar.tempo) });
        notes.extend(bar.notes.iter().map(|note| GridNote {
            onset: start + u32::from(note.position),
            part: note.part.into(),
            pitch: note.pitch,
            duration: DURATION_STEPS[usize::from(note.duration)].into(),
            velocity: velocity_of(note.velocity),
        }));
        start += length;
    }
    notes.sort_unstable();
    GridScore { parts, bars, notes }
}

/// Indices of the parts that get a slot, in the order of the score.
fn kept_parts(grid: &GridScore) -> Vec<usize> {
    let mut kept: Vec<usize> = (0..grid.parts.len()).collect();
    if kept.len() > PARTS {
        let mut counts = vec![0usize; grid.parts.len()];
        for note in &grid.notes {
            counts[usize::from(note.part)] += 1;
        }
        kept.sort_by_key(|&part| std::cmp::Reverse(counts[part]));
        kept.truncate(PARTS);
        kept.sort_unstable();
    }
    kept
}

/// What each part does, heard from its notes.
fn find_roles(grid: &GridScore) -> Vec<Role> {
    #[derive(Clone, Default)]
    struct Heard {
        notes: u32,
        onsets: u32,
        pitch_sum: u64,
        last_onset: Option<u32>,
    }
    let mut heard = vec![Heard::default(); grid.parts.len()];
    for note in &grid.notes {
        let part = &mut heard[usize::from(note.part)];
        part.notes += 1;
        part.pitch_sum += u64::from(note.pitch);
        if part.last_onset != Some(note.onset) {
            part.onsets += 1;
            part.last_onset = Some(note.onset);
        }
    }
    let mean_pitch = |part: usize| heard[part].pitch_sum as f64 / f64::from(heard[part].notes.max(1));
    let mut roles: Vec<Role> = (0..grid.parts.len())
        .map(|part| {
            let Heard { notes, onsets, .. } = heard[part];
            match grid.parts[part].instrument {
                Instrument::Drums => Role::Drums,
                _ if f64::from(notes) > 1.4 * f64::from(onsets) => Role::Chords,
                _ => Role::Inner,
            }
        })
        .collect();
    let single = |roles: &[Role]| (0..roles.len()).filter(|&p| roles[p] == Role::Inner).collect::<Vec<_>>();
    if let Some(&top) = single(&roles).iter().max_by(|&&a, &&b| mean_pitch(a).total_cmp(&mean_pitch(b)).then(b.cmp(&a)))
    {
        roles[top] = Role::Melody;
    }
    if let Some(&low) = single(&roles).iter().min_by(|&&a, &&b| mean_pitch(a).total_cmp(&mean_pitch(b)).then(a.cmp(&b)))
        && mean_pitch(low) < 55.0
    {
        roles[low] = Role::Bass;
    }
    roles
}

#[cfg(test)]
mod tests;
