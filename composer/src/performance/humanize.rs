//! A score, played: the performance of the network laid onto its notes, within what keeps the piece the piece.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use ripieno_score::{Note, Ppq, Score, Tick, Velocity};

use super::hands::{Hands, Shared};
use super::model::PerformanceModel;
use super::places::Places;
use super::player::play;
use super::sheet::Kind;
use super::within::Within;

/// Ticks a quarter note at which a millisecond can be told at usual tempos.
const FINE_PPQ: u16 = 480;
/// The stream of the random numbers, so that the seed of a composition can be used again.
const STREAM: u64 = 0x0068_756d_616e;

/// A score as it was played.
#[derive(Debug, Clone, PartialEq)]
pub struct Humanized {
    /// The score; its resolution may be finer, tempos and meters are as they were.
    pub score: Score,
    /// For every note of every part the note as it was written, in the ticks of the score that was given.
    pub written: Vec<Vec<Note>>,
    /// For every note of every part its place in the score that was given: chords may be broken upwards.
    pub places: Vec<Vec<usize>>,
}

impl Humanized {
    /// What is known of every note of the score that was given, in the order of the played notes.
    pub fn in_order<T: Clone>(&self, of_notes: &[Vec<T>]) -> Vec<Vec<T>> {
        let part =
            |(places, values): (&Vec<usize>, &Vec<T>)| places.iter().map(|&place| values[place].clone()).collect();
        self.places.iter().zip(of_notes).map(part).collect()
    }
}

/// Plays a score: `amount` 0 leaves it as it is, 1 deviates from it as much as people do. The same seed plays the same.
///
/// Notes keep their order in their part, none starts before the piece or ends behind it, and notes that did not overlap do
/// not overlap afterwards. What somebody has shaped already is not shaped once more: velocities that vary get the less
/// added, onsets that are off the grid are not moved any further, and a tempo map with a shape stays the only one.
pub fn humanize(model: &PerformanceModel, score: &Score, amount: f32, seed: u64) -> Humanized {
    let written: Vec<Vec<Note>> = score.parts.iter().map(|part| part.notes.clone()).collect();
    if amount <= 0.0 || score.note_count() == 0 {
        let places = written.iter().map(|notes| (0..notes.len()).collect()).collect();
        return Humanized { score: score.clone(), written, places };
    }
    let mut score = finer(score);
    let places = Places::of(&score);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(STREAM);
    let [pitched, drums] = [Kind::Pitched, Kind::Drums].map(|kind| {
        let (sheet, notes) = places.sheet(&score, kind);
        let touches = play(model, &sheet, &mut rng);
        (sheet, notes, touches)
    });
    let shared = match drums.1.is_empty() {
        true => Shared::tempo(&pitched.0, &pitched.2, places.bends_already(&score)),
        false => Shared::drummer(&drums.0, &drums.2),
    };
    let hands = Hands { people: model.header.people, amount };
    let mut late: Vec<Vec<f64>> = score.parts.iter().map(|part| vec![0.0; part.notes.len()]).collect();
    let mut late_at_end = late.clone();
    let mut velocities: Vec<Vec<u8>> =
        score.parts.iter().map(|part| part.notes.iter().map(|note| note.velocity.value()).collect()).collect();
    for (sheet, notes, touches) in [&pitched, &drums] {
        let own = hands.own(sheet.kind, notes, &places, touches, &mut rng);
        let rooms = Hands::rooms(&score, notes, touches);
        for ((&(part, note), touch), own) in notes.iter().zip(touches).zip(own) {
            let at = &score.parts[part].notes[note];
            let ticks_per_ms = score.tempo_at(at.onset) / 60_000.0 * f64::from(score.ppq.ticks());
            let step = places.steps[part][note];
            let with_all = |step: u32| match sheet.kind {
                Kind::Pitched => shared.late(step, ticks_per_ms, score.ppq) * f64::from(amount * places.steady),
                Kind::Drums => 0.0,
            };
            let own = f64::from(own * places.on_grid[part]) * ticks_per_ms;
            late[part][note] = with_all(step) + own;
            let end = step.saturating_add(Places::length(at.duration, score.ppq));
            late_at_end[part][note] = with_all(end) + own;
            velocities[part][note] = hands.velocity(sheet.kind, at.velocity, touch.velocity, rooms[part]);
        }
    }
    let within = Within { end: score.end(), ppq: score.ppq };
    let (mut as_written, mut orders) = (Vec::with_capacity(written.len()), Vec::with_capacity(written.len()));
    for (index, (part, written)) in score.parts.iter_mut().zip(written).enumerate() {
        let moved = within.moved(&part.notes, &late[index], &late_at_end[index]);
        let loud = moved
            .iter()
            .zip(&velocities[index])
            .map(|(note, &velocity)| Note { velocity: Velocity::new(velocity).unwrap_or(note.velocity), ..*note });
        let mut notes: Vec<(Note, usize)> = loud.zip(0..).collect();
        notes.sort_unstable();
        as_written.push(notes.iter().map(|&(_, place)| written[place]).collect());
        orders.push(notes.iter().map(|&(_, place)| place).collect());
        part.notes = notes.into_iter().map(|(note, _)| note).collect();
    }
    Humanized { score, written: as_written, places: orders }
}

/// The same score at a resolution at which milliseconds can be told, where there is one that is a multiple.
fn finer(score: &Score) -> Score {
    let mut finer = score.clone();
    let factor = FINE_PPQ.div_ceil(score.ppq.value());
    let fits = u64::from(score.end().0) * u64::from(factor) <= u64::from(u32::MAX / 2);
    let Some(ppq) = score.ppq.value().checked_mul(factor).and_then(Ppq::new).filter(|_| factor > 1 && fits) else {
        return finer;
    };
    let scale = |tick: &mut Tick| tick.0 = tick.0.saturating_mul(u32::from(factor));
    finer.ppq = ppq;
    finer.tempos.iter_mut().for_each(|change| scale(&mut change.tick));
    finer.meters.iter_mut().for_each(|change| scale(&mut change.tick));
    finer.keys.iter_mut().for_each(|change| scale(&mut change.tick));
    for note in finer.parts.iter_mut().flat_map(|part| &mut part.notes) {
        scale(&mut note.onset);
        scale(&mut note.duration);
    }
    finer
}
