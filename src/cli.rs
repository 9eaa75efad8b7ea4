//! What can be typed. Nothing below the commands sees these types.

mod control;
mod explain;
mod humanize;
mod licences;
#[cfg(feature = "device")]
mod live;
mod provenance;
mod sound;
mod styles;
mod train;

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use ripieno_composer::device::DeviceChoice;
use ripieno_score::{Instrument, Key};

use crate::parts::parse_instrument;
use crate::settings::{StyleMix, within};
pub(crate) use control::TypedControls;
pub(crate) use explain::Explain;
pub(crate) use humanize::Humanize;
pub(crate) use licences::DataLicences;
#[cfg(feature = "device")]
pub(crate) use live::{Live, TypedPlaying};
pub(crate) use provenance::Provenance;
pub(crate) use sound::{Play, Render};
pub(crate) use styles::{
    ExportStyle, ImportStyle, MeasureStyle, RemoveStyle, ShowStyle, StylesCommand, Train, TrainStyle,
};
pub(crate) use train::{TrainBase, TrainCommand, TrainPerformance};

/// Makes music together with you: give it a melody, it answers with a piece.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = TOP_EXAMPLES)]
pub(crate) struct Cli {
    /// Say more about what happens; twice for everything
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,

    #[command(subcommand)]
    pub(crate) command: Command,
}

const TOP_EXAMPLES: &str = "\
Examples:
  ripieno compose examples/seeds/greensleeves.mid -o piece.mid
  ripieno play piece.mid
  ripieno render piece.mid -o piece.wav
  ripieno inspect song.mid --plot song.svg
  ripieno explain song.mid
  ripieno data scan my-midis

Exit codes: 0 done, 1 something failed, 2 wrong usage, 3 a bad input file.";

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Compose a piece, from a melody or from nothing
    Compose(Box<Compose>),
    /// Play a piece that is there as people do: micro-timing and dynamics
    Humanize(Humanize),
    /// Make a WAV file of a MIDI file
    Render(Render),
    /// Play a MIDI file through the speakers
    Play(Play),
    /// Show what is in a MIDI file: parts, key, meter, tempo, chords
    Inspect(Inspect),
    /// Explain a piece in the words of music theory
    Explain(Explain),
    /// Compare a piece with what the model was trained on: what is in it that somebody else wrote?
    Originality(Originality),
    /// Show how a file was made and what was edited since; compose it again
    Provenance(Provenance),
    /// Improvise through the speakers, alone or with you
    #[cfg(feature = "device")]
    Live(Box<Live>),
    /// List the MIDI inputs and outputs
    #[cfg(feature = "device")]
    Ports,
    /// Train a style of your own from a folder, or a whole model
    Train(Box<Train>),
    /// Look after your own styles
    Styles {
        #[command(subcommand)]
        command: StylesCommand,
    },
    /// Measure a model on music that it has not seen
    Eval(Eval),
    /// Look after collections of MIDI files
    Data {
        #[command(subcommand)]
        command: DataCommand,
    },
}

/// The verbs of `data`.
#[derive(Debug, Subcommand)]
pub(crate) enum DataCommand {
    /// Read a folder of MIDI files and prepare it for training
    Scan(DataScan),
    /// Tell by whose leave a folder may be trained on: licences, consent, opt-outs, credits
    Licences(DataLicences),
    /// Write down what a model trained on a folder will have learnt from, for `ripieno originality`
    Index(DataIndex),
    /// Compose pieces by rules, for styles that have no free recordings
    Compose(DataCompose),
}

/// What shall happen to the seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TypedTask {
    /// Go on where the seed ends
    Continue,
    /// Keep the seed and add parts to it
    Accompany,
    /// Compose the bars from --from-bar to --to-bar anew
    Infill,
    /// Play the seed in another way
    Vary,
}

/// `ripieno compose`
#[derive(Debug, Args)]
#[command(after_help = "\
Without a task the melody is kept, continued to a whole piece and accompanied. Without a seed file a
piece is composed from nothing. The same settings with the same --seed give the same notes.

