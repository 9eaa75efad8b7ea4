//! What is counted while playing, and printed at the end.

use std::io::{self, Write};
use std::time::Duration;

use serde::Serialize;

/// The count of a performance.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tally {
    pub(crate) seconds: f64,
    pub(crate) machine_notes: u64,
    pub(crate) own_notes: u64,
    /// Events that came to the engine after their frame.
    pub(crate) late_events: u64,
    /// Gaps that the sound system reported.
    pub(crate) underruns: u64,
    /// Callbacks that took longer than what they rendered lasts.
    pub(crate) overloads: u64,
    /// Beats that were filled with what was heard before, because the model was late.
    pub(crate) fallbacks: u64,
    pub(crate) plans_thrown_away: u64,
    /// Pitches that were drawn again because a copy of what was learnt would have grown too long.
    pub(crate) notes_drawn_again: u64,
    /// The heaviest copy in what the machine played, in notes that say something.
    pub(crate) heaviest_copy: f32,
    /// Milliseconds for a step of the music: half took no more, 99 of 100 took no more, the longest.
    pub(crate) think_ms: [f64; 3],
    pub(crate) least_look_ahead_beats: f64,
    /// Resident memory after five minutes and at the end, in MiB; `None` where the system does not tell.
    pub(crate) memory_mib: Option<[f64; 2]>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            seconds: 0.0,
            machine_notes: 0,
            own_notes: 0,
            late_events: 0,
            underruns: 0,
            overloads: 0,
            fallbacks: 0,
            plans_thrown_away: 0,
            notes_drawn_again: 0,
            heaviest_copy: 0.0,
            think_ms: [0.0; 3],
            least_look_ahead_beats: f64::MAX,
            memory_mib: None,
        }
    }
}

impl Tally {
    /// Looks at the memory: the first time, and what it is by now.
    pub(crate) fn note_memory(&mut self) {
        let Some(now) = resident_mib() else { return };
        self.memory_mib = Some([self.memory_mib.map_or(now, |[first, _]| first), now]);
    }

    pub(crate) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let [half, most, worst] = self.think_ms;
        writeln!(
            out,
            "played    {:.0} s, {} notes of the machine, {} of yours",
            self.seconds, self.machine_notes, self.own_notes
        )?;
        writeln!(
            out,
            "sound     {} late events, {} underruns, {} overloads",
            self.late_events, self.underruns, self.overloads
        )?;
        writeln!(
            out,
            "model     p50 {half:.1} ms, p99 {most:.1} ms, worst {worst:.1} ms a step; {} fallbacks, {} plans thrown away",
            self.fallbacks, self.plans_thrown_away
        )?;
        if self.least_look_ahead_beats < f64::MAX {
            writeln!(out, "          never less than {:.1} beats ahead", self.least_look_ahead_beats)?;
        }
        writeln!(
            out,
            "original  at most {:.1} notes that say something are those of one source; {} notes drawn again",
            self.heaviest_copy, self.notes_drawn_again
        )?;
        match self.memory_mib {
            Some([first, last]) => {
                writeln!(
                    out,
                    "memory    {first:.1} MiB early on (after five minutes, if it was longer), {last:.1} at the end"
                )
            }
            None => Ok(()),
        }
    }
}

/// Resident memory of this process, where Linux tells it.
fn resident_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}

/// How long the steps of the music took: counts of buckets a twelfth of an octave wide, from a microsecond.
#[derive(Debug, Clone)]
pub(crate) struct Thoughts {
    buckets: [u64; 300],
    worst: Duration,
}

impl Default for Thoughts {
    fn default() -> Self {
        Self { buckets: [0; 300], worst: Duration::ZERO }
    }
}

impl Thoughts {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the buckets")]
    pub(crate) fn add(&mut self, took: Duration) {
        let bucket = (12.0 * (took.as_secs_f64() * 1e6).max(1.0).log2()).clamp(0.0, 299.0) as usize;
        self.buckets[bucket] += 1;
        self.worst = self.worst.max(took);
    }

    /// Upper ends of the buckets of the median and the 99th percentile, and the longest.
    pub(crate) fn quantiles_ms(&self) -> [f64; 3] {
        let total: u64 = self.buckets.iter().sum();
        let quantile = |share: f64| {
            let mut left = (total as f64 * share).ceil();
            let bucket = self.buckets.iter().position(|&count| {
                left -= count as f64;
                left <= 0.0
            });
            bucket.map_or(0.0, |bucket| ((bucket + 1) as f64 / 12.0).exp2() / 1000.0)
        };
        [quantile(0.5), quantile(0.99), self.worst.as_secs_f64() * 1000.0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_right_to_a_twelfth_of_an_octave() {
        let mut thoughts = Thoughts::default();
        (1..=1000u64).for_each(|index| thoughts.add(Duration::from_micros(10 * index)));
        let [half, most, worst] = thoughts.quantiles_ms();
        assert!((5.0..5.4).contains(&half) && (9.9..10.6).contains(&most), "{half} {most}");
        assert!((worst - 10.0).abs() < 1e-9);
    }
}
