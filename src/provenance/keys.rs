//! Files that hold a key to sign with.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, anyhow};
use ripieno_composer::provenance::SigningKey;

use crate::failure::{InputError, UsageError};
use crate::output::folder;

const FIRST_LINE: &str = "ripieno signing key (ed25519): whoever has this file can sign as you";
const SECRET: &str = "secret ";
const PUBLIC: &str = "public ";

/// A key file is shorter.
const MAX_BYTES: u64 = 4096;

/// Makes a key and writes it where nobody else can read it. Never over a file that exists: a key cannot be made again.
pub(crate) fn new_key(path: &Path) -> anyhow::Result<SigningKey> {
    if path.exists() {
        return Err(UsageError(format!("{} exists, and a key is never replaced", path.display())).into());
    }
    let complaint = || format!("cannot write {}", path.display());
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| anyhow!("the system gives no random numbers: {error}"))?;
    let key = SigningKey::from_secret(secret);
    // A temporary file is for its owner alone.
    let mut file = tempfile::NamedTempFile::new_in(folder(path)).with_context(complaint)?;
    write!(file, "{FIRST_LINE}\n{SECRET}{}\n{PUBLIC}{}\n", key.to_hex(), key.public_key()).with_context(complaint)?;
    file.as_file().sync_all().with_context(complaint)?;
    file.persist_noclobber(path).with_context(complaint)?;
    Ok(key)
}

/// Reads what [`new_key`] wrote.
pub(crate) fn read_key(path: &Path) -> Result<SigningKey, InputError> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| InputError {
        message: format!("cannot sign with {}", path.display()),
        source: Some(source),
    };
    let mut text = String::new();
    let file = File::open(path).map_err(|error| failed(error.into()))?;
    warn_of_readers(path, &file);
    let none = || failed("it is no key; `ripieno provenance --new-key FILE` makes one".into());
    file.take(MAX_BYTES).read_to_string(&mut text).map_err(|_| none())?;
    let secret = text.lines().find_map(|line| line.strip_prefix(SECRET)).ok_or_else(none)?;
    SigningKey::from_hex(secret.trim()).map_err(|error| failed(error.into()))
}

#[cfg(unix)]
fn warn_of_readers(path: &Path, file: &File) {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().map_or(0, |metadata| metadata.permissions().mode());
    if mode & 0o077 != 0 {
        tracing::warn!("{} can be read by others: chmod 600 makes it yours alone", path.display());
    }
}

#[cfg(not(unix))]
fn warn_of_readers(_path: &Path, _file: &File) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_for_its_owner_alone_and_never_replaced() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("my.key");
        let key = new_key(&path).expect("made");
        assert_eq!(read_key(&path).expect("read").public_key(), key.public_key());
        assert!(new_key(&path).is_err());
        assert_eq!(read_key(&path).expect("still there").public_key(), key.public_key());
        assert_ne!(new_key(&folder.path().join("other.key")).expect("made").public_key(), key.public_key());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().expect("there").permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("my.key");
        for bad in [b"secret 12".as_slice(), b"", &[0xff; 9000], b"a shopping list"] {
            std::fs::write(&path, bad).expect("written");
            assert!(read_key(&path).is_err());
        }
    }
}
