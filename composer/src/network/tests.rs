use burn::tensor::{Device, Tensor};

use super::batch::Batch;
use crate::example::{Example, Step};
use crate::task;
use crate::test_pieces::{example, lively, random_events, scale_piece, tiny};

fn states(network: &super::Network, steps: &[Step]) -> Vec<f32> {
    let stream = Example { steps: steps.to_vec(), ..Example::default() };
    let device = Device::flex();
    let batch = Batch::new(&[stream], tiny().styles, &device);
    let style = network.style_vector(&[0.0, 1.0, 0.0, 0.0], &device);
    network.extend(&batch, style, &mut network.cache()).try_into_vec_as().unwrap()
}

fn long_stream(steps: usize) -> Vec<Step> {
    let events = random_events(3);
    let plan = task::plain(&events, 0, events.bars.len());
    let stream = example(&events, &plan, steps).steps;
    stream.iter().cycle().take(steps).copied().collect()
}

fn assert_close(a: &[f32], b: &[f32], tolerance: f32) {
    assert_eq!(a.len(), b.len());
    let worst = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst < tolerance, "off by {worst}");
}

#[test]
fn the_mask_leaks_no_future() {
    let network = lively(&Device::flex());
    let steps = long_stream(300);
    let mut other = steps.clone();
    other[200..].fill(Step::bar());
    let (a, b) = (states(&network, &steps), states(&network, &other));
    assert_close(&a[..200 * tiny().width], &b[..200 * tiny().width], 1e-5);
    assert!(a[200 * tiny().width..] != b[200 * tiny().width..]);
}

#[test]
fn a_cached_forward_equals_a_plain_one() {
    let network = lively(&Device::flex());
    let device = Device::flex();
    let steps = long_stream(300);
    let plain = states(&network, &steps);
    let style = network.style_vector(&[0.0, 1.0, 0.0, 0.0], &device);
    let mut cache = network.cache();
    let mut cached: Vec<f32> = Vec::new();
    let mut rest = steps.as_slice();
    for chunk in [1, 1, 7, 64, 1, 226] {
        let (now, later) = rest.split_at(chunk);
        let batch = Batch::new(&[Example { steps: now.to_vec(), ..Example::default() }], tiny().styles, &device);
        cached.extend(network.extend(&batch, style.clone(), &mut cache).try_into_vec_as::<f32>().unwrap());
        rest = later;
    }
    assert_close(&plain, &cached, 1e-4);
}

#[test]
fn backends_agree() {
    let flex = lively(&Device::flex());
    let bytes = crate::test_pieces::saved(&flex);
    let piece = scale_piece();
    let plan = task::plain(&piece.events, 0, piece.events.bars.len());
    let examples = [example(&piece.events, &plan, 64)];
    let losses = |device: Device| {
        let model = crate::model::Model::from_bytes(bytes.clone(), &device).unwrap();
        let batch = Batch::new(&examples, tiny().styles, &device);
        model.network.losses(&batch).values()
    };
    let (a, b) = (losses(Device::flex()), losses(crate::device::DeviceChoice::Ndarray.device()));
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() < 1e-3 * a.abs().max(1.0), "{a} {b}");
    }
}

#[test]
fn padding_changes_nothing() {
    let network = lively(&Device::flex());
    let device = Device::flex();
    let piece = scale_piece();
    let plan = task::plain(&piece.events, 0, 8);
    let (long, short) = (example(&piece.events, &plan, 64), example(&piece.events, &plan, 20));
    let losses = |examples: &[Example]| network.losses(&Batch::new(examples, tiny().styles, &device)).values();
    let together = losses(&[long.clone(), short.clone()]);
    let (a, b) = (losses(&[long]), losses(&[short]));
    for (field, together) in together.iter().enumerate() {
        assert!((together - a[field] - b[field]).abs() < 1e-2, "field {field}");
    }
}

#[test]
fn a_style_of_weight_one_is_its_own_vector() {
    let network = lively(&Device::flex());
    let device = Device::flex();
    let vector = |weights: &[f32]| network.style_vector(weights, &device);
    let mixed: Tensor<2> = vector(&[0.0, 0.5, 0.5, 0.0]);
    let mean = (vector(&[0.0, 1.0, 0.0, 0.0]) + vector(&[0.0, 0.0, 1.0, 0.0])) * 0.5;
    assert_close(&mixed.try_into_vec_as::<f32>().unwrap(), &mean.try_into_vec_as::<f32>().unwrap(), 1e-6);
}
