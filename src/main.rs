//! `ripieno`: give it a melody, it answers with a piece.
//!
//! This file reads as the program: what was typed ([`cli`]) becomes a command ([`commands`]), and an error becomes an
//! exit code ([`failure`]). The music is made in the crates below.

mod bars;
mod chords;
mod cli;
mod commands;
mod confusion_matrix;
mod controls;
#[cfg(feature = "device")]
mod device_notice;
mod failure;
mod input;
mod instruments;
#[cfg(feature = "device")]
mod live;
mod loss_curve;
mod model_card;
mod output;
mod parts;
mod performance_card;
mod piano_roll;
mod progress;
mod provenance;
mod recording;
mod settings;
mod stems;
mod style_folder;
mod takes;
#[cfg(test)]
mod test_scores;
mod weights;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command, DataCommand, TrainCommand};

/// Tensors come and go by the megabyte: an allocator that keeps freed pages spares clearing them again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    progress::start_logging(cli.verbose);
    let outcome = match &cli.command {
        Command::Compose(typed) => commands::compose::run(typed),
        Command::Humanize(typed) => commands::humanize::run(typed),
        Command::Render(typed) => commands::render::run(typed),
        Command::Play(typed) => commands::play::run(typed),
        #[cfg(feature = "device")]
        Command::Live(typed) => commands::live::run(typed),
        #[cfg(feature = "device")]
        Command::Ports => commands::ports::run(),
        Command::Train(typed) => match &typed.command {
            Some(TrainCommand::Base(typed)) => commands::train_base::run(typed),
            Some(TrainCommand::Performance(typed)) => commands::train_performance::run(typed),
            None => commands::train_style::run(typed.style.as_ref()),
        },
        Command::Styles { command } => commands::styles::run(command),
        Command::Eval(typed) => commands::eval::run(typed),
        Command::Explain(typed) => commands::explain::run(typed),
        Command::Inspect(typed) => commands::inspect::run(typed),
        Command::Originality(typed) => commands::originality::run(typed),
        Command::Provenance(typed) => commands::provenance::run(typed),
        Command::Data { command: DataCommand::Compose(typed) } => commands::data_compose::run(typed),
        Command::Data { command: DataCommand::Scan(typed) } => commands::data_scan::run(typed),
        Command::Data { command: DataCommand::Licences(typed) } => commands::data_licences::run(typed),
        Command::Data { command: DataCommand::Index(typed) } => commands::data_index::run(typed),
    };
    failure::exit_code(outcome)
}
