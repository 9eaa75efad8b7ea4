//! A chord for every half bar before a note is written: the plan that the accompaniment follows.
//!
//! The chords are those of functional harmony in one key. A sequence is drawn from all sequences, weighed by how well each
//! chord fits the notes that are there and how usually it follows the one before (forward filtering, backward sampling:
//! Scott 2002, "Bayesian Methods for Hidden Markov Models"), so that every candidate gets a harmony of its own.

use rand_chacha::ChaCha8Rng;
use ripieno_score::{Chord, Key};

mod grammar;
mod planned;

pub(crate) use grammar::Grammar;
pub(super) use planned::{Stretch, plan_harmony};

use crate::event::{NoteEvent, PartEvent};
use crate::task::unit;
use crate::vocabulary::DURATION_STEPS;

/// How much of the music lies on chord tones.
const CHORD_TONE_SHARE: f32 = 0.85;
/// What a melody that fills its half bar says about the chord, beside the grammar.
const MELODY_WEIGHT: f32 = 3.0;
/// What a note that starts on a beat counts, beside one between the beats.
const ON_BEAT_WEIGHT: f32 = 2.0;
/// How much more usual it is to be at home in the last bar than the grammar says.
const AT_THE_END: f32 = 1000.0;
/// The same where a piece begins.
const AT_THE_START: f32 = 4.0;
/// How much more usual a chord is under notes that it stood under before.
const AS_BEFORE: f32 = 20.0;
/// Fewer notes in a bar are nothing to be known again by.
const FEWEST_NOTES: usize = 2;

/// Every phrase and every period begins anew with a bar of this number: a multiple of 4, 8, 12 and 16.
pub(crate) const ALL_PERIODS: usize = 48;

/// What is known of a bar before its harmony is chosen.
pub(crate) struct BarNotes<'a> {
    /// Steps in the bar.
    pub(crate) length: u32,
    /// The notes that are there.
    pub(crate) notes: Vec<&'a NoteEvent>,
    /// Number of the bar within its section: phrases end every four bars, periods are counted from the first bar.
    pub(crate) place: usize,
    /// Whether it is the first full bar of a piece.
    pub(crate) begins: bool,
}

