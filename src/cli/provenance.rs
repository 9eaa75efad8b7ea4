//! What can be typed after `ripieno provenance`.

use std::path::PathBuf;

use clap::Args;

/// `ripieno provenance`
#[derive(Debug, Args)]
#[command(after_help = "\
Files that ripieno writes say how they were made: program, model, settings, random seed, and which notes are
a person's. They name no person and no file. A signature shows who made a file, to those who know the key.

Examples:
  ripieno provenance piece.mid
  ripieno provenance piece.wav --json
  ripieno provenance piece.mid --reproduce again.mid      the very same bytes
  ripieno provenance --new-key my.key
  ripieno compose -o piece.mid --sign my.key")]
pub(crate) struct Provenance {
    /// The MIDI or WAV file
    #[arg(value_name = "FILE", required_unless_present = "new_key")]
    pub(crate) file: Option<PathBuf>,

    /// Compose the piece again from what the file says
    #[arg(long, value_name = "OUT.mid")]
    pub(crate) reproduce: Option<PathBuf>,

    /// The weights with which it was composed, where that was not the base model
    #[arg(long, value_name = "WEIGHTS.safetensors", requires = "reproduce")]
    pub(crate) model: Option<PathBuf>,

    /// Refuse a file that was not signed with this key
    #[arg(long, value_name = "PUBLIC_KEY")]
    pub(crate) signed_by: Option<String>,

    /// Make a key to sign with, and print the public key that belongs to it
    #[arg(long, value_name = "KEYFILE", conflicts_with_all = ["file", "reproduce", "signed_by"])]
    pub(crate) new_key: Option<PathBuf>,

    /// Replace the piece that was composed again if it exists
    #[arg(long)]
    pub(crate) force: bool,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub(crate) json: bool,
}
