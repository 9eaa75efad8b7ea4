//! What can be typed after `ripieno train` and `ripieno styles`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::TrainCommand;

/// `ripieno train`
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    arg_required_else_help = true,
    after_help = "\
A style is learnt from the MIDI files of a folder, on top of the model inside the program, which
stays as it is. 20 files make a style, 50 or more a good one; it takes minutes. Some files are kept
aside, and training ends when these are predicted no better. It can be stopped at any time, with
Ctrl-C or without; the same command goes on from the last checkpoint. The style is at once a name
for --style.

A folder without a manifest is taken as your own music. Where there is a manifest, files of which
it says nothing are left out unless you allow them; files that forbid training are always left out.

Examples:
  ripieno train my-tunes --name reels
  ripieno compose -o reel.mid --style reels
  ripieno compose tune.mid -o mix.mid --style reels:0.5,romantic:0.5"
)]
pub(crate) struct Train {
    #[command(subcommand)]
    pub(crate) command: Option<TrainCommand>,

    #[command(flatten)]
    pub(crate) style: Option<TrainStyle>,
}

/// `ripieno train FOLDER`
#[derive(Debug, Args)]
pub(crate) struct TrainStyle {
    /// The folder with your music, searched with all folders in it
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,

    /// What the style shall be called
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,

    /// Optimizer steps at most [default: as the amount of music asks for]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) steps: Option<u64>,

    /// The random seed
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,

    /// Take files of which the folder's manifest says no licence
    #[arg(long)]
    pub(crate) allow_unknown_licence: bool,

    /// Replace your style of that name
    #[arg(long)]
    pub(crate) force: bool,
}

/// The verbs of `styles`.
#[derive(Debug, Subcommand)]
pub(crate) enum StylesCommand {
    /// List your own styles and those of the model
    List {
        /// Print one JSON document instead of text
        #[arg(long)]
        json: bool,
    },
    /// Show what a style of yours was learnt from, or what music of a style of the model is like
    Show(ShowStyle),
    /// Write a style of yours into a file, for another computer or person
    Export(ExportStyle),
    /// Take in a style from a file
    Import(ImportStyle),
    /// Remove a style of yours
    Remove(RemoveStyle),
    /// Measure how well a style of yours predicts music that it has not seen, beside the model's own styles
    Measure(MeasureStyle),
}

/// `ripieno styles show`
#[derive(Debug, Args)]
pub(crate) struct ShowStyle {
    /// The style
    pub(crate) name: String,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// `ripieno styles export`
#[derive(Debug, Args)]
#[command(after_help = "\
Along with the style goes what `compose` needs to find copies of its music: titles and melodic
lines, as far as they are small. --without-index leaves them out.

Example:
  ripieno styles export reels -o reels.safetensors")]
pub(crate) struct ExportStyle {
    /// The style
    pub(crate) name: String,

    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,

    /// Leave out titles and melodic lines of the music
    #[arg(long)]
    pub(crate) without_index: bool,

    /// Replace the file if it exists
    #[arg(long)]
    pub(crate) force: bool,
}

/// `ripieno styles import`
#[derive(Debug, Args)]
pub(crate) struct ImportStyle {
    /// A file that `ripieno styles export` wrote
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// What it shall be called here [default: the name that it has]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// Replace your style of that name
    #[arg(long)]
    pub(crate) force: bool,
}

/// `ripieno styles remove`
#[derive(Debug, Args)]
pub(crate) struct RemoveStyle {
    /// The style, or one whose training was not finished
    pub(crate) name: String,
}

/// `ripieno styles measure`
#[derive(Debug, Args)]
#[command(after_help = "\
The figures are nats per note: how much the notes surprise, fewer are better. Nothing is given and
nothing is said but the style. The best mix of the model's own styles is looked for on this very
music, which favours it. Half the style and half another one should lie between the two.

Example:
  ripieno styles measure reels other-reels --against romantic,ragtime-march")]
pub(crate) struct MeasureStyle {
    /// The style
    pub(crate) name: String,

    /// A folder with music that the style has not seen
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,

    /// Other styles, each alone and mixed half and half [default: the nearest one]
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub(crate) against: Vec<String>,

    /// Stretches of music taken from each piece at most
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) stretches: usize,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub(crate) json: bool,
}
