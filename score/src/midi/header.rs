//! The front of a file: RIFF wrapper, leading junk, header chunk.

use std::ops::Range;

use super::Format;
use super::error::{ReadMidiError, recognise};
use super::rescue::{RescueKind, RescueLog};
use crate::time::Ppq;

/// What the header says, checked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) format: Format,
    /// As written; `None` when there is no header.
    pub(super) declared_tracks: Option<u16>,
    pub(super) ppq: Ppq,
    /// The tempo that makes ticks last as long as SMPTE time says; tempo events do not count then.
    pub(super) fixed_tempo: Option<u32>,
    /// Where the header chunk starts.
    pub(super) offset: usize,
    /// Where the first track should begin.
    pub(super) next: usize,
}

/// Reads the header of the file inside `bytes`; gives it and the range of `bytes` in which its chunks lie.
pub(super) fn read_header(bytes: &[u8], log: &mut RescueLog) -> Result<(Header, Range<usize>), ReadMidiError> {
    let range = unwrap_riff(bytes);
    let inside = &bytes[..range.end];
    let Some(mut offset) = find_after(inside, range.start, b"MThd") else {
        let Some(next) = find_after(inside, range.start, b"MTrk") else {
            return Err(ReadMidiError::NotMidi { offset: range.start, found: recognise(bytes) });
        };
        log.add(next, None, RescueKind::NoHeader);
        let header = Header {
            format: Format::Parallel,
            declared_tracks: None,
            ppq: Ppq::DEFAULT,
            fixed_tempo: None,
            offset: next,
            next,
        };
        return Ok((header, range));
    };
    if offset > range.start {
        log.add(range.start, None, RescueKind::LeadingJunk);
    }
    // A header repeated straight away: the last one before the first track counts.
    while inside[offset..].get(14..18) == Some(b"MThd") {
        log.add(offset, None, RescueKind::LeadingJunk);
        offset += 14;
    }
    let Some(&[l0, l1, l2, l3, f0, f1, t0, t1, d0, d1]) = inside[offset + 4..].first_chunk() else {
        return Err(ReadMidiError::NoTracks { offset: inside.len() });
    };
    let declared = u32::from_be_bytes([l0, l1, l2, l3]);
    if declared != 6 {
        log.add(offset + 4, None, RescueKind::HeaderLength { declared });
    }
    let next = first_track(inside, offset + 8, declared);
    let format = match u16::from_be_bytes([f0, f1]) {
        0 => Format::SingleTrack,
        1 => Format::Parallel,
        2 => Format::Sequential,
        format => {
            log.add(offset + 8, None, RescueKind::UnknownFormat { format });
            Format::Parallel
        }
    };
    let (ppq, fixed_tempo) = division([d0, d1], offset + 12, log);
    let declared_tracks = Some(u16::from_be_bytes([t0, t1]));
    Ok((Header { format, declared_tracks, ppq, fixed_tempo, offset, next }, range))
}

/// Where chunks go on after a header whose content starts at `content`: where its length says if a track
/// begins there, six bytes further otherwise.
fn first_track(bytes: &[u8], content: usize, declared: u32) -> usize {
    usize::try_from(declared)
        .ok()
        .and_then(|length| content.checked_add(length))
        .filter(|&at| bytes.get(at..).is_some_and(|rest| rest.starts_with(b"MTrk")))
        .unwrap_or(content + 6)
}

/// Ticks a quarter note, and the tempo that goes with SMPTE time.
///
/// Ticks keep their numbers: with 24, 25 and 30 frames a second half a second is a quarter note, or a whole
/// second where a half is no whole number of ticks; 29 means 30 frames in 1.001 seconds.
fn division(bytes: [u8; 2], offset: usize, log: &mut RescueLog) -> (Ppq, Option<u32>) {
    let value = u16::from_be_bytes(bytes);
    if let Some(ppq) = Ppq::new(value) {
        return (ppq, None);
    }
    let [negative_frames, ticks_per_frame] = bytes;
    let frames = negative_frames.wrapping_neg();
    let (nominal, half_second) = if frames == 29 { (30, 500_500) } else { (u16::from(frames), 500_000) };
    let per_second = nominal * u16::from(ticks_per_frame);
    let (ticks, tempo) =
        if per_second.is_multiple_of(2) { (per_second / 2, half_second) } else { (per_second, 2 * half_second) };
    match Ppq::new(ticks) {
        Some(ppq) => {
            log.add(offset, None, RescueKind::SmpteTime { frames, ticks_per_frame });
            (ppq, Some(tempo))
        }
        None => {
            log.add(offset, None, RescueKind::ZeroDivision);
            (Ppq::DEFAULT, None)
        }
    }
}

/// The range of the MIDI file inside a RIFF `RMID` file; all of `bytes` when they are no such file.
fn unwrap_riff(bytes: &[u8]) -> Range<usize> {
    let whole = 0..bytes.len();
    if !bytes.starts_with(b"RIFF") || bytes.get(8..12) != Some(b"RMID") {
        return whole;
    }
    let mut at = 12;
    while let Some(&[i0, i1, i2, i3, l0, l1, l2, l3]) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let start = at + 8;
        let length = usize::try_from(u32::from_le_bytes([l0, l1, l2, l3])).unwrap_or(usize::MAX);
        let end = start.saturating_add(length).min(bytes.len());
        if &[i0, i1, i2, i3] == b"data" {
            return start..end;
        }
        // RIFF chunks are padded to an even length.
        at = end.saturating_add(length % 2);
    }
    whole
}

/// Where `needle` next occurs in `bytes`, from `start` on.
pub(super) fn find_after(bytes: &[u8], start: usize, needle: &[u8; 4]) -> Option<usize> {
    let rest = bytes.get(start..)?;
    rest.windows(needle.len()).position(|window| window == needle).map(|at| start + at)
}
