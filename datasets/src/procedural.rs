//! Composers made of rules, for music that nobody has recorded for free: much of it *is* rules.
//!
//! ```text
//! Style ── seed, number ──> Chance ──> a composer (procedural/<style>.rs) ──> Sheet ──> Score
//! ```
//!
//! Every file names the book, paper or composer that its rules come from. What comes out is music written by
//! rules, good for teaching a model how a style is made; it is no substitute for music by people.
//! Start reading at [`STYLES`], then `procedural/serial.rs`.

use ripieno_score::Score;

mod ambient;
mod blues;
mod breakbeat;
mod chance;
mod changes;
mod chord;
mod collection;
mod drums;
mod electronic;
mod improvise;
mod jazz_combo;
mod latin;
mod melody;
mod microrhythm;
mod minimalist;
mod modal;
mod player;
mod rhythm;
mod serial;
mod sheet;
mod stochastic;
mod walking;

use chance::Chance;
pub use collection::ComposedCollection;

/// A way to compose.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Lower case, words joined by hyphens.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// Where the rules come from.
    pub source: &'static str,
    compose: fn(&mut Chance) -> Score,
}

/// All of them, sorted by name.
pub const STYLES: [Style; 11] = [
    Style {
        name: "ambient",
        summary: "Slow pads and loops whose lengths have no common measure.",
        source: "Eno, Generating and Organizing Variety in the Arts; notes on Music for Airports",
        compose: ambient::compose,
    },
    Style {
        name: "blues",
        summary: "Twelve and eight bars, call and response, shuffles, walking and riff basses.",
        source: "Koch, Blues for Guitar; Levine, The Jazz Theory Book; Titon, Early Downhome Blues",
        compose: blues::compose,
    },
    Style {
        name: "breakbeat",
        summary: "Breaks cut up and put together again over deep bass, slow and fast.",
        source: "Collins, Algorithmic Composition Methods for Breakbeat Science; Butler, Unlocking the Groove",
        compose: breakbeat::compose,
    },
    Style {
        name: "electronic",
        summary: "House, techno, trance and electro in layers, with breaks and build-ups.",
        source: "Butler, Unlocking the Groove; Snoman, Dance Music Manual",
        compose: electronic::compose,
    },
    Style {
        name: "jazz-combo",
        summary: "A tune, choruses on its changes over walking bass and ride, the tune again.",
        source: "Levine, The Jazz Theory Book and The Jazz Piano Book; Baker, How to Play Bebop; Riley, The Art of Bop Drumming",
        compose: jazz_combo::compose,
    },
    Style {
        name: "latin",
        summary: "Son, rumba, cha-cha, bossa nova, samba and Euclidean cycles around a clave.",
        source: "Mauleón, Salsa Guidebook; Faria, The Brazilian Guitar Book; Toussaint, The Geometry of Musical Rhythm",
        compose: latin::compose,
    },
    Style {
        name: "microrhythm",
        summary: "Beats in five or seven, unequal swing, players before and behind the beat, polymeter.",
        source: "Danielsen, Musical Rhythm in the Age of Digital Reproduction; Friberg and Sundström, Swing ratios; Cowell, New Musical Resources",
        compose: microrhythm::compose,
    },
    Style {
        name: "minimalist",
        summary: "Phasing, additive process, cells repeated at will, tintinnabuli.",
        source: "Reich, Music as a Gradual Process; Potter, Four Musical Minimalists; Hillier, Arvo Pärt",
        compose: minimalist::compose,
    },
    Style {
        name: "modal",
        summary: "Modes over drones, ostinati, chords of fourths and parallel chords.",
        source: "Persichetti, Twentieth-Century Harmony",
        compose: modal::compose,
    },
    Style {
        name: "serial",
        summary: "Twelve-tone rows in counterpoint, canon, chords, Klangfarben and points.",
        source: "Schoenberg, Composition with Twelve Tones; Webern, opp. 21 and 24; Messiaen, Mode de valeurs",
        compose: serial::compose,
    },
    Style {
        name: "stochastic",
        summary: "Clouds, glissandi and branching lines with chosen densities, in a Markov chain of screens.",
        source: "Xenakis, Formalized Music",
        compose: stochastic::compose,
    },
];

