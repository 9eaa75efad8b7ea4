//! Why bytes could not be read as MIDI.

use thiserror::Error;

/// Why [`read`](super::read) found no music. Messages name the byte, the reason and the remedy; the caller adds the file's name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReadMidiError {
    /// There are no bytes.
    #[error("byte 0: the file is empty; export or download it again")]
    Empty,
    /// More bytes than [`MAX_BYTES`](super::MAX_BYTES).
    #[error("byte {limit}: the file goes on, but no more than {limit} bytes are read; split it into pieces")]
    TooLarge {
        /// How many are allowed.
        limit: usize,
    },
    /// Neither a header nor a track anywhere.
    #[error("byte {offset}: no MIDI header `MThd` and no track `MTrk`: {found}")]
    NotMidi {
        /// Where the search began.
        offset: usize,
        /// What the bytes look like instead, and what to do.
        found: &'static str,
    },
    /// A header with no track after it.
    #[error("byte {offset}: the header is followed by no track `MTrk`; the file was cut off: get a complete copy")]
    NoTracks {
        /// Where the first track should begin.
        offset: usize,
    },
}

/// What `bytes`, which are no MIDI file, look like, and what to do about it.
pub(super) fn recognise(bytes: &[u8]) -> &'static str {
    const SIGNATURES: [(&[u8], &str); 13] = [
        (b"\x1f\x8b", "it is compressed with gzip: unpack it first"),
        (b"PK\x03\x04", "it is a zip archive (or compressed MusicXML): unpack it, or export it as MIDI"),
        (b"<?xml", "it is XML, perhaps MusicXML: open it in a notation program and export it as MIDI"),
        (b"\xef\xbb\xbf<?xml", "it is XML, perhaps MusicXML: open it in a notation program and export it as MIDI"),
        (b"<", "it is a web page: download the file itself"),
        (b"ID3", "it is an MP3 recording, not MIDI"),
        (b"RIFF", "it is a RIFF file without MIDI in it, perhaps a WAV recording or a SoundFont"),
        (b"OggS", "it is an Ogg recording, not MIDI"),
        (b"fLaC", "it is a FLAC recording, not MIDI"),
        (b"%PDF", "it is a PDF document, not MIDI"),
        (b"X:", "it is ABC notation: convert it with abc2midi first"),
        (b"ptab", "it is a Power Tab file: export it as MIDI"),
        (b"\x18FICHIER GUITAR PRO", "it is a Guitar Pro file: export it as MIDI"),
    ];
    SIGNATURES
        .iter()
        .find(|(signature, _)| bytes.starts_with(signature))
        .map_or("it is not a MIDI file; check that it is the right one", |(_, found)| found)
}
