//! One file for each part, all of which together are the piece without room, chorus and limiter.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;
use rayon::prelude::*;
use ripieno_score::midi::MidiFile;
use ripieno_score::{Channel, Instrument, Program};
use ripieno_synth::offline::{BitDepth, PartId, Performance};
use ripieno_synth::{Event, SynthConfig};

use crate::failure::{InputError, UsageError};
use crate::output::{self, OutputFile};
use crate::recording::Recording;

/// More than any orchestra has.
const MAX_STEMS: usize = 256;
/// Parts played one by one never need to share voices.
const POLYPHONY: usize = 1024;
/// Characters of a part's name in the name of its file.
const MAX_NAME_CHARS: usize = 40;

/// The folder in which they go.
#[derive(Debug)]
pub(crate) struct StemFolder {
    path: PathBuf,
    force: bool,
}

impl StemFolder {
    /// Checked before the work begins: it must be new or empty, unless files may be replaced.
    pub(crate) fn new(path: &Path, force: bool, mix: &Path) -> Result<Self, UsageError> {
        let shown = path.display();
        let is_empty = match fs::read_dir(path) {
            Ok(mut entries) => entries.next().is_none(),
            Err(_) if path.exists() => return Err(UsageError(format!("{shown} is not a folder that can be read"))),
            Err(_) => true,
        };
        if !is_empty && !force {
            return Err(UsageError(format!("{shown} is not empty; use --force to add to it and replace")));
        }
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !parent.is_dir() {
            return Err(UsageError(format!("the folder in which {shown} would be does not exist")));
        }
        if output::is_in(mix, path) {
            return Err(UsageError(format!("the mix cannot be among its stems: choose another place than {shown}")));
        }
        Ok(Self { path: path.to_owned(), force })
    }

    /// Plays the parts of `performance` one by one. Each file is as long as the mix, `frames`, or longer where its
    /// tail is. In case of failure none is left.
    pub(crate) fn write(
        &self,
        recording: &Recording<'_>,
        performance: &Performance,
        names: &[(PartId, String)],
        gain_db: f32,
        frames: u64,
    ) -> anyhow::Result<Vec<PathBuf>> {
        let is_new = !self.path.exists();
        if is_new {
            fs::create_dir(&self.path).with_context(|| format!("cannot make the folder {}", self.path.display()))?;
        }
        let written = self.write_all(recording, performance, names, gain_db, frames);
        if written.is_err() && is_new {
            // Only if it is empty.
            let _ = fs::remove_dir(&self.path);
        }
        written
    }

    fn write_all(
        &self,
        recording: &Recording<'_>,
        performance: &Performance,
        names: &[(PartId, String)],
        gain_db: f32,
        frames: u64,
    ) -> anyhow::Result<Vec<PathBuf>> {
        let config = SynthConfig { polyphony: POLYPHONY, ..recording.config(gain_db) }.dry();
        let bar = recording.bar("stems", performance, names.len() as u64);
        let rate = u64::from(recording.sample_rate_hz);
        let done = AtomicU64::new(0);
        let whole: anyhow::Result<Vec<_>> = names
            .par_iter()
            .map(|(part, name)| {
                let pending = OutputFile::new(&self.path.join(name), self.force)?.begin()?;
                let mut before = 0;
                let part = performance.only(*part);
                // Floating point: without a limiter, nothing else holds every peak and adds up exactly.
                recording.write_wav(&config, &part, BitDepth::Float, &pending, frames, |_, so_far| {
                    let now = so_far.done_frames.min(so_far.piece_frames);
                    bar.set_position((done.fetch_add(now - before, Ordering::Relaxed) + now - before) / rate);
                    before = now;
                    Ok(())
                })?;
                Ok(pending.close())
            })
            .collect();
        bar.finish_and_clear();
        whole?.into_iter().map(|file| file.keep()).collect()
    }
}

/// The parts of a piece, with names for their files: `01-violin.wav`.
pub(crate) fn named_parts(
    performance: &Performance,
    file: &MidiFile,
    path: &Path,
) -> Result<Vec<(PartId, String)>, InputError> {
    let parts = performance.parts();
    if parts.len() > MAX_STEMS {
        let message = format!("{} has {} parts; at most {MAX_STEMS} can be stems", path.display(), parts.len());
        return Err(InputError { message, source: None });
    }
    let width = if parts.len() > 99 { 3 } else { 2 };
    let mut named = Vec::with_capacity(parts.len());
    for (index, &part) in parts.iter().enumerate() {
        let is_alone = parts.iter().filter(|other| other.track == part.track).count() == 1;
        let track = file.tracks.get(usize::from(part.track)).filter(|_| is_alone).map(|track| safe(&track.name));
        let name = track.filter(|name| !name.is_empty()).unwrap_or_else(|| safe(instrument(performance, part).name()));
        named.push((part, format!("{:0width$}-{name}.wav", index + 1)));
    }
    Ok(named)
}

/// What the first note of a part is played on.
fn instrument(performance: &Performance, part: PartId) -> Instrument {
    let mut program = Program::default();
    for timed in &performance.events {
        match timed.event {
            Event::Program { channel, program: new } if channel == part.channel => program = new,
            Event::NoteOn { channel, .. } if channel == part.channel && timed.track == part.track => break,
            _ => {}
        }
    }
    if part.channel == Channel::DRUMS { Instrument::Drums } else { Instrument::Program(program) }
}

/// Letters and digits in lower case, joined by hyphens: a name on any system.
fn safe(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let joined = words.collect::<Vec<_>>().join("-").to_lowercase();
    let cut: String = joined.chars().take(MAX_NAME_CHARS).collect();
    cut.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_on_any_system() {
        assert_eq!(safe("Violin I (solo)"), "violin-i-solo");
        assert_eq!(safe("../../etc/passwd"), "etc-passwd");
        assert_eq!(safe("Flöte\u{0}\n:?*"), "flöte");
        assert_eq!(safe(" --- "), "");
        assert_eq!(safe(&"a".repeat(300)).len(), MAX_NAME_CHARS);
    }

    #[test]
    fn a_folder_must_be_new_or_empty() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mix = dir.path().join("mix.wav");
        let check = |name: &str, force| StemFolder::new(&dir.path().join(name), force, &mix).map(|_| ());
        assert!(check("new", false).is_ok());
        assert!(check("missing/new", false).is_err());
        fs::create_dir(dir.path().join("full")).expect("made");
        assert!(check("full", false).is_ok());
        fs::write(dir.path().join("full/file"), b"x").expect("written");
        assert!(check("full", false).is_err());
        assert!(check("full", true).is_ok());
        assert!(check("full/file", true).is_err());
        assert!(StemFolder::new(dir.path(), true, &mix).is_err(), "the mix would be among them");
    }
}
