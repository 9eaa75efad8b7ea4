//! Notes to frames.

use ripieno_score::{Channel, Pitch, Program, Velocity};
use ripieno_synth::{ConfigError, Event, Synth, SynthConfig};

/// An engine without effects, whose levels are those of its presets.
pub(crate) fn dry(sample_rate_hz: u32) -> Result<Synth, ConfigError> {
    Synth::new(SynthConfig {
        sample_rate_hz,
        reverb: false,
        chorus: false,
        leveler: false,
        limiter: false,
        ..SynthConfig::default()
    })
}

pub(crate) fn channel(number: u8) -> Channel {
    Channel::new(number).expect("measurements use channels up to 15")
}

pub(crate) fn program(channel_number: u8, number: u8) -> Event {
    Event::Program {
        channel: channel(channel_number),
        program: Program::new(number).expect("measurements use programs up to 127"),
    }
}

pub(crate) fn on(channel_number: u8, key: u8, velocity: u8) -> Event {
    Event::NoteOn {
        channel: channel(channel_number),
        pitch: Pitch::new(key).expect("measurements use keys up to 127"),
        velocity: Velocity::new(velocity).expect("measurements use velocities from 1"),
    }
}

pub(crate) fn off(channel_number: u8, key: u8) -> Event {
    Event::NoteOff {
        channel: channel(channel_number),
        pitch: Pitch::new(key).expect("measurements use keys up to 127"),
    }
}

/// Renders so many seconds.
pub(crate) fn seconds(synth: &mut Synth, seconds: f64) -> Vec<[f32; 2]> {
    let mut frames = vec![[0.0; 2]; (seconds * f64::from(synth.config().sample_rate_hz)) as usize];
    synth.render(&mut frames);
    frames
}
