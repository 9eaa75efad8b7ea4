//! What a SoundFont's reader takes on trust, checked before it reads: lengths of chunks, and tables that point into
//! tables (SoundFont Technical Specification 2.04, section 7).

use super::ReadSoundFontError;

/// A table whose records point into another table. The last records of both are terminators.
struct Pointers {
    name: &'static [u8; 4],
    record_bytes: usize,
    /// Where in a record the index is.
    place: usize,
    target: &'static [u8; 4],
}

const POINTERS: [Pointers; 4] = [
    Pointers { name: b"phdr", record_bytes: 38, place: 24, target: b"pbag" },
    Pointers { name: b"pbag", record_bytes: 4, place: 0, target: b"pgen" },
    Pointers { name: b"inst", record_bytes: 22, place: 20, target: b"ibag" },
    Pointers { name: b"ibag", record_bytes: 4, place: 0, target: b"igen" },
];
/// Bags and generators, all that is pointed into.
const TARGET_BYTES: usize = 4;
/// Length of a sample header, and where in it the sample rate is.
const SAMPLE_HEADER: (usize, usize) = (46, 36);
/// No recording has a higher rate.
const HIGHEST_RATE_HZ: u32 = 400_000;

/// Checks that every chunk lies within what holds it, before anything is allocated by its length, and that no table
/// points beyond the end of another.
pub(super) fn check(bytes: &[u8]) -> Result<(), ReadSoundFontError> {
    if bytes.len() < 12 || &bytes[..4] != b"RIFF" || &bytes[8..12] != b"sfbk" {
        return Err(ReadSoundFontError::NotASoundFont);
    }
    let end = 8 + length(bytes, 0)?;
    if end > bytes.len() {
        return Err(ReadSoundFontError::Truncated { offset: 0 });
    }
    let mut at = 12;
    while at + 8 <= end {
        let inner_end = at + 8 + length(bytes, at)?;
        if inner_end > end {
            return Err(ReadSoundFontError::Truncated { offset: at });
        }
        if &bytes[at..at + 4] == b"LIST" {
            let chunks = inner(bytes, at + 12, inner_end)?;
            if bytes.get(at + 8..at + 12) == Some(b"pdta") {
                check_tables(&chunks)?;
            }
        }
        at = inner_end;
    }
    Ok(())
}

type Chunk<'a> = (&'a [u8], &'a [u8]);

/// The names and contents of the chunks in a list.
fn inner(bytes: &[u8], start: usize, end: usize) -> Result<Vec<Chunk<'_>>, ReadSoundFontError> {
    let mut chunks = Vec::new();
    let mut at = start;
    while at + 8 <= end {
        let next = at + 8 + length(bytes, at)?;
        if next > end {
            return Err(ReadSoundFontError::Truncated { offset: at });
        }
        chunks.push((&bytes[at..at + 4], &bytes[at + 8..next]));
        at = next;
    }
    Ok(chunks)
}

fn check_tables(chunks: &[Chunk<'_>]) -> Result<(), ReadSoundFontError> {
    let table = |name: &[u8; 4]| {
        // Where a table comes twice the reader takes the last.
        chunks
            .iter()
            .rev()
            .find(|(own, _)| own == name)
            .map(|(_, table)| *table)
            .ok_or(ReadSoundFontError::Contradictory)
    };
    for Pointers { name, record_bytes, place, target } in POINTERS {
        let targets = (table(target)?.len() / TARGET_BYTES).saturating_sub(1);
        let mut least = 0;
        for entry in table(name)?.chunks_exact(record_bytes) {
            let index = usize::from(u16::from_le_bytes([entry[place], entry[place + 1]]));
            if index < least || index > targets {
                return Err(ReadSoundFontError::Contradictory);
            }
            least = index;
        }
    }
    let (record, place) = SAMPLE_HEADER;
    for header in table(b"shdr")?.chunks_exact(record) {
        let rate_hz = header[place..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        if rate_hz > HIGHEST_RATE_HZ {
            return Err(ReadSoundFontError::Contradictory);
        }
    }
    Ok(())
}

fn length(bytes: &[u8], at: usize) -> Result<usize, ReadSoundFontError> {
    let length = bytes.get(at + 4..at + 8).and_then(|length| length.first_chunk());
    let length = u32::from_le_bytes(*length.ok_or(ReadSoundFontError::Truncated { offset: at })?);
    usize::try_from(length).map_err(|_| ReadSoundFontError::Truncated { offset: at })
}
