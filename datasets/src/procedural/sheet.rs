//! The paper that composers write on: seats, tones in ticks, and a clean [`Score`] at the end.

use ripieno_score::{Channel, Meter, MeterChange, Note, Part, Pitch, Ppq, Score, TempoChange, Tick, Velocity};

use super::chance::Chance;
use super::player::Player;

/// A quarter note in ticks.
pub(crate) const QUARTER: i32 = 480;
/// An eighth note in ticks.
pub(crate) const EIGHTH: i32 = QUARTER / 2;
/// A sixteenth note in ticks.
pub(crate) const SIXTEENTH: i32 = QUARTER / 4;
/// An eighth note of a triplet in ticks.
pub(crate) const TRIPLET: i32 = QUARTER / 3;
/// A bar of 4/4 in ticks.
pub(crate) const BAR: i32 = 4 * QUARTER;

/// The first bar line at or after `at`, where bars last `bar` ticks.
pub(crate) const fn next_bar(at: i32, bar: i32) -> i32 {
    (at + bar - 1) / bar * bar
}

/// A note before it is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tone {
    /// When it starts, in ticks; what starts before the piece starts with it.
    pub(crate) at: i32,
    /// How long it sounds, in ticks.
    pub(crate) length: i32,
    /// The key; what the player cannot reach is played in the nearest octave.
    pub(crate) pitch: i32,
    /// How hard, 1 to 127; what is beyond is played as hard or soft as can be.
    pub(crate) velocity: i32,
}

impl Tone {
    /// The same tone, so much later, higher and louder.
    pub(crate) fn moved(self, ticks: i32, semitones: i32, velocity: i32) -> Self {
        Self { at: self.at + ticks, pitch: self.pitch + semitones, velocity: self.velocity + velocity, ..self }
    }
}

/// A chair of the ensemble, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seat(usize);

/// A piece being written.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    meters: Vec<MeterChange>,
    /// Moments and quarter notes a minute.
    tempos: Vec<(i32, i32)>,
    seats: Vec<(Player, Vec<Tone>)>,
}

impl Sheet {
    /// An empty sheet in `numerator`/`denominator` at `bpm` quarter notes a minute.
    pub(crate) fn new(numerator: u8, denominator: u8, bpm: i32) -> Self {
        let meter = Meter::new(numerator, denominator).expect("composers use real meters");
        Self { meters: vec![MeterChange { tick: Tick::ZERO, meter }], tempos: vec![(0, bpm)], seats: Vec::new() }
    }

    /// Another chair.
    pub(crate) fn seat(&mut self, player: Player) -> Seat {
        self.seats.push((player, Vec::new()));
        Seat(self.seats.len() - 1)
    }

    /// Who sits there.
    pub(crate) fn player(&self, seat: Seat) -> Player {
        self.seats[seat.0].0
    }

    /// Writes one tone.
    pub(crate) fn play(&mut self, seat: Seat, tone: Tone) {
        let (player, tones) = &mut self.seats[seat.0];
        let (at, length) = (tone.at.max(0), tone.length.max(1));
        tones.push(Tone { at, length, pitch: player.reach(tone.pitch), velocity: tone.velocity.clamp(1, 127) });
    }

    /// Writes several tones.
    pub(crate) fn play_all(&mut self, seat: Seat, tones: impl IntoIterator<Item = Tone>) {
        tones.into_iter().for_each(|tone| self.play(seat, tone));
    }

    /// From `at` on the tempo is `bpm`.
    pub(crate) fn tempo(&mut self, at: i32, bpm: i32) {
        self.tempos.push((at, bpm));
    }

    /// Slows down beat by beat from `from` to `to`, where `percent` of the tempo is left.
    pub(crate) fn slow_down(&mut self, from: i32, to: i32, percent: i32) {
        let bpm = self.tempos.iter().filter(|&&(at, _)| at <= from).max_by_key(|&&(at, _)| at).map_or(120, |t| t.1);
        let beats = ((to - from) / QUARTER).max(1);
        let slowed = |beat: i32| bpm - bpm * (100 - percent) * (beat + 1) / (100 * beats);
        self.tempos.extend((0..beats).map(|beat| (from + beat * QUARTER, slowed(beat))));
    }

