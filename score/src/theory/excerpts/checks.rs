//! How much of the known answers is found.

#![expect(clippy::print_stdout, reason = "the shares are worth reading, not only that they suffice")]

use super::EXCERPTS;
use crate::key::Key;
use crate::theory::test_pieces::piece;
use crate::theory::{Analysis, CadenceKind};

fn places(text: &str) -> impl Iterator<Item = (usize, f32, &str)> {
    text.split(';').filter(|item| !item.trim().is_empty()).map(|item| {
        let (place, answer) = item.trim().split_once(' ').expect("a place and an answer");
        let (bar, beat) = place.split_once('.').unwrap_or((place, "1"));
        (bar.parse().expect("a bar"), beat.parse().expect("a beat"), answer)
    })
}

#[test]
fn roman_numerals_are_right_in_most_labelled_chords() {
    let (mut right, mut all, mut exact) = (0, 0, 0);
    for excerpt in EXCERPTS {
        let grid = piece(excerpt.meter, excerpt.parts);
        let analysis = Analysis::of(&grid);
        let before = right;
        let mut labels = 0;
        for (bar, beat, numeral) in places(excerpt.chords) {
            labels += 1;
            let at = |chord: &&crate::theory::RomanChord| (chord.from.bar, chord.from.beat) <= (bar, beat + 0.01);
            let found = analysis.chords.iter().rfind(at);
            if found.is_some_and(|chord| chord.numeral == numeral) {
                right += 1;
            } else {
                let found = found.map_or("nothing".into(), |chord| format!("{} in {}", chord.numeral, chord.key));
                println!("{}: bar {bar} beat {beat} is {numeral}, found {found}", excerpt.name);
            }
        }
        all += labels;
        exact += usize::from(right - before == labels);
    }
    let share = 100.0 * right as f64 / all as f64;
    println!("{right} of {all} chords ({share:.1} %), {exact} of {} excerpts without an error", EXCERPTS.len());
    assert!(share >= 93.0);
}

#[test]
fn keys_and_modulations_are_right() {
    let mut wrong = 0;
    for excerpt in EXCERPTS {
        let analysis = Analysis::of(&piece(excerpt.meter, excerpt.parts));
        let wanted: Vec<(usize, Key)> =
            places(excerpt.keys).map(|(bar, _, key)| (bar, key.parse().expect("a key"))).collect();
        let found: Vec<(usize, Key)> = analysis.keys.iter().map(|area| (area.from.bar, area.key)).collect();
        let same =
            wanted.len() == found.len() && wanted.iter().zip(&found).all(|(a, b)| a.1 == b.1 && a.0.abs_diff(b.0) <= 1);
        if !same {
            wrong += 1;
            let text = found.iter().map(|(bar, key)| format!("{bar} {key}")).collect::<Vec<_>>().join("; ");
            println!("{}: {}, found {text}", excerpt.name, excerpt.keys);
        }
    }
    println!("keys right in {} of {} excerpts", EXCERPTS.len() - wrong, EXCERPTS.len());
    assert!(wrong <= 2);
}

#[test]
fn cadences_are_right() {
    let (mut found_right, mut wanted_all, mut found_all) = (0, 0, 0);
    for excerpt in EXCERPTS.iter().filter(|excerpt| !excerpt.cadences.is_empty()) {
        let analysis = Analysis::of(&piece(excerpt.meter, excerpt.parts));
        let name = |kind| match kind {
            CadenceKind::PerfectAuthentic => "PAC",
            CadenceKind::ImperfectAuthentic => "IAC",
            CadenceKind::Half | CadenceKind::PhrygianHalf => "HC",
            CadenceKind::Plagal => "PC",
            CadenceKind::Deceptive => "DC",
        };
        let found: Vec<(usize, &str)> =
            analysis.cadences.iter().map(|cadence| (cadence.at.bar, name(cadence.kind))).collect();
        let wanted: Vec<(usize, &str)> = places(excerpt.cadences).map(|(bar, _, kind)| (bar, kind)).collect();
        let right = wanted.iter().filter(|cadence| found.contains(cadence)).count();
        if right < wanted.len() || right < found.len() {
            println!("{}: {}, found {found:?}", excerpt.name, excerpt.cadences);
        }
        found_right += right;
        wanted_all += wanted.len();
        found_all += found.len();
    }
    println!("{found_right} of {wanted_all} cadences found, among {found_all} claimed");
    assert!(found_right * 100 >= wanted_all * 90 && found_right * 100 >= found_all * 85);
}
