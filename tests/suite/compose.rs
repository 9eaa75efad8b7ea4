//! `ripieno compose`.

use std::collections::HashSet;
use std::path::Path;

use ripieno_score::{GridScore, Note, Score, Tick};
use serde_json::Value;

use crate::program::{read, ripieno, seed, seeds, succeeds, text};

/// Onset, duration and pitch of all notes.
fn notes(score: &Score) -> HashSet<(Tick, Tick, u8)> {
    let all = score.parts.iter().flat_map(|part| &part.notes);
    all.map(|note| (note.onset, note.duration, note.pitch.value())).collect()
}

fn bars(score: &Score) -> usize {
    GridScore::from_score(score).0.bars.len()
}

fn sounds_within(score: &Score, from: Tick, to: Tick) -> bool {
    let within = |note: &Note| note.onset >= from && note.onset < to;
    score.parts.iter().flat_map(|part| &part.notes).any(within)
}

#[test]
fn every_task_on_every_seed_keeps_what_was_given_and_asked() {
    let folder = tempfile::tempdir().unwrap();
    for path in seeds() {
        let before = read(&path);
        let length = bars(&before);
        let more = (length + 4).to_string();
        let tasks: [(&str, &[&str], bool, usize); 5] = [
            ("complete", &["--bars", &more, "--parts", "piano,cello"], true, length + 4),
            ("continue", &["--task", "continue", "--bars", &more], true, length + 4),
            ("accompany", &["--task", "accompany", "--parts", "piano,bass,drums"], true, length),
            ("infill", &["--task", "infill", "--from-bar", "3", "--to-bar", "4"], false, length),
            ("vary", &["--task", "vary"], false, length),
        ];
        for (name, arguments, keeps_all, expected_bars) in tasks {
            let out = folder.path().join(format!("{}-{name}.mid", path.file_stem().unwrap().to_str().unwrap()));
            let usual = ["compose", text(&path), "-o", text(&out), "--seed", "5", "--candidates", "1", "--json"];
            let answer: Value = serde_json::from_str(&succeeds(&[&usual, arguments].concat())).unwrap();
            let after = read(&out);
            assert_eq!(answer["bars"], expected_bars, "{}", out.display());
            assert_eq!(bars(&after), expected_bars, "{}", out.display());
            assert_eq!(after.ppq, before.ppq);
            if keeps_all {
                assert!(notes(&before).is_subset(&notes(&after)), "{} lost notes", out.display());
            }
            for part in &after.parts {
                for pair in part.notes.windows(2).filter(|pair| pair[0].pitch == pair[1].pitch) {
                    assert!(pair[0].onset < pair[1].onset, "{}: a note is struck twice", out.display());
                }
            }
            let grid = GridScore::from_score(&after).0;
            let end = grid.bars.last().unwrap().end() * after.ppq.ticks() / 24;
            assert!(after.end().0 <= end + 1, "{} rings beyond its last bar", out.display());
        }
    }
}

#[test]
fn every_instrument_that_is_asked_for_plays() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..4 {
        let out = folder.path().join(format!("{number}.mid"));
        let seed_number = number.to_string();
        let wishes = ["--bars", "2", "--parts", "piano,violin,cello,flute,drums,bass", "--seed", &seed_number];
        succeeds(&[&["compose", "-o", text(&out), "--candidates", "1"], &wishes[..]].concat());
        let mut instruments: Vec<u8> = read(&out).parts.iter().map(|part| part.instrument.index()).collect();
        instruments.sort_unstable();
        assert_eq!(instruments, [0, 32, 40, 42, 73, 128]);
    }
}

