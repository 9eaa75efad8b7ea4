//! The network: an outer Transformer over events, and inner heads that choose the fields of the next event in order.
//!
//! ```text
//! steps ─ embedding ─> [RMSNorm·style ─ attention ─ RMSNorm·style ─ ReGLU] x layers ─> state
//! state + what is known ─> position ─> part ─> pitch ─> duration ─> velocity
//!                              └────> meter ─> tempo        (when the position is "next bar")
//! ```
//!
//! Decoder-only, pre-norm (Zhang & Sennrich 2019, arXiv:1910.07467), rotary positions (Su et al. 2021,
//! arXiv:2104.09864), normalised queries and keys (Henry et al. 2020, arXiv:2010.04245), ReGLU (Shazeer 2020,
//! arXiv:2002.05202; as good as SwiGLU there, and without exponentials), style by feature-wise scale and shift (Perez et al. 2018, arXiv:1709.07871).

pub mod batch;
mod block;
mod embedding;
mod heads;

use std::sync::{Mutex, MutexGuard, PoisonError};

use burn::module::{Module, ModuleMapper, Param, ParamId};
use burn::tensor::{Bool, Device, Int, Tensor};
use serde::{Deserialize, Serialize};

use batch::Batch;
pub use block::Cache;
use block::{Block, BlockShape, rms_norm};
use embedding::{Embedding, table};
pub use heads::{FieldLosses, Heads, NoteKnown, NoteLogits, PartKnown, PositionKnown};

/// Sizes of a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkConfig {
    /// Width of the outer state.
    pub width: usize,
    /// Outer layers.
    pub layers: usize,
    /// Attention heads; divides `width`.
    pub attention_heads: usize,
    /// Inner width of the ReGLU layers.
    pub feed_forward: usize,
    /// Width of the inner heads.
    pub head_width: usize,
    /// Width of a style vector.
    pub style_width: usize,
    /// Styles that the network knows, beside "no style".
    pub styles: usize,
    /// Longest stream that it is trained on, in steps.
    pub context: usize,
}

impl Default for NetworkConfig {
    fn default() -> Self {
        Self {
            width: 192,
            layers: 4,
            attention_heads: 4,
            feed_forward: 512,
            head_width: 192,
            style_width: 32,
            styles: 16,
            context: 512,
        }
    }
}

impl NetworkConfig {
    /// A network with fresh weights on `device`: the same for the same seed, and numbered in order, so that a stored
    /// optimizer state finds its parameters again.
    pub fn init(&self, device: &Device, seed: u64) -> Network {
        let _held = device_randomness();
        device.seed(seed);
        let shape = BlockShape {
            width: self.width,
            attention_heads: self.attention_heads,
            feed_forward: self.feed_forward,
            style_width: self.style_width,
        };
        let network = Network {
            embedding: Embedding::init(self.width, device),
            blocks: (0..self.layers).map(|_| shape.init(device)).collect(),
            styles: table(self.styles + 1, self.style_width, 0.5, device),
            heads: Heads::init(self.width, self.head_width, device),
        };
        // Parameters draw their values when they are first looked at, which numbering does: here, while the lock is held.
        network.map(&mut Numbering(0))
    }
}

/// Held by whoever seeds a device and draws from it: all threads share a device's random state.
pub(crate) fn device_randomness() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Numbers parameters from 1.
pub(crate) struct Numbering(pub(crate) u64);

impl Numbering {
    fn next(&mut self) -> ParamId {
        self.0 += 1;
        ParamId::from(self.0)
    }
}

impl ModuleMapper for Numbering {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (_, value, mapper) = param.consume();
        Param::from_mapped_value(self.next(), value, mapper)
    }
    fn map_int<const D: usize>(&mut self, param: Param<Tensor<D, Int>>) -> Param<Tensor<D, Int>> {
        param
    }
    fn map_bool<const D: usize>(&mut self, param: Param<Tensor<D, Bool>>) -> Param<Tensor<D, Bool>> {
        param
    }
}

