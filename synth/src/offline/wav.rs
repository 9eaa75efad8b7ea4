//! WAV files.

use std::io::{self, Cursor, Seek, SeekFrom, Write};

use thiserror::Error;

use crate::dsp::noise::Noise;
use crate::dsp::wide;

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
    /// The head of the file could not be made.
    #[error("cannot write the WAV file")]
    Head(#[from] hound::Error),
    /// The writer failed.
    #[error("cannot write the WAV file")]
    Write(#[from] io::Error),
    /// The piece is longer than the four gigabytes of a WAV file.
    #[error("cannot write the WAV file: it would be longer than four gigabytes")]
    TooLong,
}

/// A WAV file in the making: give it blocks, then finish it.
pub struct WavSink<W: Write + Seek> {
    writer: W,
    bits: BitDepth,
    dither: Noise,
    /// Where the file begins, and how long its head is.
    start: u64,
    head_bytes: u64,
    frames: u64,
    /// Of the latest block.
    bytes: Vec<u8>,
}

/// Samples that are rounded together.
const TOGETHER: usize = 512;

wide!(fn round<'a>(samples: &'a [f32], scale: f32, rounded: &'a mut [i32]) = round_all);

impl<W: Write + Seek> WavSink<W> {
    /// Writes the header. `writer` need not be buffered.
    ///
    /// # Errors
    ///
    /// When `writer` fails.
    pub fn new(mut writer: W, sample_rate_hz: u32, bits: BitDepth) -> Result<Self, WriteWavError> {
        let (bits_per_sample, sample_format) = match bits {
            BitDepth::Sixteen => (16, hound::SampleFormat::Int),
            BitDepth::TwentyFour => (24, hound::SampleFormat::Int),
            BitDepth::Float => (32, hound::SampleFormat::Float),
        };
        let spec = hound::WavSpec { channels: 2, sample_rate: sample_rate_hz, bits_per_sample, sample_format };
        // A file without a sample is a head, whose last number is the length of what follows.
        let mut head = Cursor::new(Vec::new());
        hound::WavWriter::new(&mut head, spec)?.finalize()?;
        let start = writer.stream_position()?;
        writer.write_all(head.get_ref())?;
        let head_bytes = head.get_ref().len() as u64;
        Ok(Self { writer, bits, dither: Noise::new(1), start, head_bytes, frames: 0, bytes: Vec::new() })
    }

    /// Appends frames.
    ///
    /// # Errors
    ///
    /// When the writer fails, or the file would be too long.
    pub fn write(&mut self, block: &[[f32; 2]]) -> Result<(), WriteWavError> {
        self.bytes.clear();
        for samples in block.as_flattened().chunks(TOGETHER) {
            self.convert(samples);
        }
        self.frames += block.len() as u64;
        self.lengths()?;
        Ok(self.writer.write_all(&self.bytes)?)
    }

    fn convert(&mut self, samples: &[f32]) {
        let mut dithered = [0.0_f32; TOGETHER];
        let mut rounded = [0_i32; TOGETHER];
        let rounded = &mut rounded[..samples.len()];
        match self.bits {
            BitDepth::Sixteen => {
                for (dithered, &sample) in dithered.iter_mut().zip(samples) {
                    // The sum of two even distributions: rounding becomes noise that does not follow the music.
                    // Digital silence stays silent.
                    let dither = if sample == 0.0 { 0.0 } else { 0.5 * (self.dither.next() + self.dither.next()) };
                    *dithered = sample * 32_767.0 + dither;
                }
                round(&dithered[..samples.len()], 1.0, rounded);
                self.bytes.extend(
                    rounded
                        .iter()
                        .flat_map(|&sample| (sample.clamp(i16::MIN.into(), i16::MAX.into()) as i16).to_le_bytes()),
                );
            }
            BitDepth::TwentyFour => {
                round(samples, 8_388_607.0, rounded);
                self.bytes.extend(rounded.iter().flat_map(|&sample| {
                    let [low, middle, high, _] = sample.clamp(-8_388_608, 8_388_607).to_le_bytes();
                    [low, middle, high]
                }));
            }
            BitDepth::Float => self.bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes())),
        }
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
    pub fn finish(mut self) -> Result<(), WriteWavError> {
        let (file_bytes, sample_bytes) = self.lengths()?;
        self.writer.seek(SeekFrom::Start(self.start + 4))?;
        self.writer.write_all(&file_bytes.to_le_bytes())?;
        self.writer.seek(SeekFrom::Start(self.start + self.head_bytes - 4))?;
        self.writer.write_all(&sample_bytes.to_le_bytes())?;
        self.writer.seek(SeekFrom::End(0))?;
        Ok(self.writer.flush()?)
    }

    /// What the header says: the length of all that follows the first eight bytes, and of the samples.
    fn lengths(&self) -> Result<(u32, u32), WriteWavError> {
        let frame_bytes = match self.bits {
            BitDepth::Sixteen => 4,
            BitDepth::TwentyFour => 6,
            BitDepth::Float => 8,
        };
        let sample_bytes = u32::try_from(self.frames * frame_bytes).map_err(|_| WriteWavError::TooLong)?;
        let file_bytes = u32::try_from(self.head_bytes).ok().and_then(|head| sample_bytes.checked_add(head - 8));
        Ok((file_bytes.ok_or(WriteWavError::TooLong)?, sample_bytes))
    }
}

/// Half a step away from zero; what is no number becomes zero.
#[inline(always)]
fn round_all(samples: &[f32], scale: f32, rounded: &mut [i32]) {
    for (rounded, sample) in rounded.iter_mut().zip(samples) {
        *rounded = (sample * scale).round() as i32;
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
