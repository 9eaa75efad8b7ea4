//! What was wrong with a file, and how it was read nevertheless.

use std::collections::HashMap;
use std::fmt;

use super::limits::MAX_RESCUES;

/// A liberty that was taken with a damaged or unusual file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rescue {
    /// Where in the file, in bytes; the first place if there are several.
    pub offset: usize,
    /// In which track, counted from zero; `None` outside tracks.
    pub track: Option<u16>,
    /// What was wrong.
    pub kind: RescueKind,
    /// How often it happened in this track.
    pub count: u32,
}

/// What was wrong, and what was done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RescueKind {
    /// The chunk of a RIFF file that holds the MIDI file is not as long as it says; all that follows was read.
    RiffLength {
        /// As the file says.
        declared: u32,
    },
    /// Bytes before the header were skipped.
    LeadingJunk,
    /// There is no header; several tracks at 480 ticks a quarter note were assumed.
    NoHeader,
    /// The header is not six bytes long; what it lacks was assumed: parallel tracks, 480 ticks a quarter note.
    HeaderLength {
        /// As the file says.
        declared: u32,
    },
    /// A second header follows; what is after it belongs to another piece and was left out.
    SecondHeader,
    /// A format other than 0, 1 and 2; read as format 1.
    UnknownFormat {
        /// As the file says.
        format: u16,
    },
    /// Zero ticks a quarter note; 480 were assumed.
    ZeroDivision,
    /// Time in fractions of seconds; ticks are kept, and a fixed tempo makes them last as long as they should.
    SmpteTime {
        /// Frames a second as the file counts them; 29 means 29.97.
        frames: u8,
        /// Ticks in a frame.
        ticks_per_frame: u8,
    },
    /// A format 2 file: its pieces were put one after another.
    SequencesJoined,
    /// The header counts tracks wrongly; all that are there were read.
    TrackCount {
        /// As the file says.
        declared: u16,
        /// As found.
        found: usize,
    },
    /// More tracks than can be read; the rest was left out.
    TooManyTracks,
    /// A chunk of a kind that is not part of the standard was skipped.
    UnknownChunk {
        /// Its name.
        id: [u8; 4],
    },
    /// A chunk name one letter away from `MTrk` was read as a track.
    MisspeltTrack,
    /// Bytes that belong to no chunk were skipped.
    Junk,
    /// A track's length is wrong; its end was found by reading its events.
    TrackLength {
        /// As the file says.
        declared: u32,
    },
    /// The file ends before the track does.
    Truncated,
    /// A track has no end-of-track event.
    NoEndOfTrack,
    /// Bytes after a track's end-of-track event were skipped.
    AfterEndOfTrack,
    /// An event runs past the end of its track; the track ends before it.
    EventCut,
    /// A data byte where an event should begin was skipped.
    NoStatus,
    /// Running status was used across a meta or system exclusive event, which the standard forbids.
    RunningStatusKept,
    /// A system message that has no place in a file was skipped.
    SystemMessage,
    /// A data byte above 127: a value became 127, a pitch, program or controller number lost its top bit.
    HighDataByte,
    /// A variable-length number of more than four bytes; its lowest 28 bits were taken.
    LongNumber,
    /// A tempo of zero was left out.
    ZeroTempo,
    /// A tempo in a file whose time is in seconds was left out.
    TempoIgnored,
    /// A meta event is too short for what it should say and was left out.
    ShortMeta,
    /// A meter with a numerator of zero or a denominator above 64 was left out.
    BadMeter,
    /// A key signature with more than seven accidentals was left out.
    BadKey,
    /// A text of more than a megabyte was cut.
    LongText,
    /// Events later than the longest possible piece were left out.
    TooLong,
    /// Events beyond the number that can be read were left out.
    TooManyEvents,
    /// More parts than a score can have; the rest was left out.
    TooManyParts,
    /// A note that nothing ends was closed at the end of its track, or after sixteen quarter notes.
    HangingNote,
    /// A key struck again that is released too rarely: each stroke ends the one before.
    RestartedNote,
    /// More was wrong than this report has room for.
    More,
}

