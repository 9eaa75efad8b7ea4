//! Grid to score.

use super::bars::bars_steps;
use super::{GridPart, GridScore, STEPS_PER_QUARTER};
use crate::note::{Channel, Instrument, Note, Pitch, Velocity};
use crate::score::{MeterChange, Part, Score, TempoChange};
use crate::time::{Ppq, Tick};

/// Channels of a MIDI port that are not percussion.
const MELODIC_CHANNELS: [u8; 15] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15];

impl GridScore {
    /// The piece as a score of any resolution, each step on the nearest tick.
    ///
    /// A bar shorter than its meter is written by repeating the time signature where it ends, which is how
    /// [`GridScore::from_score`] reads it back; at a resolution that is a multiple of 24 it reads back the very same
    /// piece, except for empty bars after the last note and tempos rounded to a microsecond a quarter. Drums get channel 9; other parts a channel each, and
    /// beyond fifteen of them share one with a part of the same program where there is one. Notes whose part,
    /// pitch or velocity does not exist are left out.
    pub fn to_score(&self, ppq: Ppq) -> Score {
        let mut parts: Vec<Part> = self
            .parts
            .iter()
            .zip(channels(&self.parts))
            .map(|(part, channel)| Part {
                name: part.name.clone(),
                instrument: part.instrument,
                channel,
                notes: Vec::new(),
            })
            .collect();
        for note in &self.notes {
            let Some(part) = parts.get_mut(usize::from(note.part)) else { continue };
            let (Some(pitch), Some(velocity)) = (Pitch::new(note.pitch), Velocity::new(note.velocity)) else {
                continue;
            };
            let onset = tick_of(note.onset, ppq);
            let duration = Tick((tick_of(note.end(), ppq) - onset).0.max(1));
            part.notes.push(Note { onset, pitch, duration, velocity });
        }
        Score { ppq, title: None, parts, tempos: self.tempos(ppq), meters: self.meters(ppq), keys: Vec::new() }
    }

    fn tempos(&self, ppq: Ppq) -> Vec<TempoChange> {
        let mut tempos: Vec<TempoChange> = Vec::new();
        for bar in &self.bars {
            let change = TempoChange::from_bpm(tick_of(bar.start, ppq), f64::from(bar.tempo_bpm));
            if tempos.last().is_none_or(|last| last.micros_per_quarter != change.micros_per_quarter) {
                tempos.push(change);
            }
        }
        tempos
    }

    /// A meter change wherever a bar does not follow from the change before it.
    fn meters(&self, ppq: Ppq) -> Vec<MeterChange> {
        let mut meters = Vec::new();
        let mut anchor = None;
        for bar in &self.bars {
            let follows = anchor.is_some_and(|(start, meter, count)| {
                meter == bar.meter && u64::from(start) + bars_steps(meter, count) == u64::from(bar.start)
            });
            anchor = match anchor {
                Some((start, meter, count)) if follows => Some((start, meter, count + 1)),
                _ => {
                    meters.push(MeterChange { tick: tick_of(bar.start, ppq), meter: bar.meter });
                    Some((bar.start, bar.meter, 1))
                }
            };
        }
        if let (Some((start, meter, count)), Some(last)) = (anchor, self.bars.last())
            && u64::from(start) + bars_steps(meter, count) != u64::from(last.end())
        {
            meters.push(MeterChange { tick: tick_of(last.end(), ppq), meter });
        }
        meters
    }
}

/// The tick nearest to a step; the last one that exists for a step beyond all ticks.
fn tick_of(step: u32, ppq: Ppq) -> Tick {
    let steps_per_quarter = u64::from(STEPS_PER_QUARTER);
    let tick = (u64::from(step) * u64::from(ppq.ticks()) + steps_per_quarter / 2) / steps_per_quarter;
    Tick(u32::try_from(tick).unwrap_or(u32::MAX))
}

fn channels(parts: &[GridPart]) -> Vec<Channel> {
    let mut owners: Vec<(Instrument, Channel)> = Vec::new();
    let mut channels = Vec::with_capacity(parts.len());
    for part in parts {
        let channel = if part.instrument.is_drums() {
            Channel::DRUMS
        } else if let Some(free) = MELODIC_CHANNELS.get(owners.len()).and_then(|&channel| Channel::new(channel)) {
            owners.push((part.instrument, free));
            free
        } else {
            let same = owners.iter().find(|owner| owner.0 == part.instrument);
            same.or(owners.last()).map_or(Channel::DRUMS, |owner| owner.1)
        };
        channels.push(channel);
    }
    channels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::Program;

    fn part(index: u8) -> GridPart {
        GridPart { name: String::new(), instrument: Instrument::from_index(index).expect("in range") }
    }

    fn check_channels(instruments: impl IntoIterator<Item = u8>, expect: &[u8]) {
        let parts: Vec<GridPart> = instruments.into_iter().map(part).collect();
        assert_eq!(channels(&parts).iter().map(|channel| channel.value()).collect::<Vec<_>>(), expect);
    }

    #[test]
    fn drums_keep_their_channel_and_the_others_avoid_it() {
        check_channels([0, 128, 0, 40, 128], &[0, 9, 1, 2, 9]);
        check_channels(0..17, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 15, 15]);
        check_channels((0..15).chain([3]), &[0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 3]);
    }

    #[test]
    fn steps_go_to_the_nearest_tick_and_never_overflow() {
        let ppq = |value| Ppq::new(value).expect("in range");
        assert_eq!(tick_of(7, ppq(480)), Tick(140));
        assert_eq!(tick_of(1, ppq(100)), Tick(4));
        assert_eq!(tick_of(u32::MAX, ppq(32767)), Tick(u32::MAX));
    }

    #[test]
    fn a_note_that_cannot_exist_is_left_out() {
        let note = |part, pitch, velocity| super::super::GridNote { onset: 0, part, pitch, duration: 1, velocity };
        let grid = GridScore {
            parts: vec![GridPart { name: String::new(), instrument: Instrument::Program(Program::default()) }],
            bars: Vec::new(),
            notes: vec![note(0, 60, 80), note(0, 60, 0), note(0, 128, 80), note(1, 60, 80)],
        };
        assert_eq!(grid.to_score(Ppq::DEFAULT).note_count(), 1);
    }
}
