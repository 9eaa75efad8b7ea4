//! `ripieno styles`: what becomes of the person's own styles.

mod measure;
mod of_model;

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context;
use ripieno_composer::base;
use ripieno_composer::device::DeviceChoice;
use ripieno_composer::habits::Habits;
use ripieno_composer::model::{Model, ModelHeader, Precision};
use ripieno_composer::personal::{AddStyleError, MAX_BYTES, PersonalStyle, StyleHeader, check_name};
use ripieno_datasets::originality::Index;
use serde::Serialize;

use super::train_style::mix;
use crate::cli::{ExportStyle, ImportStyle, RemoveStyle, ShowStyle, StylesCommand};
use crate::failure::{InputError, UsageError};
use crate::output::OutputFile;
use crate::style_folder::{StyleFolder, read_file};
use crate::weights;
use of_model::OfModel;

/// Largest index that goes along with an exported style.
const CARRIED: usize = 256 << 10;

pub(crate) fn run(typed: &StylesCommand) -> anyhow::Result<()> {
    match typed {
        StylesCommand::List { json } => list(*json),
        StylesCommand::Show(typed) => show(typed),
        StylesCommand::Export(typed) => export(typed),
        StylesCommand::Import(typed) => import(typed),
        StylesCommand::Remove(typed) => remove(typed),
        StylesCommand::Measure(typed) => measure::run(typed),
    }
}

fn base_model() -> anyhow::Result<Model> {
    Ok(weights::model(None, DeviceChoice::Flex)?.0)
}

/// One line of the list.
#[derive(Serialize)]
struct Listed {
    name: String,
    /// What is in the file, unless it cannot be read.
    #[serde(flatten)]
    header: Option<StyleHeader>,
    /// Why it cannot be used.
    problem: Option<String>,
}

#[derive(Serialize)]
struct List {
    own: Vec<Listed>,
    model: Vec<String>,
}

fn list(json: bool) -> anyhow::Result<()> {
    let (styles, model) = (StyleFolder::find()?, base_model()?);
    let listed = |name: String| match styles.read(&name) {
        Ok(style) => {
            let problem = model.check_style(&style).err().map(|error| error.to_string());
            Listed { name, header: Some(style.header), problem }
        }
        Err(error) => Listed { name, header: None, problem: Some(format!("{error:#}")) },
    };
    let list = List { own: styles.names()?.into_iter().map(listed).collect(), model: model.header.styles.clone() };
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, &list).map_err(io::Error::from)?;
        return Ok(writeln!(out)?);
    }
    if list.own.is_empty() {
        writeln!(out, "no styles of your own yet; `ripieno train FOLDER --name NAME` makes one")?;
    } else {
        writeln!(out, "{:<24}{:>8}{:>10}{:>8}  nearest styles of the model", "your own", "pieces", "notes", "nats")?;
    }
    for Listed { name, header, problem } in &list.own {
        match (header, problem) {
            (_, Some(problem)) => writeln!(out, "{name:<24}cannot be used: {problem}")?,
            (Some(header), None) => {
                let (pieces, notes) = (header.pieces.0 + header.pieces.1, header.notes.0 + header.notes.1);
                writeln!(out, "{name:<24}{pieces:>8}{notes:>10}{:>8.3}  {}", header.nats, mix(&header.nearest))?;
            }
            (None, None) => {}
        }
    }
    Ok(writeln!(out, "\nof the model: {}", list.model.join(", "))?)
}

/// What is told of one style.
#[derive(Serialize)]
struct Shown {
    file: PathBuf,
    bytes: usize,
    parameters: usize,
    /// Why it cannot be used.
    problem: Option<String>,
    /// Pieces in the index of what it was learnt from.
    indexed_pieces: Option<usize>,
    #[serde(flatten)]
    header: StyleHeader,
}

