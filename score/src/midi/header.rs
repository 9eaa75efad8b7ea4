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
    let range = unwrap_riff(bytes, log);
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
    let content = offset + 8;
    let Some(declared) = inside.get(offset + 4..content).and_then(<[u8]>::as_array).map(|&l| u32::from_be_bytes(l))
    else {
        return Err(ReadMidiError::NoTracks { offset: inside.len() });
    };
    if declared != 6 {
        log.add(offset + 4, None, RescueKind::HeaderLength { declared });
    }
    let next = first_track(inside, content, declared);
    if next > inside.len() {
        return Err(ReadMidiError::NoTracks { offset: inside.len() });
    }
    // A header that is too short lacks its last numbers.
    let number = |index: usize| inside[content..next].as_chunks().0.get(index).copied();
    let format = match number(0).map(u16::from_be_bytes) {
        Some(0) => Format::SingleTrack,
        Some(1) | None => Format::Parallel,
        Some(2) => Format::Sequential,
        Some(format) => {
            log.add(offset + 8, None, RescueKind::UnknownFormat { format });
            Format::Parallel
        }
    };
    let declared_tracks = number(1).map(u16::from_be_bytes);
    let (ppq, fixed_tempo) = number(2).map_or((Ppq::DEFAULT, None), |bytes| division(bytes, offset + 12, log));
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
///
/// The length of its chunk is believed where the file ends there or another chunk follows.
fn unwrap_riff(bytes: &[u8], log: &mut RescueLog) -> Range<usize> {
    let whole = 0..bytes.len();
    if !bytes.starts_with(b"RIFF") || bytes.get(8..12) != Some(b"RMID") {
        return whole;
    }
    let mut at = 12;
    while let Some(&[i0, i1, i2, i3, l0, l1, l2, l3]) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let start = at + 8;
        let declared = u32::from_le_bytes([l0, l1, l2, l3]);
        let length = usize::try_from(declared).unwrap_or(usize::MAX);
        let end = start.saturating_add(length);
        // RIFF chunks are padded to an even length.
        let next = end.saturating_add(length % 2);
        if &[i0, i1, i2, i3] == b"data" {
            let is_name = |name: &[u8]| {
                name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b' ') && !name.starts_with(b"MT")
            };
            let is_right =
                (end..=next).contains(&bytes.len()) || bytes.get(next..next.saturating_add(4)).is_some_and(is_name);
            if !is_right {
                log.add(at + 4, None, RescueKind::RiffLength { declared });
            }
            return start..if is_right { end.min(bytes.len()) } else { bytes.len() };
        }
        at = next;
    }
    whole
}

/// Where `needle` next occurs in `bytes`, from `start` on.
pub(super) fn find_after(bytes: &[u8], start: usize, needle: &[u8; 4]) -> Option<usize> {
    let rest = bytes.get(start..)?;
    rest.windows(needle.len()).position(|window| window == needle).map(|at| start + at)
}
