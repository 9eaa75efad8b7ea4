use std::path::Path;
use std::sync::atomic::AtomicBool;

use burn::module::Module;
use burn::tensor::Device;
use ripieno_datasets::{Corpus, PrepareOptions, SplitShares, prepare};
use ripieno_score::{Channel, Instrument, Note, Part, Pitch, Score, Tick, Velocity, midi};

use super::factors::{fresh, merge};
use super::*;
use crate::habits::Habits;
use crate::improvise::{Change, Improviser, PlannedNote, Settings};
use crate::model::{Model, Precision};
use crate::test_pieces::{lively, saved};

/// A tiny model with three styles.
pub(super) fn model() -> Model {
    Model::from_bytes(saved(&lively(&Device::flex())), &Device::flex()).unwrap()
}

/// A style that changes everything it can.
pub(super) fn style(model: &Model) -> PersonalStyle {
    let mut changes = fresh(&model.network, 2, 5);
    for (number, factors) in changes.values_mut().enumerate() {
        factors.b.iter_mut().enumerate().for_each(|(at, b)| *b = ((at + number) % 5) as f32 / 8.0 - 0.25);
    }
    let header = StyleHeader {
        name: "mine".into(),
        base: model.fingerprint(),
        vocabulary: crate::vocabulary::fingerprint(),
        ensembles: vec![vec![0, 32]],
        ..StyleHeader::default()
    };
    PersonalStyle { header, vector: vec![0.5; model.header.network.style_width], changes }
}

/// A corpus of `pieces` different tunes.
pub(super) fn corpus(folder: &Path, pieces: u32) -> Corpus {
    let music = folder.join("music");
    std::fs::create_dir_all(&music).unwrap();
    for piece in 0..pieces {
        let notes = (0..96u32).map(|index| Note {
            onset: Tick(index * 240),
            pitch: Pitch::new((60 + (index * (piece + 3) + index / 7 * piece) % 17) as u8).unwrap(),
            duration: Tick(200),
            velocity: Velocity::DEFAULT,
        });
        let part = Part {
            name: "tune".into(),
            instrument: Instrument::from_index(40).unwrap(),
            channel: Channel::new(0).unwrap(),
            notes: notes.collect(),
        };
        let score = Score { parts: vec![part], ..Score::default() };
        std::fs::write(music.join(format!("{piece:02}.mid")), midi::write(&score)).unwrap();
    }
    let shares = SplitShares { validation: 0.0, test: 0.0, ..SplitShares::default() };
    let options = PrepareOptions { allow_unknown_licence: true, shares, ..PrepareOptions::default() };
    prepare(&music, &folder.join("corpus"), &options, &|_| {}, &AtomicBool::new(false)).unwrap().0
}

fn weight(network: &crate::network::Network) -> Vec<f32> {
    network.heads.enter_weight()
}

#[test]
fn half_the_weight_is_half_the_change_and_none_is_the_base_model() {
    let mut model = model();
    let plain = weight(&model.network);
    let before = model.fingerprint();
    model.add_style(style(&model)).unwrap();
    assert_eq!(model.fingerprint(), before, "the base model is the same");
    assert_eq!(model.style_index("mine"), Some(4));
    let at = |share: f32| weight(&model.network_in(&[0.0, 1.0 - share, 0.0, 0.0, share]));
    assert_eq!(at(0.0), plain);
    let (half, whole) = (at(0.5), at(1.0));
    assert_ne!(whole, plain);
    for ((plain, half), whole) in plain.iter().zip(half).zip(whole) {
        assert!((0.5 * (plain + whole) - half).abs() < 1e-5);
    }
}

#[test]
fn changes_of_several_styles_add_up() {
    let model = model();
    let (one, mut two) = (style(&model).changes, style(&model).changes);
    two.values_mut().for_each(|factors| factors.b.iter_mut().for_each(|b| *b = -*b));
    let merged = merge(model.network.clone(), &[(0.5, &one), (0.5, &two)]);
    for (a, b) in weight(&merged).iter().zip(weight(&model.network)) {
        assert!((a - b).abs() < 1e-5, "opposite changes cancel out");
    }
}

#[test]
fn a_style_comes_back_from_its_file() {
    let model = model();
    let style = style(&model);
    let bytes = style.to_bytes(Precision::Full, Some(b"index"));
    let (again, index) = PersonalStyle::from_bytes(&bytes).unwrap();
    assert_eq!(index.as_deref(), Some(&b"index"[..]));
    assert_eq!(again.changes, style.changes);
    assert_eq!(again.vector, style.vector);
    assert_eq!(StyleHeader { version: 0, ..again.header }, style.header);
    let half = style.to_bytes(Precision::Half, None);
    assert!(half.len() < bytes.len());
    assert!(PersonalStyle::from_bytes(&half).is_ok());
}

