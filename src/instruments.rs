//! Who plays: the program's own instruments, or those of a SoundFont.

use std::path::{Path, PathBuf};

use ripieno_synth::offline::{Band, Player, SoundFontBank};

use crate::failure::InputError;

/// The instruments, and the file that they come from.
#[derive(Debug, Default)]
pub(crate) struct Instruments {
    pub(crate) band: Band,
    file: Option<PathBuf>,
}

impl Instruments {
    /// Those of a SoundFont, where one is given.
    pub(crate) fn read(soundfont: Option<&Path>) -> Result<Self, InputError> {
        let Some(path) = soundfont else { return Ok(Self::default()) };
        let failed = |source| InputError { message: format!("cannot use {}", path.display()), source: Some(source) };
        // A pipe or a device might never end.
        if !path.metadata().map_err(|error| failed(error.into()))?.is_file() {
            return Err(failed("it is not a file".into()));
        }
        let bytes = std::fs::read(path).map_err(|error| failed(error.into()))?;
        hush_soundfonts();
        let bank = SoundFontBank::read(&bytes).map_err(|error| failed(error.into()))?;
        Ok(Self { band: Band::SoundFont(bank), file: Some(path.to_owned()) })
    }

    /// An error where `player` has found out that its SoundFont is damaged.
    pub(crate) fn check(&self, player: &dyn Player) -> Result<(), InputError> {
        if player.is_broken() { Err(self.broken()) } else { Ok(()) }
    }

    /// What to say when the SoundFont turns out to be damaged while it is played.
    pub(crate) fn broken(&self) -> InputError {
        let file = self.file.as_deref().unwrap_or(Path::new("the SoundFont"));
        InputError {
            message: format!("cannot use {}: it points to samples that it does not have", file.display()),
            source: None,
        }
    }
}

/// Where the tables of a SoundFont lie its reader indexes out of bounds. That is caught and told as an error; the
/// panic's own words would only confuse.
fn hush_soundfonts() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|place| place.file().contains("rustysynth")) {
            usual(panic);
        }
    }));
}