    /// The piece. Hands are not machines: every velocity moves a little. Of tones that overlap, the earlier ends where the
    /// player has no voice left for it.
    pub(crate) fn finish(mut self, chance: &mut Chance) -> Score {
        self.tempos.sort_by_key(|&(at, _)| at);
        let mut score = Score { ppq: Ppq::DEFAULT, meters: self.meters, ..Score::default() };
        for (at, bpm) in self.tempos {
            let micros = u32::try_from(60_000_000 / bpm.max(10)).expect("a positive tempo");
            score.tempos.retain(|change| change.tick != tick(at));
            score.tempos.push(TempoChange { tick: tick(at), micros_per_quarter: micros });
        }
        let mut channels = (0..16).filter_map(Channel::new).filter(|&channel| channel != Channel::DRUMS).cycle();
        for (player, tones) in self.seats.into_iter().filter(|(_, tones)| !tones.is_empty()) {
            let notes = playable(tones, player.voices).into_iter().map(|tone| {
                let velocity = tone.velocity + chance.between(-2, 2) + chance.between(-2, 2);
                Note {
                    onset: tick(tone.at),
                    pitch: u8::try_from(tone.pitch).ok().and_then(Pitch::new).expect("within the player's range"),
                    duration: tick(tone.length),
                    velocity: u8::try_from(velocity.clamp(1, 127))
                        .ok()
                        .and_then(Velocity::new)
                        .expect("within the clamp"),
                }
            });
            let notes = notes.collect();
            let is_drums = player.instrument.is_drums();
            let channel = if is_drums { Channel::DRUMS } else { channels.next().expect("a cycle has no end") };
            score.parts.push(Part { name: player.name.to_owned(), instrument: player.instrument, channel, notes });
        }
        score
    }
}

fn tick(ticks: i32) -> Tick {
    Tick(u32::try_from(ticks).expect("no tone starts before the piece, and none is shorter than a tick"))
}

/// Sorts `tones`, ends each where its key is struck again, and lets no more than `voices` sound at once: of what begins
/// together the highest and the lowest stay, of what began earlier the latest.
fn playable(mut tones: Vec<Tone>, voices: usize) -> Vec<Tone> {
    tones.sort_by_key(|tone| (tone.at, tone.pitch, -tone.velocity));
    tones.dedup_by_key(|tone| (tone.at, tone.pitch));
    let mut kept: Vec<Tone> = Vec::new();
    // What still sounds, latest last.
    let mut sounding: Vec<usize> = Vec::new();
    for chord in tones.chunk_by(|a, b| a.at == b.at) {
        let at = chord[0].at;
        let left_out = chord.len().saturating_sub(voices);
        // The lowest stays while there are two voices; with one voice the melody is on top.
        let bass = usize::from(voices > 1);
        let chord = chord.iter().enumerate().filter(|&(i, _)| i < bass || i >= bass + left_out).map(|(_, &tone)| tone);
        let chord: Vec<Tone> = chord.collect();
        sounding.retain(|&index| end(&kept[index]) > at);
        let too_many = (sounding.len() + chord.len()).saturating_sub(voices);
        let mut place = 0;
        sounding.retain(|&index| {
            place += 1;
            let stays = place > too_many && chord.iter().all(|tone| tone.pitch != kept[index].pitch);
            if !stays {
                kept[index].length = at - kept[index].at;
            }
            stays
        });
        sounding.extend(kept.len()..kept.len() + chord.len());
        kept.extend(chord);
    }
    kept
}

const fn end(tone: &Tone) -> i32 {
    tone.at + tone.length
}

#[cfg(test)]
mod tests {
    use super::super::player::{FLUTE, PIANO};
    use super::*;

    fn tone(at: i32, length: i32, pitch: i32) -> Tone {
        Tone { at, length, pitch, velocity: 80 }
    }

    #[test]
    fn a_flute_plays_one_note_at_a_time() {
        let played = playable(vec![tone(0, 500, 70), tone(0, 900, 74), tone(240, 100, 72)], FLUTE.voices);
        assert_eq!(played, [tone(0, 240, 74), tone(240, 100, 72)]);
    }

    #[test]
    fn a_key_is_released_before_it_is_struck_again() {
        let played = playable(vec![tone(0, 500, 70), tone(240, 100, 70), tone(240, 100, 60)], PIANO.voices);
        assert_eq!(played, [tone(0, 240, 70), tone(240, 100, 60), tone(240, 100, 70)]);
    }

    #[test]
    fn a_piece_slows_down_step_by_step() {
        let mut sheet = Sheet::new(4, 4, 100);
        let seat = sheet.seat(FLUTE);
        sheet.play(seat, tone(0, QUARTER, 20));
        sheet.slow_down(QUARTER, 3 * QUARTER, 80);
        let score = sheet.finish(&mut Chance::new("test", 0, 0));
        let bpm: Vec<u32> = score.tempos.iter().map(|change| 60_000_000 / change.micros_per_quarter).collect();
        assert_eq!(bpm, [100, 90, 80]);
        assert_eq!(score.parts[0].notes[0].pitch.value(), 68, "the nearest low A flat of the flute");
    }
}
