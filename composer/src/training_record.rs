//! What a model was trained on, and by whose leave: a part of every weights file.

use std::collections::BTreeMap;

use ripieno_datasets::{Corpus, Licence, PieceRecord, Split};
use serde::{Deserialize, Serialize};

/// Credits of a source that are told one by one; what is more is counted.
const CREDITS: usize = 4;

/// What went into a model. The hash of the corpus stands beside it in the header.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingRecord {
    /// Pieces trained on.
    pub pieces: usize,
    /// Pieces that only measured it: validation and test.
    pub held_out: usize,
    /// Pieces of unknown licence among those trained on, which somebody allowed.
    pub unknown_licence: usize,
    /// Files that were there and not used, by reason.
    pub left_out: BTreeMap<String, usize>,
    /// The pieces trained on, by source and licence.
    pub sources: Vec<SourceRecord>,
}

/// Pieces of one source and licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// Where they come from, or an empty text.
    pub source: String,
    /// Their licence, or `unknown`.
    pub licence: String,
    /// How many.
    pub pieces: usize,
    /// Their notes.
    pub notes: usize,
    /// Whom the licence asks to name: the most frequent credits.
    pub credits: Vec<String>,
    /// How many credits more there are.
    pub more_credits: usize,
}

impl TrainingRecord {
    /// The record of a model that is trained on `corpus`.
    pub fn of_corpus(corpus: &Corpus) -> Self {
        Self { left_out: corpus.report().reasons.clone(), ..Self::of_pieces(corpus.pieces()) }
    }

    /// The record of a model that is trained on some pieces of a corpus.
    pub fn of_pieces<'a>(pieces: impl IntoIterator<Item = &'a PieceRecord>) -> Self {
        let mut record = Self::default();
        // Pieces, notes, and how often each credit is due.
        type Sums = (usize, usize, BTreeMap<String, usize>);
        let mut sources: BTreeMap<(&str, &Licence), Sums> = BTreeMap::new();
        for piece in pieces {
            if piece.split != Split::Train {
                record.held_out += 1;
                continue;
            }
            record.pieces += 1;
            record.unknown_licence += usize::from(piece.licence == Licence::Unknown);
            let (pieces, notes, credits) = sources.entry((&piece.source, &piece.licence)).or_default();
            *pieces += 1;
            *notes += piece.notes;
            *credits.entry(piece.credit()).or_default() += 1;
        }
        let of_source = |((source, licence), (pieces, notes, credits)): ((&str, &Licence), (_, _, BTreeMap<_, _>))| {
            let mut credits: Vec<(String, usize)> =
                credits.into_iter().filter(|(credit, _): &(String, usize)| !credit.is_empty()).collect();
            credits.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            SourceRecord {
                source: source.to_owned(),
                licence: licence.name().to_owned(),
                pieces,
                notes,
                more_credits: credits.len().saturating_sub(CREDITS),
                credits: credits.into_iter().take(CREDITS).map(|(credit, _)| credit).collect(),
            }
        };
        record.sources = sources.into_iter().map(of_source).collect();
        record
    }
}
