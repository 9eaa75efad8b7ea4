//! One piece as bytes, the same in the journal and in the corpus: all numbers little-endian, all records of fixed size.
//!
//! ```text
//! header  parts u16 | bytes of names u32 | bars u32 | notes u32
//! parts   instrument u8 | bytes of name u16
//! names   UTF-8, one after another
//! bars    start u32 | length u32 | numerator u8 | denominator u8 | tempo f32
//! notes   onset u32 | duration u16 | part u16 | pitch u8 | velocity u8
//! ```

use ripieno_score::{GridBar, GridNote, GridPart, GridScore, Instrument, Meter, Program};

const HEADER: usize = 14;
const PART: usize = 3;
const BAR: usize = 14;
const NOTE: usize = 10;

/// The bytes of a piece. Durations saturate at 65,535 steps (2,730 quarter notes), names at 65,535 bytes.
///
/// `None` when the piece has more than 65,535 parts or more notes or bars than 32 bits can count.
pub(crate) fn encode(score: &GridScore) -> Option<Vec<u8>> {
    let names: Vec<&str> = score.parts.iter().map(|part| shortened(&part.name)).collect();
    let name_bytes: usize = names.iter().map(|name| name.len()).sum();
    let mut out = Vec::with_capacity(
        HEADER + score.parts.len() * PART + name_bytes + score.bars.len() * BAR + score.notes.len() * NOTE,
    );
    out.extend(u16::try_from(score.parts.len()).ok()?.to_le_bytes());
    out.extend(u32::try_from(name_bytes).ok()?.to_le_bytes());
    out.extend(u32::try_from(score.bars.len()).ok()?.to_le_bytes());
    out.extend(u32::try_from(score.notes.len()).ok()?.to_le_bytes());
    for (part, name) in score.parts.iter().zip(&names) {
        out.push(part.instrument.index());
        out.extend(u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes());
    }
    for name in names {
        out.extend(name.as_bytes());
    }
    for bar in &score.bars {
        out.extend(bar.start.to_le_bytes());
        out.extend(bar.length.to_le_bytes());
        out.push(bar.meter.numerator);
        out.push(bar.meter.denominator);
        out.extend(bar.tempo_bpm.to_le_bytes());
    }
    for note in &score.notes {
        out.extend(note.onset.to_le_bytes());
        out.extend(u16::try_from(note.duration).unwrap_or(u16::MAX).to_le_bytes());
        out.extend(note.part.to_le_bytes());
        out.push(note.pitch);
        out.push(note.velocity);
    }
    Some(out)
}

/// At most `u16::MAX` bytes of `name`, cut between characters.
fn shortened(name: &str) -> &str {
    &name[..name.floor_char_boundary(usize::from(u16::MAX))]
}

/// The sections of an encoded piece.
pub(crate) struct Blob<'a> {
    parts: &'a [[u8; PART]],
    names: &'a str,
    bars: &'a [[u8; BAR]],
    notes: &'a [[u8; NOTE]],
}

impl<'a> Blob<'a> {
    /// `None` when the sections do not fill `bytes` exactly or a name is not text.
    pub(crate) fn new(bytes: &'a [u8]) -> Option<Self> {
        let (&[p0, p1, n0, n1, n2, n3, b0, b1, b2, b3, c0, c1, c2, c3], rest) = bytes.split_first_chunk::<HEADER>()?;
        let parts = usize::from(u16::from_le_bytes([p0, p1]));
        let names = usize::try_from(u32::from_le_bytes([n0, n1, n2, n3])).ok()?;
        let bars = usize::try_from(u32::from_le_bytes([b0, b1, b2, b3])).ok()?;
        let notes = usize::try_from(u32::from_le_bytes([c0, c1, c2, c3])).ok()?;
        let (parts, rest) = rest.split_at_checked(parts * PART)?;
        let (names, rest) = rest.split_at_checked(names)?;
        let (bars, rest) = rest.split_at_checked(bars.checked_mul(BAR)?)?;
        let (notes, rest) = rest.split_at_checked(notes.checked_mul(NOTE)?)?;
        let blob = Self {
            parts: parts.as_chunks().0,
            names: std::str::from_utf8(names).ok()?,
            bars: bars.as_chunks().0,
            notes: notes.as_chunks().0,
        };
        (rest.is_empty() && blob.names_fit()).then_some(blob)
    }

