//! Low-rank changes of weight matrices, as plain numbers and inside a network.

use std::collections::BTreeMap;

use burn::module::{LoraAdapter, Module, ModuleMapper, ModuleVisitor, Param, Reparameterizer};
use burn::tensor::{Device, Tensor};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::network::Network;
use crate::task::unit;

/// A change of a weight matrix `[rows, columns]`: the product of two thin matrices is added to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Factors {
    /// Columns of the first matrix and rows of the second.
    pub rank: usize,
    /// `[rows, rank]`, row by row.
    pub a: Vec<f32>,
    /// `[rank, columns]`, row by row.
    pub b: Vec<f32>,
}

/// Changes by the path of the weight matrix in the network, such as `blocks.0.query.weight`.
pub(super) type Changes = BTreeMap<String, Factors>;

impl Factors {
    /// Rows and columns of the matrix that is changed.
    pub fn shape(&self) -> [usize; 2] {
        [self.a.len() / self.rank, self.b.len() / self.rank]
    }

    fn tensors(&self, device: &Device) -> (Tensor<2>, Tensor<2>) {
        let [rows, columns] = self.shape();
        let tensor = |values: &[f32], shape| Tensor::<1>::from_floats(values, device).reshape(shape);
        (tensor(&self.a, [rows, self.rank]), tensor(&self.b, [self.rank, columns]))
    }
}

/// Whether a weight matrix is changed: projections of attention and of the layers behind it, and the layers of the heads.
fn is_changed(path: &str) -> bool {
    let mut words = path.split('.').rev();
    if words.next() != Some("weight") {
        return false;
    }
    let layer = words.next().unwrap_or_default();
    let in_block =
        path.starts_with("blocks.") && ["query", "key", "value", "merge", "gate", "up", "down"].contains(&layer);
    let in_heads = path.starts_with("heads.") && ["enter", "hidden", "out", "interval", "harmony"].contains(&layer);
    in_block || in_heads
}

/// The weight matrices that a personal style may change, with rows and columns.
pub(super) fn changeable(network: &Network) -> BTreeMap<String, [usize; 2]> {
    let mut shapes = Shapes::default();
    network.visit(&mut shapes);
    shapes.found
}

#[derive(Default)]
struct Shapes {
    path: Vec<String>,
    found: BTreeMap<String, [usize; 2]>,
}

impl ModuleVisitor for Shapes {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }
    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let path = self.path.join(".");
        if let [rows, columns] = param.shape().dims::<D>()[..]
            && is_changed(&path)
        {
            self.found.insert(path, [rows, columns]);
        }
    }
}

/// Changes that change nothing yet: the first matrix is random, the second zero.
pub(super) fn fresh(network: &Network, rank: usize, seed: u64) -> Changes {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // The stream of its own keeps the draw of examples as it is.
    rng.set_stream(u64::MAX);
    let change = |(path, [rows, columns]): (String, [usize; 2])| {
        let spread = (3.0 / rows as f32).sqrt();
        let a = (0..rows * rank).map(|_| spread * (2.0 * unit(&mut rng) - 1.0)).collect();
        (path, Factors { rank, a, b: vec![0.0; rank * columns] })
    };
    changeable(network).into_iter().map(change).collect()
}

/// Freezes a network and attaches changes that can be trained.
pub(super) fn attach(network: Network, changes: &Changes, device: &Device) -> Network {
    network.apply_reparameterization(Attach { changes, device })
}

struct Attach<'a> {
    changes: &'a Changes,
    device: &'a Device,
}

impl Reparameterizer for Attach<'_> {
    type Reparam = LoraAdapter;

    fn reparameterize<const D: usize>(
        &mut self,
        path: &str,
        param: Param<Tensor<D>>,
    ) -> (Param<Tensor<D>>, Option<LoraAdapter>) {
        let adapter = self.changes.get(path).map(|factors| {
            let (a, b) = factors.tensors(self.device);
            LoraAdapter { a: Param::from_tensor(a), b: Param::from_tensor(b), scale: 1.0 }
        });
        (param.set_require_grad(false), adapter)
    }
}

/// The changes that are attached to a network.
pub(super) fn detached(network: &Network) -> Changes {
    let mut reader = Reader::default();
    network.visit(&mut reader);
    reader.found
}

#[derive(Default)]
struct Reader {
    path: Vec<String>,
    found: Changes,
}

impl ModuleVisitor for Reader {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }
    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let [path @ .., lora, which] = self.path.as_slice() else { return };
        if lora != "lora" {
            return;
        }
        let [rows, columns] = param.shape().dims::<D>()[..] else { return };
        let values = param.val().into_data().try_into_vec_as::<f32>().expect("weights are floats");
        let factors = self.found.entry(path.join(".")).or_insert(Factors { rank: 0, a: Vec::new(), b: Vec::new() });
        if which == "a" {
            (factors.rank, factors.a) = (columns, values);
        } else {
            (factors.rank, factors.b) = (rows, values);
        }
    }
}

/// The network with changes added, each times its weight.
pub(super) fn merge(network: Network, changes: &[(f32, &Changes)]) -> Network {
    network.map(&mut Merge { path: Vec::new(), changes })
}

struct Merge<'a> {
    path: Vec<String>,
    changes: &'a [(f32, &'a Changes)],
}

impl ModuleMapper for Merge<'_> {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }
    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let path = self.path.join(".");
        let (id, mut value, mapper) = param.consume();
        for (weight, changes) in self.changes {
            if let Some(factors) = changes.get(&path) {
                let (a, b) = factors.tensors(&value.device());
                value = value.clone() + a.matmul(b).mul_scalar(*weight).reshape(value.dims());
            }
        }
        Param::from_mapped_value(id, value, mapper)
    }
}
