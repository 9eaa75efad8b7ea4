//! What can be typed to hear a piece: `render` and `play`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ripieno_synth::offline::BitDepth;

use crate::settings::{Start, within};

/// How a sample is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TypedBits {
    /// Integers of a compact disc, with dither
    #[value(name = "16")]
    Sixteen,
    /// Integers
    #[value(name = "24")]
    TwentyFour,
    /// Floating point
    #[value(name = "32f")]
    Float,
}

impl From<TypedBits> for BitDepth {
    fn from(typed: TypedBits) -> Self {
        match typed {
            TypedBits::Sixteen => Self::Sixteen,
            TypedBits::TwentyFour => Self::TwentyFour,
            TypedBits::Float => Self::Float,
        }
    }
}

/// `ripieno render`
#[derive(Debug, Args)]
#[command(after_help = "\
The true peak stays below -1 dBTP: nothing clips.

Examples:
  ripieno render piece.mid -o piece.wav
  ripieno render piece.mid -o cd.wav --rate 44100 --bits 16
  ripieno render piece.mid -o loud.wav --normalize -14
  ripieno render piece.mid -o mix.wav --stems parts       01-violin.wav, 02-cello.wav, …")]
pub(crate) struct Render {
    /// The MIDI file
    #[arg(value_name = "IN.mid")]
    pub(crate) file: PathBuf,

    /// The WAV file to write
    #[arg(short, long, value_name = "OUT.wav")]
    pub(crate) output: PathBuf,

    /// Frames a second
    #[arg(long, value_name = "HZ", default_value_t = 48_000, value_parser = clap::value_parser!(u32).range(22_050..=192_000))]
    pub(crate) rate: u32,

    /// How a sample is stored
    #[arg(long, value_enum, default_value = "24")]
    pub(crate) bits: TypedBits,

    /// Also write each part alone, dry, as floating point: together they are the piece without room, chorus and limiter
    #[arg(long, value_name = "FOLDER")]
    pub(crate) stems: Option<PathBuf>,

    /// Play the instruments of a SoundFont instead of the program's own
    #[arg(long, value_name = "FILE.sf2")]
    pub(crate) soundfont: Option<PathBuf>,

    /// Louder, or with a negative number softer
    #[arg(long, value_name = "DB", allow_negative_numbers = true, value_parser = |text: &str| within(text, -60.0, 40.0))]
    pub(crate) gain: Option<f32>,

    /// Make the whole piece so loud (EBU R 128), such as -16; takes several times as long
    #[arg(long, value_name = "LUFS", allow_negative_numbers = true, conflicts_with = "gain",
        value_parser = |text: &str| within(text, -60.0, 0.0).map(f64::from))]
    pub(crate) normalize: Option<f64>,

    /// Replace files that exist
    #[arg(long)]
    pub(crate) force: bool,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// `ripieno play`
#[derive(Debug, Args)]
#[command(after_help = "\
Ctrl-C stops.

Examples:
  ripieno play piece.mid
  ripieno play piece.mid --from 17                        from bar 17
  ripieno play piece.mid --from 1:30 --buffer 1024
  ripieno play --list-devices")]
pub(crate) struct Play {
    /// The MIDI file
    #[arg(value_name = "FILE.mid", required_unless_present = "list_devices")]
    pub(crate) file: Option<PathBuf>,

    /// The device: its name, or a part of it [default: the system's choice]
    #[arg(long, value_name = "NAME")]
    pub(crate) device: Option<String>,

    /// The sound system [default: the system's choice]
    #[arg(long, value_name = "NAME")]
    pub(crate) host: Option<String>,

    /// Frames a second [default: the device's choice]
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(22_050..=192_000))]
    pub(crate) rate: Option<u32>,

    /// Frames that the device asks for at a time: fewer sound sooner, more are safer
    #[arg(long, value_name = "FRAMES", default_value_t = 512, value_parser = clap::value_parser!(u32).range(16..=8192))]
    pub(crate) buffer: u32,

    /// Louder, or with a negative number softer
    #[arg(long, value_name = "DB", default_value = "0", allow_negative_numbers = true,
        value_parser = |text: &str| within(text, -60.0, 40.0))]
    pub(crate) gain: f32,

    /// Play the instruments of a SoundFont instead of the program's own
    #[arg(long, value_name = "FILE.sf2")]
    pub(crate) soundfont: Option<PathBuf>,

    /// Where to begin: a bar, counted from 1, or minutes and seconds
    #[arg(long, value_name = "BAR|MM:SS")]
    pub(crate) from: Option<Start>,

    /// Say which devices there are
    #[arg(long, conflicts_with_all = ["file", "device", "host", "rate", "buffer", "gain", "soundfont", "from"])]
    pub(crate) list_devices: bool,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub(crate) json: bool,
}
