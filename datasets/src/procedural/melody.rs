//! Tunes out of motifs: one small idea, said again higher, turned over, shortened, brought to an end.
//!
//! Ways of developing a motif after Schoenberg, Fundamentals of Musical Composition (1967), chapters 3 to 5; the
//! sentence and the period after Caplin, Classical Form (1998).

use super::chance::Chance;
use super::sheet::Tone;

/// A note of a motif: ticks from its start, and steps of a scale that the place decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) onset: i32,
    pub(crate) length: i32,
    pub(crate) degree: i32,
}

/// A small idea.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Motif(pub(crate) Vec<Step>);

/// What a new motif is to be like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Idea {
    /// The shortest note in ticks.
    pub(crate) unit: i32,
    /// How many of them there are to the end of the motif.
    pub(crate) slots: i32,
    /// How many make a beat.
    pub(crate) beat: i32,
    /// How many of 100 slots on the beat have a note.
    pub(crate) on_beat: i32,
    /// The same between beats.
    pub(crate) off_beat: i32,
}

impl Motif {
    /// A new motif that moves mostly by step.
    pub(crate) fn invent(chance: &mut Chance, idea: &Idea) -> Self {
        let mut slots: Vec<i32> = (0..idea.slots)
            .filter(|slot| chance.percent(if slot % idea.beat == 0 { idea.on_beat } else { idea.off_beat }))
            .collect();
        while slots.len() < 3 {
            let extra = chance.below(idea.slots);
            if !slots.contains(&extra) {
                slots.push(extra);
                slots.sort_unstable();
            }
        }
        let mut degree = 0;
        let mut direction = chance.pick(&[1, -1]);
        let mut steps = Vec::new();
        for (place, &slot) in slots.iter().enumerate() {
            let next = slots.get(place + 1).copied().unwrap_or(idea.slots);
            let whole = (next - slot) * idea.unit;
            // Some notes are let go early: singers breathe.
            let length = if chance.percent(25) { whole.min(idea.unit) } else { whole.min(4 * idea.beat * idea.unit) };
            steps.push(Step { onset: slot * idea.unit, length: length * 19 / 20, degree });
            if chance.percent(35) {
                direction = -direction;
            }
            degree += direction * chance.weighted(&[(0, 1), (1, 9), (2, 4), (3, 1), (4, 1)]);
            if !(-5..=6).contains(&degree) {
                direction = -direction;
                degree += 2 * direction;
            }
        }
        Self(steps)
    }

    /// So many steps higher.
    pub(crate) fn moved(&self, degrees: i32) -> Self {
        self.each(|step| Step { degree: step.degree + degrees, ..step })
    }

    /// Upside down around its first note.
    pub(crate) fn inverted(&self) -> Self {
        let axis = self.0.first().map_or(0, |step| 2 * step.degree);
        self.each(|step| Step { degree: axis - step.degree, ..step })
    }

    /// What begins before `ticks`.
    pub(crate) fn head(&self, ticks: i32) -> Self {
        let cut = |step: &Step| Step { length: step.length.min(ticks - step.onset), ..*step };
        Self(self.0.iter().filter(|step| step.onset < ticks).map(cut).collect())
    }

    /// With other notes at the end, and a last one at `degree`.
    pub(crate) fn closed(&self, chance: &mut Chance, degree: i32) -> Self {
        let mut steps = self.0.clone();
        let turn = steps.len() / 2;
        let last = steps.len() - 1;
        let mut near = degree + chance.pick(&[1, -1, 2]);
        for step in steps[turn..last].iter_mut().rev() {
            step.degree = near;
            near += chance.pick(&[1, 1, -1, 2]) * (near - degree).signum().max(-1);
        }
        steps[last].degree = degree;
        Self(steps)
    }

    /// One of the usual ways to go on from it.
    pub(crate) fn developed(&self, chance: &mut Chance) -> Self {
        match chance.below(6) {
            0 => self.clone(),
            1 => self.moved(chance.pick(&[1, 2, -1, -2, 3])),
            2 => self.inverted().moved(chance.between(-1, 3)),
            3 => {
                let lift = chance.pick(&[2, -2, 4]);
                let turn = self.0.len() / 2;
                let steps = self.0.iter().enumerate();
                Self(steps.map(|(i, s)| Step { degree: s.degree + if i >= turn { lift } else { 0 }, ..*s }).collect())
            }
            4 => {
                let left_out = chance.below(i32::try_from(self.0.len()).unwrap_or(1));
                let steps = (0..).zip(&self.0).filter(|&(i, _)| i == 0 || i != left_out);
                Self(steps.map(|(_, step)| *step).collect())
            }
            _ => {
                let end = chance.between(-2, 4);
                self.closed(chance, end)
            }
        }
    }

