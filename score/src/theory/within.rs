//! A part of an analysis.

use std::ops::RangeInclusive;

use super::{Analysis, Place};

impl Analysis {
    /// What is said about these bars, counted from 1: everything that begins, lasts or ends in them.
    pub fn within(mut self, bars: RangeInclusive<usize>) -> Self {
        let touches = |first: usize, last: usize| first <= *bars.end() && last >= *bars.start();
        let at = |place: &Place| bars.contains(&place.bar);
        self.keys.retain(|area| touches(area.from.bar, area.last_bar));
        let first = self.chords.partition_point(|chord| chord.from.bar < *bars.start());
        let begins_with_one =
            self.chords.get(first).is_some_and(|chord| chord.from.bar == *bars.start() && chord.from.beat <= 1.0);
        // The chord that lasts into them.
        self.chords.drain(..if begins_with_one { first } else { first.saturating_sub(1) });
        self.chords.retain(|chord| chord.from.bar <= *bars.end());
        self.phrases.retain(|phrase| touches(phrase.from.bar, phrase.last_bar));
        self.cadences.retain(|cadence| at(&cadence.at));
        self.ornaments.retain(|ornament| at(&ornament.at));
        self.textures.retain(|texture| touches(texture.first_bar, texture.last_bar));
        self.sequences.retain(|sequence| touches(sequence.from.bar, sequence.last_bar));
        self.form.sections.retain(|section| touches(section.first_bar, section.last_bar));
        self.form.themes.retain(|theme| touches(theme.first_bar, theme.last_bar));
        for motif in &mut self.motifs {
            motif.occurrences.retain(|occurrence| at(&occurrence.at));
        }
        self.motifs.retain(|motif| !motif.occurrences.is_empty());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::test_pieces::piece;

    #[test]
    fn only_the_bars_asked_for_are_spoken_of() {
        let parts = ["E4w | F4 | D4 | E4", "C4w | A3 | B3 | C4", "G3w | C4 | F3 | G3", "C3w | F3 | G2 | C3"];
        let analysis = Analysis::of(&piece("4/4", &parts)).within(2..=3);
        assert_eq!(analysis.chords.iter().map(|chord| chord.from.bar).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(analysis.keys.len(), 1);
        assert!(analysis.cadences.is_empty());
    }
}
