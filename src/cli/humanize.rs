//! What can be typed after `ripieno humanize`.

use std::path::PathBuf;

use clap::Args;

use crate::settings::within;

/// `ripieno humanize`
#[derive(Debug, Args)]
#[command(after_help = "\
Notes are moved by milliseconds and made louder and softer, as performances have taught; pitches, tempo map
and bars stay, and so does the order of the notes of a part. What is shaped already is left as it is:
velocities that vary are changed the less, notes off the grid are not moved, a tempo map with a shape stays
the only one. The file that is written holds notes, tempo, meter and key, with the pedal in the durations;
lyrics and controllers are left out. The same --seed plays the same. `ripieno compose --humanize` does it
to what is composed.

Examples:
  ripieno humanize song.mid -o played.mid
  ripieno humanize song.mid -o played.mid --amount 0.4 --seed 7")]
pub(crate) struct Humanize {
    /// The MIDI file
    #[arg(value_name = "IN.mid")]
    pub(crate) file: PathBuf,

    /// The file to write
    #[arg(short, long, value_name = "OUT.mid")]
    pub(crate) output: PathBuf,

    /// How much: 0 leaves all as it is written, 1 is as much as people do
    #[arg(long, value_name = "X", default_value = "0.7", value_parser = |text: &str| within(text, 0.0, 1.0))]
    pub(crate) amount: f32,

    /// The random seed [default: another each time, and printed]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,

    /// Weights to use instead of those in the program; `ripieno train performance` makes some
    #[arg(long, value_name = "WEIGHTS.safetensors")]
    pub(crate) model: Option<PathBuf>,

    /// Sign the record of how the file was made; `ripieno provenance --new-key` makes a key
    #[arg(long, value_name = "KEYFILE", conflicts_with = "no_provenance")]
    pub(crate) sign: Option<PathBuf>,

    /// Do not write into the file how it was made
    #[arg(long)]
    pub(crate) no_provenance: bool,

    /// Replace the file if it exists
    #[arg(long)]
    pub(crate) force: bool,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub(crate) json: bool,
}