Examples:
  ripieno compose examples/seeds/greensleeves.mid -o piece.mid --wav piece.wav
  ripieno compose waltz.mid -o full.mid --task accompany --parts piano,bass --plot full.svg
  ripieno compose -o rag.mid --style ragtime-march --bars 16
  ripieno compose song.mid -o new.mid --task infill --from-bar 5 --to-bar 8 --seed 7
  ripieno compose tune.mid -o mix.mid --style baroque:2,jazz-standard:1 --style-strength 1.5
  ripieno compose -o loop.mid --chords \"Am | F | C | G\" --parts piano,bass --density 0.2..0.8
  ripieno compose tune.mid -o song.mid --form AABA --takes 4
  ripieno compose tune.mid -o alive.mid --humanize 0.7
  ripieno compose tune.mid -o tune2.mid --task vary --rhythm keep --scale dorian --variation 0.8
  ripieno compose song.mid -o new.mid --task infill --from-bar 5 --to-bar 8 --lock bass")]
pub(crate) struct Compose {
    /// The melody to begin with
    #[arg(value_name = "SEED.mid")]
    pub(crate) seed_file: Option<PathBuf>,

    /// The file to write
    #[arg(short, long, value_name = "OUT.mid")]
    pub(crate) output: PathBuf,

    /// What to do with the melody
    #[arg(long, value_enum, requires = "seed_file")]
    pub(crate) task: Option<TypedTask>,

    /// Length of the piece
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) bars: Option<u16>,

    /// One style or a mix of several; a weight is a share
    #[arg(long, value_name = "NAME[:WEIGHT],…")]
    pub(crate) style: Option<StyleMix>,

    /// How much the style is obeyed: 0 not at all, 1 as learnt, more is more; 2 when nothing is said
    #[arg(long, value_name = "X", requires = "style", value_parser = |text: &str| within(text, 0.0, 10.0))]
    pub(crate) style_strength: Option<f32>,

    /// The instruments: names such as piano, bass, drums, any General MIDI name, or a program number from 0
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', value_parser = parse_instrument)]
    pub(crate) parts: Vec<Instrument>,

    /// Keep to this key, such as "A minor" or Bb
    #[arg(long)]
    pub(crate) key: Option<Key>,

    /// Quarter notes a minute
    #[arg(long, value_name = "BPM", value_parser = |text: &str| within(text, 10.0, 500.0))]
    pub(crate) tempo: Option<f32>,

    /// How daring: 0 always plays the likeliest note
    #[arg(long, value_name = "T", value_parser = |text: &str| within(text, 0.0, 5.0))]
    pub(crate) temperature: Option<f32>,

    /// Choose only among the likeliest notes that together have this probability
    #[arg(long, value_name = "P", value_parser = |text: &str| within(text, 0.0, 1.0))]
    pub(crate) top_p: Option<f32>,

    /// Leave out notes less likely than this share of the likeliest
    #[arg(long, value_name = "P", value_parser = |text: &str| within(text, 0.0, 1.0))]
    pub(crate) min_p: Option<f32>,

    /// The random seed [default: another each time, and printed]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,

    /// Compose so many and keep the best
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) candidates: Option<u16>,

    /// First bar to compose anew; the first bar of the piece is 1
    #[arg(long, value_name = "A", requires = "to_bar", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) from_bar: Option<u16>,

    /// Last bar to compose anew
    #[arg(long, value_name = "B", requires = "from_bar", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) to_bar: Option<u16>,

    #[command(flatten)]
    pub(crate) controls: TypedControls,

    /// Play the finished piece as people do, your notes too: 0 leaves all as it is written, 1 is as much as people do
    #[arg(long, value_name = "X", default_value = "0", value_parser = |text: &str| within(text, 0.0, 1.0))]
    pub(crate) humanize: f32,

    /// Copy no more than so many notes that say something of one piece that the model has learnt from; your own notes
    /// do not count
    #[arg(long, value_name = "N", default_value = "16", value_parser = |text: &str| within(text, 4.0, 10_000.0))]
    pub(crate) max_overlap: f32,

    /// Weights to use instead of the base model
    #[arg(long, value_name = "WEIGHTS.safetensors")]
    pub(crate) model: Option<PathBuf>,

    /// Where the network computes: flex or ndarray
    #[arg(long, value_name = "NAME", default_value = "flex")]
    pub(crate) device: DeviceChoice,

    /// Let the piece sound, too: write a WAV file as `ripieno render` does
    #[arg(long, value_name = "OUT.wav")]
    pub(crate) wav: Option<PathBuf>,

    /// Draw a piano roll in which your notes are outlined
    #[arg(long, value_name = "OUT.svg")]
    pub(crate) plot: Option<PathBuf>,

    /// Sign the record of how the piece was made; `ripieno provenance --new-key` makes a key
    #[arg(long, value_name = "KEYFILE", conflicts_with = "no_provenance")]
    pub(crate) sign: Option<PathBuf>,

    /// Do not write into the file how it was made
    #[arg(long)]
    pub(crate) no_provenance: bool,

    /// Replace files that exist
    #[arg(long)]
    pub(crate) force: bool,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// `ripieno inspect`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ripieno inspect song.mid
  ripieno inspect song.mid --plot song.svg      a piano roll, for any browser
  ripieno inspect song.mid --json | jq .key     for other programs")]
