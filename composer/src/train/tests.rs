use std::sync::atomic::AtomicBool;

use burn::tensor::Device;

use super::*;
use crate::model::{LoadModelError, Model};
use crate::test_pieces::{header, saved, scale_piece, tiny};

fn config(steps: u64) -> TrainConfig {
    TrainConfig {
        network: tiny(),
        steps,
        batch: 2,
        schedule: Schedule { peak: 1e-2, floor: 1e-3, warm_up: 2 },
        validate_every: 3,
        validation_examples: 2,
        checkpoint_every: 3,
        ..TrainConfig::default()
    }
}

fn pieces() -> Pieces {
    Pieces::new(vec![scale_piece()], vec![scale_piece()]).unwrap()
}

/// Trains until `stop` and returns the losses of the steps; cancelled there when the run is longer.
fn train(folder: &std::path::Path, steps: u64, stop: u64) -> Vec<f64> {
    let pieces = pieces();
    let mut run = Run::open(folder.to_owned(), config(steps), header("corpus"), &pieces, &Device::flex()).unwrap();
    let cancel = AtomicBool::new(false);
    let mut losses = Vec::new();
    let report = |event: &TrainEvent| {
        if let TrainEvent::Step { step, loss, .. } = event {
            losses.push(*loss);
            cancel.store(*step >= stop, Ordering::Relaxed);
        }
    };
    run.train(&cancel, report).unwrap();
    losses
}

#[test]
fn a_resumed_run_goes_on_exactly() {
    let (straight, broken) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let whole = train(straight.path(), 6, 6);
    let mut parts = train(broken.path(), 6, 3);
    // What a killed save leaves behind.
    std::fs::create_dir(broken.path().join("checkpoint.tmp")).unwrap();
    parts.extend(train(broken.path(), 6, 6));
    assert_eq!(whole, parts);
    let weights =
        |folder: &std::path::Path| std::fs::read(folder.join("checkpoint-00000006/weights.safetensors")).unwrap();
    let model = |folder| Model::from_bytes(weights(folder), &Device::flex()).unwrap();
    // The tensors follow the header, whose entries come in any order.
    let tensors = |folder| {
        let bytes = saved(&model(folder).network);
        let header = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        bytes[8 + header..].to_vec()
    };
    assert!(tensors(straight.path()) == tensors(broken.path()), "the weights differ");
}

#[test]
fn a_tiny_network_learns_a_piece_by_heart() {
    let folder = tempfile::tempdir().unwrap();
    let losses = train(folder.path(), 60, 60);
    let (first, last) = (losses[0], losses[55..].iter().sum::<f64>() / 5.0);
    assert!(last < 0.5 * first, "from {first} to {last} nats a note");
}

#[test]
fn a_run_starts_from_weights_and_finds_its_styles_by_name() {
    let network = crate::test_pieces::lively(&Device::flex());
    let weights = saved(&network);
    let (folder, pieces) = (tempfile::tempdir().unwrap(), pieces());
    let header = ModelHeader { styles: vec!["new".into(), "three".into()], ..header("corpus") };
    let mut run = Run::open(folder.path().to_owned(), config(3), header, &pieces, &Device::flex()).unwrap();
    run.start_from(&weights).unwrap();
    let origin = run.header.started_from.clone().unwrap();
    assert_eq!(origin.weights, blake3::hash(&weights).to_hex().to_string());
    let vector = |network: &Network, row: usize, rows: usize| {
        let mut mix = vec![0.0; rows];
        mix[row] = 1.0;
        network.style_vector(&mix, &Device::flex()).into_data().try_to_vec::<f32>().unwrap()
    };
    let started = run.network.valid();
    for (row, old) in [(0, 0), (1, 0), (2, 3)] {
        assert_eq!(vector(&started, row, 3), vector(&network, old, 4), "row {row}");
    }
    run.step();
    let stepped = run.network.valid();
    assert_ne!(saved(&stepped), saved(&started), "it goes on learning");
    assert!(matches!(run.start_from(b"anything"), Ok(())), "under way it stays as it is");
}

#[test]
fn weights_of_another_size_are_no_start() {
    let weights = saved(&crate::test_pieces::lively(&Device::flex()));
    let (folder, pieces) = (tempfile::tempdir().unwrap(), pieces());
    let mut config = config(3);
    config.network.layers += 1;
    let mut run = Run::open(folder.path().to_owned(), config, header("corpus"), &pieces, &Device::flex()).unwrap();
    assert!(matches!(run.start_from(&weights), Err(LoadModelError::Tensors(_))));
}

#[test]
fn a_run_on_another_corpus_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    train(folder.path(), 3, 3);
    let pieces = pieces();
    let other = Run::open(folder.path().to_owned(), config(3), header("another"), &pieces, &Device::flex());
    assert!(matches!(other, Err(CheckpointError::Corpus { .. })));
}

#[test]
fn damaged_or_foreign_weights_are_refused() {
    let network = crate::test_pieces::lively(&Device::flex());
    let bytes = saved(&network);
    for length in [0, 7, 100, bytes.len() - 1] {
        assert!(Model::from_bytes(bytes[..length].to_vec(), &Device::flex()).is_err(), "{length} bytes");
    }
    let text = String::from_utf8_lossy(&bytes[..4096]).into_owned();
    let fingerprint = crate::vocabulary::fingerprint();
    let at = text.find(&fingerprint).unwrap();
    let mut foreign = bytes.clone();
    foreign[at] = if foreign[at] == b'0' { b'1' } else { b'0' };
    let refused = Model::from_bytes(foreign, &Device::flex());
    assert!(matches!(refused, Err(LoadModelError::Vocabulary { .. })));
}
