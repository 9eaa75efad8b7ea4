//! What is typed after `ripieno train base` and `ripieno train performance`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use ripieno_composer::device::DeviceChoice;

/// The verbs of `train`.
#[derive(Debug, Subcommand)]
pub(crate) enum TrainCommand {
    /// Train a base model on a licensed collection
    Base(TrainBase),
    /// Train what `--humanize` knows about how people play
    Performance(TrainPerformance),
}

/// `ripieno train performance`
#[derive(Debug, Args)]
#[command(after_help = "\
Of the collection those files are read that tell how somebody played: drums played to a click, and pitched
parts whose tempo and velocities were shaped by hand. All others are left aside, whatever they are. The
splits are those of `ripieno data scan`; training ends when validation gains no more. It takes minutes on
one core; the same --seed gives the same weights.

Example:
  ripieno train performance corpus --run runs/performance
  ripieno humanize song.mid -o played.mid --model runs/performance/performance.safetensors")]
pub(crate) struct TrainPerformance {
    /// The collection
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,

    /// Where weights and card go
    #[arg(long, value_name = "RUN_DIR", default_value = "runs/performance")]
    pub(crate) run: PathBuf,

    /// Where the prepared corpus is, or goes [default: RUN_DIR/corpus]
    #[arg(long, value_name = "DIR")]
    pub(crate) corpus: Option<PathBuf>,

    /// Optimizer steps at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) steps: Option<u64>,

    /// Highest learning rate
    #[arg(long, value_name = "RATE")]
    pub(crate) rate: Option<f64>,

    /// The random seed
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,

    /// Take files of which no licence is known
    #[arg(long)]
    pub(crate) allow_unknown_licence: bool,
}

/// `ripieno train base`
#[derive(Debug, Args)]
#[command(after_help = "\
The collection is scanned first if it was not yet (see `ripieno data scan`). Training can be stopped at
any time, with Ctrl-C or without; the same command goes on from the last checkpoint, exactly. Ctrl-C
saves a checkpoint. A higher --steps goes on with a run that is finished.

Examples:
  ripieno train base corpus --run runs/base
  ripieno train base corpus --run runs/small --width 128 --layers 3 --steps 2000
  ripieno train base more-music --run runs/tuned --from base --rate 0.0005 --steps 1000")]
pub(crate) struct TrainBase {
    /// The collection
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,

    /// The run's folder: checkpoints, best weights, log, loss curve
    #[arg(long, value_name = "RUN_DIR", default_value = "runs/base")]
    pub(crate) run: PathBuf,

    /// Where the prepared corpus is, or goes [default: RUN_DIR/corpus]
    #[arg(long, value_name = "DIR")]
    pub(crate) corpus: Option<PathBuf>,

    /// Start from trained weights instead of random ones: a weights file, or `base` for the model inside; sizes come from there
    #[arg(long, value_name = "FILE", conflicts_with_all = ["width", "layers"])]
    pub(crate) from: Option<PathBuf>,

    /// Optimizer steps in all
    #[arg(long, value_name = "N")]
    pub(crate) steps: Option<u64>,

    /// Width of the network
    #[arg(long, value_name = "N")]
    pub(crate) width: Option<usize>,

    /// Layers of the network
    #[arg(long, value_name = "N")]
    pub(crate) layers: Option<usize>,

    /// Steps of context
    #[arg(long, value_name = "N")]
    pub(crate) context: Option<usize>,

    /// Examples in the batch of each replica
    #[arg(long, value_name = "N")]
    pub(crate) batch: Option<usize>,

    /// Replicas side by side, one core each
    #[arg(long, value_name = "N")]
    pub(crate) replicas: Option<usize>,

    /// Highest learning rate
    #[arg(long, value_name = "RATE")]
    pub(crate) rate: Option<f64>,

    /// Move each example by up to so many semitones, at random; drums stay
    #[arg(long, value_name = "SEMITONES", value_parser = clap::value_parser!(u8).range(0..=11))]
    pub(crate) transpose: Option<u8>,

    /// Batches that a replica adds up before each optimizer step
    #[arg(long, value_name = "N")]
    pub(crate) accumulate: Option<usize>,

    /// The random seed
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,

    /// Steps between checkpoints
    #[arg(long, value_name = "N")]
    pub(crate) checkpoint_every: Option<u64>,

    /// Steps between validations
    #[arg(long, value_name = "N")]
    pub(crate) validate_every: Option<u64>,

    /// Where the network computes: flex or ndarray
    #[arg(long, value_name = "NAME", default_value = "flex")]
    pub(crate) device: DeviceChoice,

    /// Take files of which no licence is known
    #[arg(long)]
    pub(crate) allow_unknown_licence: bool,
}