fn show(typed: &ShowStyle) -> anyhow::Result<()> {
    let styles = StyleFolder::find()?;
    if !styles.names()?.contains(&typed.name) {
        let model = base::header().context("the built-in weights do not load")?;
        if let Some(habits) = model.habits.get(&typed.name) {
            return show_of_model(&model, habits, typed);
        }
    }
    let style = styles.read(&typed.name)?;
    let problem = base_model()?.check_style(&style).err().map(|error| error.to_string());
    let shown = Shown {
        file: styles.path(&typed.name),
        bytes: style.to_bytes(Precision::Half, None).len(),
        parameters: style.parameters(),
        problem,
        indexed_pieces: styles.index(&typed.name)?.map(|index| index.sources().len()),
        header: style.header,
    };
    let mut out = io::stdout().lock();
    if typed.json {
        serde_json::to_writer_pretty(&mut out, &shown).map_err(io::Error::from)?;
        return Ok(writeln!(out)?);
    }
    let Shown { file, bytes, parameters, problem, indexed_pieces, header } = &shown;
    writeln!(out, "{}", header.name)?;
    if let Some(problem) = problem {
        writeln!(out, "unusable    {problem}")?;
    }
    let ((pieces, watched), (notes, watched_notes)) = (header.pieces, header.notes);
    writeln!(out, "learnt from {pieces} pieces, {notes} notes; {watched} pieces, {watched_notes} notes, kept aside")?;
    let licences: Vec<String> = header.licences.iter().map(|(name, notes)| format!("{name} ({notes} notes)")).collect();
    writeln!(out, "licences    {}", licences.join(", "))?;
    if !header.leave.is_empty() {
        writeln!(out, "            {}", header.leave)?;
    }
    writeln!(
        out,
        "figures     {:.3} nats per note of the pieces kept aside; {} had {:.3}",
        header.nats,
        mix(&header.nearest),
        header.nats_before
    )?;
    writeln!(out, "training    {} steps, {} notes, {:.1} minutes", header.steps, header.notes_seen, header.minutes)?;
    match indexed_pieces {
        Some(pieces) => writeln!(out, "copies      are looked for among {pieces} pieces")?,
        None => writeln!(out, "copies      of its music are not looked for: there is no index")?,
    }
    let base = header.base.get(..16).unwrap_or(&header.base);
    writeln!(out, "base model  {base}")?;
    Ok(writeln!(out, "file        {}, {} KB, {parameters} numbers", file.display(), bytes.div_ceil(1024))?)
}

/// A style of the model.
fn show_of_model(model: &ModelHeader, habits: &Habits, typed: &ShowStyle) -> anyhow::Result<()> {
    let ensembles = model.ensembles.get(&typed.name).map_or(&[][..], Vec::as_slice);
    let style = OfModel { name: &typed.name, ensembles, habits };
    let mut out = io::stdout().lock();
    if typed.json {
        serde_json::to_writer_pretty(&mut out, &style).map_err(io::Error::from)?;
        return Ok(writeln!(out)?);
    }
    Ok(style.print(&mut out)?)
}

fn export(typed: &ExportStyle) -> anyhow::Result<()> {
    let styles = StyleFolder::find()?;
    let output = OutputFile::new(&typed.output, typed.force)?;
    let style = styles.read(&typed.name)?;
    let index = styles.index(&typed.name)?.filter(|_| !typed.without_index);
    let pieces = index.as_ref().map_or(0, |index| index.sources().len());
    let mut out = io::stdout().lock();
    let index = index.map(|index| index.to_bytes());
    let plain = style.to_bytes(Precision::Half, None);
    let carried =
        index.as_ref().filter(|index| index.len() <= CARRIED && plain.len() + index.len() + 1024 <= MAX_BYTES);
    output.write(&carried.map_or(plain, |index| style.to_bytes(Precision::Half, Some(index))))?;
    writeln!(out, "written   {}", typed.output.display())?;
    match (carried, index.is_some()) {
        (Some(_), _) => writeln!(
            out,
            "with it   titles and melodic lines of {pieces} pieces, so that copies of them are found; --without-index leaves them out"
        )?,
        (None, true) => writeln!(
            out,
            "without   the index of its music, which is too large: who imports it cannot look for copies of that music"
        )?,
        (None, false) => {}
    }
    if !style.header.leave.is_empty() {
        writeln!(
            out,
            "note      it was learnt {}: give it on only if that music is yours to share",
            style.header.leave
        )?;
    }
    Ok(())
}

fn import(typed: &ImportStyle) -> anyhow::Result<()> {
    let (styles, model) = (StyleFolder::find()?, base_model()?);
    let (mut style, index) = read_file(&typed.file)?;
    if let Some(name) = &typed.name {
        name.clone_into(&mut style.header.name);
    }
    let name = style.header.name.clone();
    styles.check_free(&name, &model, typed.force)?;
    let refused = |source: Box<dyn std::error::Error + Send + Sync>| InputError {
        message: format!("cannot use {}", typed.file.display()),
        source: Some(source),
    };
    model.check_style(&style).map_err(|error: AddStyleError| refused(error.into()))?;
    if let Some(index) = &index {
        Index::from_bytes(index).map_err(|error| refused(error.into()))?;
    }
    let _lock = styles.lock(&name)?;
    let path = styles.keep(&style, index.as_deref())?;
    let mut out = io::stdout().lock();
    writeln!(out, "imported  {name}, in {}", path.display())?;
    if index.is_none() {
        writeln!(out, "note      it brought no index of its music: nobody looks for copies of that")?;
    }
    Ok(())
}

fn remove(typed: &RemoveStyle) -> anyhow::Result<()> {
    check_name(&typed.name).map_err(|error| UsageError(error.to_string()))?;
    let styles = StyleFolder::find()?;
    let is_known = styles.names()?.contains(&typed.name) || styles.training(&typed.name).exists();
    if !is_known {
        // Says which there are.
        styles.read(&typed.name).map(|_: PersonalStyle| ())?;
    }
    let _lock = styles.lock(&typed.name)?;
    styles.remove(&typed.name)?;
    Ok(writeln!(io::stdout(), "removed   {}", typed.name)?)
}
