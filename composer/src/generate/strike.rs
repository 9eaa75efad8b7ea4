//! A beat that must be struck: how a band shows that it has heard a new chord.

use ripieno_score::Chord;

use super::BarRequest;
use crate::event::{PartEvent, Role};

/// What has to start at a position of a bar: the bass the root, the lowest other free part a tone of the chord.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strike {
    /// Position in the bar.
    pub position: u8,
    /// The chord that is struck.
    pub chord: Chord,
    /// The chord before, whose tones would not tell the new one.
    pub before: Option<Chord>,
}

impl Strike {
    /// The parts that strike, in the order of the stream: the bass and one other that is free and has a pitch.
    pub(super) fn parts(bar: &BarRequest, parts: &[PartEvent], from: u8) -> Vec<u8> {
        if bar.strike.is_none_or(|strike| strike.position < from) {
            return Vec::new();
        }
        let is_free = |&part: &u8| bar.locked >> part & 1 == 0 && !parts[usize::from(part)].is_drums();
        let free: Vec<u8> = (0..parts.len() as u8).filter(is_free).collect();
        let is_bass = |part: u8| parts[usize::from(part)].role == Role::Bass;
        let bass = free.iter().copied().find(|&part| is_bass(part));
        let other = free.iter().copied().find(|&part| !is_bass(part));
        let mut striking: Vec<u8> = bass.into_iter().chain(other).collect();
        striking.sort_unstable();
        striking
    }

    /// Which pitch classes a part may strike.
    pub(super) fn classes(&self, part: PartEvent) -> [bool; 12] {
        if part.role == Role::Bass {
            return std::array::from_fn(|class| class == usize::from(self.chord.root));
        }
        let tones = self.chord.pitch_classes();
        let before = self.before.map_or([false; 12], |chord| chord.pitch_classes());
        let new: [bool; 12] = std::array::from_fn(|class| tones[class] && !before[class]);
        if new.contains(&true) { new } else { tones }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use ripieno_score::Meter;

    use super::*;
    use crate::generate::{Generated, Generator, PartLimits, Request, Sampling};
    use crate::model::Model;
    use crate::test_pieces::{header, lively, parts};
    use crate::vocabulary::meter_class;

    #[test]
    fn bass_and_one_part_strike_the_new_chord_on_the_beat() {
        let device = Device::flex();
        let model = Model { header: header("corpus"), network: lively(&device), device, personal: Vec::new() };
        let mut parts = parts(&[73, 0, 48, 32]);
        (parts[0].role, parts[3].role) = (Role::Melody, Role::Bass);
        let strike = Strike { position: 48, chord: "Am".parse().unwrap(), before: Some("C".parse().unwrap()) };
        for seed in 0..20 {
            let bar = BarRequest {
                meter: meter_class(96, Meter::COMMON),
                locked: 1,
                strike: Some(strike),
                ..BarRequest::default()
            };
            let request = Request {
                limits: vec![PartLimits::open(8); parts.len()],
                parts: parts.clone(),
                past: Vec::new(),
                bars: Vec::new(),
                after: Vec::new(),
                style: vec![1.0, 0.0, 0.0, 0.0],
                style_strength: 1.0,
                manner: None,
                sampling: Sampling::default(),
                seed,
            };
            let mut generator = Generator::new(&model, request);
            generator.ask(vec![bar.clone(), BarRequest { strike: None, ..bar }], &[], 40);
            let first: Vec<(u8, u8, u8)> = generator
                .map_while(|generated| match generated {
                    Generated::Note { bar: 0, note, .. } => Some((note.position, note.part, note.pitch % 12)),
                    _ => None,
                })
                .take(2)
                .collect();
            assert_eq!(first, [(48, 1, 9), (48, 3, 9)], "seed {seed}");
        }
    }
}
