//! Where the person's own styles live: `ripieno/styles` in the user's data folder.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use etcetera::BaseStrategy;
use ripieno_composer::model::{Model, Precision};
use ripieno_composer::personal::{MAX_BYTES, PersonalStyle};
use ripieno_composer::provenance::{StyleId, hash};
use ripieno_datasets::originality::Index;

use crate::failure::{InputError, UsageError};
use crate::output::OutputFile;
use crate::settings::StyleMix;

const STYLE: &str = "safetensors";
const INDEX: &str = "originality";

/// The folder of styles; it need not exist.
#[derive(Debug, Clone)]
pub(crate) struct StyleFolder {
    styles: PathBuf,
    trainings: PathBuf,
}

impl StyleFolder {
    /// On Linux below `$XDG_DATA_HOME` or `~/.local/share`, elsewhere where the system keeps such data.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let places = etcetera::base_strategy::choose_native_strategy()
            .context("there is no place for your own styles: the home folder is not known")?;
        let data = places.data_dir().join("ripieno");
        Ok(Self { styles: data.join("styles"), trainings: data.join("training") })
    }

    /// The file of a style.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.styles.join(format!("{name}.{STYLE}"))
    }

    /// The index of what a style was learnt from.
    pub(crate) fn index_path(&self, name: &str) -> PathBuf {
        self.styles.join(format!("{name}.{INDEX}"))
    }

    /// Where a style is trained.
    pub(crate) fn training(&self, name: &str) -> PathBuf {
        self.trainings.join(name)
    }

    /// The names of all styles, sorted.
    pub(crate) fn names(&self) -> anyhow::Result<Vec<String>> {
        let entries = match fs::read_dir(&self.styles) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", self.styles.display())),
        };
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let names = paths.filter(|path| path.extension().is_some_and(|extension| extension == STYLE));
        let mut names: Vec<String> = names
            .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort();
        Ok(names)
    }

    /// A style's name as it is written in the folder; some systems do not tell upper from lower case.
    pub(crate) fn known(&self, name: &str) -> anyhow::Result<Option<String>> {
        Ok(self.names()?.into_iter().find(|known| known.to_lowercase() == name.to_lowercase()))
    }

    /// A style of that name, or who is there instead.
    pub(crate) fn read(&self, name: &str) -> anyhow::Result<PersonalStyle> {
        if !self.names()?.iter().any(|known| known == name) {
            let known = self.names()?;
            let known = if known.is_empty() { "none yet".to_owned() } else { known.join(", ") };
            return Err(UsageError(format!("there is no style `{name}` of your own; there is {known} (`ripieno styles list` also names those of the model)")).into());
        }
        let (mut style, _) = read_file(&self.path(name))?;
        // The file's name counts: somebody may have renamed it.
        name.clone_into(&mut style.header.name);
        Ok(style)
    }

    /// The index of what a style was learnt from, where there is one.
    pub(crate) fn index(&self, name: &str) -> anyhow::Result<Option<Index>> {
        let path = self.index_path(name);
        if !path.exists() {
            return Ok(None);
        }
        let refused = |source: Box<dyn std::error::Error + Send + Sync>| InputError {
            message: format!("cannot use {}", path.display()),
            source: Some(source),
        };
        let bytes = fs::read(&path).map_err(|error| refused(error.into()))?;
        Ok(Some(Index::from_bytes(&bytes).map_err(|error| refused(error.into()))?))
    }

    /// Whether a style may get this name.
    pub(crate) fn check_free(&self, name: &str, model: &Model, force: bool) -> anyhow::Result<()> {
        ripieno_composer::personal::check_name(name).map_err(|error| UsageError(error.to_string()))?;
        if let Some(style) = model.header.styles.iter().find(|style| style.to_lowercase() == name.to_lowercase()) {
            return Err(UsageError(format!("`{style}` is a style of the model; choose another name")).into());
        }
        match self.known(name)? {
            Some(known) if known != name => {
                Err(UsageError(format!("you have a style `{known}`; choose a name that differs by more than case"))
                    .into())
            }
            Some(_) if !force => {
                Err(UsageError(format!("you have a style `{name}`; use --force to replace it, or another name")).into())
            }
            _ => Ok(()),
        }
    }

    /// Nobody else trains a style of that name as long as the lock is held.
    pub(crate) fn lock(&self, name: &str) -> anyhow::Result<Lock> {
        let path = self.trainings.join(format!("{}.lock", name.to_lowercase()));
        fs::create_dir_all(&self.trainings).with_context(|| format!("cannot make {}", self.trainings.display()))?;
        let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { path, _file: file }),
            Err(TryLockError::WouldBlock) => {
                Err(UsageError(format!("another training of `{name}` is going on; wait for it or choose another name"))
                    .into())
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
        }
    }

    /// Keeps a style, and the index of what it was learnt from.
    pub(crate) fn keep(&self, style: &PersonalStyle, index: Option<&[u8]>) -> anyhow::Result<PathBuf> {
        let name = &style.header.name;
        fs::create_dir_all(&self.styles).with_context(|| format!("cannot make {}", self.styles.display()))?;
        let index_path = self.index_path(name);
        match index {
            Some(index) => OutputFile::new(&index_path, true)?.write(index)?,
            // That of a style that had the name before.
            None => remove(&index_path)?,
        }
        let path = self.path(name);
        OutputFile::new(&path, true)?.write(&style.to_bytes(Precision::Half, None))?;
        Ok(path)
    }

    /// Removes a style and what belongs to it; whether there was anything.
    pub(crate) fn remove(&self, name: &str) -> anyhow::Result<bool> {
        let training = self.training(name);
        let was_there = self.path(name).exists() || training.exists();
        remove(&self.path(name))?;
        remove(&self.index_path(name))?;
        self.remove_training(name)?;
        Ok(was_there)
    }

    /// Removes what a training left behind.
    pub(crate) fn remove_training(&self, name: &str) -> anyhow::Result<()> {
        let folder = self.training(name);
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", folder.display()))
            }
            _ => Ok(()),
        }
    }
}

