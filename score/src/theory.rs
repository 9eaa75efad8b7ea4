//! A piece in the words of music theory.
//!
//! ```text
//! GridScore ─ voices ─ evidence ─ path ─> harmony ─> keys, cadences, ornaments
//!     └────── melody ─────────────────────> phrases ─> form, motifs
//! ```
//!
//! Everything is computed from the notes. [`Analysis::of`] does it all; each concept is a small file of plain data.

mod cadence;
mod evidence;
#[cfg(test)]
mod excerpts;
mod form;
mod harmony;
mod imitation;
mod keys;
mod lines;
mod melody;
mod motifs;
mod ornaments;
mod path;
mod phrases;
mod place;
mod roman;
mod sevenths;
mod spelling;
#[cfg(test)]
mod test_pieces;
mod texture;
mod voices;
mod within;

use serde::Serialize;

use crate::grid::GridScore;

pub use cadence::{Cadence, CadenceKind};
pub use form::{Form, Section, Theme, ThemeKind};
pub use harmony::RomanChord;
pub use imitation::{Entry, Imitation};
pub use keys::{KeyArea, Modulation};
pub use motifs::{Motif, Occurrence, Sequence, Transformation};
pub use ornaments::{Ornament, OrnamentKind};
pub use phrases::Phrase;
pub use place::Place;
pub use roman::Function;
pub use spelling::pitch_name;
pub use texture::{Pattern, Texture, TextureKind};

/// What can be said about a piece.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Analysis {
    /// The keys, one after another.
    pub keys: Vec<KeyArea>,
    /// The chords, one after another.
    pub chords: Vec<RomanChord>,
    /// The phrases of the melody.
    pub phrases: Vec<Phrase>,
    /// The cadences at the ends of phrases.
    pub cadences: Vec<Cadence>,
    /// What is alike.
    pub form: Form,
    /// Figures that come again.
    pub motifs: Vec<Motif>,
    /// Figures that move by steps.
    pub sequences: Vec<Sequence>,
    /// The voices that enter one after another at the beginning with the same subject.
    pub imitation: Option<Imitation>,
    /// Non-chord tones.
    pub ornaments: Vec<Ornament>,
    /// The textures, one after another.
    pub textures: Vec<Texture>,
}

impl Analysis {
    /// Reads the piece. Drums are left out; a piece without pitches has nothing to say.
    pub fn of(grid: &GridScore) -> Self {
        let voices = voices::Voices::new(grid);
        let melody = melody::melody(grid);
        let atoms = evidence::atoms(grid, &voices, &melody);
        let chords = harmony::harmony(grid, &voices, &atoms);
        let keys = keys::areas(grid, &chords);
        let (mut phrases, cadences) = phrases::phrases(grid, &melody, &chords);
        let phrase_starts: Vec<u32> = phrases.iter().map(|phrase| phrase.from.step).collect();
        Self {
            form: form::form(grid, &melody, &mut phrases),
            motifs: motifs::motifs(grid, &voices, &melody, &keys, &phrase_starts),
            sequences: motifs::sequences(grid, &voices, &melody, &keys),
            imitation: imitation::imitation(grid, &voices, &keys),
            ornaments: ornaments::ornaments(grid, &voices, &chords),
            textures: texture::textures(grid, &voices, &melody),
            keys,
            chords,
            phrases,
            cadences,
        }
    }
}
