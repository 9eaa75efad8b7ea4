//! Writing files so that nothing is lost: whole or not at all, and never over something without leave.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use tempfile::TempPath;

use crate::failure::UsageError;

/// A file that may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OutputFile {
    path: PathBuf,
    replace: bool,
}

impl OutputFile {
    /// Checked before the work begins, so that nobody composes for a minute and then hears that the file exists.
    pub(crate) fn new(path: &Path, force: bool) -> Result<Self, UsageError> {
        let shown = path.display();
        match path.metadata() {
            Ok(found) if !found.is_file() => return Err(UsageError(format!("{shown} is not a file"))),
            Ok(_) if !force => return Err(UsageError(format!("{shown} exists; use --force to replace it"))),
            _ => {}
        }
        if !folder(path).is_dir() {
            return Err(UsageError(format!("the folder of {shown} does not exist")));
        }
        Ok(Self { path: path.to_owned(), replace: force })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Begins a temporary file beside it, which takes its name with [`WholeFile::keep`].
    pub(crate) fn begin(&self) -> anyhow::Result<PendingFile> {
        let mut builder = tempfile::Builder::new();
        // Temporary files are private; this one shall have the permissions of any other new file.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let begun = builder.prefix(".ripieno-").tempfile_in(folder(&self.path));
        let (file, path) = begun.with_context(|| self.complaint())?.into_parts();
        Ok(PendingFile { file, whole: WholeFile { output: self.clone(), path } })
    }

    /// Writes all of it at once.
    pub(crate) fn write(&self, bytes: &[u8]) -> anyhow::Result<()> {
        let pending = self.begin()?;
        pending.file().write_all(bytes).with_context(|| self.complaint())?;
        pending.close().keep()?;
        Ok(())
    }

    /// What to say when writing fails.
    pub(crate) fn complaint(&self) -> String {
        format!("cannot write {}", self.path.display())
    }
}

/// A file in the making. Dropped, it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct PendingFile {
    file: File,
    whole: WholeFile,
}

impl PendingFile {
    /// Where to write; not buffered.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// What it will become.
    pub(crate) fn output(&self) -> &OutputFile {
        &self.whole.output
    }

    /// Nothing more is written.
    pub(crate) fn close(self) -> WholeFile {
        self.whole
    }
}

/// A file that is complete but has no name yet. Dropped, it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct WholeFile {
    output: OutputFile,
    path: TempPath,
}

impl WholeFile {
    /// Gives the file its name, and tells it.
    pub(crate) fn keep(self) -> anyhow::Result<PathBuf> {
        let Self { output, path } = self;
        let kept = if output.replace { path.persist(&output.path) } else { path.persist_noclobber(&output.path) };
        kept.with_context(|| output.complaint())?;
        Ok(output.path)
    }
}

/// Whether two names are those of one file.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| {
        path.canonicalize().or_else(|_| {
            Ok::<_, std::io::Error>(folder(path).canonicalize()?.join(path.file_name().unwrap_or_default()))
        })
    };
    matches!((whole(one), whole(other)), (Ok(one), Ok(other)) if one == other)
}

/// Whether the file `path` lies, or would lie, directly in `parent`.
pub(crate) fn is_in(path: &Path, parent: &Path) -> bool {
    is_same(folder(path), parent)
}

/// The folder that holds `path`.
pub(crate) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_only_when_forced() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("piece.mid");
        OutputFile::new(&path, false).expect("free").write(b"first").expect("written");
        let refusal = OutputFile::new(&path, false).expect_err("exists now");
        assert!(refusal.to_string().contains("--force"), "{refusal}");
        OutputFile::new(&path, true).expect("forced").write(b"second").expect("written");
        assert_eq!(std::fs::read(&path).expect("readable"), b"second");
        assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 1, "nothing temporary is left");
    }

    #[test]
    fn a_file_that_appears_meanwhile_is_kept() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("piece.mid");
        let output = OutputFile::new(&path, false).expect("free");
        std::fs::write(&path, b"somebody else's").expect("written");
        assert!(output.write(b"ours").is_err());
        assert_eq!(std::fs::read(&path).expect("readable"), b"somebody else's");
    }

    #[test]
    fn what_is_not_kept_leaves_nothing() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let pending = OutputFile::new(&dir.path().join("piece.wav"), false).expect("free").begin().expect("begun");
        pending.file().write_all(b"half").expect("written");
        drop(pending);
        assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 0);
    }

    #[test]
    fn one_file_may_have_several_names() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let (one, other) =
            (dir.path().join("new.wav"), dir.path().join("../").join(dir.path().file_name().expect("named")));
        assert!(is_same(&one, &other.join("new.wav")) && is_in(&one, &other));
        assert!(!is_same(&one, &other.join("other.wav")) && !is_in(&other, &one));
    }

    #[test]
    fn a_folder_is_not_a_file() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        assert!(OutputFile::new(dir.path(), true).is_err());
        assert!(OutputFile::new(&dir.path().join("missing/piece.mid"), true).is_err());
    }
}
