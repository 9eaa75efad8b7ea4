//! Renders a MIDI file: `cargo run --release -p ripieno-synth --example render -- IN.mid OUT.wav`.

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;

use ripieno_score::midi;
use ripieno_synth::offline::{BitDepth, Performance, RenderOptions, WavSink, render};
use ripieno_synth::{Synth, SynthConfig};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(input), Some(output)) = (arguments.next(), arguments.next()) else {
        return Err("usage: render IN.mid OUT.wav".into());
    };
    let timeline = midi::read(&std::fs::read(input)?)?.timeline;
    let mut synth = Synth::new(SynthConfig::default())?;
    let rate = synth.config().sample_rate_hz;
    let performance = Performance::new(&timeline, rate);
    let mut wav = WavSink::new(BufWriter::new(File::create(output)?), rate, BitDepth::TwentyFour)?;
    let mut result = Ok(());
    render(&mut synth, &performance, &RenderOptions::default(), |block, _| {
        result = wav.write(block);
        result.is_ok()
    });
    result?;
    Ok(wav.finish()?)
}