impl fmt::Display for RescueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = match self {
            Self::RiffLength { declared } => {
                return write!(
                    f,
                    "the RIFF file says that {declared} bytes of it are MIDI, which is wrong; all were read"
                );
            }
            Self::HeaderLength { declared: declared @ ..6 } => {
                return write!(
                    f,
                    "the header says that it has {declared} bytes instead of 6; what is missing was assumed"
                );
            }
            Self::HeaderLength { declared } => {
                return write!(f, "the header says that it has {declared} bytes instead of 6; six were read");
            }
            Self::UnknownFormat { format } => return write!(f, "unknown format {format}; read as format 1"),
            Self::SmpteTime { frames, ticks_per_frame } => {
                return write!(
                    f,
                    "time is counted in {frames} frames a second of {ticks_per_frame} ticks; given a fixed tempo"
                );
            }
            Self::TrackCount { declared, found } => {
                return write!(f, "the header announces {declared} tracks; the {found} that are there were read");
            }
            Self::UnknownChunk { id } => {
                return write!(f, "unknown chunk `{}` skipped", id.escape_ascii());
            }
            Self::TrackLength { declared } => {
                return write!(f, "the track says that it has {declared} bytes; its events end elsewhere");
            }
            Self::LeadingJunk => "bytes before the header skipped",
            Self::NoHeader => "no header; 480 ticks a quarter note assumed",
            Self::SecondHeader => "a second file begins here and was left out",
            Self::ZeroDivision => "zero ticks a quarter note; 480 assumed",
            Self::SequencesJoined => "format 2: the pieces in it were put one after another",
            Self::TooManyTracks => "more tracks than can be read; the rest was left out",
            Self::MisspeltTrack => "a chunk named almost `MTrk` was read as a track",
            Self::Junk => "bytes between chunks skipped",
            Self::Truncated => "the file ends inside the track",
            Self::NoEndOfTrack => "no end-of-track event",
            Self::AfterEndOfTrack => "bytes after the end of the track skipped",
            Self::EventCut => "an event runs past the end of the track and was left out",
            Self::NoStatus => "data where an event should begin skipped",
            Self::RunningStatusKept => "running status used across a meta or system exclusive event",
            Self::SystemMessage => "a system message that has no place in a file skipped",
            Self::HighDataByte => "a data byte above 127 brought into range",
            Self::LongNumber => "a variable-length number of more than four bytes shortened",
            Self::ZeroTempo => "a tempo of zero left out",
            Self::TempoIgnored => "a tempo in a file that counts seconds left out",
            Self::ShortMeta => "a meta event that is too short left out",
            Self::BadMeter => "an impossible meter left out",
            Self::BadKey => "an impossible key signature left out",
            Self::LongText => "a text of more than a megabyte cut",
            Self::TooLong => "events later than any piece lasts left out",
            Self::TooManyEvents => "more events than can be read; the rest was left out",
            Self::TooManyParts => "more parts than can be read; the rest was left out",
            Self::HangingNote => "a note that nothing ends was closed",
            Self::RestartedNote => "a key struck again before its release ends the earlier note",
            Self::More => "and more",
        };
        f.write_str(sentence)
    }
}

impl fmt::Display for Rescue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}", self.offset)?;
        if let Some(track) = self.track {
            write!(f, ", track {track}")?;
        }
        write!(f, ": {}", self.kind)?;
        if self.count > 1 { write!(f, " ({} times)", self.count) } else { Ok(()) }
    }
}

/// Collects [`Rescue`]s: one for each kind and track, and never more than [`MAX_RESCUES`].
#[derive(Debug, Default)]
pub(super) struct RescueLog {
    entries: Vec<Rescue>,
    by_kind: HashMap<(Option<u16>, RescueKind), usize>,
}

impl RescueLog {
    /// Reports one occurrence.
    pub(super) fn add(&mut self, offset: usize, track: Option<u16>, kind: RescueKind) {
        if let Some(&index) = self.by_kind.get(&(track, kind)) {
            self.entries[index].count = self.entries[index].count.saturating_add(1);
        } else if self.entries.len() + 1 < MAX_RESCUES {
            self.by_kind.insert((track, kind), self.entries.len());
            self.entries.push(Rescue { offset, track, kind, count: 1 });
        } else if kind != RescueKind::More {
            if self.entries.len() < MAX_RESCUES {
                self.by_kind.insert((None, RescueKind::More), self.entries.len());
                self.entries.push(Rescue { offset, track: None, kind: RescueKind::More, count: 0 });
            }
            self.add(offset, None, RescueKind::More);
        }
    }

    /// The report.
    pub(super) fn finish(self) -> Vec<Rescue> {
        self.entries
    }
}
