//! How well each chord explains what sounds in a span.
//!
//! A chord is a distribution of pitch classes; the fit is the log-likelihood of what sounds, and "no chord" the even
//! distribution. Seventh chords spread the same probability over more notes, so they win only where the seventh is
//! really there. The constants were set on plain textures, not learnt.

use super::span::Span;
use super::{Chord, Quality};

/// The chords by their index, then "no chord".
pub(super) const LABELS: usize = Chord::COUNT + 1;

/// The label of "no chord".
pub(super) const NO_CHORD: usize = Chord::COUNT;

/// How much of the music lies on chord tones.
const CHORD_TONE_SHARE: f32 = 0.85;

/// More voices than these make no chord more certain.
const MAX_VOICES: f32 = 3.0;

/// What it is worth that the bass has the root, or else another chord tone.
const ROOT_IN_BASS: f32 = 0.7;
const TONE_IN_BASS: f32 = 0.2;

/// A silent span has no chord, whatever is around it.
const IMPOSSIBLE: f32 = -1000.0;

/// The fit of every label, in nats.
pub(super) fn fits(span: &Span) -> [f32; LABELS] {
    let mut fits = [IMPOSSIBLE; LABELS];
    fits[NO_CHORD] = 0.0;
    let total: f32 = span.weights.iter().sum();
    if total <= 0.0 {
        return fits;
    }
    let voices = (total / (span.end - span.start) as f32).min(MAX_VOICES);
    let shares = span.weights.map(|weight| weight / total);
    let bass = span.bass_class();
    fits[NO_CHORD] = voices * (1.0_f32 / 12.0).ln();
    for (root, row) in fits[..NO_CHORD].chunks_exact_mut(Quality::ALL.len()).enumerate() {
        for (fit, quality) in row.iter_mut().zip(Quality::ALL) {
            let classes = quality.intervals().iter().map(|&interval| (root + usize::from(interval)) % 12);
            let tones = quality.intervals().len() as f32;
            let explained: f32 = classes.clone().map(|class| shares[class]).sum();
            let tone = (CHORD_TONE_SHARE / tones).ln();
            let other = ((1.0 - CHORD_TONE_SHARE) / (12.0 - tones)).ln();
            let bass_bonus = match bass {
                Some(bass) if bass == root => ROOT_IN_BASS,
                Some(bass) if classes.clone().any(|class| class == bass) => TONE_IN_BASS,
                _ => 0.0,
            };
            let likelihood = explained * tone + (1.0 - explained) * other;
            *fit = voices * likelihood + voices.min(1.0) * (bass_bonus - rarity(quality));
        }
    }
    fits
}

/// What speaks against a quality before anything is heard, in nats.
const fn rarity(quality: Quality) -> f32 {
    match quality {
        Quality::Major | Quality::Minor => 0.0,
        Quality::Dominant7 => 0.1,
        Quality::Minor7 => 0.3,
        Quality::Major7 | Quality::Diminished | Quality::Diminished7 => 0.4,
        Quality::HalfDiminished7 => 0.5,
        Quality::Suspended4 => 0.6,
        Quality::Augmented => 0.8,
    }
}
