//! Who can play, and how far up and down.
//!
//! Ranges are those of good players at concert pitch (Adler, The Study of Orchestration, 4th edition, appendix A), a
//! little narrower at the extremes.

use ripieno_score::{Instrument, Program};

/// An instrument in somebody's hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Player {
    /// What the part is called.
    pub(crate) name: &'static str,
    /// What plays it.
    pub(crate) instrument: Instrument,
    /// The lowest and the highest pitch.
    pub(crate) range: (i32, i32),
    /// How many notes sound at once at most.
    pub(crate) voices: usize,
}

const fn player(name: &'static str, program: u8, low: i32, high: i32, voices: usize) -> Player {
    let program = Program::new(program).expect("a General MIDI program");
    Player { name, instrument: Instrument::Program(program), range: (low, high), voices }
}

pub(crate) const DRUMS: Player = Player { name: "Drums", instrument: Instrument::Drums, range: (27, 87), voices: 16 };

pub(crate) const PIANO: Player = player("Piano", 0, 24, 103, 10);
pub(crate) const ELECTRIC_PIANO: Player = player("Electric piano", 4, 28, 96, 10);
pub(crate) const CELESTA: Player = player("Celesta", 8, 60, 108, 8);
pub(crate) const GLOCKENSPIEL: Player = player("Glockenspiel", 9, 79, 108, 4);
pub(crate) const MUSIC_BOX: Player = player("Music box", 10, 60, 100, 8);
pub(crate) const VIBRAPHONE: Player = player("Vibraphone", 11, 53, 89, 4);
pub(crate) const MARIMBA: Player = player("Marimba", 12, 45, 96, 4);
pub(crate) const XYLOPHONE: Player = player("Xylophone", 13, 65, 108, 4);
pub(crate) const ORGAN: Player = player("Organ", 16, 36, 96, 8);
pub(crate) const HARMONICA: Player = player("Harmonica", 22, 60, 91, 2);
pub(crate) const NYLON_GUITAR: Player = player("Guitar", 24, 40, 81, 6);
pub(crate) const STEEL_GUITAR: Player = player("Guitar", 25, 40, 83, 6);
pub(crate) const JAZZ_GUITAR: Player = player("Guitar", 26, 40, 84, 6);
pub(crate) const CLEAN_GUITAR: Player = player("Guitar", 27, 40, 84, 6);
pub(crate) const OVERDRIVEN_GUITAR: Player = player("Guitar", 29, 40, 86, 6);
pub(crate) const BASS: Player = player("Bass", 32, 28, 60, 1);
pub(crate) const ELECTRIC_BASS: Player = player("Bass", 33, 28, 62, 1);
pub(crate) const FRETLESS_BASS: Player = player("Bass", 35, 28, 62, 1);
pub(crate) const SYNTH_BASS: Player = player("Bass", 38, 24, 60, 1);
pub(crate) const SYNTH_BASS_2: Player = player("Bass", 39, 24, 60, 1);
pub(crate) const VIOLIN: Player = player("Violin", 40, 55, 96, 2);
pub(crate) const VIOLA: Player = player("Viola", 41, 48, 86, 2);
pub(crate) const CELLO: Player = player("Cello", 42, 36, 76, 2);
pub(crate) const CONTRABASS: Player = player("Contrabass", 43, 28, 58, 1);
pub(crate) const PIZZICATO: Player = player("Pizzicato strings", 45, 36, 91, 6);
pub(crate) const HARP: Player = player("Harp", 46, 24, 101, 8);
pub(crate) const STRINGS: Player = player("Strings", 48, 31, 93, 12);
pub(crate) const SYNTH_STRINGS: Player = player("Strings", 50, 31, 96, 12);
pub(crate) const CHOIR: Player = player("Choir", 52, 41, 79, 8);
pub(crate) const TRUMPET: Player = player("Trumpet", 56, 54, 84, 1);
pub(crate) const TROMBONE: Player = player("Trombone", 57, 40, 72, 1);
pub(crate) const MUTED_TRUMPET: Player = player("Muted trumpet", 59, 54, 82, 1);
pub(crate) const HORN: Player = player("Horn", 60, 41, 77, 1);
pub(crate) const SOPRANO_SAX: Player = player("Soprano sax", 64, 56, 87, 1);
pub(crate) const ALTO_SAX: Player = player("Alto sax", 65, 49, 81, 1);
pub(crate) const TENOR_SAX: Player = player("Tenor sax", 66, 44, 76, 1);
pub(crate) const BARITONE_SAX: Player = player("Baritone sax", 67, 37, 69, 1);
pub(crate) const OBOE: Player = player("Oboe", 68, 58, 89, 1);
pub(crate) const ENGLISH_HORN: Player = player("English horn", 69, 52, 79, 1);
pub(crate) const BASSOON: Player = player("Bassoon", 70, 34, 72, 1);
pub(crate) const CLARINET: Player = player("Clarinet", 71, 50, 89, 1);
pub(crate) const FLUTE: Player = player("Flute", 73, 60, 96, 1);
pub(crate) const SHAKUHACHI: Player = player("Shakuhachi", 77, 55, 86, 1);
pub(crate) const SQUARE_LEAD: Player = player("Lead", 80, 48, 96, 1);
pub(crate) const SAW_LEAD: Player = player("Lead", 81, 48, 96, 4);
pub(crate) const NEW_AGE_PAD: Player = player("Pad", 88, 36, 96, 12);
pub(crate) const WARM_PAD: Player = player("Pad", 89, 36, 96, 12);
pub(crate) const POLYSYNTH: Player = player("Polysynth", 90, 36, 96, 12);
pub(crate) const BOWED_PAD: Player = player("Pad", 92, 36, 96, 12);
pub(crate) const HALO_PAD: Player = player("Pad", 94, 36, 96, 12);
pub(crate) const CRYSTAL: Player = player("Crystal", 98, 48, 100, 8);
pub(crate) const SITAR: Player = player("Sitar", 104, 48, 77, 4);
pub(crate) const KOTO: Player = player("Koto", 107, 43, 86, 6);
pub(crate) const KALIMBA: Player = player("Kalimba", 108, 53, 86, 4);
pub(crate) const STEEL_DRUMS: Player = player("Steel drums", 114, 52, 88, 4);

