use ripieno_score::midi;
use ripieno_score::{Channel, Instrument, Note, Part, Pitch, Ppq, Score, Tick, Velocity};

use super::*;
use crate::compose::Wishes;
use crate::provenance::{Circumstances, Composed, Made, ModelId, Music, Origin};

/// A score of so many notes without any order that could be packed.
fn score(notes: u32) -> Score {
    let mut number = 1u32;
    let mut random = |below: u32| {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (number >> 8) % below
    };
    let mut onset = 0;
    let note = |_| {
        onset += random(50);
        Note {
            onset: Tick(onset),
            pitch: Pitch::new(random(128) as u8).unwrap(),
            duration: Tick(1 + random(1000)),
            velocity: Velocity::new(1 + random(127) as u8).unwrap(),
        }
    };
    let part = Part {
        name: "Flute".into(),
        instrument: Instrument::from_index(73).unwrap(),
        channel: Channel::new(0).unwrap(),
        notes: (0..notes).map(note).collect(),
    };
    Score { parts: vec![part], ..Score::default() }
}

fn record(notes: u32) -> (Score, Record) {
    let model = ModelId {
        weights: "00".repeat(32),
        vocabulary: "v".into(),
        corpus: "c".into(),
        steps: 1,
        training_licences: "CC0-1.0 (12 notes)".into(),
    };
    let around = Circumstances {
        program: format!("ripieno {}", env!("CARGO_PKG_VERSION")),
        model,
        personal_styles: Vec::new(),
        originality_index: None,
        device: "flex".into(),
    };
    let made = Made::Composed(Composed {
        wishes: Wishes { styles: vec![("baroque".into(), 0.3)], tempo_bpm: Some(77.3), ..Wishes::default() },
        max_overlap: Some(16.0),
        originality_index: None,
        device: "flex".into(),
        performance: None,
    });
    let score = score(notes);
    let origins = [vec![Origin::Person; notes as usize]];
    let music = Music::as_written(&score, &origins, &[]).unwrap();
    (score, Record::new(&around, made, Some(music.clone()), music))
}

fn told(notes: u32) -> Told {
    Told::new(record(notes).1).unwrap()
}

/// The same lines with another text in them, and the checksum that fits.
fn changed(told: &Told, change: impl Fn(&str) -> String) -> Vec<u8> {
    let text = String::from_utf8(told.to_bytes()).unwrap();
    let lines = change(text.split_once('\n').unwrap().1);
    format!("{TITLE}{ARRANGEMENT} {}\n{lines}", checksum(lines.as_bytes())).into_bytes()
}

#[test]
fn a_large_record_survives_its_file() {
    for notes in [3, 60_000] {
        let (score, record) = record(notes);
        let mut told = Told::new(record).unwrap();
        told.sign(&SigningKey::from_secret([3; 32]));
        let options = told.write_options();
        assert!(notes < 60_000 || told.to_bytes().len() > 1 << 19, "as large as it is meant to be");
        let file = midi::read(&midi::write_with(&score, &options)).unwrap();
        assert_eq!(Told::in_midi(&file.timeline), Ok(Some(told.clone())));
        let (recorded, _) = told.record.piece.unpack().unwrap();
        assert_eq!(recorded.parts, file.score.parts);
    }
}

#[test]
fn what_is_written_can_be_read_and_what_cannot_is_not_written() {
    let mut record = record(3).1;
    record.made = Made::Composed(Composed {
        wishes: Wishes::default(),
        max_overlap: None,
        originality_index: None,
        device: "x".repeat(MAX_BYTES - (1 << 20)),
        performance: None,
    });
    let mut largest = Told::new(record.clone()).unwrap();
    largest.sign(&SigningKey::from_secret([3; 32]));
    assert!(Told::from_bytes(&largest.to_bytes()).is_ok());
    record.model.corpus = "x".repeat(1 << 20);
    assert_eq!(Told::new(record), Err(TooLarge));
}

#[test]
fn a_file_without_a_record_has_none() {
    let options = WriteOptions { sequencer_data: vec![b"\x7dsomebody else's".to_vec()], ..WriteOptions::default() };
    let file = midi::read(&midi::write_with(&score(3), &options)).unwrap();
    assert_eq!(Told::in_midi(&file.timeline), Ok(None));
}

#[test]
fn a_part_that_is_missing_and_a_second_record_are_told() {
    let (score, record) = record(20_000);
    let options = Told::new(record).unwrap().write_options();
    let count = options.sequencer_data.len();
    assert!(count > 3);
    let read = |sequencer_data: Vec<Vec<u8>>| {
        let options = WriteOptions { sequencer_data, ..WriteOptions::default() };
        Told::in_midi(&midi::read(&midi::write_with(&score, &options)).unwrap().timeline)
    };
    for missing in [0, 1, count - 1] {
        let mut some = options.sequencer_data.clone();
        some.remove(missing);
        assert_eq!(read(some), Err(ReadRecordError::Incomplete { missing: missing + 1, of: count }));
    }
    assert_eq!(read([&options.sequencer_data[..]; 2].concat()), Err(ReadRecordError::Several));
    for bad in ["1", "x/y z", "3/2 ", "0/1 ", "99999999999999999999/1 "] {
        let event = [OWNER, bad.as_bytes()].concat();
        assert!(matches!(read(vec![event]), Err(ReadRecordError::Damaged(_))), "{bad}");
    }
}