    /// With `percent` of the notes on a beat played `early` ticks before it: the first stays where it is.
    pub(crate) fn pushed(&self, chance: &mut Chance, early: i32, percent: i32) -> Self {
        let mut steps = self.0.clone();
        for place in 1..steps.len() {
            let free = steps[place].onset - steps[place - 1].onset > early;
            if free && steps[place].onset % (2 * early) == 0 && chance.percent(percent) {
                steps[place].onset -= early;
                steps[place].length += early;
                let room = steps[place].onset - steps[place - 1].onset;
                steps[place - 1].length = steps[place - 1].length.min(room);
            }
        }
        Self(steps)
    }

    fn each(&self, change: impl Fn(Step) -> Step) -> Self {
        Self(self.0.iter().map(|&step| change(step)).collect())
    }

    /// Its tones from `at` on, with `pitch` to say where a degree lies; later and higher notes are a little louder.
    pub(crate) fn tones(&self, at: i32, velocity: i32, pitch: impl Fn(i32, &Step) -> i32) -> Vec<Tone> {
        let centre =
            self.0.iter().map(|step| step.degree).sum::<i32>() / i32::try_from(self.0.len().max(1)).unwrap_or(1);
        let tone = |step: &Step| Tone {
            at: at + step.onset,
            length: step.length,
            pitch: pitch(step.degree, step),
            velocity: velocity + (2 * (step.degree - centre)).clamp(-8, 10),
        };
        self.0.iter().map(tone).collect()
    }
}

/// Four units of a phrase, each as long as the motif: a sentence (idea, idea again, pieces of it, close) or half a period
/// (idea, contrast, idea, close); the last comes home to `home`.
pub(crate) fn phrase(chance: &mut Chance, motif: &Motif, length: i32, home: i32) -> Vec<Motif> {
    match chance.below(4) {
        0 | 1 => {
            let again = motif.moved(chance.pick(&[0, 1, -1, 2]));
            let half = motif.head(length / 2);
            let lift = chance.pick(&[1, -1, 2]);
            let mut pieces = half.moved(lift).0;
            let later = half.moved(2 * lift);
            pieces.extend(later.0.iter().map(|step| Step { onset: step.onset + length / 2, ..*step }));
            vec![motif.clone(), again, Motif(pieces), motif.closed(chance, home)]
        }
        2 => {
            let contrast = motif.inverted().developed(chance);
            vec![motif.clone(), contrast, motif.clone(), motif.closed(chance, home)]
        }
        _ => {
            let second = motif.developed(chance);
            let third = second.developed(chance);
            vec![motif.clone(), second, third, motif.closed(chance, home)]
        }
    }
}

/// Where `degree` of a scale lies; the scale is given in semitones above `tonic`.
pub(crate) fn degree(scale: &[i32], tonic: i32, degree: i32) -> i32 {
    let size = i32::try_from(scale.len()).expect("a scale is short");
    let place = usize::try_from(degree.rem_euclid(size)).expect("never negative");
    tonic + 12 * degree.div_euclid(size) + scale[place]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_go_on_through_the_octaves() {
        let dorian = [0, 2, 3, 5, 7, 9, 10];
        assert_eq!([-1, 0, 2, 7, 9].map(|i| degree(&dorian, 62, i)), [60, 62, 65, 74, 77]);
    }

    #[test]
    fn a_phrase_comes_home_within_its_length() {
        for number in 0..100 {
            let mut chance = Chance::new("melody", 2, number);
            let idea = Idea { unit: 240, slots: 8, beat: 2, on_beat: 70, off_beat: 40 };
            let motif = Motif::invent(&mut chance, &idea);
            assert_eq!(motif.inverted().inverted(), motif);
            let phrase = phrase(&mut chance, &motif, 1920, 0);
            assert_eq!(phrase[3].0.last().map(|step| step.degree), Some(0));
            for step in phrase.iter().flat_map(|motif| &motif.0) {
                assert!(step.onset >= 0 && step.onset + step.length <= 1920 && step.length > 0, "{step:?}");
            }
        }
    }
}