/// Everybody.
#[cfg(test)]
pub(crate) const ALL: [Player; 56] = [
    DRUMS,
    PIANO,
    ELECTRIC_PIANO,
    CELESTA,
    GLOCKENSPIEL,
    MUSIC_BOX,
    VIBRAPHONE,
    MARIMBA,
    XYLOPHONE,
    ORGAN,
    HARMONICA,
    NYLON_GUITAR,
    STEEL_GUITAR,
    JAZZ_GUITAR,
    CLEAN_GUITAR,
    OVERDRIVEN_GUITAR,
    BASS,
    ELECTRIC_BASS,
    FRETLESS_BASS,
    SYNTH_BASS,
    SYNTH_BASS_2,
    VIOLIN,
    VIOLA,
    CELLO,
    CONTRABASS,
    PIZZICATO,
    HARP,
    STRINGS,
    SYNTH_STRINGS,
    CHOIR,
    TRUMPET,
    TROMBONE,
    MUTED_TRUMPET,
    HORN,
    SOPRANO_SAX,
    ALTO_SAX,
    TENOR_SAX,
    BARITONE_SAX,
    OBOE,
    ENGLISH_HORN,
    BASSOON,
    CLARINET,
    FLUTE,
    SHAKUHACHI,
    SQUARE_LEAD,
    SAW_LEAD,
    NEW_AGE_PAD,
    WARM_PAD,
    POLYSYNTH,
    BOWED_PAD,
    HALO_PAD,
    CRYSTAL,
    SITAR,
    KOTO,
    KALIMBA,
    STEEL_DRUMS,
];

impl Player {
    /// `pitch`, or the nearest pitch of its name within the range.
    pub(crate) fn reach(&self, mut pitch: i32) -> i32 {
        let (low, high) = self.range;
        while pitch < low {
            pitch += 12;
        }
        while pitch > high {
            pitch -= 12;
        }
        pitch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_reach_keeps_its_name() {
        assert_eq!([20, 28, 60, 61, 99].map(|pitch| BASS.reach(pitch)), [32, 28, 60, 49, 51]);
    }
}
