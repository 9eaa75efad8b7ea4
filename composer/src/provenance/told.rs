//! A record as it stands in a file.
//!
//! ```text
//! ripieno provenance 1 <first 32 hexadecimal digits of BLAKE3 of all that follows>
//! record {…}
//! signature {…}      where it was signed
//! sound {…}          in a WAV file
//! ```
//!
//! A MIDI file holds these lines in sequencer-specific meta events: the byte 7D (the manufacturer's number for everybody's
//! use), `ripieno`, a space, the number of the event, `/`, how many there are, a space, and some of the lines' bytes. A text
//! event says the most important in words, for people, and for programs that keep texts and nothing else.

use ripieno_score::Timeline;
use ripieno_score::midi::WriteOptions;
use ripieno_score::timeline::Message;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::record::{LAYOUT, Record};
use super::sign::{Signature, SigningKey};

/// The most that a record may take, in bytes. No more is written, and no more is read.
pub const MAX_BYTES: usize = 32 << 20;

/// First words of all lines.
const TITLE: &str = "ripieno provenance ";
/// How the lines are arranged.
const ARRANGEMENT: &str = "1";
/// How a meta event begins that holds some of them.
const OWNER: &[u8] = b"\x7dripieno ";
/// Bytes of the lines in an event: mido refuses events of more than a million, others may know 16 bits.
const CHUNK: usize = 16 << 10;
/// Digits of the checksum.
const CHECKSUM: usize = 32;

/// A record with all that stands beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The record.
    pub record: Record,
    /// The very text of it, which is what was signed.
    line: String,
    /// A signature, which is good.
    pub signature: Option<Signature>,
    /// In a WAV file: how the notes became sound.
    pub sound: Option<Sound>,
}

/// How notes became sound. It is not signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sound {
    /// Name and version of the program that played.
    pub rendered_by: String,
    /// The bars that had been changed before, such as `3, 5-7`; empty where the notes were those of the record.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub edited_bars: String,
}

/// A record of more than [`MAX_BYTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the record of how the piece was made would be larger than {} MiB", MAX_BYTES >> 20)]
pub struct TooLarge;

/// Why a record cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadRecordError {
    /// Events are missing.
    #[error("the record is incomplete: part {missing} of {of} is missing")]
    Incomplete {
        /// The first that is missing, counted from 1.
        missing: usize,
        /// How many there should be.
        of: usize,
    },
    /// Two records: two files were put together.
    #[error("there are several records: the file was put together from several pieces")]
    Several,
    /// More than is read.
    #[error("the record is larger than {} MiB, which is more than ripieno writes", MAX_BYTES >> 20)]
    TooLarge,
    /// Not what was written.
    #[error("the record is damaged: {0}")]
    Damaged(String),
    /// Signed, but not this.
    #[error("{0}")]
    Forged(String),
    /// Written by a newer program.
    #[error("the record was written by {program}, which knows more than this program, ripieno {ours}: {what}", ours = env!("CARGO_PKG_VERSION"))]
    Newer {
        /// Name and version of the program that wrote it.
        program: String,
        /// What is not known here.
        what: String,
    },
}

/// What is looked at before the record as a whole.
#[derive(Deserialize)]
struct Probe {
    layout: u32,
    program: String,
}

impl Told {
    /// A new record.
    ///
    /// # Errors
    /// When it would be larger than can be read again.
    pub fn new(record: Record) -> Result<Self, TooLarge> {
        let line = serde_json::to_string(&record).map_err(|_| TooLarge)?;
        // Room for the other lines.
        if line.len() > MAX_BYTES - (1 << 16) {
            return Err(TooLarge);
        }
        Ok(Self { record, line, signature: None, sound: None })
    }

    /// Signs it.
    pub fn sign(&mut self, key: &SigningKey) {
        self.signature = Some(key.sign(&self.line));
    }

