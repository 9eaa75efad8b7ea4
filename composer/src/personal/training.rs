//! Training a personal style on a frozen base model: as exact in its resumption as the training of the base model.

mod mean;
mod state;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use burn::module::{Module, Param};
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};

use super::factors::{self, Changes};
use super::fingerprint::fingerprint;
use super::material::Material;
use super::measure::{best_mix, cost, named, pools, stretches_of_all};
use super::{PersonalStyle, ReadStyleError, StyleHeader};
use crate::example::Example;
use crate::model::Model;
use crate::network::batch::Batch;
use crate::network::{Network, Numbering};
use crate::train::{CheckpointError, Finished, Progress, Schedule, TrainConfig, draw_example, gradients};
use crate::vocabulary;
use mean::Mean;
use state::Last;

/// Pieces on which the nearest mix of base styles is looked for.
const SEARCHED: usize = 16;
/// Stretches of each piece that is kept aside which are measured.
const STRETCHES: usize = 2;
/// Nats per note by which a validation must be better to count.
const LEAST_GAIN: f64 = 0.0005;
/// Strengths at which what was learnt is tried: changes that fit the pieces learnt from best are often too strong for others
/// (compare Wortsman et al. 2022, arXiv:2109.01903).
const STRENGTHS: [f32; 2] = [1.0, 0.7];

/// How a style is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StyleConfig {
    /// Rank of the changes.
    pub rank: usize,
    /// The rest. Sizes of the network and style dropout have no meaning here: the base model's sizes are used, and the
    /// style is always told.
    pub train: TrainConfig,
}

impl StyleConfig {
    /// For so many notes to learn from: some passes over a small collection, one over a large one.
    pub fn for_notes(notes: usize) -> Self {
        let train = TrainConfig {
            steps: 200 + (notes as u64 / 200).min(1300),
            schedule: Schedule { peak: 4e-3, floor: 1e-4, warm_up: 20 },
            weight_decay: 0.05,
            style_dropout: 0.0,
            transpose: 5,
            validate_every: 25,
            patience: 5,
            checkpoint_every: 25,
            ..TrainConfig::default()
        };
        Self { rank: 8, train }
    }
}

/// What a training reports while it goes on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum StyleEvent {
    /// An optimizer step.
    Step {
        /// Number of the step, from 1.
        step: u64,
        /// Training loss, nats per note.
        loss: f64,
        /// Notes predicted in the step.
        notes: u64,
    },
    /// The pieces that were kept aside were measured.
    Validation {
        /// After this step.
        step: u64,
        /// Nats per note.
        nats: f64,
        /// Whether it is the best so far.
        best: bool,
    },
}

/// Why a style could not be trained.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainingError {
    /// A checkpoint could not be read or written.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A checkpoint is damaged.
    #[error("the training in {path} cannot go on; remove that folder to begin again")]
    Style {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: ReadStyleError,
    },
    /// It was cancelled before training began.
    #[error("cancelled")]
    Cancelled,
}

/// The base model with changes that can be trained, and the style's vector.
#[derive(Module, Debug)]
struct Learner {
    network: Network,
    /// `[1, style_width]`.
    style: Param<Tensor<2>>,
}

impl Learner {
    fn new(base: &Model, vector: &[f32], changes: &Changes, device: &Device) -> Self {
        let network = factors::attach(base.network.clone().train(), changes, device);
        let style = Param::from_tensor(Tensor::<1>::from_floats(vector, device).unsqueeze::<2>());
        // Numbered in order, so that a stored optimizer state finds its parameters again.
        Self { network, style }.map(&mut Numbering(0))
    }

    fn vector(&self) -> Vec<f32> {
        self.style.val().into_data().try_into_vec_as().expect("a style vector holds floats")
    }
}

/// A training in its folder.
pub struct Training<'a> {
    folder: PathBuf,
    base: &'a Model,
    material: &'a Material<'a>,
    config: StyleConfig,
    header: StyleHeader,
    learner: Learner,
    mean: Mean,
    optimizer: ModuleOptimizer,
    progress: Progress,
    seconds: f64,
    best: Option<PersonalStyle>,
    has_dropped: bool,
    watched: Vec<Example>,
    pools: Vec<rayon::ThreadPool>,
}

