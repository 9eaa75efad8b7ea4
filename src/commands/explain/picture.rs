//! The annotated piano roll: numerals, keys, phrases, cadences, non-chord tones and the first motif over the notes.

use std::collections::{HashMap, HashSet};

use ripieno_score::theory::{Analysis, OrnamentKind};
use ripieno_score::{GridScore, Note, STEPS_PER_QUARTER, Score, Tick};

use super::Explanation;
use super::considered::Telling;
use super::words;
use crate::piano_roll::{Bracket, Ghost, Outline, PianoRoll};

/// What the small letters over notes mean.
const TAGS: &str = "p passing, n neighbour, s suspension, r retardation, ap appoggiatura, an anticipation, e escape";

/// What the marks of `--considered` mean.
const CONSIDERED: &str = "; ! hardly expected by the model, ? it was unsure; dashed: what it could have played";

/// The picture as an SVG document; the grid lies `offset_quarters` behind the score.
pub(super) fn draw(explanation: &Explanation, score: &Score, grid: &GridScore, offset_quarters: f64) -> String {
    let analysis = &explanation.analysis;
    let clock = Clock { ppq: f64::from(score.ppq.ticks()), offset_quarters };
    let motif: HashSet<Place> = analysis
        .motifs
        .first()
        .map(|motif| motif.occurrences.iter().flat_map(|occurrence| &occurrence.notes))
        .map_or_else(HashSet::new, |notes| notes.map(|&note| place(grid, note)).collect());
    let ornaments: HashMap<Place, &'static str> = analysis
        .ornaments
        .iter()
        .filter_map(|ornament| Some((place(grid, ornament.note), tag(ornament.kind)?)))
        .collect();
    let at = |part: usize, note: &Note| (part, clock.step(note.onset), note.pitch.value());
    let is_motif = |part: usize, note: &Note| motif.contains(&at(part, note));
    let considered = explanation.considered.as_ref();
    let tag = |part: usize, note: &Note| {
        let place @ (part, step, pitch) = at(part, note);
        let marked = considered.and_then(|telling| telling.tag(part, step, pitch));
        marked.or_else(|| ornaments.get(&place).copied())
    };
    let ghosts = considered.map_or_else(Vec::new, Telling::ghosts);
    let ghosts: Vec<(Tick, Ghost)> = ghosts.into_iter().map(|(step, ghost)| (clock.tick(step), ghost)).collect();
    let marks = if considered.is_some() { CONSIDERED } else { "" };
    let [first, last] = explanation.spoken_of;
    let key = analysis.keys.first().map_or_else(String::new, |area| format!("{}; ", area.key));
    let picture = PianoRoll {
        title: explanation.heading(),
        subtitle: &format!("{key}{} bars; {TAGS}{marks}", explanation.bars),
        chords: &numerals(analysis, &clock),
        outline: (!motif.is_empty()).then_some(Outline { notes: &is_motif, label: "motif x", others: "other notes" }),
        tag: Some(&tag),
        ghosts: &ghosts,
        brackets: &brackets(analysis, &clock),
        bars: Some(first..=last),
        ..PianoRoll::of(score)
    };
    picture.to_svg()
}

/// A part, a step of the grid and a pitch: one note.
type Place = (usize, u32, u8);

fn place(grid: &GridScore, index: usize) -> Place {
    let note = &grid.notes[index];
    (usize::from(note.part), note.onset, note.pitch)
}

/// Between the ticks of a score and the steps of its grid.
struct Clock {
    ppq: f64,
    offset_quarters: f64,
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "casting a float saturates, and the start of the piece is what a negative moment means"
)]
impl Clock {
    fn tick(&self, step: u32) -> Tick {
        let quarters = f64::from(step) / f64::from(STEPS_PER_QUARTER) + self.offset_quarters;
        Tick((quarters * self.ppq).round() as u32)
    }

    fn step(&self, tick: Tick) -> u32 {
        let quarters = f64::from(tick.0) / self.ppq - self.offset_quarters;
        (quarters * f64::from(STEPS_PER_QUARTER)).round() as u32
    }
}

/// The numerals, and the key before the first one of each key. One line alone has none.
fn numerals(analysis: &Analysis, clock: &Clock) -> Vec<(Tick, String)> {
    let mut key = None;
    let heard = analysis.chords.iter().filter(|chord| !chord.is_implied);
    let numerals = heard.map(|chord| {
        let is_new = key != Some(chord.key);
        key = Some(chord.key);
        let name = if is_new { format!("{}: {}", words::key(chord.key), chord.numeral) } else { chord.numeral.clone() };
        (clock.tick(chord.from.step), name)
    });
    numerals.collect()
}

fn brackets(analysis: &Analysis, clock: &Clock) -> Vec<Bracket> {
    let phrases = analysis.phrases.iter().map(|phrase| {
        let cadence = analysis.cadences.iter().find(|cadence| cadence.phrase_end == phrase.end && !cadence.is_implied);
        Bracket {
            from: clock.tick(phrase.from.step),
            to: clock.tick(phrase.end),
            name: phrase.letter.clone(),
            close: cadence.map_or_else(String::new, |cadence| words::short_cadence(cadence.kind).to_owned()),
        }
    });
    phrases.collect()
}

const fn tag(kind: OrnamentKind) -> Option<&'static str> {
    match kind {
        OrnamentKind::Passing => Some("p"),
        OrnamentKind::Neighbour => Some("n"),
        OrnamentKind::Suspension => Some("s"),
        OrnamentKind::Retardation => Some("r"),
        OrnamentKind::Appoggiatura => Some("ap"),
        OrnamentKind::Anticipation => Some("an"),
        OrnamentKind::Escape => Some("e"),
        OrnamentKind::Pedal => None,
    }
}
