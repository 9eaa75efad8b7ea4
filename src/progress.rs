//! What is said while working, all of it on stderr: log lines, bars, and how Ctrl-C is heard.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use tracing::Level;

/// Sends log lines to stderr: warnings, with `-v` more, with `-vv` all.
pub(crate) fn start_logging(verbose: u8) {
    let level = match verbose {
        0 => Level::WARN,
        1 => Level::INFO,
        _ => Level::DEBUG,
    };
    tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr).with_target(false).without_time().init();
}

/// A bar that counts things; invisible when stderr is no terminal.
pub(crate) fn bar(unit: &str) -> ProgressBar {
    let template = format!("{{msg:12}} {{wide_bar}} {{human_pos}}/{{human_len}} {unit}, {{per_sec}}, {{eta}} left");
    let style = ProgressStyle::with_template(&template).expect("the template is constant but for the unit");
    ProgressBar::no_length().with_style(style)
}

/// A flag that the first Ctrl-C sets; the second ends the program at once.
pub(crate) fn cancelled_by_ctrl_c() -> anyhow::Result<Arc<AtomicBool>> {
    let cancelled = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&cancelled);
    let handler = move || {
        if flag.swap(true, Ordering::Relaxed) {
            // What the shell reports for a program that was interrupted.
            std::process::exit(130);
        }
    };
    ctrlc::set_handler(handler).context("cannot listen for Ctrl-C")?;
    Ok(cancelled)
}
