//! `ripieno explain`, as typed.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::Args;

use crate::settings::parse_bars;

const EXAMPLES: &str = "\
Keys and modulations, chords as roman numerals, cadences, phrases and form, motifs, non-chord tones and
texture: each found in the notes and told with its bars. What is doubtful is called so or left out.

Examples:
  ripieno explain minuet.mid
  ripieno explain minuet.mid --bars 9-16
  ripieno explain minuet.mid --plot minuet.svg      a piano roll with the analysis
  ripieno explain piece.mid --considered            what else the model could have played, and why not
  ripieno explain piece.mid --considered --style baroque --given 1 --bars 5-8
  ripieno explain minuet.mid --json | jq '.analysis.cadences'    --help tells what it holds";

const JSON: &str = "\
Print one JSON document instead of text

  file, title, bars, spoken_of [first, last]
  analysis
    keys[]       from, end, last_bar, key {tonic, mode: Major | Minor}, arrival {kind: pivot | change_of_mode | direct, ...}
    chords[]     from, end, key, root, intervals, bass, symbol, numeral, function, cadential_six_four, fit,
                 is_plain, is_implied
    phrases[]    from, end, letter, last_bar, cadence, is_marked
    cadences[]   at, from_bar, phrase_end, is_implied, kind, key, chords [the last two]
    form         sections[] letter, first_bar, last_bar; themes[] kind, first_bar, last_bar; name
    motifs[]     letter, notes, occurrences[] at, end, notes, transformation, steps
    sequences[]  from, last_bar, members, steps, length
    imitation    subject, entries[] at, steps, is_exact; or null
    ornaments[]  at, note, name, kind, figure
    textures[]   first_bar, last_bar, kind, pattern, voices
  considered     null without --considered
    style, style_is: asked | likeliest, told[], given_parts[], is_composed, notes, bars
                 [first, last], nats_per_note, usual_choices
    surprising[], uncertain[], bar_starts[]   at, part, part_name, pitch, name, probability, choices [equally
                 likely ones], others[] pitch, name, probability; moment, other_moments[] at, probability;
                 pulls, note_pulls {style, chord, key, form, given: times likelier with it than without}

A place (from, at) is {step, bar, beat}: 24 steps a quarter note from the start; bar 1 is the file's first;
beats are felt beats, the first of a bar is 1. `end` is a step. Pitch classes count from C = 0. Numerals are
RomanText: V65/ii, viio7, iiø65, N6, Ger+6. Fields may be added, none is renamed or taken away.";

/// `ripieno explain`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Explain {
    /// The MIDI file
    #[arg(value_name = "FILE.mid")]
    pub(crate) file: PathBuf,

    /// Speak of these bars alone; the first bar of the file is 1
    #[arg(long, value_name = "A-B", value_parser = parse_bars)]
    pub(crate) bars: Option<RangeInclusive<usize>>,

    /// Tell what else the model considered: at the notes that it expected least, at those of which it was least sure, and
    /// at the first notes of bars; and which instruction pulled it there. It reads the first 2,000 notes, or those of --bars
    #[arg(long)]
    pub(crate) considered: bool,

    /// The style that the model is told [default: the one in which it finds the notes likeliest]
    #[arg(long, value_name = "NAME", requires = "considered")]
    pub(crate) style: Option<String>,

    /// Parts that the model hears and does not play, counted from 1: the melody of a piece that was accompanied
    #[arg(long, value_name = "PART,…", value_delimiter = ',', requires = "considered",
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=48))]
    pub(crate) given: Vec<usize>,

    /// Weights to use instead of the base model
    #[arg(long, value_name = "WEIGHTS.safetensors", requires = "considered")]
    pub(crate) model: Option<PathBuf>,

    /// Draw a piano roll with numerals, keys, phrases, cadences and the first motif
    #[arg(long, value_name = "OUT.svg")]
    pub(crate) plot: Option<PathBuf>,

    /// Replace the picture if it exists
    #[arg(long)]
    pub(crate) force: bool,

    /// Print one JSON document instead of text
    #[arg(long, long_help = JSON)]
    pub(crate) json: bool,
}