/// The chords of the first and second half of every bar, in `key`; `None` for no chord. `ends`: whether the music closes
/// with the last bar. Drawn where there are random numbers, else the likeliest. Where a tune comes back its chords mostly do, too.
pub(crate) fn harmonize(
    bars: &[BarNotes<'_>],
    parts: &[PartEvent],
    grammar: &Grammar,
    key: Key,
    ends: bool,
    rng: Option<&mut ChaCha8Rng>,
) -> Vec<[Option<Chord>; 2]> {
    let mut rng = rng;
    let chords = grammar.in_key(key);
    let mut fits: Vec<Vec<f32>> = Vec::with_capacity(2 * bars.len());
    for (index, bar) in bars.iter().enumerate() {
        let last = ends && index + 1 == bars.len();
        for half in 0..2 {
            let weights = weigh(bar, half, parts);
            let place = |state: usize| match grammar.is_home(state) {
                true if last => AT_THE_END,
                true if bar.begins && half == 0 => AT_THE_START * grammar.at(state, bar.place, half),
                _ => grammar.at(state, bar.place, half),
            };
            let fit = |(state, &chord): (usize, &Option<Chord>)| fit(chord, &weights).exp() * place(state);
            fits.push(chords.iter().enumerate().map(fit).collect());
        }
    }
    let mut path = draw_path(&fits, grammar, rng.as_deref_mut());
    let returns = returns(bars);
    if !returns.is_empty() {
        for (bar, earlier) in returns {
            for (half, &state) in path[2 * earlier..2 * earlier + 2].iter().enumerate() {
                // The first time stays as it was drawn, mostly.
                fits[2 * earlier + half][state] *= AS_BEFORE;
                fits[2 * bar + half][state] *= AS_BEFORE;
            }
        }
        path = draw_path(&fits, grammar, rng);
    }
    path.chunks_exact(2).map(|halves| [chords[halves[0]], chords[halves[1]]]).collect()
}

/// Bars with the notes of an earlier one, and the first that has them.
fn returns(bars: &[BarNotes<'_>]) -> Vec<(usize, usize)> {
    let is_same = |one: &BarNotes<'_>, other: &BarNotes<'_>| {
        let heard = |note: &&NoteEvent| (note.position, note.pitch, note.duration);
        one.length == other.length && one.notes.iter().map(heard).eq(other.notes.iter().map(heard))
    };
    let enough = |bar: &usize| bars[*bar].notes.len() >= FEWEST_NOTES;
    let earlier = |bar: usize| Some((bar, (0..bar).find(|&earlier| is_same(&bars[earlier], &bars[bar]))?));
    (1..bars.len()).filter(enough).filter_map(earlier).collect()
}

/// Weighted steps of each pitch class in half a bar, as a share of its length.
fn weigh(bar: &BarNotes<'_>, half: u32, parts: &[PartEvent]) -> [f32; 12] {
    let middle = bar.length.div_ceil(2);
    let (start, end) = if half == 0 { (0, middle) } else { (middle, bar.length) };
    let mut weights = [0.0; 12];
    for note in bar.notes.iter().filter(|note| !parts[usize::from(note.part)].is_drums()) {
        let onset = u32::from(note.position);
        let until = (onset + u32::from(DURATION_STEPS[usize::from(note.duration)])).min(end);
        let steps = until.saturating_sub(onset.max(start));
        let accent = if onset.is_multiple_of(24) { ON_BEAT_WEIGHT } else { 1.0 };
        weights[usize::from(note.pitch % 12)] += accent * steps as f32 / (end - start).max(1) as f32;
    }
    weights
}

/// How well a chord explains what sounds, in nats; 0 for silence. No chord explains all classes alike.
fn fit(chord: Option<Chord>, weights: &[f32; 12]) -> f32 {
    let total: f32 = weights.iter().sum();
    if total <= 0.0 {
        return 0.0;
    }
    let Some(chord) = chord else { return MELODY_WEIGHT * total.min(1.0) * -(12f32.ln()) };
    let classes = chord.pitch_classes();
    let explained: f32 = (0..12).filter(|&class| classes[class]).map(|class| weights[class]).sum::<f32>() / total;
    let tones = chord.quality.intervals().len() as f32;
    let (tone, other) = ((CHORD_TONE_SHARE / tones).ln(), ((1.0 - CHORD_TONE_SHARE) / (12.0 - tones)).ln());
    MELODY_WEIGHT * total.min(1.0) * (explained * tone + (1.0 - explained) * other)
}

/// A path through the spans, drawn in proportion to how well it fits; without random numbers, the likeliest at each step.
fn draw_path(fits: &[Vec<f32>], grammar: &Grammar, mut rng: Option<&mut ChaCha8Rng>) -> Vec<usize> {
    let states = fits.first().map_or(0, Vec::len);
    let step = |span: usize, from: usize, to: usize| grammar.follows(from, to, span % 2 == 1);
    let mut forward: Vec<Vec<f32>> = Vec::with_capacity(fits.len());
    for (span, fit) in fits.iter().enumerate() {
        let reach = |to: usize| match forward.last() {
            Some(before) => (0..states).map(|from| before[from] * step(span, from, to)).sum(),
            None => grammar.share(to),
        };
        let mut here: Vec<f32> = (0..states).map(|to| reach(to) * fit[to]).collect();
        let total: f32 = here.iter().sum();
        here.iter_mut().for_each(|weight| *weight /= total);
        forward.push(here);
    }
    let mut path = vec![0; fits.len()];
    for span in (0..fits.len()).rev() {
        let weight = |from: usize| match path.get(span + 1) {
            Some(&to) => forward[span][from] * step(span + 1, from, to),
            None => forward[span][from],
        };
        path[span] = match rng.as_deref_mut() {
            None => (0..states).max_by(|&a, &b| weight(a).total_cmp(&weight(b))).unwrap_or(0),
            Some(rng) => {
                let total: f32 = (0..states).map(weight).sum();
                let mut left = unit(rng) * total;
                let drawn = (0..states).find(|&state| {
                    left -= weight(state);
                    left < 0.0
                });
                drawn.unwrap_or(0)
            }
        };
    }
    path
}

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::SeedableRng;

    use super::*;
    use crate::test_pieces::{parts, quarter};

    fn names(tune: &[[u8; 4]], key: &str, seed: u64) -> Vec<String> {
        let notes: Vec<Vec<NoteEvent>> =
            tune.iter().map(|bar| (0..4).map(|beat| quarter(24 * beat, 0, bar[usize::from(beat)])).collect()).collect();
        let bars: Vec<BarNotes<'_>> = notes
            .iter()
            .enumerate()
            .map(|(place, notes)| BarNotes { length: 96, notes: notes.iter().collect(), place, begins: place == 0 })
            .collect();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let key: Key = key.parse().unwrap();
        let chords = harmonize(&bars, &parts(&[73]), &Grammar::usual(key.mode), key, true, Some(&mut rng));
        chords.into_iter().flatten().map(|chord| chord.unwrap().to_string()).collect()
    }

    #[test]
    fn a_plain_tune_gets_its_plain_chords_and_ends_at_home() {
        // C C G G | A A G G | F F E E | D D C C
        let tune = [[60, 60, 67, 67], [69, 69, 67, 67], [65, 65, 64, 64], [62, 62, 60, 60]];
        let mut right = 0;
        for seed in 0..20 {
            let names = names(&tune, "C major", seed);
            assert_eq!(names[7], "C", "{names:?}");
            right += usize::from(names[0] == "C") + usize::from(names[2] == "F" || names[2] == "Dm");
        }
        assert!(right > 26, "{right} of 40");
    }

    #[test]
    fn a_tune_begins_at_home_and_comes_back_with_its_chords() {
        // Every note is one of three chords; the second half is the first half again.
        let tune = [[60; 4], [69; 4], [67; 4], [60; 4], [60; 4], [69; 4], [67; 4], [60; 4]];
        let (mut home, mut alike) = (0, 0);
        for seed in 0..40 {
            let names = names(&tune, "C major", seed);
            home += usize::from(names[0] == "C");
            alike += (0..6).filter(|&half| names[half] == names[half + 8]).count();
        }
        assert!(home > 30 && alike > 180, "{home} of 40, {alike} of 240");
    }

    #[test]
    fn candidates_get_harmonies_of_their_own() {
        // A note that several chords share, in octaves that make every bar another.
        let octave = |bar: u8, beat: u8| 67 - 12 * (bar >> beat & 1);
        let tune: [[u8; 4]; 8] = std::array::from_fn(|bar| std::array::from_fn(|beat| octave(bar as u8, beat as u8)));
        let different: std::collections::BTreeSet<_> = (0..10).map(|seed| names(&tune, "C major", seed)).collect();
        assert!(different.len() > 3);
    }

    #[test]
    fn every_chord_lies_in_the_key_or_leads_within_it() {
        let tune = [[57, 60, 64, 60]; 16];
        for name in names(&tune, "A minor", 3) {
            assert!(["Am", "Bdim", "C", "Dm", "E", "E7", "F", "G", "G#dim7"].contains(&name.as_str()), "{name}");
        }
    }
}