#[test]
fn a_style_brings_its_players_and_its_drums() {
    let folder = tempfile::tempdir().unwrap();
    let compose = |style: &str| {
        let out = folder.path().join(format!("{style}.mid"));
        succeeds(&[
            "compose",
            text(&seed("ode-to-joy")),
            "-o",
            text(&out),
            "--style",
            style,
            "--seed",
            "3",
            "--task",
            "accompany",
        ]);
        read(&out)
    };
    let drums = |score: &Score| -> HashSet<u8> {
        let of_drums = score.parts.iter().filter(|part| part.instrument.is_drums()).flat_map(|part| &part.notes);
        of_drums.map(|note| note.pitch.value()).collect()
    };
    let (latin, groove, renaissance) = (compose("latin"), compose("drums-groove"), compose("renaissance"));
    // Hi-hats belong to a groove; in the Latin pieces that were learnt from, shakers and claves play instead.
    assert!(drums(&latin).iter().all(|key| ![42, 44, 46].contains(key)), "{:?}", drums(&latin));
    assert!(drums(&latin).iter().any(|&key| key > 59), "{:?}", drums(&latin));
    assert_eq!(groove.parts.len(), 2, "a tune and drums");
    assert!(!drums(&groove).is_empty());
    assert!(drums(&renaissance).is_empty() && renaissance.parts.len() > 2);
}

/// In lead sheets the bass strikes with every chord.
#[test]
fn chords_stand_on_their_bass_where_they_do_in_the_style() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.mid");
    let (mut chords, mut with_bass) = (0, 0);
    for number in ["1", "2", "3"] {
        let wishes = ["--style", "jazz-standard", "--parts", "flute,piano,bass", "--bars", "12", "--candidates", "1"];
        succeeds(&[&["compose", "-o", text(&out), "--seed", number, "--force"], &wishes[..]].concat());
        let score = read(&out);
        let onsets = |program: u8| -> Vec<Tick> {
            let of_program = score.parts.iter().filter(|part| part.instrument.index() == program);
            of_program.flat_map(|part| part.notes.iter().map(|note| note.onset)).collect()
        };
        let (piano, bass) = (onsets(0), onsets(32));
        let three_at_once: HashSet<Tick> =
            piano.iter().copied().filter(|onset| piano.iter().filter(|other| other == &onset).count() > 2).collect();
        chords += three_at_once.len();
        with_bass += three_at_once.iter().filter(|onset| bass.contains(onset)).count();
    }
    assert!(chords > 20 && 4 * with_bass > 3 * chords, "{with_bass} of {chords} chords have a bass");
}

/// Ambient music moves in half beats; a reel has more notes in a bar than all its players together.
#[test]
fn a_style_keeps_its_rhythm_behind_a_melody_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.mid");
    let reel = seed("drowsy-maggie");
    let usual = ["compose", text(&reel), "-o", text(&out), "--task", "accompany", "--candidates", "1", "--seed", "2"];
    succeeds(&[&usual[..], &["--style", "ambient", "--style-strength", "2"]].concat());
    let score = read(&out);
    let half_beat = score.ppq.ticks() / 2;
    let written: Vec<Tick> = score.parts[1..].iter().flat_map(|part| &part.notes).map(|note| note.onset).collect();
    assert!(!written.is_empty());
    assert!(written.iter().all(|onset| onset.0.is_multiple_of(half_beat)), "{written:?}");
    assert!(written.len() < 2 * score.parts[0].notes.len(), "{} notes beside the reel", written.len());
}

#[test]
fn two_hands_keep_to_their_places_in_a_piece_from_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (mut together, mut crossed) = (0, 0);
    for number in ["1", "2", "3", "4"] {
        let out = folder.path().join(format!("{number}.mid"));
        let usual = ["compose", "-o", text(&out), "--style", "baroque", "--candidates", "1", "--seed", number];
        succeeds(&usual);
        let grid = GridScore::from_score(&read(&out)).0;
        assert_eq!(grid.parts.len(), 2, "a baroque piece is mostly for one keyboard");
        for bar in 0..grid.bars.len() {
            let mean = |hand: u16| {
                let notes = grid.notes_in_bars(bar..bar + 1).iter().filter(|note| note.part == hand);
                let pitches: Vec<f32> = notes.map(|note| note.pitch.into()).collect();
                (!pitches.is_empty()).then(|| pitches.iter().sum::<f32>() / pitches.len() as f32)
            };
            let (Some(right), Some(left)) = (mean(0), mean(1)) else { continue };
            (together, crossed) = (together + 1, crossed + usize::from(right < left));
        }
    }
    assert!(together > 40 && 20 * crossed <= together, "{crossed} of {together} bars");
}

