//! Plays a MIDI file: `cargo run --release -p ripieno-synth --example play -- FILE.mid [HOST] [BUFFER_FRAMES]`.

use std::error::Error;
use std::thread::sleep;
use std::time::Duration;

use ripieno_score::midi;
use ripieno_synth::device::{DeviceOptions, Output};
use ripieno_synth::offline::Performance;

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that says what it does")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: play FILE.mid [HOST] [BUFFER_FRAMES]")?;
    let host = arguments.next();
    let buffer_frames = arguments.next().map_or(Ok(512), |frames| frames.parse())?;
    let timeline = midi::read(&std::fs::read(path)?)?.timeline;
    let options = DeviceOptions { host, buffer_frames, ..DeviceOptions::default() };
    let mut output = Output::open(&options, |notice| eprintln!("{notice:?}"))?;
    let rate = u64::from(output.sample_rate_hz());
    let performance = Performance::new(&timeline, output.sample_rate_hz());
    println!("{} at {rate} Hz", output.device());

    // Half a second ahead of the engine: enough for any pause of this thread, little enough to stop at once.
    let start = output.position_frames() + rate / 5;
    let mut events = performance.events.iter().peekable();
    while output.position_frames() < start + performance.end_frame + 2 * rate {
        let horizon = output.position_frames() + rate / 2;
        while let Some(timed) = events.next_if(|timed| start + timed.frame < horizon) {
            output.send(timed.event, start + timed.frame)?;
        }
        sleep(Duration::from_millis(20));
    }
    println!("{:?}", output.counters());
    Ok(())
}