#[test]
fn damage_is_told_and_nothing_panics() {
    let bytes = told(3).to_bytes();
    for end in 0..bytes.len() {
        assert!(Told::from_bytes(&bytes[..end]).is_err(), "cut at {end}");
    }
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        assert!(Told::from_bytes(&damaged).is_err(), "damaged at {at}");
    }
    let told = told(3);
    let refused = |bytes: &[u8]| match Told::from_bytes(bytes) {
        Err(ReadRecordError::Damaged(why)) => why,
        other => panic!("{other:?}"),
    };
    assert!(refused(&[0xff; 100]).contains("UTF-8"));
    assert!(refused(&"ripieno".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()).contains("first line"));
    let nested = format!("record {}\n", "[".repeat(1 << 20));
    assert!(refused(&changed(&told, |_| nested.clone())).contains("makes no sense"));
    let nested = format!("record {}\n", "{\"piece\":".repeat(1 << 20));
    assert!(refused(&changed(&told, |_| nested.clone())).contains("makes no sense"));
    assert!(refused(&changed(&told, |_| "record 7\n".into())).contains("makes no sense"));
    assert!(refused(&changed(&told, |_| String::new())).contains("missing"));
    assert!(refused(&changed(&told, |lines| format!("{lines}more\n"))).contains("unknown kind"));
    let too_large = Told::from_bytes(&vec![b' '; 100 << 20]);
    assert_eq!(too_large, Err(ReadRecordError::TooLarge));
}

#[test]
fn a_forged_record_and_a_forged_signature_are_told_apart() {
    let mut told = told(3);
    told.sign(&SigningKey::from_secret([3; 32]));
    assert_eq!(Told::from_bytes(&told.to_bytes()), Ok(told.clone()));
    let why = |bytes: Vec<u8>| match Told::from_bytes(&bytes) {
        Err(ReadRecordError::Forged(why)) => why,
        other => panic!("{other:?}"),
    };
    assert!(why(changed(&told, |lines| lines.replacen("\"p3\"", "\"m3\"", 1))).contains("record was changed"));
    let other = SigningKey::from_secret([4; 32]).public_key();
    let ours = told.signature.as_ref().unwrap().public_key().to_owned();
    assert!(why(changed(&told, |lines| lines.replace(&ours, &other))).contains("signature is forged"));
}

#[test]
fn a_newer_program_is_named() {
    let told = told(3);
    let version = format!("ripieno {}", env!("CARGO_PKG_VERSION"));
    let newer = |change: &dyn Fn(&str) -> String| match Told::from_bytes(&changed(&told, change)) {
        Err(error @ ReadRecordError::Newer { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    };
    let layout = newer(&|lines| lines.replace(&version, "ripieno 9.1.0").replace("\"layout\":1", "\"layout\":2"));
    assert!(layout.contains("ripieno 9.1.0") && layout.contains("layout 2"), "{layout}");
    let wish =
        newer(&|lines| lines.replace(&version, "ripieno 9.1.0").replace("\"wishes\":{", "\"wishes\":{\"mood\":1,"));
    assert!(wish.contains("ripieno 9.1.0") && wish.contains("mood"), "{wish}");
    let bytes = String::from_utf8(told.to_bytes()).unwrap().replacen("provenance 1 ", "provenance 2 ", 1);
    assert!(matches!(Told::from_bytes(bytes.as_bytes()), Err(ReadRecordError::Newer { .. })));
}

#[test]
fn wishes_that_an_older_program_did_not_know_are_as_usual() {
    let told = told(3);
    let bytes = changed(&told, |lines| lines.replace(",\"candidates\":4", ""));
    assert!(bytes != told.to_bytes());
    let record = Told::from_bytes(&bytes).unwrap().record;
    assert_eq!(record, told.record);
}

#[test]
fn a_piece_is_the_more_a_persons_for_what_the_person_gave() {
    let (_, record) = record(3);
    assert!(record.summary().contains("compositeWithTrainedAlgorithmicMedia"), "{}", record.summary());
    let machine = Music::of(&score(2), &[vec![Origin::Machine; 2]]).unwrap();
    let Record { made, model, program, .. } = record;
    let around =
        Circumstances { program, model, personal_styles: Vec::new(), originality_index: None, device: String::new() };
    let record = Record::new(&around, made, None, machine);
    assert!(record.summary().contains("/trainedAlgorithmicMedia"), "{}", record.summary());
    assert_eq!(record.piece.ppq, Ppq::DEFAULT);
}
