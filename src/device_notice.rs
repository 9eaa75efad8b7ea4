//! What the sound device has to say, in words.

use ripieno_synth::device::Notice;

/// A notice for the person who listens.
pub(crate) fn words(notice: &Notice) -> String {
    match notice {
        Notice::Lost { reason } => format!("the sound device is gone ({reason}); trying to get it back"),
        Notice::StillLost { attempts, reason } => {
            format!("the sound device is still gone after {attempts} attempts ({reason})")
        }
        Notice::Restored { .. } => "the sound device is back: the music goes on".into(),
        Notice::Errors { count, last } => format!("the sound device reported {count} errors, the last: {last}"),
        other => format!("{other:?}"),
    }
}
