//! `ripieno compose`: a melody becomes a piece.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ripieno_composer::compose::ensemble::usual_role;
use ripieno_composer::compose::{
    ComposeError, Composition, Heard, Merits, OverlapLimit, SectionReport, Seed, TakeFigures, USUAL_STYLE_STRENGTH,
    Wishes, compose_takes,
};
use ripieno_composer::event::PartEvent;
use ripieno_composer::generate::Sampling;
use ripieno_composer::model::Model;
use ripieno_composer::provenance::{Circumstances, Origin, Record};
use ripieno_score::midi;
use serde::Serialize;

use super::originality::{Told, from, told};
use crate::chords::chord_names;
use crate::cli::Compose;
use crate::controls::controls;
use crate::failure::{InputError, UsageError};
use crate::input::read_midi_aloud;
use crate::instruments::Instruments;
use crate::output::{OutputFile, is_same};
use crate::piano_roll::{Outline, PianoRoll};
use crate::provenance::{self, Label, PROGRAM};
use crate::recording::{Recorded, Recording};
use crate::style_folder::add_own_styles;
use crate::takes::{path_of_take, print_differences, print_sections};
use crate::{progress, settings, weights};

/// Said when `--no-provenance` is asked for.
pub(super) const LEFT_OUT: &str = "--no-provenance: the file does not say that a machine composed it, nor with which program, model, \
    settings and random seed, nor which notes are yours; it cannot be told from other files, nor composed again from itself";

/// What is printed with `--json`.
#[derive(Serialize)]
struct Answer<'a> {
    output: &'a Path,
    seed: u64,
    heard: Option<&'a Heard>,
    key: String,
    bars: usize,
    sections: &'a [SectionReport],
    parts: Vec<PartAnswer<'a>>,
    candidates: &'a [Merits],
    /// Number of the candidate that was written, from 1.
    chosen: usize,
    originality: Option<OriginalityAnswer<'a>>,
    /// Key figures, where there are several takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    figures: Option<&'a TakeFigures>,
    remarks: &'a [String],
    sound: Option<Recorded>,
}

#[derive(Serialize)]
struct OriginalityAnswer<'a> {
    max_overlap: f32,
    /// How often a pitch was drawn again because a copy would have grown too long.
    rerolls: usize,
    /// What the composed notes have most in common with.
    heaviest: Option<Told<'a>>,
    /// What the seed is, where it is a known piece.
    seed: Option<Told<'a>>,
}

#[derive(Serialize)]
struct PartAnswer<'a> {
    name: &'a str,
    instrument: &'static str,
    notes: usize,
    given: usize,
}

/// The files of one take.
struct Outputs {
    midi: OutputFile,
    plot: Option<OutputFile>,
    wav: Option<OutputFile>,
}

impl Outputs {
    fn new(typed: &Compose, take: usize, takes: usize) -> Result<Self, UsageError> {
        let path = path_of_take(&typed.output, take, takes);
        let midi = OutputFile::new(&path, typed.force)?;
        let other = |path: &Path| match is_same(path, &typed.output) {
            true => Err(UsageError(format!("{} cannot be two things at once", path.display()))),
            false => OutputFile::new(&path_of_take(path, take, takes), typed.force),
        };
        let plot = typed.plot.as_deref().map(other).transpose()?;
        let wav = typed.wav.as_deref().map(other).transpose()?;
        Ok(Self { midi, plot, wav })
    }
}

