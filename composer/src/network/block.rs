//! One layer of the outer network.

use burn::module::{Module, Param};
use burn::nn::{Initializer, Linear, LinearConfig};
use burn::tensor::{Device, Tensor, activation::relu};

/// Sizes of a [`Block`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct BlockShape {
    pub(crate) width: usize,
    pub(crate) attention_heads: usize,
    pub(crate) feed_forward: usize,
    pub(crate) style_width: usize,
}

impl BlockShape {
    pub(crate) fn init(&self, device: &Device) -> Block {
        let linear = |input, output| LinearConfig::new(input, output).with_bias(false).init(device);
        // Branches start small, so that a fresh layer is nearly the identity.
        let branch = |input: usize| {
            LinearConfig::new(input, self.width)
                .with_bias(false)
                .with_initializer(Initializer::Normal { mean: 0.0, std: 0.3 / (input as f64).sqrt() })
                .init(device)
        };
        Block {
            query: linear(self.width, self.width),
            key: linear(self.width, self.width),
            value: linear(self.width, self.width),
            merge: branch(self.width),
            sharpness: Initializer::Ones.init([self.attention_heads], device),
            gate: linear(self.width, self.feed_forward),
            up: linear(self.width, self.feed_forward),
            down: branch(self.feed_forward),
            style: LinearConfig::new(self.style_width, 4 * self.width)
                .with_initializer(Initializer::Zeros)
                .init(device),
        }
    }
}

/// Attention and feed-forward, both on normalised activations that the style scales and shifts.
#[derive(Module, Debug)]
pub(crate) struct Block {
    query: Linear,
    key: Linear,
    value: Linear,
    merge: Linear,
    /// `[attention_heads]`: how sharply each head attends.
    sharpness: Param<Tensor<1>>,
    gate: Linear,
    up: Linear,
    down: Linear,
    style: Linear,
}

impl Block {
    pub(crate) fn head_size(&self) -> usize {
        let [width, _] = self.query.weight.dims();
        let [heads] = self.sharpness.dims();
        width / heads
    }

    /// `x` is `[examples * steps, width]`, `style` is `[examples, style_width]`; returns the shape of `x`.
    pub(crate) fn forward(
        &self,
        x: Tensor<2>,
        style: Tensor<2>,
        shape: [usize; 2],
        positions: &Positions,
        cache: Option<&mut LayerCache>,
    ) -> Tensor<2> {
        let [examples, _] = shape;
        let [_, width] = x.dims();
        let film = self.style.forward(style).reshape([examples, 4, width]);
        let part = |index: usize| film.clone().slice([0..examples, index..index + 1, 0..width]);
        let styled = |x: Tensor<2>, scale: usize, shift: usize| {
            let x = rms_norm(x).reshape([examples, shape[1], width]);
            (x * (part(scale) + 1.0) + part(shift)).reshape([examples * shape[1], width])
        };
        let attended = self.attend(styled(x.clone(), 0, 1), shape, positions, cache);
        let x = x + self.merge.forward(attended);
        let y = styled(x.clone(), 2, 3);
        let hidden = relu(self.gate.forward(y.clone())) * self.up.forward(y);
        x + self.down.forward(hidden)
    }

    /// Causal attention. Scores need no running maximum: with normalised queries and keys they are bounded.
    fn attend(
        &self,
        x: Tensor<2>,
        [examples, steps]: [usize; 2],
        positions: &Positions,
        cache: Option<&mut LayerCache>,
    ) -> Tensor<2> {
        let [heads] = self.sharpness.dims();
        let size = self.head_size();
        let split = |x: Tensor<2>| x.reshape([examples, steps, heads, size]).swap_dims(1, 2);
        let sharpness = self.sharpness.val().clamp_max(3.0).reshape([1, heads, 1, 1]) * (size as f64).sqrt().recip();
        let query = positions.rotate(rms_norm(split(self.query.forward(x.clone())))) * sharpness;
        let mut key = positions.rotate(rms_norm(split(self.key.forward(x.clone()))));
        let mut value = split(self.value.forward(x));
        if let Some(cache) = cache {
            (key, value) = cache.extend(key, value);
        }
        let mixed = match positions.blocks(steps) {
            // A block of steps sees only what comes before its end: the rest of the score matrix is not computed.
            Some(blocks) => {
                let sees = |x: &Tensor<4>, end| x.clone().narrow(2, 0, end);
                let mixed = blocks.map(|(start, length)| {
                    let query = query.clone().narrow(2, start, length);
                    let mask =
                        positions.mask.clone().map(|mask| mask.narrow(2, start, length).narrow(3, 0, start + length));
                    mix(query, sees(&key, start + length), sees(&value, start + length), mask)
                });
                Tensor::cat(mixed.collect(), 2)
            }
            None => mix(query, key, value, positions.mask.clone()),
        };
        mixed.swap_dims(1, 2).reshape([examples * steps, heads * size])
    }
}

