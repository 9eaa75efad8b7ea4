//! All pieces of a corpus as a table, for people and for other programs.

use super::Corpus;
use crate::licence::Licence;

impl Corpus {
    /// A CSV table with a header and a row for each piece, in the order in which [`manifest_hash`](Self::manifest_hash)
    /// takes them: BLAKE3 over the first three columns, each followed by a line feed, is that hash. Paths are left out.
    pub fn to_csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let names =
            ["content_hash", "leave", "split", "licence", "style", "notes", "source", "composer", "title", "credit"];
        let mut write = |row: [&str; 10]| writer.write_record(row).expect("a vector takes every row");
        write(names);
        for piece in self.pieces() {
            write([
                &piece.content_hash,
                &leave(&piece.licence),
                piece.split.name(),
                piece.licence.name(),
                &self.styles()[piece.style],
                &piece.notes.to_string(),
                &piece.source,
                &piece.composer,
                &piece.title,
                &piece.credit(),
            ]);
        }
        let bytes = writer.into_inner().expect("a vector takes every byte");
        String::from_utf8(bytes).expect("texts and commas are UTF-8")
    }
}

/// A licence as it is hashed.
pub(super) fn leave(licence: &Licence) -> String {
    match licence {
        Licence::Free(name) => format!("free {name}"),
        Licence::Forbidden(name) => format!("forbidden {name}"),
        Licence::Unknown => "unknown".to_owned(),
    }
}
