//! What can be typed after `ripieno live` and `ripieno ports`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ripieno_score::{Instrument, Key, Pitch};

use crate::parts::parse_instrument;
use crate::settings::{StyleMix, within};

/// Who plays what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TypedPlaying {
    /// The machine plays everything; you may join in
    Alone,
    /// You have the tune, the machine accompanies
    Accompany,
    /// The machine accompanies, and answers when you pause
    Answer,
    /// You and the machine have the tune in turns of four bars
    Trade,
    /// Your left hand gives the chords, the band plays them
    Band,
}

/// `ripieno live`
#[derive(Debug, Args)]
#[command(after_help = "\
It plays until you end it: q ends with a cadence, Esc at once. With --input it listens to a MIDI keyboard
(see `ripieno ports`); without one, Tab lets the letters of the computer keyboard play. MIDI controllers
20, 21 and 22 set tempo, density and temperature; a MIDI clock that comes in sets the tempo.

Examples:
  ripieno live --style romantic:0.7,ragtime-march:0.3
  ripieno live --seed-melody examples/seeds/greensleeves.mid --record evening.mid --wav evening.wav
  ripieno live --input keystation --mode answer --parts piano,bass,drums --follow
  ripieno live --output synth --output virtual --midi-clock        heard here and in a DAW
  ripieno live --replay evening.journal --record again.mid")]
pub(crate) struct Live {
    /// One style or a mix of several; a weight is a share
    #[arg(long, value_name = "NAME[:WEIGHT],…")]
    pub(crate) style: Option<StyleMix>,

    /// A melody to begin with
    #[arg(long, value_name = "FILE.mid")]
    pub(crate) seed_melody: Option<PathBuf>,

    /// Who plays what [default: alone, or answer with --input]
    #[arg(long, value_enum)]
    pub(crate) mode: Option<TypedPlaying>,

    /// The MIDI input to listen to: its name or a part of it, or `virtual` for a port of its own
    #[arg(long, value_name = "PORT")]
    pub(crate) input: Option<String>,

    /// Where the music sounds: `synth` is the built-in synthesizer, anything else a MIDI output's name or a part of it, or
    /// `virtual` for a port of its own; twice for both. Time is the sound device's in any case
    #[arg(long, value_name = "synth|PORT", default_value = "synth")]
    pub(crate) output: Vec<String>,

    /// Send the beat to the MIDI output, 24 pulses a quarter note, with start and stop
    #[arg(long)]
    pub(crate) midi_clock: bool,

    /// Follow your tempo as you play
    #[arg(long)]
    pub(crate) follow: bool,

    /// With --mode band, the lowest key of the right hand, as a MIDI key
    #[arg(long, value_name = "KEY", default_value = "60", value_parser = parse_pitch)]
    pub(crate) split: Pitch,

    /// Your instrument
    #[arg(long, value_name = "NAME", default_value = "piano", value_parser = parse_instrument)]
    pub(crate) instrument: Instrument,

    /// The machine's instruments
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', value_parser = parse_instrument)]
    pub(crate) parts: Vec<Instrument>,

    /// Keep to this key, such as "A minor" or Bb
    #[arg(long)]
    pub(crate) key: Option<Key>,

    /// Quarter notes a minute
    #[arg(long, value_name = "BPM", value_parser = |text: &str| within(text, 30.0, 280.0))]
    pub(crate) tempo: Option<f32>,

    /// How many notes: 1 few, 8 many [default: as the music goes]
    #[arg(long, value_name = "1-8", value_parser = clap::value_parser!(u8).range(1..=8))]
    pub(crate) density: Option<u8>,

    /// How daring: 0 always plays the likeliest note
    #[arg(long, value_name = "T", value_parser = |text: &str| within(text, 0.1, 2.0))]
    pub(crate) temperature: Option<f32>,

    /// Copy no more than so many notes that say something of one piece that the model has learnt from; what you play does
    /// not count
    #[arg(long, value_name = "N", default_value = "16", value_parser = |text: &str| within(text, 4.0, 10_000.0))]
    pub(crate) max_overlap: f32,

    /// End with a cadence after so many bars
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) bars: Option<u32>,

    /// Beats written ahead
    #[arg(long, value_name = "BEATS", default_value_t = 4, value_parser = clap::value_parser!(u64).range(2..=64))]
    pub(crate) look_ahead: u64,

    /// Beats settled at a time: fewer answer sooner, more are safer
    #[arg(long, value_name = "BEATS", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=16))]
    pub(crate) commit: u64,

    /// Write the performance as a MIDI file, your part and the machine's apart
    #[arg(long, value_name = "OUT.mid")]
    pub(crate) record: Option<PathBuf>,

    /// Write the sound as it was heard
    #[arg(long, value_name = "OUT.wav")]
    pub(crate) wav: Option<PathBuf>,

    /// Keep the journal of the performance, which --replay reads
    #[arg(long, value_name = "FILE")]
    pub(crate) journal: Option<PathBuf>,

    /// Play the very notes of a journal again; with --record, make their MIDI file instead
    #[arg(long, value_name = "JOURNAL", conflicts_with_all = ["wav", "journal", "input", "style", "seed_melody"])]
    pub(crate) replay: Option<PathBuf>,

    /// The random seed [default: another each time, and printed]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,

    /// Sign the record of how the music came about; `ripieno provenance --new-key` makes a key
    #[arg(long, value_name = "KEYFILE", conflicts_with = "no_provenance")]
    pub(crate) sign: Option<PathBuf>,

    /// Do not write into the files how the music came about
    #[arg(long)]
    pub(crate) no_provenance: bool,

    /// Plain lines instead of the screen
    #[arg(long)]
    pub(crate) headless: bool,

    /// The sound system
    #[arg(long, value_name = "NAME")]
    pub(crate) host: Option<String>,

    /// The sound device
    #[arg(long, value_name = "NAME")]
    pub(crate) device: Option<String>,

    /// Frames of a buffer
    #[arg(long, value_name = "FRAMES", default_value_t = 256, value_parser = clap::value_parser!(u32).range(16..=8192))]
    pub(crate) buffer: u32,

    /// Make the model slower by so many milliseconds a note, to see what happens then
    #[arg(long, value_name = "MS", hide = true, default_value_t = 0)]
    pub(crate) slowed_ms: u64,

    /// Replace files that exist
    #[arg(long)]
    pub(crate) force: bool,

    /// Print one JSON document at the end instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

fn parse_pitch(text: &str) -> Result<Pitch, String> {
    text.parse().ok().and_then(Pitch::new).ok_or_else(|| format!("`{text}` is no MIDI key, 0 to 127"))
}
