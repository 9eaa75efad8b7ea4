//! What a drummer meant who played to a click: the written places of the hits, and how far from them they are.

use ripieno_score::STEPS_PER_QUARTER;

/// Steps between the places of a way to divide a quarter note, and what the way itself costs: sixteenths are usual, triplets
/// less so, and whoever needs the finer ones must have reasons.
const WAYS: [(u32, f32); 4] = [(6, 0.0), (8, 0.7), (4, 2.5), (3, 3.0)];
/// How far from its place a hit usually is, in quarter notes: 20 ms at 120.
const USUAL: f32 = 0.04;
/// What dividing a quarter note in another way than the one before costs.
const CHANGE: f32 = 1.0;
/// What two hits of one drum on one place cost.
const COLLISION: f32 = 3.0;
/// How far before a quarter note a hit belongs to it.
const EARLY: f32 = 0.1;

/// A hit: when, in quarter notes, and which drum.
pub(super) type Hit = (f32, u8);

/// The step that each hit is written on. Hits are sorted by time.
pub(super) fn steps(hits: &[Hit]) -> Vec<u32> {
    let mut steps = Vec::with_capacity(hits.len());
    let mut rest = hits;
    let mut way_before = 0;
    while let Some(first) = rest.first() {
        let quarter = (first.0 + EARLY).floor().max(0.0);
        let end = quarter + 1.0 - EARLY;
        let (now, later) = rest.split_at(rest.partition_point(|hit| hit.0 < end).max(1));
        let costs = WAYS.iter().enumerate().map(|(way, &(spacing, cost))| {
            let places = (STEPS_PER_QUARTER / spacing) as f32;
            let stay = if way == way_before { 0.0 } else { CHANGE };
            (way, cost + stay + now.len() as f32 * places.ln() + misfit(now, quarter, spacing))
        });
        let (way, _) = costs.min_by(|one, other| one.1.total_cmp(&other.1)).unwrap_or_default();
        steps.extend(now.iter().map(|hit| place(hit.0, quarter, WAYS[way].0)));
        (way_before, rest) = (way, later);
    }
    steps
}

/// The step nearest to a time among those that divide its quarter note.
fn place(time: f32, quarter: f32, spacing: u32) -> u32 {
    let quarter_step = quarter * STEPS_PER_QUARTER as f32;
    let within = ((time - quarter) * STEPS_PER_QUARTER as f32 / spacing as f32).round().max(0.0);
    #[expect(clippy::cast_sign_loss, reason = "neither is negative")]
    let step = quarter_step as u32 + within as u32 * spacing;
    step
}

/// How badly hits fit a way to divide the quarter note, in nats.
fn misfit(hits: &[Hit], quarter: f32, spacing: u32) -> f32 {
    let mut taken: Vec<(u32, u8)> = Vec::with_capacity(hits.len());
    let cost = |&(time, pitch): &Hit| {
        let step = place(time, quarter, spacing);
        let distance = (time - step as f32 / STEPS_PER_QUARTER as f32) / USUAL;
        let collides = taken.contains(&(step, pitch));
        taken.push((step, pitch));
        (distance * distance / 2.0).min(6.0) + if collides { COLLISION } else { 0.0 }
    };
    hits.iter().map(cost).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(times: &[f32]) -> Vec<u32> {
        steps(&times.iter().map(|&time| (time, 38)).collect::<Vec<_>>())
    }

    #[test]
    fn loose_sixteenths_are_sixteenths() {
        let loose = [0.02, 0.22, 0.53, 0.73, 0.97, 1.27, 1.48, 1.78, 1.99];
        assert_eq!(written(&loose), [0, 6, 12, 18, 24, 30, 36, 42, 48]);
    }

    #[test]
    fn triplets_are_triplets() {
        let loose = [0.01, 0.34, 0.65, 1.02, 1.32, 1.68, 1.99];
        assert_eq!(written(&loose), [0, 8, 16, 24, 32, 40, 48]);
    }

    #[test]
    fn a_roll_is_in_thirty_seconds() {
        let roll: Vec<f32> = (0..8).map(|hit| hit as f32 / 8.0 + 0.005).collect();
        assert_eq!(written(&roll), [0, 3, 6, 9, 12, 15, 18, 21]);
    }

    #[test]
    fn no_time_is_too_early_or_late() {
        assert!(written(&[]).is_empty());
        assert_eq!(written(&[-0.3, 0.0, 99.95]), [0, 0, 2400]);
    }
}
