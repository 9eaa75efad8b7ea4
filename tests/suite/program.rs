//! The program as a person runs it, and the files it works on.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ripieno_score::{Channel, Instrument, Note, Part, Pitch, Score, Tick, Velocity, midi};

pub(crate) fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_ripieno"))
}

/// Runs it to its end, whatever that is.
pub(crate) fn ripieno(arguments: &[&str]) -> Output {
    command().args(arguments).output().expect("the program starts")
}

/// Runs it, expects success, and returns what it printed.
pub(crate) fn succeeds(arguments: &[&str]) -> String {
    let output = ripieno(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// All example seeds.
pub(crate) fn seeds() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/seeds");
    let files = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let mut seeds: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|ext| ext == "mid")).collect();
    seeds.sort();
    assert_eq!(seeds.len(), 10);
    seeds
}

pub(crate) fn seed(name: &str) -> PathBuf {
    seeds().into_iter().find(|path| path.file_stem().unwrap() == name).expect("a seed of that name")
}

pub(crate) fn read(path: &Path) -> Score {
    midi::read(&std::fs::read(path).unwrap()).expect("a MIDI file").score
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

/// Writes a folder of `pieces` short pieces for two instruments, all different.
pub(crate) fn write_collection(folder: &Path, pieces: u32) {
    std::fs::create_dir_all(folder).unwrap();
    for piece in 0..pieces {
        let part = |channel: u8, base: u32| {
            let notes = (0..96u32).map(|index| Note {
                onset: Tick(index * 240),
                pitch: Pitch::new(u8::try_from(base + (index * (piece + 3) + index / 7 * piece) % 17).unwrap())
                    .unwrap(),
                duration: Tick(200),
                velocity: Velocity::DEFAULT,
            });
            Part {
                name: format!("part {channel}"),
                instrument: Instrument::from_index(channel * 40).unwrap(),
                channel: Channel::new(channel).unwrap(),
                notes: notes.collect(),
            }
        };
        let score = Score { parts: vec![part(0, 60), part(1, 40)], ..Score::default() };
        std::fs::write(folder.join(format!("piece-{piece}.mid")), midi::write(&score)).unwrap();
    }
}