impl<'a> Training<'a> {
    /// Starts training a style called `name` in `folder`, or goes on with the training that is there, under its own settings
    /// (only more steps are taken over), if it was of the same music and base model; else that one is dropped.
    ///
    /// # Errors
    /// When the folder cannot be used, or on cancellation while the nearest base styles are looked for.
    pub fn open(
        folder: PathBuf,
        name: &str,
        base: &'a Model,
        material: &'a Material<'a>,
        config: StyleConfig,
        cancel: &AtomicBool,
    ) -> Result<Self, TrainingError> {
        let device = base.device.clone().autodiff();
        let optimizer =
            AdamWConfig::new().with_beta_2(0.98).with_epsilon(1e-8).with_weight_decay(config.train.weight_decay).init();
        let context = base.header.network.context;
        let watched = stretches_of_all(&material.watched(), context, STRETCHES);
        let identity = (base.fingerprint(), material.corpus().manifest_hash());
        let last = state::load_last(&folder, &identity.0, identity.1)?;
        let has_dropped = matches!(last, Last::Other);
        if let Last::Same(found) = last {
            let found = *found;
            let steps = config.train.steps.max(found.config.train.steps);
            let config = StyleConfig { train: TrainConfig { steps, ..found.config.train }, ..found.config };
            let learner = Learner::new(base, &found.last.vector, &found.last.changes, &device);
            return Ok(Self {
                pools: pools(config.train.replicas),
                optimizer: optimizer.load_record(found.optimizer),
                header: StyleHeader { name: name.to_owned(), ..found.last.header },
                progress: found.progress,
                seconds: found.seconds,
                best: found.best,
                mean: found.mean,
                has_dropped,
                folder,
                base,
                material,
                config,
                learner,
                watched,
            });
        }
        let start = Instant::now();
        let pools = pools(config.train.replicas);
        let searched = stretches_of_all(&material.some(SEARCHED), context, 1);
        let (mix, _) = best_mix(base, &searched, &pools, cancel).ok_or(TrainingError::Cancelled)?;
        let vector = base.network.style_vector(&mix, &base.device);
        let nats_before = cost(&base.network_in(&mix), &vector, &watched, &pools).per_note();
        let vector: Vec<f32> = vector.into_data().try_into_vec_as().expect("a style vector holds floats");
        let changes = factors::fresh(&base.network, config.rank, config.train.seed);
        let header = StyleHeader {
            name: name.to_owned(),
            base: identity.0,
            vocabulary: vocabulary::fingerprint(),
            corpus: identity.1.to_owned(),
            pieces: material.pieces(),
            notes: material.notes(),
            licences: material.licences(),
            ensembles: material.ensembles(),
            habits: Some(material.habits()),
            nearest: named(base, &mix),
            nats_before,
            ..StyleHeader::default()
        };
        let mut train = config.train;
        train.network = base.header.network.clone();
        Ok(Self {
            config: StyleConfig { train, ..config },
            learner: Learner::new(base, &vector, &changes, &device),
            mean: Mean { vector, changes },
            progress: Progress::default(),
            seconds: start.elapsed().as_secs_f64(),
            best: None,
            has_dropped,
            folder,
            base,
            material,
            header,
            optimizer,
            watched,
            pools,
        })
    }

    /// How far it is.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The settings that it was started with.
    pub fn config(&self) -> &StyleConfig {
        &self.config
    }

    /// Whether a training of other music, or on another base model, was in the folder. It is not gone on with.
    pub const fn has_dropped_another(&self) -> bool {
        self.has_dropped
    }

    /// What the style says about itself so far.
    pub fn header(&self) -> &StyleHeader {
        &self.header
    }

    /// The best style so far; none before the first validation.
    pub fn style(&self) -> Option<&PersonalStyle> {
        self.best.as_ref()
    }

