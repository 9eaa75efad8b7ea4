//! Bursts above 10 kHz where something changes suddenly.

use std::error::Error;

use ripieno_synth::{Event, Synth, SynthConfig};

use crate::play::{channel, off, on, program, seconds};
use crate::spectrum::{left, loudest_burst_db};

const RATE: u32 = 48_000;
const CUTOFF_HZ: f64 = 10_000.0;

fn engine(polyphony: usize) -> Result<Synth, Box<dyn Error>> {
    Ok(Synth::new(SynthConfig {
        sample_rate_hz: RATE,
        polyphony,
        reverb: false,
        chorus: false,
        leveler: false,
        limiter: false,
        ..SynthConfig::default()
    })?)
}

/// The loudest burst after `skip_s`, in decibels below the loudest sample of the whole.
fn burst_db(frames: &[[f32; 2]], skip_s: f64) -> f64 {
    let samples = left(frames);
    let peak = samples.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    let skipped = (skip_s * f64::from(RATE)) as usize;
    loudest_burst_db(&samples[skipped..], CUTOFF_HZ, f64::from(RATE)) - 20.0 * peak.log10()
}

/// A dense passage of soft electric piano with so many voices.
pub(crate) fn stealing(polyphony: usize) -> Result<f64, Box<dyn Error>> {
    let mut synth = engine(polyphony)?;
    synth.handle(program(0, 4), 0);
    let mut frames = Vec::new();
    for step in 0..48_u32 {
        synth.handle(on(0, 36 + ((step * 7) % 24) as u8, 50), 0);
        frames.extend(seconds(&mut synth, 0.061));
    }
    Ok(burst_db(&frames, 0.0))
}

/// What is done to a held tone of a program, in the middle of it.
pub(crate) fn on_held(number: u8, key: u8, act: impl Fn(&mut Synth, usize)) -> Result<f64, Box<dyn Error>> {
    let mut synth = engine(64)?;
    synth.handle(program(0, number), 0);
    synth.handle(on(0, key, 40), 0);
    let mut frames = seconds(&mut synth, 0.5);
    for step in 0..24 {
        act(&mut synth, step);
        frames.extend(seconds(&mut synth, 0.037));
    }
    Ok(burst_db(&frames, 0.4))
}

fn controller(synth: &mut Synth, controller: u8, value: u8) {
    synth.handle(Event::Controller { channel: channel(0), controller, value }, 0);
}

/// A case and its burst.
pub(crate) fn all() -> Result<Vec<(&'static str, f64)>, Box<dyn Error>> {
    let flip = |step: usize| if step.is_multiple_of(2) { 0 } else { 127 };
    let bend = |synth: &mut Synth, step: usize| {
        let bend = if step.is_multiple_of(2) { -8192 } else { 8191 };
        synth.handle(Event::PitchBend { channel: channel(0), bend }, 0);
    };
    // Under the legato footswitch, up from the key that is held, and back.
    let slur = |key: u8| {
        move |synth: &mut Synth, step: usize| {
            controller(synth, 68, 127);
            synth.handle(if step.is_multiple_of(2) { on(0, key + 12, 40) } else { off(0, key + 12) }, 0);
        }
    };
    let once = |event: Event| {
        move |synth: &mut Synth, step: usize| {
            if step == 0 {
                synth.handle(event, 0);
            }
        }
    };
    let flipping = |number: u8| move |synth: &mut Synth, step: usize| controller(synth, number, flip(step));
    let nothing = |_: &mut Synth, _: usize| {};
    let silence = Event::Controller { channel: channel(0), controller: 120, value: 0 };
    Ok(vec![
        ("stealing: 8 voices", stealing(8)?),
        ("  the same, 256 voices (no stealing)", stealing(256)?),
        ("held tone, nothing done (FM)", on_held(4, 48, nothing)?),
        ("note-off (FM)", on_held(4, 48, once(off(0, 48)))?),
        ("note-off (wavetable)", on_held(38, 36, once(off(0, 36)))?),
        ("  the same, held", on_held(38, 36, nothing)?),
        ("note-off (string)", on_held(32, 36, once(off(0, 36)))?),
        ("note-off (piano)", on_held(0, 40, once(off(0, 40)))?),
        ("volume 0-127-0 (FM)", on_held(4, 48, flipping(7))?),
        ("expression 0-127-0 (FM)", on_held(4, 48, flipping(11))?),
        ("pan 0-127-0 (FM)", on_held(4, 48, flipping(10))?),
        ("bend -2 to +2 semitones (FM)", on_held(4, 48, bend)?),
        ("bend -2 to +2 semitones (wavetable)", on_held(38, 36, bend)?),
        ("bend -2 to +2 semitones (string)", on_held(32, 36, bend)?),
        ("bend -2 to +2 semitones (piano)", on_held(0, 40, bend)?),
        ("slurs over an octave (FM)", on_held(4, 48, slur(48))?),
        ("slurs over an octave (wavetable)", on_held(38, 36, slur(36))?),
        ("slurs over an octave (string)", on_held(32, 36, slur(36))?),
        ("slurs over an octave (piano)", on_held(0, 40, slur(40))?),
        ("all sound off (FM)", on_held(4, 48, once(silence))?),
        (
            "program change under a held tone",
            on_held(4, 48, |synth, step| synth.handle(program(0, 4 + (step as u8 % 2)), 0))?,
        ),
    ])
}

pub(crate) fn print() -> Result<(), Box<dyn Error>> {
    println!("Loudest 5 ms above 10 kHz, dB below the peak (target -70):");
    for (name, db) in all()? {
        println!("  {name:40} {db:7.1}{}", if db > -70.0 { " !" } else { "" });
    }
    Ok(())
}