/// Held while a style is trained. The system lets go of it when the program is killed.
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // An empty file that stays does no harm.
        let _ = fs::remove_file(&self.path);
    }
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Reads a style from a file, and the index that may be in it.
pub(crate) fn read_file(path: &Path) -> anyhow::Result<(PersonalStyle, Option<Vec<u8>>)> {
    let refused = |source: Box<dyn std::error::Error + Send + Sync>| InputError {
        message: format!("cannot use {}", path.display()),
        source: Some(source),
    };
    let size = fs::metadata(path).map_err(|error| refused(error.into()))?.len();
    // What is too large to be a style is not read into memory first.
    let bytes = if size > MAX_BYTES as u64 {
        vec![0; MAX_BYTES + 1]
    } else {
        fs::read(path).map_err(|error| refused(error.into()))?
    };
    Ok(PersonalStyle::from_bytes(&bytes).map_err(|error| refused(error.into()))?)
}

/// The styles of the person's own that are in a mix.
#[derive(Debug, Default)]
pub(crate) struct OwnStyles {
    ids: Vec<StyleId>,
    /// What they have learnt, as far as that is known, with the hashes of the files.
    indices: Vec<(String, Index, String)>,
}

impl OwnStyles {
    /// What is told of them in a record.
    pub(crate) fn ids(&self) -> Vec<StyleId> {
        self.ids.clone()
    }

    /// What they have learnt together with what the base model has, and its hash.
    pub(crate) fn join(&self, (base, base_hash): (Index, String)) -> (Index, String) {
        self.indices.iter().fold((base, base_hash), |(joined, so_far), (name, index, own)| {
            (joined.joined(index, name), hash(format!("{so_far} {own}").as_bytes()))
        })
    }
}

/// Adds the person's own styles that a mix names to a model.
pub(crate) fn add_own_styles(model: &mut Model, mix: &StyleMix) -> anyhow::Result<OwnStyles> {
    let mut own = OwnStyles::default();
    let missing: Vec<&String> =
        mix.0.iter().map(|(name, _)| name).filter(|name| model.style_index(name).is_none()).collect();
    if missing.is_empty() {
        return Ok(own);
    }
    let folder = StyleFolder::find()?;
    for name in missing {
        let known = folder.names()?;
        if !known.contains(name) {
            let mut message = format!("there is no style `{name}`; the model knows {}", model.header.styles.join(", "));
            if !known.is_empty() {
                message += &format!("; your own are {}", known.join(", "));
            }
            return Err(UsageError(message).into());
        }
        let refused = |source: ripieno_composer::personal::AddStyleError| InputError {
            message: format!("cannot use {}", folder.path(name).display()),
            source: Some(source.into()),
        };
        let hash_of = |path: &Path| {
            let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            anyhow::Ok(hash(&bytes))
        };
        own.ids.push(StyleId { name: name.clone(), hash: hash_of(&folder.path(name))? });
        model.add_style(folder.read(name)?).map_err(refused)?;
        match folder.index(name)? {
            Some(index) => own.indices.push((name.clone(), index, hash_of(&folder.index_path(name))?)),
            None => tracing::warn!("nothing is known of the music behind `{name}`: nobody looks for copies of it"),
        }
    }
    Ok(own)
}
