//! Labelling a piece with chords.

use serde::{Deserialize, Serialize};

use super::Chord;
use super::fit::fits;
use super::span::{Span, spans};
use crate::grid::GridScore;
use crate::key::path::best_path;

/// How much better, in nats summed over its spans, a new chord must fit than the one before.
const CHANGE_COST: f32 = 0.8;

/// How finely chords are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChordGrid {
    /// Always two spans a bar, whatever the meter: the first half, longer by a step in a bar of an odd number of steps,
    /// and the rest.
    HalfBar,
    /// A span for each felt beat ([`Meter::beat_quarters`](crate::Meter::beat_quarters), but no shorter than a sixteenth
    /// note), the last one cut at the bar line.
    Beat,
}

/// A stretch of a bar and the chord in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChordSpan {
    /// Index into [`GridScore::bars`].
    pub bar: usize,
    /// First step, from the start of the piece.
    pub start: u32,
    /// Steps. Zero for the second half of a bar of one step, which repeats the label of the first.
    pub length: u32,
    /// `None` in silence and where no chord explains the notes.
    pub chord: Option<Chord>,
}

/// The chords of a piece, span after span without gaps; drums are left out.
///
/// Each span is compared with every chord (durations, more for notes on the beat, and the bass), and the best sequence
/// is taken in which changing costs something.
pub fn label_chords(grid: &GridScore, chord_grid: ChordGrid) -> Vec<ChordSpan> {
    let spans = spans(grid, chord_grid);
    let heard = spans.iter().filter(|span| span.end > span.start).map(fits);
    let mut path = best_path(heard, CHANGE_COST).into_iter();
    let mut chord = None;
    let mut label = |span: Span| {
        if span.end > span.start {
            chord = path.next().and_then(Chord::from_index);
        }
        ChordSpan { bar: span.bar, start: span.start, length: span.end - span.start, chord }
    };
    spans.into_iter().map(&mut label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GridBar, GridNote, GridPart, Instrument, Meter, Program};

    /// Chords or single notes, each as long as it says, in bars of the meter.
    fn piece(meter: Meter, events: &[(u32, &[u8])]) -> GridScore {
        let mut onset = 0;
        let mut notes = Vec::new();
        for &(duration, pitches) in events {
            notes.extend(pitches.iter().map(|&pitch| GridNote { onset, part: 0, pitch, duration, velocity: 80 }));
            onset += duration;
        }
        notes.sort_unstable();
        let length = 96 * u32::from(meter.numerator) / u32::from(meter.denominator);
        let bars =
            (0..onset.div_ceil(length)).map(|bar| GridBar { start: bar * length, length, meter, tempo_bpm: 120.0 });
        let part = GridPart { name: String::new(), instrument: Instrument::Program(Program::default()) };
        GridScore { parts: vec![part], bars: bars.collect(), notes }
    }

    fn names(grid: &GridScore, chord_grid: ChordGrid) -> String {
        let names = label_chords(grid, chord_grid)
            .into_iter()
            .map(|span| span.chord.map_or("-".to_owned(), |chord| chord.to_string()));
        names.collect::<Vec<_>>().join(" ")
    }

    fn check(events: &[(u32, &[u8])], expect: &str) {
        assert_eq!(names(&piece(Meter::COMMON, events), ChordGrid::HalfBar), expect);
    }

    #[test]
    fn a_cadence_in_plain_chords() {
        check(&[(48, &[48, 64, 67]), (48, &[53, 65, 69]), (48, &[55, 62, 71]), (48, &[48, 64, 72])], "C F G C");
        check(&[(48, &[57, 60, 64]), (48, &[50, 65, 69]), (48, &[52, 56, 59, 62]), (48, &[57, 60, 64])], "Am Dm E7 Am");
    }

    #[test]
    fn sevenths_and_rarer_chords_where_they_are_really_there() {
        check(&[(96, &[43, 59, 62, 65]), (96, &[53, 57, 60, 64])], "G7 G7 Fmaj7 Fmaj7");
        check(&[(96, &[50, 57, 60, 65]), (96, &[47, 50, 53, 57])], "Dm7 Dm7 Bm7b5 Bm7b5");
        check(&[(96, &[47, 50, 53]), (96, &[48, 52, 56])], "Bdim Bdim Caug Caug");
        check(&[(96, &[43, 60, 62]), (96, &[44, 47, 50, 53])], "Gsus4 Gsus4 G#dim7 G#dim7");
    }

    #[test]
    fn inversions_keep_their_root() {
        check(&[(48, &[52, 60, 67]), (48, &[55, 60, 64]), (96, &[57, 65, 72])], "C C F F");
    }

    #[test]
    fn alberti_bass_and_arpeggios() {
        let alberti = |a: &'static [u8], b: &'static [u8], c: &'static [u8]| [(12, a), (12, c), (12, b), (12, c)];
        let c = alberti(&[48], &[52], &[55]);
        let g7 = alberti(&[47], &[53], &[55]);
        check(&[c, c, g7, c].concat(), "C C G7 C");
        let arpeggio = [57, 60, 64, 69, 72, 69, 64, 60].map(|pitch| vec![pitch]);
        let events: Vec<(u32, &[u8])> = arpeggio.iter().map(|pitches| (12, pitches.as_slice())).collect();
        check(&events, "Am Am");
    }

    #[test]
    fn a_melody_alone_suggests_chords() {
        let events: [(u32, &[u8]); 8] =
            [(24, &[60]), (24, &[64]), (24, &[67]), (24, &[64]), (24, &[65]), (24, &[69]), (24, &[67]), (24, &[71])];
        check(&events, "C C F G");
    }

    #[test]
    fn a_passing_note_changes_nothing() {
        check(&[(48, &[48, 64, 67]), (36, &[48, 64, 67]), (12, &[50])], "C C");
    }

    #[test]
    fn silence_and_noise_have_no_chord() {
        check(&[(48, &[48, 64, 67]), (48, &[]), (48, &[60, 61, 62, 63, 64, 65, 66]), (48, &[48, 64, 67])], "C - - C");
        let mut drums = piece(Meter::COMMON, &[(96, &[36, 40, 43])]);
        drums.parts[0].instrument = Instrument::Drums;
        assert_eq!(names(&drums, ChordGrid::HalfBar), "- -");
        assert_eq!(label_chords(&GridScore::default(), ChordGrid::Beat), []);
    }

    #[test]
    fn every_bar_has_two_halves_and_as_many_beats_as_are_felt() {
        let lengths = |meter: (u8, u8), chord_grid| {
            let meter = Meter::new(meter.0, meter.1).expect("a meter");
            let spans = label_chords(&piece(meter, &[(3, &[60])]), chord_grid);
            spans.iter().map(|span| span.length).collect::<Vec<_>>()
        };
        assert_eq!(lengths((3, 4), ChordGrid::HalfBar), [36, 36]);
        assert_eq!(lengths((1, 32), ChordGrid::HalfBar), [2, 1]);
        assert_eq!(lengths((3, 4), ChordGrid::Beat), [24, 24, 24]);
        assert_eq!(lengths((6, 8), ChordGrid::Beat), [36, 36]);
    }

    #[test]
    fn a_bar_of_one_step_repeats_its_label() {
        let mut grid = piece(Meter::COMMON, &[(1, &[48, 64, 67])]);
        grid.bars[0].length = 1;
        let spans = label_chords(&grid, ChordGrid::HalfBar);
        assert_eq!(spans.iter().map(|span| (span.start, span.length)).collect::<Vec<_>>(), [(0, 1), (1, 0)]);
        assert_eq!(spans[0].chord, spans[1].chord);
        assert!(spans[0].chord.is_some());
    }
}