pub(crate) struct Inspect {
    /// The MIDI file
    #[arg(value_name = "FILE.mid")]
    pub(crate) file: PathBuf,

    /// Draw a piano roll
    #[arg(long, value_name = "OUT.svg")]
    pub(crate) plot: Option<PathBuf>,

    /// Replace the picture if it exists
    #[arg(long)]
    pub(crate) force: bool,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// `ripieno data scan`
#[derive(Debug, Args)]
#[command(after_help = "\
Licences come from a `manifest.csv` or `manifest.toml` in the folder. Files of which nothing is known
are left out unless you allow them; files that forbid training are always left out (`ripieno data licences`).
A second scan reads only what has changed. Ctrl-C stops it; what was read is kept.

Examples:
  ripieno data scan my-midis --allow-unknown-licence
  ripieno data scan corpus -o prepared --json > report.json")]
pub(crate) struct DataScan {
    /// The folder, searched with all folders in it
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,

    /// Where to put the prepared corpus [default: FOLDER's name with `.prepared`, here]
    #[arg(short, long, value_name = "OUT_DIR")]
    pub(crate) output: Option<PathBuf>,

    /// Take files of which no licence is known: for music that you may use yourself
    #[arg(long)]
    pub(crate) allow_unknown_licence: bool,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// `ripieno data index`
#[derive(Debug, Args)]
#[command(after_help = "\
The index holds the melodic lines of all pieces that are for training, without octaves and in rough
rhythm, with titles and licences. `ripieno train base` writes one beside the weights by itself.

Example:
  ripieno data index my-midis -o my-midis.originality --allow-unknown-licence
  ripieno originality piece.mid --index my-midis.originality")]
pub(crate) struct DataIndex {
    /// The collection
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,

    /// The file to write
    #[arg(short, long, value_name = "OUT.originality")]
    pub(crate) output: PathBuf,

    /// Where the prepared corpus is, or goes [default: FOLDER's name with `.prepared`, here]
    #[arg(long, value_name = "DIR")]
    pub(crate) prepared: Option<PathBuf>,

    /// Take files of which no licence is known
    #[arg(long)]
    pub(crate) allow_unknown_licence: bool,

    /// Replace the file if it exists
    #[arg(long)]
    pub(crate) force: bool,
}

/// `ripieno originality`
#[derive(Debug, Args)]
#[command(after_help = "\
Copies are found in any key, octave and tempo, with ornaments and with notes left out. The overlap
counts notes that say something: what everybody plays (scales, broken chords, repeated notes) counts
little. Drums are not compared.

Examples:
  ripieno originality piece.mid
  ripieno originality piece.mid --plot piece.svg       the notes that are elsewhere too, outlined
  ripieno originality piece.mid --against my-midis     compare with a folder instead")]
pub(crate) struct Originality {
    /// The piece
    #[arg(value_name = "FILE.mid")]
    pub(crate) file: PathBuf,

    /// Compare with the MIDI files of a folder instead of what the base model was trained on
    #[arg(long, value_name = "FOLDER")]
    pub(crate) against: Option<PathBuf>,

    /// Compare with what another model was trained on: the index beside its weights
    #[arg(long, value_name = "FILE.originality", conflicts_with = "against")]
    pub(crate) index: Option<PathBuf>,

    /// The weights that the index must belong to
    #[arg(long, value_name = "WEIGHTS.safetensors", requires = "index")]
    pub(crate) model: Option<PathBuf>,

    /// Draw a piano roll in which the common notes are outlined
    #[arg(long, value_name = "OUT.svg")]
    pub(crate) plot: Option<PathBuf>,

