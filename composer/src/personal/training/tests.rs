use std::path::Path;

use super::*;
use crate::model::Precision;
use crate::personal::tests::{corpus, model};

fn config(steps: u64) -> StyleConfig {
    let config = StyleConfig::for_notes(0);
    let train = TrainConfig { steps, batch: 2, validate_every: 2, checkpoint_every: 2, ..config.train };
    StyleConfig { rank: 2, train }
}

/// Trains until `stop`; what came of it, and why it ended.
fn train(folder: &Path, material: &Material<'_>, config: StyleConfig, stop: u64) -> (PersonalStyle, Finished) {
    let (model, cancel) = (model(), AtomicBool::new(false));
    let mut training = Training::open(folder.to_owned(), "mine", &model, material, config, &cancel).unwrap();
    let report = |event: &StyleEvent| {
        if let StyleEvent::Step { step, .. } = event {
            cancel.store(*step >= stop, Ordering::Relaxed);
        }
    };
    let finished = training.train(&cancel, report).unwrap();
    assert_eq!(training.fingerprint(), model.fingerprint(), "the base model stays as it is");
    (training.style().unwrap().clone(), finished)
}

fn content(style: &PersonalStyle) -> Vec<u8> {
    let header = StyleHeader { minutes: 0.0, ..style.header.clone() };
    PersonalStyle { header, ..style.clone() }.to_bytes(Precision::Full, None)
}

#[test]
fn a_training_that_was_interrupted_ends_with_the_same_style() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus(folder.path(), 7);
    let material = Material::new(&corpus).unwrap();
    let (straight, broken) = (folder.path().join("straight"), folder.path().join("broken"));
    let (whole, finished) = train(&straight, &material, config(6), 100);
    assert_eq!(finished, Finished::Steps);
    let (_, finished) = train(&broken, &material, config(6), 3);
    assert_eq!(finished, Finished::Cancelled);
    // What a killed save leaves behind.
    std::fs::create_dir(broken.join("checkpoint.tmp")).unwrap();
    let (again, finished) = train(&broken, &material, config(6), 100);
    assert_eq!(finished, Finished::Steps);
    assert_eq!(whole.header.steps, again.header.steps);
    assert!(content(&whole) == content(&again), "the styles differ");
}

#[test]
fn a_style_predicts_its_music_better_than_the_base_model() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus(folder.path(), 7);
    let material = Material::new(&corpus).unwrap();
    let (style, _) = train(&folder.path().join("run"), &material, config(40), 100);
    assert!(style.header.nats < 0.9 * style.header.nats_before, "{:?}", style.header);
    assert_eq!(style.header.ensembles, [[40]]);
    assert!(!style.header.habits.as_ref().unwrap().shapes.is_empty());
    assert_eq!(style.header.licences.keys().collect::<Vec<_>>(), ["unknown"]);
}

#[test]
fn what_a_style_says_of_itself_is_true_of_what_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus(folder.path(), 7);
    let material = Material::new(&corpus).unwrap();
    let (base, cancel) = (model(), AtomicBool::new(false));
    let run = folder.path().join("run");
    let mut training = Training::open(run, "mine", &base, &material, config(12), &cancel).unwrap();
    training.train(&cancel, |_| {}).unwrap();
    let style = training.style().unwrap().clone();
    let said = style.header.nats;
    let mut with = model();
    with.add_style(style).unwrap();
    let mut weights = vec![0.0; with.header.styles.len() + 1];
    weights[with.style_index("mine").unwrap()] = 1.0;
    let vector = with.network.style_vector(&weights, &with.device);
    let found = cost(&with.network_in(&weights), &vector, &training.watched, &training.pools).per_note();
    assert!((found - said).abs() < 1e-4, "{found} {said}");
}

#[test]
fn training_ends_when_validation_gets_no_better() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus(folder.path(), 6);
    let material = Material::new(&corpus).unwrap();
    let mut config = config(1000);
    // A rate of zero never gets better.
    config.train.schedule = Schedule { peak: 0.0, floor: 0.0, warm_up: 1 };
    config.train.patience = 2;
    let (style, finished) = train(&folder.path().join("run"), &material, config, 1000);
    assert_eq!(finished, Finished::Stopped);
    assert_eq!(style.header.steps, 2, "the first validation was the best");
}

#[test]
fn a_training_of_other_music_is_not_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let (few, more) = (folder.path().join("few"), folder.path().join("more"));
    let few = corpus(&few, 6);
    train(&run, &Material::new(&few).unwrap(), config(2), 100);
    let more = corpus(&more, 7);
    let material = Material::new(&more).unwrap();
    let model = model();
    let training = Training::open(run, "mine", &model, &material, config(2), &AtomicBool::new(false)).unwrap();
    assert!(training.has_dropped_another());
    assert_eq!(training.progress().step, 0);
}
