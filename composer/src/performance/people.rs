//! How far people play from what is written, measured on performances.

use std::collections::HashMap;

use super::level::spread;
use super::model::People;
use super::reading::Performance;
use super::sheet::{Kind, drum_of};

impl People {
    /// Measured on performances.
    pub fn of(performances: &[Performance]) -> Self {
        let of_kind = |kind: Kind| performances.iter().filter(move |performance| performance.sheet.kind == kind);
        let velocity = |kind| spread(of_kind(kind).flat_map(|performance| performance.velocity.iter().copied()));
        let timing = |kind| spread(of_kind(kind).flat_map(|performance| performance.timing.iter().flatten().copied()));
        // Deviations of hits from those struck with them, and pairs of one drum's deviations one after another.
        let mut deviations = Vec::new();
        let mut pairs = Vec::new();
        for performance in of_kind(Kind::Drums) {
            let mut last: HashMap<usize, f32> = HashMap::new();
            for pair in performance.sheet.groups().windows(2) {
                let group: Vec<(usize, f32)> = (pair[0]..pair[1])
                    .filter_map(|note| Some((drum_of(performance.sheet.notes[note].pitch), performance.timing[note]?)))
                    .collect();
                if group.len() < 2 {
                    continue;
                }
                let mean = group.iter().map(|hit| hit.1).sum::<f32>() / group.len() as f32;
                for (drum, timing) in group {
                    deviations.push(timing - mean);
                    pairs.extend(last.insert(drum, timing - mean).map(|before| (before, timing - mean)));
                }
            }
        }
        let product: f32 = pairs.iter().map(|pair| pair.0 * pair.1).sum();
        let (first, second) = (spread(pairs.iter().map(|pair| pair.0)), spread(pairs.iter().map(|pair| pair.1)));
        let scale = first * second * pairs.len() as f32;
        Self {
            pitched_velocity: velocity(Kind::Pitched),
            pitched_timing: timing(Kind::Pitched),
            drums_velocity: velocity(Kind::Drums),
            drums_timing: timing(Kind::Drums),
            together: spread(deviations.into_iter()),
            together_kept: if scale > 0.0 { (product / scale).clamp(0.0, 0.99) } else { 0.0 },
        }
    }
}