    /// Replace the picture if it exists
    #[arg(long)]
    pub(crate) force: bool,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// `ripieno data compose`
#[derive(Debug, Args)]
#[command(after_help = "\
The pieces are made by rules from books and papers, not by a model and not by people. Each file says so, and
`manifest.csv` beside them gives every file its style and the licence CC0-1.0. The same --seed gives the
same files on every machine; more --pieces add to them. The folder must be new or empty.

Examples:
  ripieno data compose --list
  ripieno data compose blues --pieces 300 -o blues
  ripieno data compose all --pieces 300 -o composed --seed 7
  ripieno data scan composed")]
pub(crate) struct DataCompose {
    /// The style, or `all` for a folder of each
    #[arg(required_unless_present = "list")]
    pub(crate) style: Option<String>,

    /// How many pieces of each style
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=9999))]
    pub(crate) pieces: u32,

    /// The folder to make
    #[arg(short, long, value_name = "FOLDER", required_unless_present = "list")]
    pub(crate) output: Option<PathBuf>,

    /// The random seed
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,

    /// Show the styles and where their rules come from
    #[arg(long, conflicts_with_all = ["style", "output"])]
    pub(crate) list: bool,
}

/// `ripieno eval`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ripieno eval --corpus corpus
  ripieno eval --corpus corpus --model runs/base/best.safetensors --json > figures.json
  ripieno eval --corpus corpus --round-trip
  ripieno eval --corpus corpus --styles 20 --plot styles.svg    is the style heard that was asked for?
  ripieno eval --corpus corpus --overlap 200    do composed pieces repeat what was learnt?
  ripieno eval --corpus corpus --humanize       does it play as people do?")]
pub(crate) struct Eval {
    /// The collection that the model was trained on; its test split is used
    #[arg(long, value_name = "FOLDER")]
    pub(crate) corpus: PathBuf,

    /// Where the prepared corpus is, or goes [default: FOLDER's name with `.prepared`, here]
    #[arg(long, value_name = "DIR")]
    pub(crate) prepared: Option<PathBuf>,

    /// Weights to use instead of the base model
    #[arg(long, value_name = "WEIGHTS.safetensors")]
    pub(crate) model: Option<PathBuf>,

    /// Stretches of music taken from each piece at most; all of it takes long
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) stretches: usize,

    /// Measure what is lost between notes and events instead, over every file of the collection
    #[arg(long, conflicts_with_all = ["model", "stretches"])]
    pub(crate) round_trip: bool,

    /// Measure how well the model accompanies so many melodies of the test split, played to it live, instead
    #[arg(long, value_name = "N", conflicts_with_all = ["stretches", "round_trip"])]
    pub(crate) listening: Option<usize>,

    /// Compose so many pieces of every style and measure whether the style is heard, instead
    #[arg(long, value_name = "N", conflicts_with_all = ["stretches", "round_trip", "listening"],
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) styles: Option<u16>,

    /// How much the style is obeyed in these: 0 not at all, 1 as learnt, more is more
    #[arg(long, value_name = "X", default_value = "2", requires = "styles",
          value_parser = |text: &str| within(text, 0.0, 10.0))]
    pub(crate) style_strength: f32,

    /// Compose these from nothing, instead of from melodies of the test split
    #[arg(long, requires = "styles")]
    pub(crate) from_nothing: bool,

    /// Compose so many pieces and measure what they have in common with the training split, instead
    #[arg(long, value_name = "N", conflicts_with_all = ["stretches", "round_trip", "listening", "styles"],
          value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) overlap: Option<u16>,

    /// Measure how well it is known how people play, on performances of the test split, instead; --model names other weights
    /// of `ripieno train performance`
    #[arg(long, conflicts_with_all = ["stretches", "round_trip", "listening", "styles", "overlap"])]
    pub(crate) humanize: bool,

    /// The random seed of what is composed
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,

    /// Draw which style was asked for and which was heard
    #[arg(long, value_name = "OUT.svg", requires = "styles")]
    pub(crate) plot: Option<PathBuf>,

    /// Replace the picture if it exists
    #[arg(long)]
    pub(crate) force: bool,

    /// Take files of which no licence is known
    #[arg(long)]
    pub(crate) allow_unknown_licence: bool,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub(crate) json: bool,
}