    fn names_fit(&self) -> bool {
        let mut end = 0;
        self.parts.iter().all(|&[_, l0, l1]| {
            end += usize::from(u16::from_le_bytes([l0, l1]));
            self.names.is_char_boundary(end)
        })
    }

    /// A copy as music.
    pub(crate) fn to_grid(&self) -> GridScore {
        let mut names = self.names;
        let parts = self.parts.iter().map(|&[instrument, l0, l1]| {
            let (name, rest) = names.split_at(usize::from(u16::from_le_bytes([l0, l1])));
            names = rest;
            let instrument = Instrument::from_index(instrument).unwrap_or(Instrument::Program(Program::default()));
            GridPart { name: name.to_owned(), instrument }
        });
        let parts = parts.collect();
        let bars =
            self.bars.iter().map(|&[s0, s1, s2, s3, l0, l1, l2, l3, numerator, denominator, t0, t1, t2, t3]| GridBar {
                start: u32::from_le_bytes([s0, s1, s2, s3]),
                length: u32::from_le_bytes([l0, l1, l2, l3]),
                meter: Meter::new(numerator, denominator).unwrap_or(Meter::COMMON),
                tempo_bpm: f32::from_le_bytes([t0, t1, t2, t3]),
            });
        let notes = self.notes.iter().map(|&[o0, o1, o2, o3, d0, d1, p0, p1, pitch, velocity]| GridNote {
            onset: u32::from_le_bytes([o0, o1, o2, o3]),
            part: u16::from_le_bytes([p0, p1]),
            pitch,
            duration: u32::from(u16::from_le_bytes([d0, d1])),
            velocity,
        });
        GridScore { parts, bars: bars.collect(), notes: notes.collect() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grids() -> impl Strategy<Value = GridScore> {
        let part = (".{0,6}", 0u8..=128)
            .prop_map(|(name, i)| GridPart { name, instrument: Instrument::from_index(i).expect("in range") });
        let bar = (any::<u32>(), 1u32.., 1u8.., 0u32..=6, 1f32..400.0).prop_map(|(start, length, n, d, tempo_bpm)| {
            GridBar { start, length, meter: Meter::new(n, 1 << d).expect("a power of two"), tempo_bpm }
        });
        let note =
            (any::<u32>(), any::<u16>(), 0u8..128, 1u16.., 1u8..128).prop_map(|(onset, part, pitch, d, velocity)| {
                GridNote { onset, part, pitch, duration: u32::from(d), velocity }
            });
        use prop::collection::vec;
        (vec(part, 0..5), vec(bar, 0..5), vec(note, 0..20)).prop_map(|(parts, bars, notes)| GridScore {
            parts,
            bars,
            notes,
        })
    }

    proptest! {
        #[test]
        fn a_piece_survives_encoding(grid in grids()) {
            let bytes = encode(&grid).expect("small");
            prop_assert_eq!(Blob::new(&bytes).expect("whole").to_grid(), grid);
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some(blob) = Blob::new(&bytes) {
                blob.to_grid();
            }
        }
    }

    #[test]
    fn a_very_long_note_saturates() {
        let note = GridNote { onset: 0, part: 0, pitch: 60, duration: 70_000, velocity: 80 };
        let bytes = encode(&GridScore { notes: vec![note], ..GridScore::default() }).expect("small");
        assert_eq!(Blob::new(&bytes).expect("whole").to_grid().notes[0].duration, 65_535);
    }
}