pub(crate) fn run(typed: &Compose) -> anyhow::Result<()> {
    let task = settings::task(typed)?;
    let takes = typed.controls.takes.map_or(1, usize::from);
    let outputs = (1..=takes).map(|take| Outputs::new(typed, take, takes)).collect::<Result<Vec<_>, _>>()?;
    let key = typed.sign.as_deref().map(provenance::read_key).transpose()?;
    let (seed, origins) = typed.seed_file.as_deref().map(hear).transpose()?.unzip();
    let random_seed = typed.seed.unwrap_or_else(random_seed);
    let mut wishes = Wishes {
        task,
        bars: typed.bars.map(usize::from),
        styles: typed.style.as_ref().map_or(Vec::new(), |mix| mix.0.clone()),
        style_strength: typed.style_strength.unwrap_or(USUAL_STYLE_STRENGTH),
        parts: parts(typed, seed.as_ref()),
        key: typed.key,
        tempo_bpm: typed.tempo.map(f64::from),
        sampling: sampling(typed),
        seed: random_seed,
        candidates: typed.candidates.map_or(Wishes::default().candidates, usize::from),
        controls: controls(typed, seed.as_ref())?,
        humanize: typed.humanize,
        overlap_limit: None,
    };
    let (mut model, model_id, index) = weights::model_and_index(typed.model.as_deref(), typed.device)?;
    let own = typed.style.as_ref().map(|mix| add_own_styles(&mut model, mix)).transpose()?.unwrap_or_default();
    let (index, originality_index) = index.map(|index| own.join(index)).unzip();
    wishes.overlap_limit = index.map(|index| OverlapLimit { index: Arc::new(index), max_overlap: typed.max_overlap });
    let cancelled = progress::cancelled_by_ctrl_c()?;
    let pieces = perform(&model, seed.as_ref(), &wishes, takes, &cancelled)?;

    let around = Circumstances {
        program: PROGRAM.into(),
        model: model_id,
        personal_styles: own.ids(),
        originality_index,
        device: typed.device.to_string(),
    };
    if typed.no_provenance {
        tracing::warn!("{LEFT_OUT}");
    }
    let mut answers = Vec::with_capacity(takes);
    for (piece, outputs) in pieces.iter().zip(&outputs) {
        let bytes = if typed.no_provenance {
            midi::write(&piece.score)
        } else {
            // Each of several takes is what its own random seed gives as the only candidate.
            let alone = Wishes { seed: piece.seed, candidates: 1, ..wishes.clone() };
            let given = seed.as_ref().map(|seed| &seed.score).zip(origins.as_deref());
            let record = Record::of_composition(&around, if takes > 1 { &alone } else { &wishes }, given, piece);
            provenance::midi_bytes(&piece.score, &provenance::told(record, key.as_ref())?)?
        };
        outputs.midi.write(&bytes)?;
        if let Some(plot) = &outputs.plot {
            plot.write(picture(typed, piece).as_bytes())?;
        }
        let wav = outputs.wav.as_ref();
        let sound = wav.map(|wav| record(&bytes, outputs.midi.path(), wav, &cancelled)).transpose()?;
        answers.push(answer(outputs.midi.path(), &wishes, piece, sound));
    }
    let mut out = io::stdout().lock();
    if typed.json {
        match &answers[..] {
            [only] => serde_json::to_writer_pretty(&mut out, only).map_err(io::Error::from)?,
            all => serde_json::to_writer_pretty(&mut out, all).map_err(io::Error::from)?,
        }
        writeln!(out)?;
        return Ok(());
    }
    for (index, answer) in answers.iter().enumerate() {
        print(&mut out, answer, index == 0)?;
    }
    if takes > 1 {
        print_differences(&mut out, &pieces)?;
    }
    Ok(())
}

/// Composes, with a bar that shows how far it is.
pub(super) fn perform(
    model: &Model,
    seed: Option<&Seed>,
    wishes: &Wishes,
    takes: usize,
    cancelled: &AtomicBool,
) -> anyhow::Result<Vec<Composition>> {
    let bar = progress::bar("bars");
    bar.set_message("composing");
    let show = |done: usize, total: usize| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    };
    let pieces = compose_takes(model, seed, wishes, takes, &show, cancelled);
    bar.finish_and_clear();
    pieces.map_err(refused)
}

/// The seed, and who its notes are from.
fn hear(path: &Path) -> anyhow::Result<(Seed, Vec<Vec<Origin>>)> {
    let file = read_midi_aloud(path)?;
    let origins = provenance::origins_of_given(&file, path);
    let seed = Seed::hear(&file.score).map_err(|error| InputError {
        message: format!("cannot use {}", path.display()),
        source: Some(error.into()),
    })?;
    Ok((seed, origins))
}

/// Instruments with the roles that they take beside the seed.
fn parts(typed: &Compose, seed: Option<&Seed>) -> Vec<PartEvent> {
    let mut all = seed.map_or(Vec::new(), |seed| {
        let mut parts = seed.events.parts.clone();
        if let [only] = parts.as_mut_slice() {
            only.role = ripieno_composer::event::Role::Melody;
        }
        parts
    });
    let first = all.len();
    for &instrument in &typed.parts {
        let role = usual_role(instrument, &all);
        all.push(PartEvent { instrument: instrument.index(), role });
    }
    all.split_off(first)
}

fn sampling(typed: &Compose) -> Sampling {
    let usual = Sampling::default();
    Sampling {
        temperature: typed.temperature.unwrap_or(usual.temperature),
        top_p: typed.top_p.unwrap_or(usual.top_p),
        min_p: typed.min_p.unwrap_or(usual.min_p),
    }
}

/// A seed that nobody asked for, short enough to be typed again.
pub(crate) fn random_seed() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    let random = std::collections::hash_map::RandomState::new().build_hasher().finish();
    random % 1_000_000_000
}

