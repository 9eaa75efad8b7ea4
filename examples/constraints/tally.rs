//! Runs a case and counts what became of it.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;

use ripieno_composer::compose::{ComposeError, Seed, Task, compose};
use ripieno_composer::generate::Player;
use ripieno_score::midi;

use super::check::check;
use super::draw::{Case, draw};
use super::impossible::pitches_are_impossible;

/// What became of a case.
pub(crate) enum Outcome {
    /// A piece with so many written notes, in which all is kept.
    Kept(usize),
    /// Refused, and why.
    Refused(String),
    /// Not kept, refused without need, or a crash.
    Broken(Vec<String>),
}

/// Draws a case, composes it, writes it, reads it back and checks it.
pub(crate) fn run_case(number: u64, player: Player<'_>) -> (Case, Outcome) {
    let case = draw(number);
    let outcome = catch_unwind(AssertUnwindSafe(|| written(&case, player)));
    (case, outcome.unwrap_or_else(|_| Outcome::Broken(vec!["crash".into()])))
}

fn written(case: &Case, player: Player<'_>) -> Outcome {
    let seed = match case.seed.as_ref().map(Seed::hear).transpose() {
        Ok(seed) => seed,
        Err(error) => return Outcome::Refused(error.to_string()),
    };
    let go = || compose(player, seed.as_ref(), &case.wishes, &|_, _| {}, &AtomicBool::new(false));
    let piece = match go() {
        Ok(piece) => piece,
        Err(error) => {
            let about_pitches = ["the range", "the chord", "the key", "the scale"];
            let excluded = matches!(&error, ComposeError::Excluded { one, .. } if about_pitches.iter().any(|wish| one.starts_with(wish)));
            return match excluded && !pitches_are_impossible(case) {
                true => Outcome::Broken(vec![format!("refused without need: {error}")]),
                false => Outcome::Refused(reason(&error)),
            };
        }
    };
    let bytes = midi::write(&piece.score);
    if case.wishes.seed.is_multiple_of(50) && go().map(|again| midi::write(&again.score)).ok().as_ref() != Some(&bytes)
    {
        return Outcome::Broken(vec!["the same seed gives other notes".into()]);
    }
    let told = piece.remarks.iter().any(|remark| remark.contains("nothing"));
    match midi::read(&bytes) {
        Ok(file) => match check(case, &file.score, told) {
            (broken, written) if broken.is_empty() => Outcome::Kept(written),
            (broken, _) => Outcome::Broken(broken),
        },
        Err(error) => Outcome::Broken(vec![format!("not readable: {error}")]),
    }
}

/// The two wishes without their values.
fn reason(error: &ComposeError) -> String {
    let kind = |wish: &str| wish.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    match error {
        ComposeError::Excluded { one, other, reason } => {
            let other =
                if other.starts_with(char::is_numeric) { "number of bars or notes".into() } else { kind(other) };
            let reason: String = reason.chars().filter(|letter| !letter.is_numeric()).collect();
            format!("{} and {other}: {reason}", kind(one))
        }
        ComposeError::UnknownPart { .. } => "no part is called so".into(),
        ComposeError::LockOutside { .. } => "locked bars that are not there".into(),
        other => other.to_string().chars().filter(|letter| !letter.is_numeric()).collect(),
    }
}

/// Counts.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) cases: usize,
    pub(crate) pieces: usize,
    pub(crate) notes: usize,
    pub(crate) refused: usize,
    pub(crate) broken: usize,
    /// For every kind of wish: asked, kept, refused.
    pub(crate) wishes: BTreeMap<&'static str, [usize; 3]>,
    pub(crate) reasons: BTreeMap<String, usize>,
}

impl Tally {
    pub(crate) fn add(&mut self, case: &Case, outcome: &Outcome) {
        let (kept, refused) = match outcome {
            Outcome::Kept(_) => (1, 0),
            Outcome::Refused(_) => (0, 1),
            Outcome::Broken(_) => (0, 0),
        };
        self.cases += 1;
        self.pieces += kept;
        self.refused += refused;
        self.broken += 1 - kept - refused;
        match outcome {
            Outcome::Kept(notes) => self.notes += notes,
            Outcome::Refused(reason) => *self.reasons.entry(reason.clone()).or_default() += 1,
            Outcome::Broken(_) => {}
        }
        for wish in wishes(case) {
            let row = self.wishes.entry(wish).or_default();
            *row = [row[0] + 1, row[1] + kept, row[2] + refused];
        }
    }
}

fn wishes(case: &Case) -> Vec<&'static str> {
    let controls = &case.wishes.controls;
    let task = match case.wishes.task {
        Task::Complete if case.seed.is_none() => "task: from nothing",
        Task::Complete => "task: complete",
        Task::Continue => "task: continue",
        Task::Accompany => "task: accompany",
        Task::Infill { .. } => "task: infill",
        Task::Vary => "task: vary",
    };
    let curves = &controls.curves;
    let has = [
        ("key", case.wishes.key.is_some()),
        ("tempo", case.wishes.tempo_bpm.is_some()),
        ("scale", controls.scale.is_some()),
        ("pitches", controls.pitches.is_some()),
        ("range", !controls.ranges.is_empty()),
        ("polyphony", !controls.polyphony.is_empty()),
        ("chords", controls.chords.is_some()),
        ("rhythm", controls.keep_rhythm),
        ("form", controls.form.is_some()),
        ("locked parts", !controls.locked_parts.is_empty()),
        ("locked bars", !controls.locked_bars.is_empty()),
        ("variation", controls.variation.is_some()),
        ("curves", curves.density.is_some() || curves.thickness.is_some() || curves.offbeats.is_some()),
        ("your notes", case.seed.is_some()),
    ];
    std::iter::once(task).chain(has.into_iter().filter(|(_, has)| *has).map(|(wish, _)| wish)).collect()
}
