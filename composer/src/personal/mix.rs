//! Personal styles inside a model: rows of its style table that bring changes of the weights.

use super::factors::{self, Changes};
use super::fingerprint::fingerprint;
use super::{BadName, PersonalStyle, check_name};
use crate::habits::Habits;
use crate::model::Model;
use crate::network::Network;
use crate::vocabulary;

/// Why a personal style cannot be used with a model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddStyleError {
    /// Its name is none.
    #[error(transparent)]
    Name(#[from] BadName),
    /// The model has a style of that name.
    #[error("the model has a style `{0}` already")]
    Taken(String),
    /// It was trained on another base model.
    #[error(
        "`{name}` was trained on another base model ({found}, this one is {expected}): train it again with this program"
    )]
    OtherBase {
        /// The style's name.
        name: String,
        /// The base model that it was trained on, shortened.
        found: String,
        /// The model at hand.
        expected: String,
    },
    /// Its numbers do not fit the network.
    #[error("`{name}` does not fit the network: {problem}")]
    Shape {
        /// The style's name.
        name: String,
        /// What does not fit.
        problem: String,
    },
}

impl Model {
    /// A hash of the weights as they were trained, without personal styles: the same as long as the base model is the same.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.network, self.base_styles() + 1)
    }

    /// Styles that the base model knows.
    pub(super) fn base_styles(&self) -> usize {
        self.header.styles.len() - self.personal.len()
    }

    /// Adds a personal style behind the others; [`style_index`](Self::style_index) finds it by its name.
    ///
    /// # Errors
    /// When the name is taken, the style was trained on another base model, or does not fit the network.
    pub fn add_style(&mut self, style: PersonalStyle) -> Result<(), AddStyleError> {
        let name = style.header.name.clone();
        self.check_style(&style)?;
        self.network.push_style(&style.vector);
        self.header.network.styles += 1;
        self.header.ensembles.insert(name.clone(), style.header.ensembles.clone());
        if let Some(habits) = &style.header.habits {
            self.header.habits.insert(name.clone(), habits.clone());
        }
        self.header.styles.push(name);
        self.personal.push(style);
        Ok(())
    }

    /// Whether [`add_style`](Self::add_style) would take a style.
    ///
    /// # Errors
    /// See there.
    pub fn check_style(&self, style: &PersonalStyle) -> Result<(), AddStyleError> {
        let name = &style.header.name;
        check_name(name)?;
        if self.style_index(name).is_some() {
            return Err(AddStyleError::Taken(name.clone()));
        }
        let expected = self.fingerprint();
        if style.header.base != expected || style.header.vocabulary != vocabulary::fingerprint() {
            let short = |hash: &str| hash.chars().take(16).collect();
            let (found, expected) = (short(&style.header.base), short(&expected));
            return Err(AddStyleError::OtherBase { name: name.clone(), found, expected });
        }
        self.check_shapes(style).map_err(|problem| AddStyleError::Shape { name: name.clone(), problem })
    }

    fn check_shapes(&self, style: &PersonalStyle) -> Result<(), String> {
        let width = self.header.network.style_width;
        if style.vector.len() != width {
            return Err(format!("its vector has {} numbers instead of {width}", style.vector.len()));
        }
        let changeable = factors::changeable(&self.network);
        for (path, factors) in &style.changes {
            let shape = changeable.get(path).ok_or_else(|| format!("there is no `{path}` to be changed"))?;
            if factors.shape() != *shape {
                return Err(format!("`{path}` is {shape:?}, not {:?}", factors.shape()));
            }
        }
        let is_ensemble =
            |set: &Vec<u8>| (1..=6).contains(&set.len()) && set.iter().all(|&instrument| instrument <= 128);
        if !style.header.ensembles.iter().all(is_ensemble) {
            return Err("it names instruments that do not exist".into());
        }
        if !style.header.habits.iter().all(Habits::is_valid) {
            return Err("what it says of its habits makes no sense".into());
        }
        Ok(())
    }

    /// The network for a mix of styles, one weight for each row of the style table: the base model's, with the changes of
    /// the personal styles in the mix.
    pub(crate) fn network_in(&self, weights: &[f32]) -> Network {
        let first = 1 + self.base_styles();
        let changes: Vec<(f32, &Changes)> = weights
            .iter()
            .skip(first)
            .zip(&self.personal)
            .filter(|(weight, _)| **weight > 0.0)
            .map(|(weight, style)| (*weight, &style.changes))
            .collect();
        if changes.is_empty() { self.network.clone() } else { factors::merge(self.network.clone(), &changes) }
    }
}
