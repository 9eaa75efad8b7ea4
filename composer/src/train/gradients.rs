//! Adding up the gradients of replicas, and clipping by the norm over all parameters.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::Tensor;

/// The sum of several gradients.
pub(crate) fn sum<M: Module>(network: &M, mut parts: Vec<GradientsParams>) -> GradientsParams {
    if parts.len() == 1 {
        return parts.remove(0);
    }
    let mut accumulator = GradientsAccumulator::new();
    for part in parts {
        accumulator.accumulate(network, part);
    }
    accumulator.grads()
}

/// The sum of `parts` times `scale`, made smaller where its norm exceeds `clip_norm`, and that norm before clipping.
pub(crate) fn mean_and_clip<M: Module>(
    network: &M,
    parts: Vec<GradientsParams>,
    scale: f64,
    clip_norm: f64,
) -> (GradientsParams, f64) {
    let mut gradients = sum(network, parts);
    let mut squares = SumOfSquares { gradients: &gradients, sum: 0.0 };
    network.visit(&mut squares);
    let norm = squares.sum.sqrt() * scale;
    let scale = if norm > clip_norm { scale * clip_norm / norm } else { scale };
    network.visit(&mut Scale { gradients: &mut gradients, scale });
    (gradients, norm)
}

struct SumOfSquares<'a> {
    gradients: &'a GradientsParams,
    sum: f64,
}

impl ModuleVisitor for SumOfSquares<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            self.sum += f64::from(gradient.square().sum().into_scalar::<f32>());
        }
    }
}

struct Scale<'a> {
    gradients: &'a mut GradientsParams,
    scale: f64,
}

impl ModuleVisitor for Scale<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.remove::<D>(param.id) {
            self.gradients.register(param.id, gradient * self.scale);
        }
    }
}
