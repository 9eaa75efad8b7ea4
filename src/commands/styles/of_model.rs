//! `ripieno styles show` for a style of the model: what its pieces are usually like.

use std::collections::BTreeMap;
use std::io::Write;

use ripieno_composer::habits::returns::LAGS;
use ripieno_composer::habits::{ChordHabits, Habits, Seat, Shape};
use ripieno_composer::vocabulary::{meter_of, tempo_of};
use ripieno_score::{Instrument, Key, Mode, Pitch};
use serde::Serialize;

/// So many of what is most frequent are told.
const TOLD: usize = 4;
/// Chords told of a mode.
const CHORDS: usize = 6;

/// What is told of a style of the model.
#[derive(Serialize)]
pub(super) struct OfModel<'a> {
    pub(super) name: &'a str,
    /// Who most often plays together: instruments as the model counts them, 128 for drums.
    pub(super) ensembles: &'a [Vec<u8>],
    pub(super) habits: &'a Habits,
}

impl OfModel<'_> {
    pub(super) fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        let Self { name, ensembles, habits } = self;
        writeln!(out, "{name}, a style of the model; what its pieces are usually like")?;
        for (index, ensemble) in ensembles.iter().take(TOLD).enumerate() {
            let players = ensemble.iter().filter_map(|&class| Instrument::from_index(class)).map(Instrument::name);
            let players: Vec<&str> = players.collect();
            writeln!(out, "{:<12}{}", if index == 0 { "players" } else { "" }, players.join(", "))?;
        }
        let seat = |seat: &Seat| {
            let name = |key: u8| Pitch::new(key).map_or_else(String::new, Pitch::name);
            let role = format!("{:?}", seat.part.role).to_lowercase();
            format!("{role} {} to {}", name(seat.low), name(seat.high))
        };
        let seated = habits.ensemble.iter().filter(|shape| !shape.seats.is_empty());
        for (index, shape) in seated.take(TOLD).enumerate() {
            let seats: Vec<String> = shape.seats.iter().map(seat).collect();
            line(out, if index == 0 { "for example" } else { "" }, &seats)?;
        }
        let shapes = &habits.shapes;
        let meters = most_frequent(shapes.iter().map(|shape| meter_of(shape.meter).1.to_string()));
        line(out, "meter", &meters)?;
        let mut tempos: Vec<f32> = shapes.iter().map(|shape| tempo_of(shape.tempo)).collect();
        tempos.sort_by(f32::total_cmp);
        if let (Some(slowest), Some(quickest)) = (tempos.first(), tempos.last()) {
            writeln!(out, "tempo       {slowest:.0} to {quickest:.0} quarter notes a minute")?;
        }
        let mut rates: Vec<f32> = shapes.iter().map(Shape::rate).collect();
        rates.sort_by(f32::total_cmp);
        if let Some(middle) = rates.get(rates.len() / 2) {
            writeln!(out, "fullness    {middle:.1} notes a quarter note, all players together")?;
        }
        line(out, "keys", &self.keys())?;
        for mode in [Mode::Major, Mode::Minor] {
            if let Some(chords) = habits.chords(mode) {
                let home = Key { tonic: 0, mode };
                line(out, &format!("in {home}"), &usual_chords(chords))?;
                line(out, "", &successions(chords))?;
            }
        }
        let share = |shares: &[u16]| f64::from(shares.iter().sum::<u16>()) / 10.0;
        let [tune, others] = habits.returns.rhythm_lags;
        let lags = LAGS.map(|lag| lag.to_string()).join(", ");
        let each = |shares: &[u16]| {
            shares.iter().map(|&share| format!("{:.0}", f64::from(share) / 10.0)).collect::<Vec<_>>().join(", ")
        };
        writeln!(
            out,
            "repetition  what accompanied {lags} bars before begins to come back in {} % of the bars,",
            each(&habits.returns.begins)
        )?;
        writeln!(out, "            and goes on in {} %", each(&habits.returns.goes_on))?;
        writeln!(
            out,
            "            else its rhythm comes back in {:.0} %; the rhythm of the tune in {:.0} %",
            share(&others),
            share(&tune)
        )
    }

    /// The most frequent keys.
    fn keys(&self) -> Vec<String> {
        let mut keys: Vec<(u32, Key)> = (0u8..)
            .zip(&self.habits.keys)
            .filter_map(|(index, &pieces)| Some((pieces, Key::from_index(index)?)))
            .collect();
        keys.retain(|(pieces, _)| *pieces > 0);
        keys.sort_by_key(|(pieces, key)| (std::cmp::Reverse(*pieces), key.index()));
        keys.into_iter().take(TOLD).map(|(_, key)| key.to_string()).collect()
    }
}

/// One line of what is told, or none.
fn line(out: &mut impl Write, name: &str, told: &[String]) -> std::io::Result<()> {
    if told.is_empty() { Ok(()) } else { writeln!(out, "{name:<12}{}", told.join(", ")) }
}

/// The most frequent chords, in the key of C.
fn usual_chords(habits: &ChordHabits) -> Vec<String> {
    let named = habits.chords.iter().filter_map(|&class| ChordHabits::chord(class, 0));
    named.take(CHORDS).map(|chord| chord.to_string()).collect()
}

/// What most often follows the most frequent chords where they change.
fn successions(habits: &ChordHabits) -> Vec<String> {
    let named = |index: usize| ChordHabits::chord(habits.chords[index], 0);
    let next = |from: usize| {
        let others = (0..habits.chords.len()).filter(|&to| to != from && named(to).is_some());
        let to = others.max_by_key(|&to| (habits.follows[from][to], std::cmp::Reverse(to)))?;
        Some(format!("{} to {}", named(from)?, named(to)?))
    };
    (0..habits.chords.len()).filter_map(next).take(TOLD).collect()
}

/// The most frequent first.
fn most_frequent(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    all.for_each(|one| *counts.entry(one).or_default() += 1);
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by(|one, other| (other.1, &one.0).cmp(&(one.1, &other.0)));
    counts.into_iter().take(TOLD).map(|(one, _)| one).collect()
}