#[test]
fn an_accompaniment_that_is_longer_than_its_melody_says_where_that_ends() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("long.mid");
    let ode = seed("ode-to-joy");
    let length = bars(&read(&ode));
    let more = (length + 4).to_string();
    let usual = ["compose", text(&ode), "-o", text(&out), "--task", "accompany", "--candidates", "1"];
    let said = succeeds(&[&usual[..], &["--bars", &more]].concat());
    assert!(said.contains(&format!("the seed ends with bar {length}")), "{said}");
}

#[test]
fn in_a_style_without_tunes_the_melody_rests_until_it_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.mid");
    let melody = seed("old-hundredth");
    let bars = bars(&read(&melody));
    let asked = (bars + 8).to_string();
    let usual = ["compose", text(&melody), "-o", text(&out), "--candidates", "1", "--seed", "2", "--bars", &asked];
    let said = succeeds(&[&usual[..], &["--style", "drums-groove"]].concat());
    assert!(said.contains("drums-groove has no tune"), "{said}");
    let (before, after) = (read(&melody), read(&out));
    let comes_back = 4 * after.ppq.ticks() * u32::try_from(bars + 8 - 4).unwrap();
    let tune = after.parts[0].notes.iter().filter(|note| note.onset.0 < comes_back).count();
    assert_eq!(tune, before.parts[0].notes.len());
    assert!(after.parts[0].notes.iter().any(|note| note.onset.0 >= comes_back));
    assert!(after.parts[1].instrument.is_drums() && after.parts[1].notes.len() > 4 * bars);
}

#[test]
fn bars_key_and_tempo_are_kept_at_any_temperature() {
    let folder = tempfile::tempdir().unwrap();
    for temperature in ["0", "1", "4"] {
        let out = folder.path().join(format!("{temperature}.mid"));
        let wishes = ["--bars", "4", "--key", "A minor", "--tempo", "77", "--parts", "piano,cello"];
        let usual = ["compose", "-o", text(&out), "--seed", "3", "--candidates", "1", "--temperature", temperature];
        succeeds(&[&usual[..], &wishes[..]].concat());
        let piece = read(&out);
        assert!((piece.tempo_at(Tick::ZERO) - 77.0).abs() < 0.01);
        assert_eq!(bars(&piece), 4);
        let scale = [0, 2, 4, 5, 6, 7, 8, 9, 11];
        let mut pitches = piece.parts.iter().flat_map(|part| &part.notes).map(|note| note.pitch.class());
        assert!(pitches.clone().count() > 4);
        assert!(pitches.all(|class| scale.contains(&class)), "A minor with raised sixth and seventh");
    }
}

#[test]
fn an_infill_leaves_the_other_bars_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (seed, out) = (seed("ode-to-joy"), folder.path().join("out.mid"));
    let gap = ["--task", "infill", "--from-bar", "5", "--to-bar", "8"];
    succeeds(&[&["compose", text(&seed), "-o", text(&out), "--seed", "2", "--candidates", "1"], &gap[..]].concat());
    let (before, after) = (read(&seed), read(&out));
    let bar = 4 * before.ppq.ticks();
    let outside = |score: &Score| -> HashSet<_> {
        notes(score).into_iter().filter(|(onset, ..)| !(4 * bar..8 * bar).contains(&onset.0)).collect()
    };
    assert_eq!(outside(&before), outside(&after));
    assert!(sounds_within(&after, Tick(4 * bar), Tick(8 * bar)));
    assert_ne!(notes(&before), notes(&after), "the gap is new");
}

