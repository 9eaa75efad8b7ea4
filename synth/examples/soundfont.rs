//! Renders a MIDI file with a SoundFont: `cargo run --release -p ripieno-synth --example soundfont -- FONT.sf2 IN.mid OUT.wav`.

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;

use ripieno_score::midi;
use ripieno_synth::SynthConfig;
use ripieno_synth::offline::{BitDepth, Performance, RenderOptions, SoundFontBank, SoundFontSynth, WavSink, render};

const RATE_HZ: u32 = 48_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [font, input, output] = &arguments[..] else {
        return Err("usage: soundfont FONT.sf2 IN.mid OUT.wav".into());
    };
    let bank = SoundFontBank::read(&std::fs::read(font)?)?;
    let mut player = SoundFontSynth::new(&bank, &SynthConfig { sample_rate_hz: RATE_HZ, ..SynthConfig::default() })?;
    let performance = Performance::new(&midi::read(&std::fs::read(input)?)?.timeline, RATE_HZ);
    let mut wav = WavSink::new(BufWriter::new(File::create(output)?), RATE_HZ, BitDepth::Sixteen)?;
    let mut result = Ok(());
    render(&mut player, &performance, &RenderOptions::default(), |block, _| {
        result = wav.write(block);
        result.is_ok()
    });
    result?;
    Ok(wav.finish()?)
}
