//! What stays of a piece when key, tempo, velocities and the order of parts are taken away.

use ripieno_score::{GridNote, GridScore};

/// Intervals in a shingle: long enough that one shared by chance is rare, short enough to survive between two ornaments.
const WINDOW: usize = 11;
/// Onsets closer than this are one chord: some players and arrangements break chords by a step or two.
const CHORD_STEPS: u32 = 3;
/// Of all shingles one in this many is kept, the same ones in every piece, which is enough to estimate containment.
const SAMPLED: u64 = 4;
/// Grid steps of a drum slot: a sixteenth note, since drummers are not exact.
const DRUM_SLOT: u32 = 6;

/// A hash of all onsets and pitches, the same under transposition, another tempo or note values all multiplied by the
/// same number, other velocities and durations, and another order or doubling of parts. Drums are never transposed.
pub(crate) fn music_hash(grid: &GridScore) -> u64 {
    let first = grid.notes.iter().map(|note| note.onset).min().unwrap_or(0);
    let unit = grid.notes.iter().fold(0, |unit, note| gcd(unit, note.onset - first)).max(1);
    let lowest = melodic(grid).map(|note| note.pitch).min().unwrap_or(0);
    let mut points: Vec<(u32, u8)> = grid
        .notes
        .iter()
        .map(|note| {
            ((note.onset - first) / unit, if is_drum(grid, note) { 128 + note.pitch } else { note.pitch - lowest })
        })
        .collect();
    points.sort_unstable();
    points.dedup();
    let mut hasher = blake3::Hasher::new();
    for (onset, pitch) in points {
        hasher.update(&onset.to_le_bytes());
        hasher.update(&[pitch]);
    }
    let [a, b, c, d, e, f, g, h, ..] = *hasher.finalize().as_bytes();
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// Sorted hashes of short runs of intervals along each part's upper line, along the whole's upper and lower line, and
/// of drum patterns: a part and the score that contains it share the part's, two editions of one work share most.
/// Runs that occur everywhere (scales, trills, broken chords, repeated notes) are left out.
pub(crate) fn shingles(grid: &GridScore) -> Vec<u64> {
    let mut hashes = Vec::new();
    let mut by_part: Vec<Vec<(u32, u8)>> = vec![Vec::new(); grid.parts.len()];
    for note in melodic(grid) {
        if let Some(part) = by_part.get_mut(usize::from(note.part)) {
            part.push((note.onset, note.pitch));
        }
    }
    let mut whole: Vec<(u32, u8)> = by_part.iter().flatten().copied().collect();
    whole.sort_unstable();
    for part in &mut by_part {
        part.sort_unstable();
        line_shingles(&line(part, u8::max), &mut hashes);
    }
    line_shingles(&line(&whole, u8::max), &mut hashes);
    line_shingles(&line(&whole, u8::min), &mut hashes);
    drum_shingles(grid, &mut hashes);
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

fn is_drum(grid: &GridScore, note: &GridNote) -> bool {
    grid.parts.get(usize::from(note.part)).is_some_and(|part| part.instrument.is_drums())
}

fn melodic(grid: &GridScore) -> impl Iterator<Item = &GridNote> {
    grid.notes.iter().filter(|note| !is_drum(grid, note))
}

/// One pitch for every chord, chosen by `choose` from two.
fn line(notes: &[(u32, u8)], choose: impl Fn(u8, u8) -> u8) -> Vec<u8> {
    let mut pitches: Vec<u8> = Vec::new();
    let mut chord_onset = None;
    for &(onset, pitch) in notes {
        match (chord_onset, pitches.last_mut()) {
            (Some(start), Some(last)) if onset - start < CHORD_STEPS => *last = choose(*last, pitch),
            _ => {
                chord_onset = Some(onset);
                pitches.push(pitch);
            }
        }
    }
    pitches
}

fn line_shingles(pitches: &[u8], hashes: &mut Vec<u64>) {
    let intervals: Vec<i16> = pitches.windows(2).map(|two| i16::from(two[1]) - i16::from(two[0])).collect();
    for window in intervals.windows(WINDOW).filter(|window| is_telling(window)) {
        sample(window.iter().map(|&interval| interval.cast_unsigned().into()), hashes);
    }
}

/// Whether a run of intervals says something about the piece: no pattern that repeats at once, no scale, no trill.
fn is_telling(window: &[i16]) -> bool {
    let repeats = |period: usize| window.iter().zip(&window[period..]).all(|(a, b)| a == b);
    let mut distinct = window.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let steps = |up: bool| window.iter().all(|&i| if up { (1..=2).contains(&i) } else { (-2..=-1).contains(&i) });
    distinct.len() >= 4 && !(1..=6).any(repeats) && !steps(true) && !steps(false)
}

fn drum_shingles(grid: &GridScore, hashes: &mut Vec<u64>) {
    let mut slots: Vec<(u32, u128)> = Vec::new();
    for note in grid.notes.iter().filter(|note| is_drum(grid, note)) {
        let slot = (note.onset + DRUM_SLOT / 2) / DRUM_SLOT;
        let drum = 1u128 << note.pitch.min(127);
        match slots.last_mut() {
            Some((last, drums)) if *last == slot => *drums |= drum,
            _ => slots.push((slot, drum)),
        }
    }
    for window in slots.windows(2 * WINDOW) {
        let start = window[0].0;
        let words = window.iter().flat_map(|&(slot, drums)| [u128::from(slot - start), drums]);
        sample(words.flat_map(|word| [low(word), low(word >> 64)]), hashes);
    }
}

/// The lower half of `word`.
#[expect(clippy::cast_possible_truncation, reason = "the upper half is taken by a second call")]
const fn low(word: u128) -> u64 {
    word as u64
}

/// Hashes `words` and keeps the hash if it is one of the sampled ones.
fn sample(words: impl Iterator<Item = u64>, hashes: &mut Vec<u64>) {
    let hash = words.fold(0x9e37_79b9_7f4a_7c15, |hash, word| mix(hash ^ word));
    if hash.is_multiple_of(SAMPLED) {
        hashes.push(hash);
    }
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014): every bit of the input reaches every bit of the output.
const fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

const fn gcd(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
