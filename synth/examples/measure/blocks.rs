//! A long random performance in blocks of different lengths.

use std::error::Error;

use ripieno_score::{Pitch, Program, Velocity};
use ripieno_synth::{Event, Synth, SynthConfig};

use crate::play::channel;

/// Random numbers (xorshift, G. Marsaglia 2003).
struct Dice(u32);

impl Dice {
    fn below(&mut self, limit: u32) -> u8 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        u8::try_from(self.0 % limit).unwrap_or(0)
    }
}

/// Messages to all channels; most of the dice's throws fall on the last, so that the piece is not always silenced.
const SYSTEM: [Event; 6] = [
    Event::SystemReset,
    Event::AllNotesOff,
    Event::AllSoundOff,
    Event::MasterTuning(3000),
    Event::MasterTranspose(-2),
    Event::MasterVolume(14_000),
];

/// Everything that can be sent, at random frames up to `frames`.
pub(crate) fn performance(seed: u32, count: usize, frames: u32) -> Vec<(usize, Event)> {
    let mut dice = Dice(seed);
    let mut events: Vec<(usize, Event)> = (0..count)
        .map(|_| {
            let at =
                (u32::from(dice.below(250)) * 250 + u32::from(dice.below(250))) * (frames / 62_500).max(1) % frames;
            let channel = channel(dice.below(16));
            let pitch = Pitch::new(dice.below(128)).expect("below 128");
            let event = match dice.below(21) {
                0 => Event::Program { channel, program: Program::new(dice.below(128)).expect("below 128") },
                1 => Event::Controller { channel, controller: dice.below(120), value: dice.below(128) },
                2 => Event::Controller {
                    channel,
                    controller: [1, 7, 10, 11, 64, 66, 67, 74][usize::from(dice.below(8))],
                    value: dice.below(128),
                },
                3 => Event::PitchBend { channel, bend: i16::from(dice.below(128)) * 128 - 8192 },
                4 => Event::ChannelPressure { channel, pressure: dice.below(128) },
                5 => Event::PolyPressure { channel, pitch, pressure: dice.below(128) },
                6 => Event::Controller { channel, controller: 120 + dice.below(8), value: 0 },
                20 => SYSTEM[usize::from(dice.below(6 * 8)).min(SYSTEM.len() - 1)],
                7..=11 => Event::NoteOff { channel, pitch },
                _ => Event::NoteOn { channel, pitch, velocity: Velocity::new(1 + dice.below(127)).expect("1 to 127") },
            };
            (at as usize, event)
        })
        .collect();
    events.sort_by_key(|(at, _)| *at);
    events
}

/// What `synth` plays of `events` in blocks of `block` frames.
pub(crate) fn play(synth: &mut Synth, events: &[(usize, Event)], frames: usize, block: usize) -> Vec<[f32; 2]> {
    let mut out = vec![[0.0; 2]; frames];
    let mut events = events.iter().peekable();
    for (index, block_out) in out.chunks_mut(block).enumerate() {
        let start = index * block;
        while let Some((at, event)) = events.next_if(|(at, _)| *at < start + block_out.len()) {
            synth.handle(*event, at - start);
        }
        synth.render(block_out);
    }
    out
}

pub(crate) fn print() -> Result<(), Box<dyn Error>> {
    println!("A random performance in blocks (target: the same samples):");
    let frames = 4 * 48_000;
    let events = performance(7, 4000, frames);
    let mut synth = Synth::new(SynthConfig { polyphony: 64, ..SynthConfig::default() })?;
    let whole = play(&mut synth, &events, frames as usize, frames as usize);
    for block in [1, 64, 509, 4096] {
        synth.reset();
        let same = play(&mut synth, &events, frames as usize, block) == whole;
        println!("  blocks of {block:4}: {}", if same { "the same samples" } else { "DIFFERENT" });
    }
    Ok(())
}
