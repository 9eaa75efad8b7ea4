//! Judging candidates: the model's own likelihood, and what a musician would hear at once.

use ripieno_score::STEPS_PER_QUARTER;
use serde::Serialize;

use super::plan::Plan;
use crate::event::{BarEvents, NoteEvent};
use crate::generate::BarRequest;
use crate::habits::{Manner, StyleEar};
use crate::vocabulary::{DURATION_STEPS, meter_of};

/// How much the style counts.
const STYLE: f64 = 2.0;
/// Thinner music than this is no worse.
const LEAST_FULLNESS: f64 = 0.1;

/// What speaks for a candidate and what against it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Merits {
    /// What candidates are ranked by; higher is better.
    pub score: f64,
    /// Notes that were written.
    pub notes: usize,
    /// Mean negative log-likelihood of a written note, in nats.
    pub nats_per_note: f64,
    /// Share of written notes in the key (its raised sixth and seventh included), drums left out.
    pub in_key: f64,
    /// Share of written notes that start a semitone (or its octaves) away from a sounding note.
    pub clashes: f64,
    /// Share of bars in which nothing new is played.
    pub silent_bars: f64,
    /// Share of bars that repeat the bar before note for note.
    pub repeated_bars: f64,
    /// Whether the lowest note of the last bar is the tonic.
    pub ends_on_tonic: bool,
    /// The logarithm of how probable it is, by how all notes are, that the piece is of the styles asked for and of no others that
    /// the model knows; `None` without a style.
    pub style: Option<f64>,
    /// Notes a quarter note, given ones included, beside what is usual in the style for so many players; `None` without a style.
    pub fullness: Option<f64>,
}

/// Judges the written bars of a plan, all or the first ones, of whose style `ear` hears.
pub(super) fn judge(plan: &Plan, bars: &[Vec<NoteEvent>], nats_per_note: f64, ear: &StyleEar) -> Merits {
    let notes: usize = bars.iter().map(Vec::len).sum();
    let scale = plan.key.pitch_classes();
    let drums = |note: &NoteEvent| plan.request.parts[usize::from(note.part)].is_drums();
    let pitched = || bars.iter().flatten().filter(|note| !drums(note));
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    let in_key = share(pitched().filter(|note| scale[usize::from(note.pitch % 12)]).count(), pitched().count());
    let clashes = share(clashes(plan, bars), pitched().count());
    let silent_bars = share(bars.iter().filter(|bar| bar.is_empty()).count(), bars.len());
    let repeated = bars.windows(2).filter(|pair| !pair[1].is_empty() && pair[0] == pair[1]).count();
    let repeated_bars = share(repeated, bars.len());
    let last_given = plan.request.bars.last().map_or(&[][..], |bar| &bar.given);
    let last_bar = bars.last().map_or(&[][..], |bar| bar).iter().chain(last_given).filter(|note| !drums(note));
    let is_whole = bars.len() == plan.request.bars.len();
    let ends_on_tonic =
        is_whole && last_bar.min_by_key(|note| note.pitch).is_some_and(|note| note.pitch % 12 == plan.key.tonic);
    let music = merged(plan, bars);
    let style = ear.hear(&Manner::of_music([(&plan.request.parts[..], &music[..])]), &plan.request.style);
    let quarters = music.iter().map(BarEvents::length).sum::<u32>() as f32 / STEPS_PER_QUARTER as f32;
    let rate = music.iter().map(|bar| bar.notes.len()).sum::<usize>() as f32 / quarters.max(1.0);
    let fullness = plan.usual_rate.map(|usual| f64::from(rate / usual));
    // Music that is too likely is dull: beyond the usual, likelihood earns nothing.
    let likelihood = -(nats_per_note.max(1.5));
    let score = 0.5 * likelihood + 3.0 * in_key - 4.0 * clashes - 3.0 * silent_bars - 2.0 * (repeated_bars - 0.3).max(0.0)
            + 0.5 * f64::from(u8::from(ends_on_tonic))
            + STYLE * style.unwrap_or(0.0)
            // What is thin is easily without fault.
            + fullness.map_or(0.0, |fullness| fullness.max(LEAST_FULLNESS).ln().min(0.0));
    Merits { score, notes, nats_per_note, in_key, clashes, silent_bars, repeated_bars, ends_on_tonic, style, fullness }
}

/// What was given and what was written.
fn merged(plan: &Plan, bars: &[Vec<NoteEvent>]) -> Vec<BarEvents> {
    let merge = |(request, written): (&BarRequest, &Vec<NoteEvent>)| {
        let mut notes = [&request.given[..], written].concat();
        notes.sort_unstable();
        BarEvents { meter: request.meter, tempo: request.tempo, notes }
    };
    plan.request.bars.iter().zip(bars).map(merge).collect()
}

/// Written notes that start a minor second, a major seventh or a minor ninth from a sounding note.
fn clashes(plan: &Plan, bars: &[Vec<NoteEvent>]) -> usize {
    let mut sounding: Vec<(u32, u8)> = Vec::new();
    let mut clashes = 0;
    let mut start = 0;
    for (request, written) in plan.request.bars.iter().zip(bars) {
        let mut notes: Vec<(NoteEvent, bool)> = request.given.iter().map(|&note| (note, false)).collect();
        notes.extend(written.iter().map(|&note| (note, true)));
        notes.sort_unstable();
        for (note, written) in notes {
            if plan.request.parts[usize::from(note.part)].is_drums() {
                continue;
            }
            let onset = start + u32::from(note.position);
            sounding.retain(|&(end, _)| end > onset);
            let clash = sounding.iter().any(|&(_, pitch)| matches!(pitch.abs_diff(note.pitch) % 12, 1 | 11));
            clashes += usize::from(written && clash);
            sounding.push((onset + u32::from(DURATION_STEPS[usize::from(note.duration)]), note.pitch));
        }
        start += meter_of(request.meter).0;
    }
    clashes
}

#[cfg(test)]
mod tests {
    use super::super::Wishes;
    use super::*;
    use crate::generate::Player;
    use crate::habits::Habits;
    use crate::test_pieces::{header, quarter, scale_piece};

    #[test]
    fn thin_music_is_no_better_for_being_without_fault() {
        let mut piece = scale_piece();
        piece.events.bars.extend(piece.events.bars.clone());
        piece.attributes.extend(piece.attributes.clone());
        let mut header = header("corpus");
        header.habits.insert("one".to_owned(), Habits::of(&[&piece]));
        let judged = |style: &[(String, f32)], notes: u8| {
            let wishes = Wishes { styles: style.to_vec(), bars: Some(16), ..Wishes::default() };
            let plan = Plan::new(Player::Dice(&header), None, &wishes).unwrap();
            let bar: Vec<NoteEvent> = (0..notes).map(|beat| quarter(24 * beat, 0, 60)).collect();
            judge(&plan, &vec![bar; 16], 2.0, &StyleEar::of(&header))
        };
        let one = [("one".to_owned(), 1.0)];
        let [thin, full] = [1, 4].map(|notes| judged(&one, notes));
        assert!((full.fullness.unwrap() / thin.fullness.unwrap() - 4.0).abs() < 1e-3);
        assert!(full.score > thin.score && full.style.is_some(), "{full:?} {thin:?}");
        let plain = judged(&[], 1);
        assert_eq!((plain.style, plain.fullness), (None, None));
    }
}
