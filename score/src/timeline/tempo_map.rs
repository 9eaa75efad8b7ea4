//! Ticks to seconds and back, exact over every tempo change.

use crate::score::TempoChange;
use crate::time::{Ppq, Tick};

/// 120 quarter notes a minute: the tempo before the first change (Standard MIDI Files 1.0, "Set Tempo").
pub(crate) const DEFAULT_MICROS_PER_QUARTER: u32 = 500_000;

/// Converts between ticks and seconds, piece by piece.
#[derive(Debug, Clone, PartialEq)]
pub struct TempoMap {
    /// The first starts at tick zero; sorted by tick.
    pieces: Vec<Piece>,
}

/// A stretch of constant tempo.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Piece {
    tick: Tick,
    start_s: f64,
    seconds_per_tick: f64,
}

impl TempoMap {
    /// The map of `tempos`, which are sorted by tick; where several share a tick the last one counts.
    pub fn new(ppq: Ppq, tempos: &[TempoChange]) -> Self {
        let seconds_per_tick = |micros: u32| f64::from(micros) / 1e6 / f64::from(ppq.ticks());
        let first =
            Piece { tick: Tick::ZERO, start_s: 0.0, seconds_per_tick: seconds_per_tick(DEFAULT_MICROS_PER_QUARTER) };
        let mut pieces = vec![first];
        // Summed as whole microseconds times ppq, so that a thousand tempo changes add no rounding error.
        let mut elapsed = 0_u128;
        let mut micros = DEFAULT_MICROS_PER_QUARTER;
        let mut at = Tick::ZERO;
        for change in tempos {
            elapsed += u128::from(change.tick.since(at).0) * u128::from(micros);
            at = at.max(change.tick);
            micros = change.micros_per_quarter;
            if pieces.last().is_some_and(|last| last.tick == at) {
                pieces.pop();
            }
            #[expect(clippy::cast_precision_loss, reason = "the nearest f64 is what is wanted")]
            let start_s = elapsed as f64 / f64::from(ppq.ticks()) / 1e6;
            pieces.push(Piece { tick: at, start_s, seconds_per_tick: seconds_per_tick(micros) });
        }
        Self { pieces }
    }

    /// Seconds from the start of the piece to `tick`.
    pub fn seconds(&self, tick: Tick) -> f64 {
        let after = self.pieces.partition_point(|piece| piece.tick <= tick);
        let piece = self.pieces[after.saturating_sub(1)];
        piece.start_s + f64::from(tick.since(piece.tick).0) * piece.seconds_per_tick
    }

    /// The tick nearest to `seconds`; negative times and NaN give the first tick.
    pub fn tick(&self, seconds: f64) -> Tick {
        let after = self.pieces.partition_point(|piece| piece.start_s <= seconds);
        let piece = self.pieces[after.saturating_sub(1)];
        let ticks = ((seconds - piece.start_s) / piece.seconds_per_tick).round().clamp(0.0, f64::from(u32::MAX));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to u32 on the line above; NaN becomes zero"
        )]
        let ticks = Tick(ticks as u32);
        piece.tick + ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ppq(value: u16) -> Ppq {
        Ppq::new(value).expect("tests use valid resolutions")
    }

    #[test]
    fn without_a_tempo_a_quarter_note_lasts_half_a_second() {
        let map = TempoMap::new(ppq(480), &[]);
        assert_eq!(map.seconds(Tick(480)), 0.5);
        assert_eq!(map.tick(0.5), Tick(480));
        assert_eq!(map.tick(f64::NAN), Tick::ZERO);
        assert_eq!(map.tick(-1.0), Tick::ZERO);
    }

    #[test]
    fn each_stretch_keeps_its_own_tempo() {
        let tempos = [
            TempoChange { tick: Tick(96), micros_per_quarter: 1_000_000 },
            TempoChange { tick: Tick(192), micros_per_quarter: 250_000 },
        ];
        let map = TempoMap::new(ppq(96), &tempos);
        assert_eq!(map.seconds(Tick(96)), 0.5);
        assert_eq!(map.seconds(Tick(144)), 1.0);
        assert_eq!(map.seconds(Tick(192)), 1.5);
        assert_eq!(map.seconds(Tick(288)), 1.75);
        assert_eq!(map.tick(1.625), Tick(240));
    }

    #[test]
    fn the_last_tempo_on_a_tick_counts() {
        let tempos = [
            TempoChange { tick: Tick::ZERO, micros_per_quarter: 9 },
            TempoChange { tick: Tick::ZERO, micros_per_quarter: 1_000_000 },
        ];
        assert_eq!(TempoMap::new(ppq(96), &tempos).seconds(Tick(96)), 1.0);
    }
}
