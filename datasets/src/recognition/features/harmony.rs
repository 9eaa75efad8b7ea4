//! Pitch classes above the tonic, chords, and intervals above the bass.

use ripieno_score::chord::{ChordGrid, label_chords};
use ripieno_score::key::find_key_of;
use ripieno_score::{Chord, GridScore, Mode, STEPS_PER_QUARTER};

use super::{Features, entropy};
use crate::originality::line::Line;

pub(super) fn describe(grid: &GridScore, features: &mut Features) {
    let estimate = find_key_of(grid);
    let degree = |class: u8| usize::from((class % 12 + 12 - estimate.key.tonic) % 12);
    let mut degrees = [0.0; 12];
    for note in &grid.notes {
        degrees[degree(note.pitch)] += f64::from(note.duration.min(STEPS_PER_QUARTER));
    }
    features.push("minor", f64::from(u8::from(estimate.key.mode == Mode::Minor)));
    features.push("key confidence", estimate.confidence.into());
    features.push_shares("degree", &degrees);
    features.push("degree entropy", entropy(&degrees));
    features.push("pitch classes a bar", classes_a_bar(grid));

    let mut bass = [0.0; 12];
    for note in Line::edges(grid).last().map_or(&[][..], |lowest| &lowest.notes) {
        bass[degree(note.pitch)] += 1.0;
    }
    features.push_shares("bass degree", &bass);
    features.push_shares("above the bass", &above_the_bass(grid));
    describe_chords(grid, &estimate.key.scale(), features);
}

fn classes_a_bar(grid: &GridScore) -> f64 {
    let of_bar = |bar: usize| {
        let classes = grid.notes_in_bars(bar..bar + 1).iter().fold(0u16, |set, note| set | 1 << (note.pitch % 12));
        f64::from(classes.count_ones())
    };
    (0..grid.bars.len()).map(of_bar).sum::<f64>() / grid.bars.len().max(1) as f64
}

/// How often each pitch class sounds above the lowest note when something is struck.
fn above_the_bass(grid: &GridScore) -> [f64; 12] {
    let mut counts = [0.0; 12];
    let mut sounding: Vec<(u32, u8)> = Vec::new();
    for chord in grid.notes.chunk_by(|a, b| a.onset == b.onset) {
        sounding.retain(|&(end, _)| end > chord[0].onset);
        sounding.extend(chord.iter().map(|note| (note.end(), note.pitch)));
        let Some(lowest) = sounding.iter().map(|&(_, pitch)| pitch).min() else { continue };
        for note in chord.iter().filter(|note| note.pitch > lowest) {
            counts[usize::from((note.pitch - lowest) % 12)] += 1.0;
        }
    }
    counts
}

fn describe_chords(grid: &GridScore, scale: &[bool; 12], features: &mut Features) {
    let chords: Vec<Option<Chord>> =
        label_chords(grid, ChordGrid::HalfBar).into_iter().map(|span| span.chord).collect();
    let mut qualities = [0.0; 11];
    let (mut in_scale, mut named) = (0.0, 0.0);
    for chord in &chords {
        qualities[chord.map_or(10, |chord| chord.quality as usize)] += 1.0;
        if let Some(chord) = chord {
            let classes = chord.pitch_classes();
            named += 1.0;
            in_scale += f64::from(u8::from((0..12).all(|class| !classes[class] || scale[class])));
        }
    }
    features.push_shares("chord quality", &qualities);
    features.push("chords in the scale", in_scale / named);
    // By how far the root moves up: not at all, by a second, third, fourth, tritone, fifth, sixth, seventh.
    let mut moves = [0.0; 8];
    let named: Vec<Chord> = chords.into_iter().flatten().collect();
    for pair in named.windows(2) {
        let up = (pair[1].root + 12 - pair[0].root) % 12;
        moves[[0, 1, 1, 2, 2, 3, 4, 5, 6, 6, 7, 7][usize::from(up)]] += 1.0;
    }
    features.push_shares("root moves", &moves);
}
