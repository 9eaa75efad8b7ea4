//! `ripieno live`: a partner that plays on and listens.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, anyhow};
use ripieno_composer::compose::Seed;
use ripieno_composer::compose::ensemble::usual_role;
use ripieno_composer::device::DeviceChoice;
use ripieno_composer::event::PartEvent;
use ripieno_composer::generate::Sampling;
use ripieno_composer::improvise::{Improviser, Playing, Settings};
use ripieno_composer::provenance::{Origin, SigningKey};
use ripieno_score::{Channel, Program};
use ripieno_synth::device::{DeviceOptions, Output, Tape};
use ripieno_synth::offline::{BitDepth, WavSink};
use ripieno_synth::{Event, SynthConfig};

use crate::cli::{Live, TypedPlaying};
use crate::commands::compose::{LEFT_OUT, random_seed};
use crate::commands::play::perform;
use crate::device_notice::words;
use crate::failure::{InputError, UsageError};
use crate::input::read_midi;
use crate::instruments::Instruments;
use crate::live::band::Band;
use crate::live::follow::Follower;
use crate::live::journal::{Journal, Opening, Played};
use crate::live::keyboard::{Keyboard, Ways};
use crate::live::making::{Making, Telling};
use crate::live::midi_out::MidiOut;
use crate::live::screen::{Screen, plain_line};
use crate::live::tally::Tally;
use crate::live::transport::Transport;
use crate::live::view::View;
use crate::live::{OWN_CHANNEL, Wish, channel_of};
use crate::output::{OutputFile, PendingFile};
use crate::provenance::{Label, origins_of_given, read_key};
use crate::style_folder::add_own_styles;
use crate::{progress, weights};

/// Seconds of sound that may wait to be written.
const TAPE_S: usize = 4;
/// Seconds before the first note.
const COUNT_IN_S: f64 = 0.5;
/// Among the outputs, the built-in synthesizer.
const SYNTH: &str = "synth";
/// How often the messages of plain lines are looked at, and after how many looks a line is printed.
const LOOK_EVERY: Duration = Duration::from_millis(50);
const LOOKS_A_LINE: u64 = 40;