/// The whole network.
#[derive(Module, Debug)]
pub struct Network {
    embedding: Embedding,
    blocks: Vec<Block>,
    /// `[styles + 1, style_width]`; row 0 is "no style".
    styles: Param<Tensor<2>>,
    /// The inner heads.
    pub heads: Heads,
}

impl Network {
    /// Negative log-likelihood of a batch, in nats, by field and summed over all rows.
    pub fn losses(&self, batch: &Batch) -> FieldLosses {
        self.losses_in(batch, batch.style.clone().matmul(self.styles.val()))
    }

    /// The same with a style vector `[examples, style_width]` for each example, whatever style the batch says.
    pub(crate) fn losses_in(&self, batch: &Batch, style: Tensor<2>) -> FieldLosses {
        let [examples, steps] = batch.shape;
        let x = self.embedding.forward(batch);
        let state = self.outer(x, style, [examples, steps], None);
        self.heads.losses(state, batch)
    }

    /// The same network with other styles: each takes a row of the present style table, 0 for "no style", which stays.
    pub fn with_styles(mut self, rows: &[usize]) -> Self {
        let device = self.styles.val().device();
        let rows: Vec<i32> = std::iter::once(0).chain(rows.iter().map(|&row| row as i32)).collect();
        let rows = Tensor::<1, Int>::from_ints(rows.as_slice(), &device);
        self.styles = self.styles.map(|table| table.select(0, rows).detach().require_grad());
        self
    }

    /// Logits of the fields of every note that a batch predicts; `None` when it predicts none.
    pub fn note_logits(&self, batch: &Batch) -> Option<NoteLogits> {
        let x = self.embedding.forward(batch);
        let style = batch.style.clone().matmul(self.styles.val());
        let state = self.outer(x, style, batch.shape, None);
        self.heads.logits(state, batch)
    }

    /// The style vector `[1, style_width]` of a mix: one weight for each row of the style table, "no style" first.
    pub fn style_vector(&self, weights: &[f32], device: &Device) -> Tensor<2> {
        let weights = Tensor::<1>::from_floats(weights, device).unsqueeze::<2>();
        weights.matmul(self.styles.val())
    }

    /// Outer states `[steps, width]` of new steps of a single stream, which see everything in `cache` and are added to it.
    pub fn extend(&self, batch: &Batch, style: Tensor<2>, cache: &mut Cache) -> Tensor<2> {
        let x = self.embedding.forward(batch);
        self.outer(x, style, batch.shape, Some(cache))
    }

    /// Adds a row to the style table.
    pub(crate) fn push_style(&mut self, vector: &[f32]) {
        let styles = self.styles.val();
        let row = Tensor::<1>::from_floats(vector, &styles.device()).unsqueeze::<2>();
        let id = self.styles.id;
        self.styles = Param::initialized(id, Tensor::cat(vec![styles, row], 0));
    }

    /// An empty cache for a single stream.
    pub fn cache(&self) -> Cache {
        Cache::new(self.blocks.len())
    }

    fn outer(&self, x: Tensor<2>, style: Tensor<2>, shape: [usize; 2], mut cache: Option<&mut Cache>) -> Tensor<2> {
        let past = cache.as_ref().map_or(0, |cache| cache.len());
        let positions = block::Positions::new(past, shape[1], self.blocks[0].head_size(), &x.device());
        let mut x = x;
        for (index, block) in self.blocks.iter().enumerate() {
            let layer = cache.as_mut().map(|cache| cache.layer(index));
            x = block.forward(x, style.clone(), shape, &positions, layer);
        }
        if let Some(cache) = cache {
            cache.grow(shape[1]);
        }
        rms_norm(x)
    }
}

/// Rows of a table: `[n]` indices into `[rows, width]` give `[n, width]`.
pub(crate) fn lookup(table: &Param<Tensor<2>>, indices: Tensor<1, Int>) -> Tensor<2> {
    table.val().select(0, indices)
}

#[cfg(test)]
mod tests;
