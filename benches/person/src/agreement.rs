//! Whether the recording of a performance agrees with its MIDI file: the file is rendered, and the two are laid over each other.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};

/// Length of the stretches that are compared.
const STRETCH_S: f64 = 10.0;
/// Resolution, and how far apart the two may lie.
const HOP_S: f64 = 0.000_25;
const REACH: usize = 200;
/// The music begins within this time of the recording.
const BEGINS_WITHIN_S: f64 = 30.0;
/// Correlation below which a stretch gives no answer: sounds with chorus and vibrato differ in phase from take to take.
const CLEAR: f32 = 0.4;
/// A tenth of a second this much softer than the loudest is silent.
const SILENCE_DB: f32 = -60.0;

struct Sound {
    mono: Vec<f32>,
    rate_hz: f64,
}

/// Prints how far a recording is shifted against its MIDI file, and the longest silence of both.
pub fn compare(program: &Path, midi: &Path, recording: &Path) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let rendering = folder.path().join("rendering.wav");
    let status = Command::new(program)
        .arg("render")
        .arg(midi)
        .arg("-o")
        .arg(&rendering)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .context("the program does not start")?;
    ensure!(status.success(), "the program does not render {}", midi.display());
    let (expected, heard) = (read(&rendering)?, read(recording)?);
    ensure!(expected.rate_hz == heard.rate_hz, "the recording has another sample rate than the rendering");
    let (one, other) = (rises(&expected), rises(&heard));
    let start = beginning(&one, &other)?;
    println!("the music begins {:.3} s after the recording", start as f64 * HOP_S);
    let length = (STRETCH_S / HOP_S) as usize;
    let mut shifts = Vec::new();
    let mut unclear = 0;
    let mut begin = REACH;
    while begin + length + REACH <= one.len().min(other.len() - start) {
        let stretch = &one[begin..begin + length];
        let (likeness, lag) = (0..=2 * REACH)
            .map(|lag| (likeness(stretch, &other[start + begin + lag - REACH..][..length]), lag))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .context("no lag")?;
        if likeness < CLEAR {
            unclear += 1;
        } else {
            shifts.push((lag as f64 - REACH as f64) * HOP_S * 1000.0);
        }
        begin += length;
    }
    if !shifts.is_empty() {
        println!("shift              {}", crate::measure::quantiles(&shifts, "ms"));
    }
    println!("stretches of {STRETCH_S:.0} s without a clear answer: {unclear} of {}", unclear + shifts.len());
    println!(
        "longest silence    {:.1} s in the recording, {:.1} s in the rendering",
        longest_silence_s(&heard),
        longest_silence_s(&expected)
    );
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Sound> {
    let mut reader = hound::WavReader::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let spec = reader.spec();
    let scale = match spec.sample_format {
        hound::SampleFormat::Int => 0.5f32.powi(i32::from(spec.bits_per_sample) - 1),
        hound::SampleFormat::Float => bail!("{} has floating-point samples", path.display()),
    };
    let channels = usize::from(spec.channels);
    let mut mono = Vec::with_capacity(reader.duration() as usize);
    let mut sum = 0.0;
    for (index, sample) in reader.samples::<i32>().enumerate() {
        sum += sample? as f32 * scale;
        if index % channels == channels - 1 {
            mono.push(sum);
            sum = 0.0;
        }
    }
    Ok(Sound { mono, rate_hz: f64::from(spec.sample_rate) })
}

/// How much the level of the upper spectrum rises, hop by hop.
fn rises(sound: &Sound) -> Vec<f32> {
    let hop = (sound.rate_hz * HOP_S) as usize;
    let upper: Vec<f32> = sound.mono.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let power: Vec<f32> = upper.chunks_exact(hop).map(|hop| hop.iter().map(|x| x * x).sum::<f32>()).collect();
    let level: Vec<f32> = power.windows(8).map(|eight| (eight.iter().sum::<f32>() + 1e-9).ln()).collect();
    level.windows(2).map(|pair| (pair[1] - pair[0]).max(0.0)).collect()
}

/// The hop of the recording at which the rendering begins: found coarsely over half a minute, then exactly.
fn beginning(one: &[f32], other: &[f32]) -> anyhow::Result<usize> {
    const COARSE: usize = 20;
    let coarse = |fine: &[f32]| -> Vec<f32> { fine.chunks_exact(COARSE).map(|some| some.iter().sum()).collect() };
    let (slow, slow_other) = (coarse(one), coarse(other));
    let within = (BEGINS_WITHIN_S / HOP_S) as usize / COARSE;
    let length = within.min(slow.len()).min(slow_other.len().saturating_sub(1));
    let best = (0..within.min(slow_other.len().saturating_sub(length)))
        .max_by(|&a, &b| {
            likeness(&slow[..length], &slow_other[a..][..length])
                .total_cmp(&likeness(&slow[..length], &slow_other[b..][..length]))
        })
        .context("the recording is shorter than the music")?;
    let length = (length * COARSE).min(other.len().saturating_sub((best + 2) * COARSE)).min(one.len());
    let near = (best.saturating_sub(1) * COARSE..(best + 2) * COARSE)
        .map(|start| (start, likeness(&one[..length], &other[start..][..length])));
    near.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(start, _)| start).context("the recording is shorter than the music")
}

/// The correlation of two stretches of the same length.
fn likeness(one: &[f32], other: &[f32]) -> f32 {
    let mean = |row: &[f32]| row.iter().sum::<f32>() / row.len().max(1) as f32;
    let (a, b) = (mean(one), mean(other));
    let (mut both, mut first, mut second) = (0.0f32, 0.0f32, 0.0f32);
    for (x, y) in one.iter().zip(other) {
        let (x, y) = (x - a, y - b);
        both += x * y;
        first += x * x;
        second += y * y;
    }
    both / (first * second).sqrt().max(f32::MIN_POSITIVE)
}

fn longest_silence_s(sound: &Sound) -> f64 {
    let tenth = (sound.rate_hz / 10.0) as usize;
    let power: Vec<f32> = sound.mono.chunks_exact(tenth).map(|some| some.iter().map(|x| x * x).sum()).collect();
    let least = power.iter().copied().fold(0.0, f32::max) * 10f32.powf(SILENCE_DB / 10.0);
    let sounding: Vec<usize> = (0..power.len()).filter(|&index| power[index] > least).collect();
    sounding.windows(2).map(|pair| pair[1] - pair[0] - 1).max().unwrap_or(power.len()) as f64 / 10.0
}
