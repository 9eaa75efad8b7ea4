//! Looking ahead for rhythms that cannot be kept.

use super::Request;
use super::constraint::{Attack, Legal, PartLimits};
use super::held::GivenNotes;
use crate::memory::Memory;
use crate::vocabulary::meter_of;

/// The first attack at which the given notes and the limits leave its part nothing to start and nothing is given, with
/// the index of its bar.
pub(crate) fn first_missed(request: &Request) -> Option<(usize, Attack)> {
    let given = GivenNotes::of(request);
    let pitches: Vec<u128> = request.limits.iter().map(PartLimits::bits).collect();
    for (index, bar) in request.bars.iter().enumerate().filter(|(_, bar)| bar.bound != 0) {
        let length = meter_of(bar.meter).0;
        let held = given.held_in(index, length, bar.locked);
        for attack in &bar.attacks {
            let is_given = bar.given.iter().any(|note| (note.position, note.part) == (attack.position, attack.part));
            let mut memory = Memory::new(&request.parts);
            memory.open_bar(length, &bar.given, bar.locked);
            let legal = Legal {
                parts: &request.parts,
                limits: &request.limits,
                pitches: &pitches,
                bar,
                held: &held,
                attacks: std::slice::from_ref(attack),
            };
            if !is_given && !legal.part(&memory, attack.position, attack.part) {
                return Some((index, *attack));
            }
        }
    }
    None
}
