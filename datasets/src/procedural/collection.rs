//! A collection made of composed pieces: MIDI files that say what they are, and the manifest that a scan reads.

use ripieno_score::midi::{self, WriteOptions};

use super::Style;
use crate::manifest::ManifestRow;

/// The first pieces of a style's series.
#[derive(Debug, Clone, Copy)]
pub struct ComposedCollection {
    /// How they are composed.
    pub style: &'static Style,
    /// How many.
    pub pieces: u32,
    /// Which series.
    pub seed: u64,
}

impl ComposedCollection {
    /// The pieces in order: the name of each file, and its bytes (format 1). Nothing is composed before it is asked for.
    pub fn files(self) -> impl Iterator<Item = (String, Vec<u8>)> {
        (1..=self.pieces).map(move |number| {
            let made_by = format!("composed by rules: style {}, seed {}, piece {number}", self.style.name, self.seed);
            let texts = vec![made_by, format!("rules after {}", self.style.source)];
            let options = WriteOptions { texts, ..WriteOptions::default() };
            (self.file_name(number), midi::write_with(&self.style.compose(self.seed, number), &options))
        })
    }

    /// What the manifest says of each file, whose path is below `folder` (empty, or ending in `/`).
    pub fn manifest_rows(self, folder: &str) -> impl Iterator<Item = ManifestRow> {
        (1..=self.pieces).map(move |number| ManifestRow {
            path: format!("{folder}{}", self.file_name(number)),
            license: "CC0-1.0".to_owned(),
            free_for_training: "yes".to_owned(),
            source: format!("composed by rules: ripieno data compose {} --seed {}", self.style.name, self.seed),
            title: self.style.title(number),
            style: self.style.name.to_owned(),
            ..ManifestRow::default()
        })
    }

    fn file_name(self, number: u32) -> String {
        format!("{}-{number:04}.mid", self.style.name)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::licence::Licence;
    use crate::manifest::Manifest;
    use crate::procedural::STYLES;

    #[test]
    fn a_file_says_that_rules_composed_it() {
        let collection = ComposedCollection { style: &STYLES[0], pieces: 1, seed: 7 };
        let (name, bytes) = collection.files().next().unwrap();
        assert_eq!(name, "ambient-0001.mid");
        let file = midi::read(&bytes).unwrap();
        let texts: Vec<&str> = file.timeline.texts(ripieno_score::timeline::TextKind::Text).collect();
        assert_eq!(texts[0], "composed by rules: style ambient, seed 7, piece 1");
        assert!(file.rescued.is_empty());
    }

    #[test]
    fn the_manifest_is_read_back_with_style_and_licence() {
        let collection = ComposedCollection { style: &STYLES[0], pieces: 3, seed: 7 };
        let rows: Vec<ManifestRow> = collection.manifest_rows("deep/").collect();
        let mut manifest = Manifest::default();
        manifest.add(Path::new("manifest.csv"), "manifest.csv", &Manifest::to_csv(&rows)).unwrap();
        let row = manifest.row("deep/ambient-0003.mid");
        assert_eq!(row, rows[2]);
        assert_eq!(row.licence(), Licence::Free("CC0-1.0".to_owned()));
        assert_eq!(row.style_of("deep/ambient-0003.mid"), "ambient");
    }
}
