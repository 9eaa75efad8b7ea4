//! Whether wishes about pitches can be granted at all, found by trying every pitch.

use ripieno_composer::compose::Seed;
use ripieno_composer::event::{PartEvent, Role};
use ripieno_score::{Chord, Mode};

use super::check::means_part;
use super::draw::Case;

/// Whether no piece could be in the key and scale, with these pitches, ranges and chords.
pub(crate) fn pitches_are_impossible(case: &Case) -> bool {
    let (wishes, controls) = (&case.wishes, &case.wishes.controls);
    let progression = controls.chords.iter().flat_map(|chords| &chords.bars).flatten().flatten();
    let chords: Vec<Chord> = progression.copied().collect();
    if let (Some(key), Some(scale)) = (wishes.key, controls.scale) {
        let third = |semitones: u8| scale.pitch_classes()[usize::from((key.tonic + semitones) % 12)];
        let (own, other) = if key.mode == Mode::Major { (4, 3) } else { (3, 4) };
        if key.tonic != scale.tonic || (third(other) && !third(own)) {
            return true;
        }
    }
    let is_allowed = |pitch: u8| {
        let class = usize::from(pitch % 12);
        let borrowed = chords.iter().any(|chord| chord.pitch_classes()[class]);
        let in_key = wishes.key.is_none_or(|key| key.pitch_classes()[class] || borrowed);
        controls.scale.map_or(in_key, |scale| scale.pitch_classes()[class])
            && controls.pitches.as_ref().is_none_or(|set| set.contains(pitch))
    };
    let allowed: Vec<u8> = (0..128).filter(|&pitch| is_allowed(pitch)).collect();
    let has = |pitches: &[u8], class: u8| pitches.iter().any(|pitch| pitch % 12 == class);
    let tones = |chord: &Chord| (0..12).filter(|&class| chord.pitch_classes()[usize::from(class)]).collect::<Vec<u8>>();
    let is_crippled = |chord: &Chord| {
        !has(&allowed, chord.root) || tones(chord).iter().filter(|&&class| has(&allowed, class)).count() < 2
    };
    if allowed.is_empty() || chords.iter().any(is_crippled) {
        return true;
    }
    parts(case).iter().enumerate().filter(|(_, part)| !part.is_drums()).any(|(index, &part)| {
        let meant = controls.ranges.iter().rfind(|wish| means_part(&wish.parts, index + 1, part));
        let Some(range) = meant else { return false };
        let within = |pitch: &&u8| (range.low.value()..=range.high.value()).contains(*pitch);
        let playable: Vec<u8> = allowed.iter().filter(within).copied().collect();
        let silent = |chord: &Chord| !tones(chord).iter().any(|&class| has(&playable, class));
        playable.is_empty() || (part.role != Role::Melody && chords.iter().any(silent))
    })
}

fn parts(case: &Case) -> Vec<PartEvent> {
    let heard = case.seed.as_ref().and_then(|seed| Seed::hear(seed).ok());
    let mut parts = heard.map_or(Vec::new(), |seed| seed.events.parts);
    if let [only] = &mut parts[..]
        && !only.is_drums()
    {
        only.role = Role::Melody;
    }
    parts.extend(&case.wishes.parts);
    parts
}
