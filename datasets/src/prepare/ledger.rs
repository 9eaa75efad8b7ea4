//! By whose leave: every file counted under its licence, its source and what decided about it.

use std::collections::{BTreeMap, HashMap};

use crate::corpus::PieceRecord;
use crate::journal::{Journal, Outcome};
use crate::licence::Licence;
use crate::manifest::Manifest;
use crate::report::{Amount, LeftOut, LicenceLine, Rejected, Verdict};
use crate::scan::Found;

/// One line for each verdict, reason, licence and source, what may be used first.
pub(super) fn licences(
    files: &[Found],
    journal: &Journal,
    manifest: &Manifest,
    pieces: &[PieceRecord],
    left_out: &[LeftOut],
) -> Vec<LicenceLine> {
    let used: HashMap<&str, &PieceRecord> = pieces.iter().map(|piece| (piece.path.as_str(), piece)).collect();
    let reasons: HashMap<&str, &Rejected> = left_out.iter().map(|file| (file.path.as_str(), &file.reason)).collect();
    let mut lines = BTreeMap::new();
    for file in files {
        let Some(Outcome::Piece(content)) = journal.kept(&file.path).map(|kept| &kept.entry.outcome) else { continue };
        let row = manifest.row(&file.path);
        let leave = row.leave();
        let verdict = match leave.licence {
            Licence::Free(_) => Verdict::Allowed,
            Licence::Unknown => Verdict::Unknown,
            Licence::Forbidden(_) => Verdict::Refused,
        };
        let licence = if row.license.is_empty() { "none" } else { &row.license };
        let key = (verdict, leave.why, licence.to_owned(), row.source.clone());
        let line: &mut LicenceLine = lines.entry(key).or_insert_with(|| LicenceLine {
            verdict,
            why: leave.why,
            licence: licence.to_owned(),
            source: row.source.clone(),
            files: 0,
            notes: 0,
            used: Amount::default(),
            left_out: BTreeMap::new(),
            credits: BTreeMap::new(),
            without_credit: 0,
        });
        line.files += 1;
        line.notes += content.notes;
        if let Some(piece) = used.get(file.path.as_str()) {
            line.used.add(content.notes);
            *line.credits.entry(piece.credit()).or_default() += 1;
            line.without_credit += usize::from(piece.attribution.is_empty() && piece.licence.asks_for_credit());
        }
        if let Some(reason) = reasons.get(file.path.as_str()) {
            *line.left_out.entry(reason.kind().to_owned()).or_default() += 1;
        }
    }
    lines.into_values().collect()
}