#[test]
fn what_is_damaged_or_something_else_is_refused_without_panic() {
    let bytes = style(&model()).to_bytes(Precision::Half, None);
    for length in (0..bytes.len()).step_by(97) {
        assert!(PersonalStyle::from_bytes(&bytes[..length]).is_err(), "{length} bytes");
    }
    for at in (0..bytes.len()).step_by(31) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xff;
        let _ = PersonalStyle::from_bytes(&damaged).map(|(style, _)| model().check_style(&style));
    }
    let whole = PersonalStyle::from_bytes(&saved(&lively(&Device::flex()))).unwrap_err();
    assert!(whole.to_string().contains("--model"), "{whole}");
    assert!(matches!(PersonalStyle::from_bytes(&vec![0; MAX_BYTES + 1]), Err(ReadStyleError::TooLarge)));
}

#[test]
fn a_style_of_another_base_or_shape_or_with_a_taken_name_is_refused() {
    let mut model = model();
    let good = style(&model);
    let refused = |style: &PersonalStyle| model.check_style(style).unwrap_err();
    let mut bad = good.clone();
    bad.header.base = "0123".into();
    assert!(matches!(refused(&bad), AddStyleError::OtherBase { .. }));
    let mut bad = good.clone();
    bad.vector.pop();
    assert!(matches!(refused(&bad), AddStyleError::Shape { .. }));
    let mut bad = good.clone();
    bad.changes.values_mut().next().unwrap().a.truncate(4);
    assert!(matches!(refused(&bad), AddStyleError::Shape { .. }));
    let mut bad = good.clone();
    bad.header.ensembles.push(Vec::new());
    assert!(matches!(refused(&bad), AddStyleError::Shape { .. }));
    let mut bad = good.clone();
    bad.header.habits = Some(Habits { drums: vec![200], ..Habits::default() });
    assert!(matches!(refused(&bad), AddStyleError::Shape { .. }));
    let mut bad = good.clone();
    bad.header.name = "one".into();
    assert!(matches!(refused(&bad), AddStyleError::Taken(_)));
    model.add_style(good.clone()).unwrap();
    assert!(matches!(model.add_style(good), Err(AddStyleError::Taken(_))));
}

#[test]
fn another_device_sees_the_same_base_model() {
    let flex = model();
    let ndarray = crate::device::DeviceChoice::Ndarray.device();
    let other = Model::from_bytes(saved(&flex.network.clone().to_device(&Device::flex())), &ndarray).unwrap();
    assert_eq!(flex.fingerprint(), other.fingerprint());
}

/// The first plan of an improvisation in a style, and one after a wish for another.
fn improvised(model: &Model, style: &str, wish: Option<Vec<f32>>) -> Vec<PlannedNote> {
    let settings = Settings { styles: vec![(style.to_owned(), 1.0)], seed: 3, ..Settings::default() };
    let parts = crate::test_pieces::parts(&[0, 32]);
    let mut improviser = Improviser::new(model, &Settings { parts, ..settings }).unwrap();
    if let Some(weights) = wish {
        improviser.change(0.0, Change::Style(weights, 1.0));
    }
    improviser.prepare();
    improviser.plan().copied().collect()
}

#[test]
fn live_music_takes_a_personal_style_up_and_leaves_it_again() {
    let mut model = model();
    model.add_style(style(&model)).unwrap();
    let mine = improvised(&model, "mine", None);
    let base = improvised(&model, "one", None);
    assert!(!mine.is_empty() && mine != base);
    assert_eq!(improvised(&model, "one", Some(vec![0.0, 0.0, 0.0, 0.0, 1.0])), mine);
    assert_eq!(improvised(&model, "mine", Some(vec![0.0, 1.0, 0.0, 0.0, 0.0])), base);
}

#[test]
fn too_little_music_makes_no_style() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus(folder.path(), 2);
    assert_eq!(Material::new(&corpus).err(), Some(MaterialError::TooFewWorks { works: 2 }));
    assert_eq!(Contents::of(&corpus).instruments, [(40, 2)]);
}

#[test]
fn works_are_kept_aside_and_most_are_learnt_from() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus(folder.path(), 12);
    let material = Material::new(&corpus).unwrap();
    assert_eq!(material.pieces(), (10, 2));
    assert_eq!(material.notes(), (960, 192));
}
