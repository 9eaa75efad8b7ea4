//! Measures the synthesizer and prints the tables that its targets are checked against.
//!
//! `cargo run --release -p ripieno-synth --example measure [-- tuning|alias|clicks|controllers|levels|blocks|pieces FILE.mid...|look FOLDER FILE.mid...|sheet FOLDER]`

#![allow(
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a program of tables"
)]

mod alias;
mod balance;
mod blocks;
mod clicks;
mod controllers;
mod hearing;
mod levels;
mod look;
mod picture;
mod pieces;
mod play;
mod scene;
mod scenes;
mod sheet;
mod spectrum;
mod tuning;

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let wanted = arguments.first().map_or("all", String::as_str);
    let is_wanted = |name: &str| wanted == "all" || wanted == name;
    if is_wanted("tuning") {
        tuning::print()?;
    }
    if is_wanted("levels") {
        levels::print()?;
    }
    if is_wanted("alias") {
        alias::print()?;
    }
    if is_wanted("clicks") {
        clicks::print()?;
    }
    if is_wanted("controllers") {
        controllers::print()?;
    }
    if is_wanted("blocks") {
        blocks::print()?;
    }
    if wanted == "pieces" {
        pieces::print(&arguments[1..])?;
    }
    if wanted == "look" {
        let folder = arguments.get(1).ok_or("look needs a folder to write into, and files")?;
        look::write(Path::new(folder), &arguments[2..])?;
    }
    if wanted == "sheet" {
        let folder = arguments.get(1).ok_or("sheet needs a folder to write into")?;
        sheet::write(Path::new(folder))?;
    }
    Ok(())
}