impl Style {
    /// The style of that name.
    pub fn find(name: &str) -> Option<&'static Self> {
        STYLES.iter().find(|style| style.name == name)
    }

    /// Piece `number` of the endless series that `seed` begins; the same on every machine.
    pub fn compose(&self, seed: u64, number: u32) -> Score {
        let mut score = (self.compose)(&mut Chance::new(self.name, seed, number));
        score.title = Some(self.title(number));
        score
    }

    fn title(&self, number: u32) -> String {
        format!("{} {number:04}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use ripieno_score::{GridScore, Note, midi};

    use super::*;

    /// A few pieces of every style.
    fn pieces() -> impl Iterator<Item = (&'static Style, u32, Score)> {
        let numbers = |style: &'static Style| (1..=25).map(move |number| (style, number));
        STYLES.iter().flat_map(numbers).map(|(style, number)| (style, number, style.compose(3, number)))
    }

    #[test]
    fn styles_are_found_by_their_name() {
        assert!(STYLES.is_sorted_by_key(|style| style.name));
        for style in &STYLES {
            assert_eq!(Style::find(style.name).map(|found| found.summary), Some(style.summary));
            assert!(style.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", style.name);
        }
        assert!(Style::find("polka").is_none());
    }

    #[test]
    fn the_same_seed_gives_the_same_piece_and_another_one_another() {
        for style in &STYLES {
            assert_eq!(style.compose(5, 2), style.compose(5, 2));
            assert_ne!(style.compose(5, 2).parts, style.compose(6, 2).parts);
            assert_ne!(style.compose(5, 2).parts, style.compose(5, 3).parts);
        }
    }

    #[test]
    fn every_piece_survives_a_file_without_a_word() {
        for (style, number, score) in pieces() {
            let file = midi::read(&midi::write(&score)).unwrap();
            assert!(file.rescued.is_empty(), "{} {number}: {:?}", style.name, file.rescued);
            assert_eq!(file.score.note_count(), score.note_count());
            assert!(!file.score.parts.is_empty() && file.score.parts.len() <= 15, "{} {number}", style.name);
        }
    }

    #[test]
    fn players_keep_to_their_range_and_their_number_of_voices() {
        for (style, number, score) in pieces() {
            for part in &score.parts {
                let player = player::ALL
                    .iter()
                    .find(|player| player.instrument == part.instrument && player.name == part.name)
                    .expect("a part has a player");
                for (place, note) in part.notes.iter().enumerate() {
                    let pitch = i32::from(note.pitch.value());
                    assert!(
                        (player.range.0..=player.range.1).contains(&pitch),
                        "{} {number}: {}",
                        style.name,
                        part.name
                    );
                    let before = &part.notes[place.saturating_sub(64)..place];
                    let sounding = before.iter().filter(|earlier| earlier.end() > note.onset).count();
                    assert!(sounding < player.voices, "{} {number}: {} at {:?}", style.name, part.name, note.onset);
                }
            }
        }
    }

    #[test]
    fn pieces_have_a_length_a_dynamic_and_an_end() {
        for (style, number, score) in pieces() {
            let (grid, _) = GridScore::from_score(&score);
            let bars = grid.bars.len();
            assert!((16..=100).contains(&bars), "{} {number}: {bars} bars", style.name);
            let onsets = score.parts.iter().flat_map(|part| &part.notes).map(|note| note.onset.0);
            let end = score.end().0;
            assert!(
                onsets.clone().max().is_some_and(|last| last + 16 * 480 > end),
                "{} {number} dies away",
                style.name
            );
            assert!(onsets.min().is_some_and(|first| first < 16 * 480), "{} {number} begins late", style.name);
            let velocities = score.parts.iter().flat_map(|part| &part.notes).map(|note| note.velocity);
            let distinct: std::collections::BTreeSet<_> = velocities.collect();
            assert!(distinct.len() >= 8, "{} {number}: {} velocities", style.name, distinct.len());
            // The last sound is a long one.
            let last: &Note = score.parts.iter().flat_map(|part| &part.notes).max_by_key(|note| note.end()).unwrap();
            assert!(last.duration.0 >= 40, "{} {number}", style.name);
        }
    }
}