pub(crate) fn run(typed: &Live) -> anyhow::Result<()> {
    let record = typed.record.as_deref().map(|path| OutputFile::new(path, typed.force)).transpose()?;
    let key = typed.sign.as_deref().map(read_key).transpose()?;
    let telling = telling(typed, key.as_ref())?;
    if let Some(journal) = &typed.replay {
        return replay(typed, &Played::read(journal)?, record.as_ref(), telling);
    }
    let wav = typed.wav.as_deref().map(|path| OutputFile::new(path, typed.force)).transpose()?;
    let journal_path = journal_path(typed)?;
    let seed = typed.seed.unwrap_or_else(random_seed);
    let (settings, origins) = settings(typed, seed)?;
    let (mut model, _, index) = weights::model_and_index(None, DeviceChoice::Flex)?;
    let own = typed.style.as_ref().map(|mix| add_own_styles(&mut model, mix)).transpose()?.unwrap_or_default();
    let improviser = Improviser::new(&model, &settings).map_err(|error| UsageError(error.to_string()))?;
    let mut improviser = match &index {
        Some((index, _)) => improviser.watched(index, typed.max_overlap),
        None => improviser,
    };
    improviser.prepare();

    let view = Arc::new(Mutex::new(View { styles: settings.styles.clone(), ..View::default() }));
    let notices = Arc::clone(&view);
    let say = move |notice| notices.lock().unwrap_or_else(PoisonError::into_inner).say(words(&notice));
    let mut output = Output::open(&device_options(typed), say)
        .context("no sound: `ripieno compose` writes MIDI and WAV files without a device")?;
    let rate_hz = output.sample_rate_hz();
    let (is_synth_heard, midi_out) = destinations(typed, &output)?;
    send_programs(&mut output, midi_out.as_ref(), improviser.parts(), typed)?;
    if !is_synth_heard {
        // It goes on counting frames: the clock of everything.
        output.fade_out();
    }
    let mut keys = output.take_keys().expect("taken only here");
    let heard = keys.take_heard().expect("taken only here");
    let keys = Arc::new(Mutex::new(keys));
    let (wish, wishes) = channel();
    let ways = Ways {
        keys: Arc::clone(&keys),
        wishes: wish.clone(),
        thru: midi_out.as_ref().filter(|_| !is_synth_heard).map(MidiOut::thru),
    };
    let keyboard = typed.input.as_deref().map(|name| Keyboard::listen(name, ways)).transpose()?;

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "half a second")]
    let first_frame = output.position_frames() + (COUNT_IN_S * f64::from(rate_hz)) as u64;
    let opening = Opening {
        version: env!("CARGO_PKG_VERSION").into(),
        rate_hz,
        first_frame,
        tempo_bpm: improviser.tempo_bpm(),
        meter: improviser.meter(),
        instruments: improviser.parts().iter().map(|part| part.instrument).collect(),
        own_instrument: typed.instrument.index(),
        about: about(typed, seed),
        making: Some(Making::new(
            (&settings, own.ids()),
            improviser.parts(),
            (improviser.tempo_bpm(), improviser.meter()),
            origins.as_deref(),
        )?),
    };
    let file = match &journal_path {
        Some((path, _)) => File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(path)
            .with_context(|| format!("cannot write {}", path.display()))?,
        None => tempfile::tempfile().context("cannot keep a journal")?,
    };
    let written = file.try_clone().context("cannot keep a journal")?;
    let journal = Journal::begin(file, &opening)?;
    let cancelled = progress::cancelled_by_ctrl_c()?;
    let is_over = AtomicBool::new(false);
    let weights = style_weights(&model.header.styles, &settings.styles);
    let tape = output.take_tape().zip(wav);
    let last_step = typed.bars.map(|bars| f64::from(bars.saturating_sub(2)) * improviser.bar_steps() as f64);
    let tempo_bpm = improviser.tempo_bpm();
    let band = Band {
        transport: Transport::new(rate_hz, first_frame, tempo_bpm),
        improviser,
        output,
        is_synth_heard,
        midi_out,
        follower: typed.follow.then(|| Follower::new(tempo_bpm)),
        heard,
        wishes,
        view: Arc::clone(&view),
        journal,
        sampling: settings.sampling,
        density: settings.density,
        slowed: Duration::from_millis(typed.slowed_ms),
        last_step,
    };
    let tally = std::thread::scope(|scope| -> anyhow::Result<Tally> {
        let stop = &is_over;
        let recorder = tape.map(|(tape, wav)| scope.spawn(move || write_tape(tape, &wav, rate_hz, first_frame, stop)));
        let player = std::thread::Builder::new().name("ripieno-band".into()).spawn_scoped(scope, move || {
            let tally = band.play();
            stop.store(true, Ordering::Release);
            tally
        })?;
        let stopped = || cancelled.load(Ordering::Relaxed) || is_over.load(Ordering::Acquire);
        if typed.headless || !io::stdout().is_terminal() {
            print_lines(&view, &stopped);
        } else {
            let styles = model.header.styles.clone();
            let screen = Screen::new(view, wish.clone(), Arc::clone(&keys), styles, weights, typed.split.value());
            screen.run(&stopped).context("cannot use the terminal; --headless does without")?;
        }
        let _ = wish.send(Wish::Stop);
        drop(keyboard);
        let played = player.join();
        is_over.store(true, Ordering::Release);
        let tape = recorder.map(|recorder| recorder.join().map_err(|_| anyhow!("the recorder broke down"))?);
        let tape = tape.transpose()?;
        if let Some(tape) = tape {
            // Also when the band broke down: the sound is kept as far as it came.
            if let Err(error) = label(&tape, written, telling) {
                tracing::warn!("the recorded sound does not say how it was made: {error:#}");
            }
            tape.close().keep()?;
        }
        played.map_err(|_| anyhow!("the band broke down; the journal has what was played"))?
    })?;
    if let (Some(record), Some((path, is_kept))) = (&record, &journal_path) {
        record.write(&Played::read(path)?.to_midi(telling))?;
        if !is_kept {
            // It has become the MIDI file.
            let _ = std::fs::remove_file(path);
        }
    }
    report(typed, seed, &tally)
}

/// What is asked to be said of how the music came about.
fn telling<'a>(typed: &Live, key: Option<&'a SigningKey>) -> Result<Telling<'a>, UsageError> {
    let is_file_written = typed.record.is_some() || typed.wav.is_some();
    match (typed.no_provenance, key) {
        (false, None) => Ok(Telling::Unsigned),
        _ if !is_file_written => {
            Err(UsageError("--sign and --no-provenance are about files: add --record or --wav".into()))
        }
        (true, _) => {
            tracing::warn!("{LEFT_OUT}");
            Ok(Telling::Nothing)
        }
        (false, Some(key)) => Ok(Telling::Signed(key)),
    }
}