    /// The lines as they go into a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut lines = format!("record {}\n", self.line);
        let mut add = |name: &str, json: Option<Result<String, serde_json::Error>>| {
            if let Some(Ok(json)) = json {
                lines.push_str(&format!("{name} {json}\n"));
            }
        };
        add("signature", self.signature.as_ref().map(serde_json::to_string));
        add("sound", self.sound.as_ref().map(serde_json::to_string));
        format!("{TITLE}{ARRANGEMENT} {}\n{lines}", checksum(lines.as_bytes())).into_bytes()
    }

    /// What a MIDI file says with it, beside the score.
    pub fn write_options(&self) -> WriteOptions {
        let bytes = self.to_bytes();
        let chunks: Vec<&[u8]> = bytes.chunks(CHUNK).collect();
        let event = |(index, chunk): (usize, &&[u8])| {
            [OWNER, format!("{}/{} ", index + 1, chunks.len()).as_bytes(), chunk].concat()
        };
        WriteOptions {
            texts: vec![self.record.summary()],
            sequencer_data: chunks.iter().enumerate().map(event).collect(),
            ..WriteOptions::default()
        }
    }

    /// The record in a MIDI file; `None` where there is none.
    ///
    /// # Errors
    /// When there is one that cannot be read, or is not what was signed.
    pub fn in_midi(timeline: &Timeline) -> Result<Option<Self>, ReadRecordError> {
        let mut bytes: Vec<u8> = Vec::new();
        let (mut read, mut count) = (0usize, 0usize);
        for event in &timeline.events {
            let Message::SequencerSpecific(content) = &event.message else { continue };
            let Some(content) = content.strip_prefix(OWNER) else { continue };
            let Some((number, of, chunk)) = numbered(content) else {
                return Err(ReadRecordError::Damaged("an event without a number".into()));
            };
            if read > 0 && number == 1 {
                return Err(ReadRecordError::Several);
            }
            if number != read + 1 || (read > 0 && of != count) {
                return Err(ReadRecordError::Incomplete { missing: read + 1, of });
            }
            if bytes.len() + chunk.len() > MAX_BYTES {
                return Err(ReadRecordError::TooLarge);
            }
            bytes.extend(chunk);
            (read, count) = (number, of);
        }
        match read {
            0 => Ok(None),
            _ if read < count => Err(ReadRecordError::Incomplete { missing: read + 1, of: count }),
            _ => Self::from_bytes(&bytes).map(Some),
        }
    }

    /// Reads what [`Told::to_bytes`] wrote.
    ///
    /// # Errors
    /// As [`Told::in_midi`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadRecordError> {
        if bytes.len() > MAX_BYTES {
            return Err(ReadRecordError::TooLarge);
        }
        let damaged = |what: &str| ReadRecordError::Damaged(what.to_owned());
        let text = std::str::from_utf8(bytes).map_err(|error| damaged(&format!("it is no UTF-8: {error}")))?;
        let (title, lines) = text.split_once('\n').ok_or_else(|| damaged("it has no first line"))?;
        let title = title.strip_prefix(TITLE).ok_or_else(|| damaged("its first line is another"))?;
        let (arrangement, sum) = title.split_once(' ').ok_or_else(|| damaged("its first line is another"))?;
        if arrangement != ARRANGEMENT {
            let what = format!("arrangement `{}`", arrangement.chars().take(20).collect::<String>());
            return Err(ReadRecordError::Newer { program: "another version of ripieno".into(), what });
        }
        if sum != checksum(lines.as_bytes()) {
            return Err(damaged("its checksum is that of another"));
        }
        let (mut record, mut signature, mut sound) = (None, None, None);
        for line in lines.lines() {
            match line.split_once(' ') {
                Some(("record", json)) => record = Some(json),
                Some(("signature", json)) => signature = Some(json),
                Some(("sound", json)) => sound = Some(json),
                _ => return Err(damaged("it has a line of an unknown kind")),
            }
        }
        let line = record.ok_or_else(|| damaged("the record itself is missing"))?;
        // First whether it is genuine: what is forged need not be understood.
        let signature: Option<Signature> = signature.map(|json| parse(json, "signature")).transpose()?;
        if let Some(signature) = &signature {
            signature.verify(line).map_err(|forgery| ReadRecordError::Forged(forgery.to_string()))?;
        }
        let sound = sound.map(|json| parse(json, "sound")).transpose()?;
        Ok(Self { record: parse_record(line)?, line: line.to_owned(), signature, sound })
    }
}

fn checksum(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex()[..CHECKSUM].to_owned()
}

fn parse<T: DeserializeOwned>(json: &str, what: &str) -> Result<T, ReadRecordError> {
    serde_json::from_str(json).map_err(|error| ReadRecordError::Damaged(format!("its {what} makes no sense: {error}")))
}

fn parse_record(json: &str) -> Result<Record, ReadRecordError> {
    let Probe { layout, program } = parse(json, "record")?;
    let program: String = program.chars().filter(|c| !c.is_control()).take(60).collect();
    if layout > LAYOUT {
        return Err(ReadRecordError::Newer { program, what: format!("layout {layout} of a record") });
    }
    serde_json::from_str(json).map_err(|error| {
        let what = error.to_string();
        // Another version says things that this one has no words for.
        if what.starts_with("unknown") && program != format!("ripieno {}", env!("CARGO_PKG_VERSION")) {
            return ReadRecordError::Newer { program, what };
        }
        ReadRecordError::Damaged(format!("it makes no sense: {what}"))
    })
}

/// Splits `3/7 rest`.
fn numbered(content: &[u8]) -> Option<(usize, usize, &[u8])> {
    let slash = content.iter().take(8).position(|&byte| byte == b'/')?;
    let (number, rest) = (&content[..slash], &content[slash + 1..]);
    let space = rest.iter().take(8).position(|&byte| byte == b' ')?;
    let (of, rest) = (&rest[..space], &rest[space + 1..]);
    let parse = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse::<usize>().ok();
    let (number, of) = (parse(number)?, parse(of)?);
    (1..=of).contains(&number).then_some((number, of, rest))
}

#[cfg(test)]
#[path = "told/tests.rs"]
mod tests;