    /// [`Model::fingerprint`] of the network that is being trained, without its changes: that of the base model, always.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.learner.network.valid(), self.config.train.network.styles + 1)
    }

    /// Trains until the end, until validation no longer improves, or until `cancel` is set, and reports what happens.
    ///
    /// # Errors
    /// When a checkpoint cannot be written. What was written before stays.
    pub fn train(
        &mut self,
        cancel: &AtomicBool,
        mut report: impl FnMut(&StyleEvent),
    ) -> Result<Finished, TrainingError> {
        while self.progress.step < self.config.train.steps {
            if self.progress.validations_without_gain >= self.config.train.patience {
                return Ok(Finished::Stopped);
            }
            if cancel.load(Ordering::Relaxed) {
                self.save()?;
                return Ok(Finished::Cancelled);
            }
            let start = Instant::now();
            let event = self.step();
            self.seconds += start.elapsed().as_secs_f64();
            report(&event);
            let step = self.progress.step;
            let is_last = step == self.config.train.steps;
            if step.is_multiple_of(self.config.train.validate_every) || is_last {
                let event = self.validate();
                report(&event);
            }
            if step.is_multiple_of(self.config.train.checkpoint_every) || is_last {
                self.save()?;
            }
        }
        Ok(Finished::Steps)
    }

    fn step(&mut self) -> StyleEvent {
        let this = &*self;
        let results: Vec<(Option<GradientsParams>, f64, usize)> = std::thread::scope(|scope| {
            let replicas = this.pools.iter().enumerate();
            let threads: Vec<_> = replicas
                .map(|(replica, pool)| scope.spawn(move || pool.install(|| this.replica_step(replica))))
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("a replica does not panic")).collect()
        });
        let notes: usize = results.iter().map(|(_, _, notes)| notes).sum();
        let nats: f64 = results.iter().map(|(_, nats, _)| nats).sum();
        let parts: Vec<GradientsParams> = results.into_iter().filter_map(|(gradients, _, _)| gradients).collect();
        let per_note = 1.0 / notes.max(1) as f64;
        if !parts.is_empty() {
            let clip = self.config.train.clip_norm;
            let (gradients, _) = gradients::mean_and_clip(&self.learner, parts, per_note, clip);
            let rate = self.config.train.schedule.rate(self.progress.step, self.config.train.steps);
            self.learner = self.optimizer.step(rate, self.learner.clone(), gradients);
            let changes = factors::detached(&self.learner.network.valid());
            self.mean.follow(self.progress.step, &self.learner.vector(), &changes);
        }
        self.progress.step += 1;
        self.progress.notes_seen += notes as u64;
        StyleEvent::Step { step: self.progress.step, loss: nats * per_note, notes: notes as u64 }
    }

    /// Gradients, nats and notes of a replica's examples.
    fn replica_step(&self, replica: usize) -> (Option<GradientsParams>, f64, usize) {
        let config = &self.config.train;
        let device = self.learner.style.val().device();
        // Leaves of its own: see the training of the base model.
        let learner = self.learner.clone().fork(&device);
        let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
        rng.set_stream(self.progress.step * config.replicas as u64 + replica as u64);
        let examples: Vec<Example> = (0..config.batch)
            .filter_map(|_| Some(draw_example(&*self.material.draw(&mut rng)?, config, &mut rng)))
            .filter(|example| !example.positions.is_empty())
            .collect();
        if examples.is_empty() {
            return (None, 0.0, 0);
        }
        let batch = Batch::new(&examples, 0, &device);
        let losses = learner.network.losses_in(&batch, learner.style.val().repeat_dim(0, examples.len()));
        let total = losses.total();
        let nats = losses.values().iter().sum();
        (Some(GradientsParams::from_grads(total.backward(), &learner)), nats, batch.note_count)
    }

    fn validate(&mut self) -> StyleEvent {
        let start = Instant::now();
        let vector = Tensor::<1>::from_floats(self.mean.vector.as_slice(), &self.base.device).unsqueeze::<2>();
        let nats_at = |strength: f32| {
            let network = factors::merge(self.base.network.clone(), &[(strength, &self.mean.changes)]);
            cost(&network, &vector, &self.watched, &self.pools).per_note()
        };
        let tried = STRENGTHS.map(|strength| (nats_at(strength), strength));
        let (nats, strength) = tried.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).expect("there are strengths");
        let best = self.progress.best.is_none_or(|best| nats < best - LEAST_GAIN);
        self.seconds += start.elapsed().as_secs_f64();
        self.header.steps = self.progress.step;
        self.header.notes_seen = self.progress.notes_seen;
        self.header.minutes = self.seconds / 60.0;
        if best {
            self.progress.best = Some(nats);
            self.progress.validations_without_gain = 0;
            self.header.nats = nats;
            self.best = Some(PersonalStyle {
                header: self.header.clone(),
                vector: self.mean.vector.clone(),
                changes: self.mean.changes_at(strength),
            });
        } else {
            self.progress.validations_without_gain += 1;
        }
        StyleEvent::Validation { step: self.progress.step, nats, best }
    }

    fn save(&self) -> Result<(), TrainingError> {
        let style = |vector: Vec<f32>, changes| PersonalStyle { header: self.header.clone(), vector, changes };
        let last = style(self.learner.vector(), factors::detached(&self.learner.network.valid()));
        let mean = style(self.mean.vector.clone(), self.mean.changes.clone());
        state::save(
            &self.folder,
            &state::Now {
                last: &last,
                mean: &mean,
                best: self.best.as_ref(),
                optimizer: &self.optimizer,
                config: &self.config,
                progress: &self.progress,
                seconds: self.seconds,
            },
        )
    }
}

#[cfg(test)]
mod tests;
