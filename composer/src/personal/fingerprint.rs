//! What tells one base model from another: a hash of its weights.

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;

use crate::network::Network;

/// BLAKE3 over names, shapes and values of all weights, hexadecimal. Changes that are attached to weights do not count, and
/// of the style table only the first `styles` rows do.
pub(super) fn fingerprint(network: &Network, styles: usize) -> String {
    let mut hasher = Hasher { hash: blake3::Hasher::new(), path: Vec::new(), styles };
    network.visit(&mut hasher);
    hasher.hash.finalize().to_hex().to_string()
}

struct Hasher {
    hash: blake3::Hasher,
    path: Vec<String>,
    styles: usize,
}

impl ModuleVisitor for Hasher {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }
    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if self.path.iter().any(|name| name == "lora") {
            return;
        }
        let mut value = param.val();
        if self.path == ["styles"] {
            value = value.narrow(0, 0, self.styles);
        }
        self.hash.update(self.path.join(".").as_bytes());
        for size in value.dims() {
            self.hash.update(&(size as u64).to_le_bytes());
        }
        for number in value.into_data().try_into_vec_as::<f32>().expect("weights are floats") {
            self.hash.update(&number.to_le_bytes());
        }
    }
}
