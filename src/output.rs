//! Writing files so that nothing is lost: whole or not at all, and never over something without leave.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

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

    /// Writes into a temporary file beside it, then renames.
    pub(crate) fn write(&self, bytes: &[u8]) -> anyhow::Result<()> {
        let context = || format!("cannot write {}", self.path.display());
        let mut builder = tempfile::Builder::new();
        // Temporary files are private; this one shall have the permissions of any other new file.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.prefix(".ripieno-").tempfile_in(folder(&self.path)).with_context(context)?;
        file.write_all(bytes).with_context(context)?;
        if self.replace {
            file.persist(&self.path).with_context(context)?;
        } else {
            file.persist_noclobber(&self.path).with_context(context)?;
        }
        Ok(())
    }
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
    fn a_folder_is_not_a_file() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        assert!(OutputFile::new(dir.path(), true).is_err());
        assert!(OutputFile::new(&dir.path().join("missing/piece.mid"), true).is_err());
    }
}