#[test]
fn the_same_seed_number_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let melody = seed("greensleeves");
    let bytes = |name: &str, number: &str| {
        let out = folder.path().join(name);
        succeeds(&["compose", text(&melody), "-o", text(&out), "--task", "accompany", "--seed", number]);
        std::fs::read(out).unwrap()
    };
    let first = bytes("1.mid", "7");
    assert!(first == bytes("2.mid", "7"));
    assert!(first != bytes("3.mid", "8"), "another number gives another piece");
}

#[test]
fn a_plot_is_a_picture_and_a_file_is_replaced_only_when_forced() {
    let folder = tempfile::tempdir().unwrap();
    let (out, plot) = (folder.path().join("a.mid"), folder.path().join("a.svg"));
    let arguments = ["compose", "-o", text(&out), "--bars", "2", "--candidates", "1", "--plot", text(&plot)];
    succeeds(&arguments);
    assert!(std::fs::read_to_string(&plot).unwrap().starts_with("<svg"));
    let written = std::fs::read(&out).unwrap();
    let refused = ripieno(&arguments);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--force"));
    assert!(written == std::fs::read(&out).unwrap());
    succeeds(&[&arguments[..], &["--force"]].concat());
}

#[test]
fn a_composed_piece_sounds_as_its_file_does() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (piece, composed, rendered) = (at("a.mid"), at("a.wav"), at("b.wav"));
    let arguments = ["compose", "-o", text(&piece), "--wav", text(&composed), "--bars", "2", "--candidates", "1"];
    let answer: Value = serde_json::from_str(&succeeds(&[&arguments[..], &["--json"]].concat())).unwrap();
    assert_eq!(answer["sound"]["output"], text(&composed));
    succeeds(&["render", text(&piece), "-o", text(&rendered)]);
    assert!(std::fs::read(&composed).unwrap() == std::fs::read(&rendered).unwrap());
    let twice = ripieno(&["compose", "-o", text(&piece), "--wav", text(&piece), "--force"]);
    assert_eq!(twice.status.code(), Some(2));
}

#[test]
fn exit_codes_tell_usage_from_bad_input() {
    let folder = tempfile::tempdir().unwrap();
    let (broken, out) = (folder.path().join("broken.mid"), folder.path().join("out.mid"));
    std::fs::write(&broken, b"not a MIDI file").unwrap();
    let melody = seed("ode-to-joy");
    let code = |arguments: &[&str]| ripieno(arguments).status.code().unwrap();
    assert_eq!(code(&["compose", text(&broken), "-o", text(&out)]), 3);
    assert_eq!(code(&["compose", text(&folder.path().join("missing.mid")), "-o", text(&out)]), 3);
    for wrong in [
        &["--style", "nobody's"][..],
        &["--bars", "3"],
        &["--task", "infill", "--from-bar", "15", "--to-bar", "99"],
        &["--task", "infill", "--from-bar", "2", "--to-bar", "3", "--parts", "piano"],
        &["--task", "vary", "--parts", "piano"],
        &["--task", "vary", "--bars", "3"],
    ] {
        assert_eq!(code(&[&["compose", text(&melody), "-o", text(&out)], wrong].concat()), 2, "{wrong:?}");
    }
    assert_eq!(code(&["compose"]), 2);
    assert_eq!(code(&["compose", "-o", text(Path::new("/nowhere/at/all.mid"))]), 2);
    assert!(!out.exists());
}

#[test]
fn a_known_seed_is_named_and_what_is_composed_is_compared() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("piece.mid");
    let greensleeves = seed("greensleeves");
    let compose = ["compose", text(&greensleeves), "-o", text(&out), "--task", "accompany", "--candidates", "1"];
    let answer = succeeds(&[&compose[..], &["--json", "--seed", "3"]].concat());
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let known = &answer["originality"]["seed"]["source"]["title"];
    assert!(known.as_str().is_some_and(|title| title.contains("Green")), "{answer}");
    assert_eq!(answer["originality"]["max_overlap"].as_f64(), Some(16.0));
    let heaviest = answer["originality"]["heaviest"]["overlap"].as_f64().unwrap_or(0.0);
    assert!(heaviest < 30.0, "the seed's own notes do not count: {answer}");
}
