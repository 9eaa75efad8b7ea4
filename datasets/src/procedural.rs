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
mod chance;
mod changes;
mod chord;
mod collection;
mod drums;
mod improvise;
mod jazz_combo;
mod melody;
mod minimalist;
mod modal;
mod player;
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
pub const STYLES: [Style; 7] = [
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
        name: "jazz-combo",
        summary: "A tune, choruses on its changes over walking bass and ride, the tune again.",
        source: "Levine, The Jazz Theory Book and The Jazz Piano Book; Baker, How to Play Bebop; Riley, The Art of Bop Drumming",
        compose: jazz_combo::compose,
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