/// Where the journal lies, and whether it stays: beside the MIDI file that it becomes when nobody asks for it.
fn journal_path(typed: &Live) -> Result<Option<(PathBuf, bool)>, UsageError> {
    if let Some(path) = &typed.journal {
        OutputFile::new(path, typed.force)?;
        return Ok(Some((path.clone(), true)));
    }
    let Some(record) = &typed.record else { return Ok(None) };
    let mut name = record.clone().into_os_string();
    name.push(".journal");
    let path = PathBuf::from(name);
    if path.exists() && !typed.force {
        return Err(UsageError(format!(
            "{} is left from a performance that was cut short: make a file of it with --replay, or remove it",
            path.display()
        )));
    }
    Ok(Some((path, false)))
}

/// The settings, and who the notes of the melody to begin with are from.
fn settings(typed: &Live, seed: u64) -> anyhow::Result<(Settings, Option<Vec<Vec<Origin>>>)> {
    let (theme, origins) = typed.seed_melody.as_deref().map(hear).transpose()?.unzip();
    let usual = if typed.input.is_some() { TypedPlaying::Answer } else { TypedPlaying::Alone };
    let playing = match typed.mode.unwrap_or(usual) {
        TypedPlaying::Alone => Playing::Alone,
        TypedPlaying::Accompany => Playing::Accompany,
        TypedPlaying::Answer => Playing::Answer,
        TypedPlaying::Trade => Playing::Trade { bars: 4 },
        TypedPlaying::Band => Playing::Band { split: typed.split.value() },
    };
    let mut parts: Vec<PartEvent> = Vec::new();
    for instrument in &typed.parts {
        parts.push(PartEvent { instrument: instrument.index(), role: usual_role(*instrument, &parts) });
    }
    let usual = Sampling::default();
    let settings = Settings {
        styles: typed.style.as_ref().map_or(Vec::new(), |mix| mix.0.clone()),
        parts,
        key: typed.key,
        tempo_bpm: typed.tempo.map(f64::from),
        sampling: Sampling { temperature: typed.temperature.unwrap_or(usual.temperature), ..usual },
        density: typed.density,
        playing,
        theme,
        look_ahead: typed.look_ahead,
        commit: typed.commit,
        seed,
        ..Settings::default()
    };
    Ok((settings, origins))
}

fn hear(path: &Path) -> anyhow::Result<(Seed, Vec<Vec<Origin>>)> {
    let file = read_midi(path)?;
    let origins = origins_of_given(&file, path);
    let bad = |error: ripieno_composer::compose::ComposeError| InputError {
        message: format!("cannot play from {}: {error}", path.display()),
        source: None,
    };
    Ok((Seed::hear(&file.score).map_err(bad)?, origins))
}

fn device_options(typed: &Live) -> DeviceOptions {
    DeviceOptions {
        host: typed.host.clone(),
        device: typed.device.clone(),
        sample_rate_hz: None,
        buffer_frames: typed.buffer,
        synth: SynthConfig::default(),
        tape_frames: if typed.wav.is_some() { TAPE_S * 192_000 } else { 0 },
        ..DeviceOptions::default()
    }
}

/// Whether the synthesizer is heard, and the MIDI output.
fn destinations(typed: &Live, output: &Output) -> anyhow::Result<(bool, Option<MidiOut>)> {
    let ports: Vec<&String> = typed.output.iter().filter(|name| name.as_str() != SYNTH).collect();
    let is_synth_heard = ports.len() < typed.output.len();
    let usage = |message: &str| Err(UsageError(message.into()).into());
    match ports.as_slice() {
        [] if typed.midi_clock => usage("--midi-clock needs a MIDI output: name one with --output"),
        [] => Ok((true, None)),
        [_] if typed.wav.is_some() && !is_synth_heard => {
            usage("--wav records the built-in synthesizer: add --output synth, or record where the music sounds")
        }
        [name] => Ok((is_synth_heard, Some(MidiOut::open(name, output.clock(), typed.midi_clock)?))),
        _ => usage("one MIDI output at a time"),
    }
}

/// Plays what a journal holds, or writes it as a file.
fn replay(typed: &Live, played: &Played, record: Option<&OutputFile>, telling: Telling<'_>) -> anyhow::Result<()> {
    let midi = played.to_midi(telling);
    match record {
        Some(record) => record.write(&midi),
        None => {
            let file = ripieno_score::midi::read(&midi).context("the journal makes no MIDI file")?;
            let name = typed.replay.as_deref().unwrap_or(Path::new(""));
            let instruments = Instruments::read(None)?;
            let played = perform::perform(&file, name, 0.0, &device_options(typed), &instruments)?;
            perform::tell(&played, typed.json)
        }
    }
}

