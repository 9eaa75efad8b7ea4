//! Chord names over a score, in its own ticks: for pictures and explanations.

use ripieno_score::chord::{ChordGrid, label_chords};
use ripieno_score::{GridScore, STEPS_PER_QUARTER, Score, Tick};

/// A name wherever the chord changes; `-` where nothing is heard that has a name. Empty when no bar has a chord.
pub(crate) fn chord_names(score: &Score) -> Vec<(Tick, String)> {
    let (grid, report) = GridScore::from_score(score);
    let late_ticks = report.offset_quarters * f64::from(score.ppq.ticks());
    let mut names: Vec<(Tick, String)> = Vec::new();
    for span in label_chords(&grid, ChordGrid::HalfBar).into_iter().filter(|span| span.length > 0) {
        let name = span.chord.map_or_else(|| "-".to_owned(), |chord| chord.to_string());
        if names.last().is_none_or(|(_, before)| *before != name) {
            let ticks = f64::from(span.start) / f64::from(STEPS_PER_QUARTER) * f64::from(score.ppq.ticks());
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "casting a float saturates, and the start of the piece is what a negative moment means"
            )]
            names.push((Tick((ticks + late_ticks).round() as u32), name));
        }
    }
    if names.iter().all(|(_, name)| name == "-") { Vec::new() } else { names }
}

/// The chords of every bar of the grid, as many names as there are changes in it.
pub(crate) fn chords_by_bar(grid: &GridScore) -> Vec<Vec<String>> {
    let mut bars = vec![Vec::new(); grid.bars.len()];
    for span in label_chords(grid, ChordGrid::HalfBar) {
        let Some(bar) = bars.get_mut(span.bar) else { continue };
        let name = span.chord.map_or_else(|| "-".to_owned(), |chord| chord.to_string());
        if span.length > 0 && bar.last() != Some(&name) {
            bar.push(name);
        }
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_scores::score_of;

    fn triads() -> Score {
        let c_then_g = [(0, 48), (0, 60), (0, 64), (0, 67), (1920, 43), (1920, 59), (1920, 62), (1920, 67)];
        score_of(&c_then_g.map(|(onset, pitch)| (onset, pitch, 1900)))
    }

    #[test]
    fn names_stand_where_chords_change() {
        assert_eq!(chord_names(&triads()), [(Tick(0), "C".to_owned()), (Tick(1920), "G".to_owned())]);
    }

    #[test]
    fn a_bar_has_each_chord_once() {
        let (grid, _) = GridScore::from_score(&triads());
        assert_eq!(chords_by_bar(&grid), [["C"], ["G"]]);
    }

    #[test]
    fn silence_has_no_chords() {
        assert_eq!(chord_names(&Score::default()), []);
    }
}
