//! What the synthesizer promises, by what comes out of it.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "tests fail by panicking, and count small things"
)]

#[path = "../examples/measure/alias.rs"]
#[allow(dead_code, clippy::print_stdout, reason = "the example prints, the tests assert")]
mod alias;
#[path = "../examples/measure/blocks.rs"]
#[allow(dead_code, clippy::print_stdout, reason = "the example prints, the tests assert")]
mod blocks;
#[path = "../examples/measure/clicks.rs"]
#[allow(dead_code, clippy::print_stdout, reason = "the example prints, the tests assert")]
mod clicks;
#[path = "../examples/measure/controllers.rs"]
#[allow(dead_code, clippy::print_stdout, reason = "the example prints, the tests assert")]
mod controllers;
#[path = "../examples/measure/hearing.rs"]
#[allow(dead_code, reason = "shared with the example")]
mod hearing;
#[path = "../examples/measure/levels.rs"]
#[allow(dead_code, clippy::print_stdout, reason = "the example prints, the tests assert")]
mod levels;
#[path = "../examples/measure/play.rs"]
#[allow(dead_code, reason = "shared with the example")]
mod play;
#[path = "../examples/measure/scene.rs"]
#[allow(dead_code, reason = "shared with the example")]
mod scene;
#[path = "../examples/measure/scenes.rs"]
#[allow(dead_code, reason = "shared with the example")]
mod scenes;
#[path = "../examples/measure/spectrum.rs"]
#[allow(dead_code, reason = "shared with the example")]
mod spectrum;
#[path = "../examples/measure/tuning.rs"]
#[allow(dead_code, clippy::print_stdout, reason = "the example prints, the tests assert")]
mod tuning;

mod suite {
    mod controllers;
    mod engine;
    mod offline;
    mod quality;
    mod sounds;
    mod spectra;
    mod tiny_soundfont;
}