fn send_programs(
    output: &mut Output,
    midi_out: Option<&MidiOut>,
    parts: &[PartEvent],
    typed: &Live,
) -> anyhow::Result<()> {
    // Before the first note, and not late.
    let at = output.position_frames() + u64::from(output.sample_rate_hz()) / 10;
    let machine = parts.iter().enumerate().map(|(slot, part)| (channel_of(slot, part.instrument), part.instrument));
    let own = Channel::new(OWN_CHANNEL).expect("below 16");
    for (channel, instrument) in machine.chain([(own, typed.instrument.index())]) {
        if let Some(program) = Program::new(instrument).filter(|_| instrument < 128) {
            output.send(Event::Program { channel, program }, at)?;
            if let Some(midi) = midi_out {
                midi.send(at, Event::Program { channel, program });
            }
        }
    }
    Ok(())
}

fn style_weights(names: &[String], styles: &[(String, f32)]) -> Vec<f32> {
    let mut weights = vec![0.0; names.len() + 1];
    for (name, weight) in styles {
        if let Some(index) = names.iter().position(|known| known == name) {
            weights[index + 1] = *weight;
        }
    }
    weights[0] = 1.0 - weights.iter().sum::<f32>();
    weights
}

fn about(typed: &Live, seed: u64) -> String {
    let style = typed.style.as_ref().map_or("no style".to_owned(), |mix| {
        let styles: Vec<String> = mix.0.iter().map(|(name, share)| format!("{name}:{share:.2}")).collect();
        styles.join(",")
    });
    format!("improvised live with ripieno {}, style {style}, random seed {seed}", env!("CARGO_PKG_VERSION"))
}

/// Lets the recorded sound say how it came about, as the MIDI file of the same performance would.
fn label(tape: &PendingFile, mut journal: File, telling: Telling<'_>) -> anyhow::Result<()> {
    journal.rewind().context("cannot read the journal")?;
    let midi = Played::read_from(journal, Path::new("the journal"))?.to_midi(telling);
    let file = ripieno_score::midi::read(&midi).context("the journal makes no MIDI file")?;
    Label::of_file(&file).append(tape.file()).with_context(|| tape.output().complaint())
}

/// Writes what is played until it is over. What comes of it has no name yet.
fn write_tape(
    mut tape: Tape,
    wav: &OutputFile,
    rate_hz: u32,
    first_frame: u64,
    is_over: &AtomicBool,
) -> anyhow::Result<PendingFile> {
    let pending = wav.begin()?;
    let mut sink = WavSink::new(BufWriter::new(pending.file()), rate_hz, BitDepth::TwentyFour)?;
    // The recording begins with the first bar, as the MIDI file does.
    let mut skip = usize::try_from(first_frame).unwrap_or(usize::MAX);
    loop {
        let was_over = is_over.load(Ordering::Acquire);
        let mut written = Ok(());
        tape.drain(|frames| {
            let skipped = skip.min(frames.len());
            skip -= skipped;
            if written.is_ok() {
                written = sink.write(&frames[skipped..]);
            }
        });
        written.with_context(|| wav.complaint())?;
        if was_over {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    sink.finish().with_context(|| wav.complaint())?;
    if tape.lost_frames() > 0 {
        tracing::warn!("{} frames of the recording were lost: the disk was too slow", tape.lost_frames());
    }
    Ok(pending)
}

fn print_lines(view: &Mutex<View>, stopped: &dyn Fn() -> bool) {
    let mut said = 0;
    for look in 1u64.. {
        if stopped() {
            return;
        }
        let seen = view.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut err = io::stderr().lock();
        let total = seen.said;
        for message in seen.messages.iter().skip(seen.messages.len() - (total - said).min(seen.messages.len())) {
            let _ = writeln!(err, "{message}");
        }
        said = total;
        if look.is_multiple_of(LOOKS_A_LINE) {
            let _ = writeln!(err, "{}", plain_line(&seen));
        }
        drop(err);
        std::thread::sleep(LOOK_EVERY);
    }
}

fn report(typed: &Live, seed: u64, tally: &Tally) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if typed.json {
        serde_json::to_writer_pretty(&mut out, tally).map_err(io::Error::from)?;
        writeln!(out)?;
        return Ok(());
    }
    tally.print(&mut out)?;
    writeln!(out, "random seed {seed}")?;
    for path in [&typed.record, &typed.wav, &typed.journal].into_iter().flatten() {
        writeln!(out, "written   {}", path.display())?;
    }
    Ok(())
}
