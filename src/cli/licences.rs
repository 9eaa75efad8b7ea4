//! `ripieno data licences`, as typed.

use std::path::PathBuf;

use clap::Args;

const EXAMPLES: &str = "\
Every file is counted under its licence and source, with what decides about it: an opt-out of the
author, a consent asked for, a declaration, or the licence itself. What is refused is never trained on;
what is unknown only with --allow-unknown-licence. `manifest.csv` or `manifest.toml` say so, in any
folder of the collection:

  path,license,source,author,consent,opt_out,attribution
  .,CC-BY-4.0,example.org,Ann Author,,,Ann Author (CC BY 4.0)
  drafts,,,,,yes,
  guest/song.mid,CC-BY-NC-4.0,,Guy Guest,yes,,

A path may be that of a folder, and `.` is all of it. What is nearest to a file counts.

Examples:
  ripieno data licences my-midis
  ripieno data licences my-midis --json | jq '.licences[] | select(.verdict == \"refused\")'";

/// `ripieno data licences`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DataLicences {
    /// The collection
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,

    /// Where the prepared corpus is, or goes [default: FOLDER's name with `.prepared`, here]
    #[arg(long, value_name = "DIR")]
    pub(crate) prepared: Option<PathBuf>,

    /// Take files of which no licence is known
    #[arg(long)]
    pub(crate) allow_unknown_licence: bool,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub(crate) json: bool,
}