fn refused(error: ComposeError) -> anyhow::Error {
    match error {
        ComposeError::Cancelled => error.into(),
        ComposeError::EmptySeed | ComposeError::TooManyParts { .. } => {
            InputError { message: error.to_string(), source: None }.into()
        }
        _ => UsageError(error.to_string()).into(),
    }
}

/// What is heard is what was written, so it is read again.
fn record(bytes: &[u8], file: &Path, output: &OutputFile, cancelled: &AtomicBool) -> anyhow::Result<Recorded> {
    let read = midi::read(bytes)?;
    let instruments = Instruments::default();
    let recording = Recording::new(&instruments, Label::of_file(&read), cancelled);
    recording.record(&recording.performance(&read.timeline, file)?, output)
}

fn picture(typed: &Compose, piece: &Composition) -> String {
    let title = piece.score.title.clone().unwrap_or_else(|| typed.output.display().to_string());
    let tempo = piece.score.tempo_at(ripieno_score::Tick::ZERO);
    let subtitle = format!("{}, {} bars, {tempo:.0} bpm; your notes are outlined", piece.key, piece.bars);
    let given = |part: usize, note: &ripieno_score::Note| {
        let notes = &piece.score.parts[part].notes;
        let index = notes.binary_search(note);
        index.is_ok_and(|index| piece.given[part][index])
    };
    let picture = PianoRoll {
        title: &title,
        subtitle: &subtitle,
        chords: &chord_names(&piece.score),
        outline: Some(Outline { notes: &given, label: "given", others: "composed" }),
        ..PianoRoll::of(&piece.score)
    };
    picture.to_svg()
}

fn answer<'a>(output: &'a Path, wishes: &'a Wishes, piece: &'a Composition, sound: Option<Recorded>) -> Answer<'a> {
    let originality = wishes.overlap_limit.as_ref().zip(piece.originality.as_ref()).map(|(limit, found)| {
        let told = |passage| told(&limit.index, passage);
        let (heaviest, seed) = (found.heaviest.as_ref().map(told), found.seed.as_ref().map(told));
        OriginalityAnswer { max_overlap: limit.max_overlap, rerolls: found.rerolls, heaviest, seed }
    });
    let parts = piece.score.parts.iter().zip(&piece.given).map(|(part, given)| PartAnswer {
        name: &part.name,
        instrument: part.instrument.name(),
        notes: part.notes.len(),
        given: given.iter().filter(|&&given| given).count(),
    });
    Answer {
        output,
        seed: if piece.figures.is_some() { piece.seed } else { wishes.seed },
        heard: piece.heard.as_ref(),
        key: piece.key.to_string(),
        bars: piece.bars,
        sections: &piece.sections,
        parts: parts.collect(),
        candidates: &piece.candidates,
        chosen: piece.chosen + 1,
        originality,
        figures: piece.figures.as_ref(),
        remarks: &piece.remarks,
        sound,
    }
}

fn print(out: &mut impl Write, answer: &Answer<'_>, is_first: bool) -> io::Result<()> {
    if let Some(heard) = answer.heard.filter(|_| is_first) {
        writeln!(
            out,
            "heard     {}, {}, {:.0} bpm, {} bars, {} notes ({})",
            heard.key,
            heard.meter,
            heard.tempo_bpm,
            heard.bars,
            heard.notes,
            heard.parts.join(", ")
        )?;
    }
    writeln!(out, "composed  {}, {} bars", answer.key, answer.bars)?;
    for part in &answer.parts {
        writeln!(out, "          {:<28} {:>5} notes, {} of them yours", part.instrument, part.notes, part.given)?;
    }
    print_sections(out, answer.sections)?;
    if let Some(originality) = &answer.originality {
        if let Some(seed) = &originality.seed {
            writeln!(out, "your seed is a known piece: {} of its notes are those of {}", seed.notes, from(seed))?;
        }
        match &originality.heaviest {
            Some(heaviest) => writeln!(
                out,
                "original  at most {:.1} notes that say something are those of {}",
                heaviest.overlap,
                from(heaviest)
            )?,
            None => writeln!(out, "original  nothing in common with one source but what everybody plays")?,
        }
        if originality.rerolls > 0 {
            writeln!(
                out,
                "          {} notes drawn again, because a copy would have grown too long",
                originality.rerolls
            )?;
        }
    }
    for remark in answer.remarks {
        writeln!(out, "note      {remark}")?;
    }
    let among = if answer.figures.is_some() { "one" } else { "the best" };
    writeln!(out, "{among} of {} candidates; random seed {}", answer.candidates.len(), answer.seed)?;
    writeln!(out, "written   {}", answer.output.display())?;
    answer.sound.as_ref().map_or(Ok(()), |sound| sound.print(out))
}
