//! WAV files.

use std::io::{Seek, Write};

use thiserror::Error;

use crate::dsp::noise::Noise;

/// How a sample is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BitDepth {
    /// 16-bit integers, with triangular dither.
    Sixteen,
    /// 24-bit integers.
    #[default]
    TwentyFour,
    /// 32-bit floating point: nothing is rounded or cut off.
    Float,
}

/// A WAV file that could not be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WriteWavError {
    /// The writer failed, or the piece is longer than the four gigabytes of a WAV file.
    #[error("cannot write the WAV file")]
    Write(#[from] hound::Error),
}

/// A WAV file in the making: give it blocks, then finish it.
pub struct WavSink<W: Write + Seek> {
    writer: hound::WavWriter<W>,
    bits: BitDepth,
    dither: Noise,
    frames: u64,
}

impl<W: Write + Seek> WavSink<W> {
    /// Writes the header. `writer` should be buffered.
    ///
    /// # Errors
    ///
    /// When `writer` fails.
    pub fn new(writer: W, sample_rate_hz: u32, bits: BitDepth) -> Result<Self, WriteWavError> {
        let (bits_per_sample, sample_format) = match bits {
            BitDepth::Sixteen => (16, hound::SampleFormat::Int),
            BitDepth::TwentyFour => (24, hound::SampleFormat::Int),
            BitDepth::Float => (32, hound::SampleFormat::Float),
        };
        let spec = hound::WavSpec { channels: 2, sample_rate: sample_rate_hz, bits_per_sample, sample_format };
        Ok(Self { writer: hound::WavWriter::new(writer, spec)?, bits, dither: Noise::new(1), frames: 0 })
    }

    /// Appends frames.
    ///
    /// # Errors
    ///
    /// When the writer fails.
    pub fn write(&mut self, block: &[[f32; 2]]) -> Result<(), WriteWavError> {
        for &sample in block.as_flattened() {
            match self.bits {
                BitDepth::Sixteen => {
                    // The sum of two even distributions: rounding becomes noise that does not follow the music.
                    // Digital silence stays silent.
                    let dither = if sample == 0.0 { 0.0 } else { 0.5 * (self.dither.next() + self.dither.next()) };
                    self.writer.write_sample((sample * 32_767.0 + dither).round().clamp(-32_768.0, 32_767.0) as i16)?;
                }
                BitDepth::TwentyFour => {
                    self.writer.write_sample((sample * 8_388_607.0).round().clamp(-8_388_608.0, 8_388_607.0) as i32)?;
                }
                BitDepth::Float => self.writer.write_sample(sample)?,
            }
        }
        self.frames += block.len() as u64;
        Ok(())
    }

    /// Frames written so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Completes the header.
    ///
    /// # Errors
    ///
    /// When the writer fails.
    pub fn finish(self) -> Result<(), WriteWavError> {
        Ok(self.writer.finalize()?)
    }
}

/// Writes all of `frames` as a WAV file.
///
/// # Errors
///
/// When `writer` fails.
pub fn write_wav<W: Write + Seek>(
    writer: W,
    sample_rate_hz: u32,
    bits: BitDepth,
    frames: &[[f32; 2]],
) -> Result<(), WriteWavError> {
    let mut sink = WavSink::new(writer, sample_rate_hz, bits)?;
    sink.write(frames)?;
    sink.finish()
}
