//! How the program ends: the exit code and the last words.

use std::io::{self, Write};
use std::process::ExitCode;

/// Something was typed that cannot be done; found only by looking closer than the parser does. Exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct UsageError(pub(crate) String);

/// A file or folder that was given cannot be used. The message names it. Exit code 3.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct InputError {
    pub(crate) message: String,
    pub(crate) source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Reports an error on stderr and turns the outcome into an exit code.
pub(crate) fn exit_code(outcome: anyhow::Result<()>) -> ExitCode {
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    if is_broken_pipe(&error) {
        // The reader, `head` for instance, has seen enough.
        return ExitCode::SUCCESS;
    }
    // Nobody is left to be told when stderr is closed too.
    let _ = writeln!(io::stderr(), "error: {error:#}");
    ExitCode::from(code(&error))
}

fn code(error: &anyhow::Error) -> u8 {
    if error.is::<UsageError>() {
        2
    } else if error.is::<InputError>() {
        3
    } else {
        1
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn codes_survive_context() {
        let usage = Err::<(), _>(UsageError("no".into())).context("while trying").expect_err("an error");
        let input = InputError { message: "bad".into(), source: None };
        assert_eq!(code(&usage), 2);
        assert_eq!(code(&input.into()), 3);
        assert_eq!(code(&anyhow::anyhow!("other")), 1);
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        let error = anyhow::Error::from(io::Error::from(io::ErrorKind::BrokenPipe)).context("cannot print");
        assert!(is_broken_pipe(&error));
    }
}
