//! Personal styles: what a person's own collection teaches, beside a base model that stays as it is.
//!
//! ```text
//! Corpus ─ Material ─> Training ─> PersonalStyle (a style vector, low-rank changes of weights) ─ Model::add_style ─┐
//!             base model, frozen ──┘                                                                               ↓
//!                                     a mix of styles: the vectors mixed, the changes scaled by the weight <─── Model
//! ```
//!
//! The changes are products of two thin matrices (LoRA, Hu et al. 2021, arXiv:2106.09685). With half the weight, half of
//! the change is added; without the style the network is the base model's to the last bit.
//!
//! Start reading at [`PersonalStyle`], then [`Training`].

mod factors;
mod file;
mod fingerprint;
mod material;
mod measure;
mod mix;
mod name;
mod training;

pub use factors::Factors;
pub use file::{MAX_BYTES, PersonalStyle, ReadStyleError, StyleHeader};
pub use material::{Contents, Material, MaterialError};
pub use measure::{Figures, Mix, held_out, measure};
pub use mix::AddStyleError;
pub use name::{BadName, check_name};
pub use training::{StyleConfig, StyleEvent, Training, TrainingError};

#[cfg(test)]
mod tests;