/// Attention of queries to keys; `mask` is added to the scores.
fn mix(query: Tensor<4>, key: Tensor<4>, value: Tensor<4>, mask: Option<Tensor<4>>) -> Tensor<4> {
    let scores = query.matmul(key.swap_dims(2, 3));
    let scores = match mask {
        Some(mask) => scores + mask,
        None => scores,
    };
    let weights = scores.exp();
    let total = weights.clone().sum_dim(3);
    weights.matmul(value) / total
}

/// `x` divided by its root mean square over the last dimension.
pub(crate) fn rms_norm<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    let scale = (x.clone().square().mean_dim(D - 1) + 1e-6).sqrt().recip();
    x * scale
}

/// Added to the score of a step that lies ahead.
///
/// Scores lie within 21 of zero (normalised vectors of at most 48 numbers, sharpness at most 3), so what lies ahead weighs
/// less than a rounding error. Were it lower, its weights and their gradients would be denormal numbers, on which
/// processors multiply many times slower.
const UNSEEN: f32 = -60.0;

/// Steps that attend together.
const BLOCK: usize = 128;

/// Rotary positions and the causal mask for `steps` new steps after `past` cached ones.
pub(crate) struct Positions {
    past: usize,
    cos: Tensor<4>,
    sin: Tensor<4>,
    /// `[1, 1, steps, past + steps]`, none for a single new step, which may see everything.
    mask: Option<Tensor<4>>,
}

impl Positions {
    pub(crate) fn new(past: usize, steps: usize, head_size: usize, device: &Device) -> Self {
        let half = head_size / 2;
        let angle = |index: usize| {
            let (step, frequency) = (past + index / half, index % half);
            step as f64 * 10_000f64.powf(-(frequency as f64) / half as f64)
        };
        let table = |f: fn(f64) -> f64| {
            let values: Vec<f32> = (0..steps * half).map(|index| f(angle(index)) as f32).collect();
            Tensor::<1>::from_floats(values.as_slice(), device).reshape([1, 1, steps, half])
        };
        let mask = (steps > 1).then(|| {
            let seen = past + steps;
            let values: Vec<f32> =
                (0..steps * seen).map(|index| if index % seen > past + index / seen { UNSEEN } else { 0.0 }).collect();
            Tensor::<1>::from_floats(values.as_slice(), device).reshape([1, 1, steps, seen])
        });
        Self { past, cos: table(f64::cos), sin: table(f64::sin), mask }
    }

    /// First step and length of the blocks in which a long stream without a past is attended to.
    fn blocks(&self, steps: usize) -> Option<impl Iterator<Item = (usize, usize)>> {
        let past = self.past;
        (past == 0 && steps >= 2 * BLOCK)
            .then(|| (0..steps).step_by(BLOCK).map(move |start| (start, BLOCK.min(steps - start))))
    }

    /// `x` is `[examples, heads, steps, head_size]`.
    fn rotate(&self, x: Tensor<4>) -> Tensor<4> {
        let mut halves = x.chunk(2, 3).into_iter();
        let (a, b) = (halves.next().expect("two halves"), halves.next().expect("two halves"));
        let (cos, sin) = (self.cos.clone(), self.sin.clone());
        let turned_a = a.clone() * cos.clone() - b.clone() * sin.clone();
        let turned_b = a * sin + b * cos;
        Tensor::cat(vec![turned_a, turned_b], 3)
    }
}

/// Keys and values of one layer, `[1, heads, steps, head_size]`.
#[derive(Debug, Clone, Default)]
pub(crate) struct LayerCache {
    past: Option<(Tensor<4>, Tensor<4>)>,
}

impl LayerCache {
    fn extend(&mut self, key: Tensor<4>, value: Tensor<4>) -> (Tensor<4>, Tensor<4>) {
        let (key, value) = match self.past.take() {
            Some((keys, values)) => (Tensor::cat(vec![keys, key], 2), Tensor::cat(vec![values, value], 2)),
            None => (key, value),
        };
        self.past = Some((key.clone(), value.clone()));
        (key, value)
    }
}

/// What the outer network remembers of one stream.
#[derive(Debug, Clone)]
pub struct Cache {
    layers: Vec<LayerCache>,
    steps: usize,
}

impl Cache {
    pub(crate) fn new(layers: usize) -> Self {
        Self { layers: vec![LayerCache::default(); layers], steps: 0 }
    }

    pub(crate) fn layer(&mut self, index: usize) -> &mut LayerCache {
        &mut self.layers[index]
    }

    pub(crate) fn grow(&mut self, steps: usize) {
        self.steps += steps;
    }

    /// Steps seen so far.
    pub const fn len(&self) -> usize {
        self.steps
    }

    /// Whether no step was seen.
    pub const fn is_empty(&self) -> bool {
        self.steps == 0
    }
}
