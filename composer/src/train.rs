//! Training: data-parallel replicas on the cores, one optimizer.
//!
//! Every step draws its examples from a generator seeded with the run's seed and the step's number, so that the data
//! position is the step number and a resumed run sees the same examples as an uninterrupted one.

pub(crate) mod checkpoint;
pub(crate) mod gradients;
mod pieces;
mod schedule;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use burn::module::Module;
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::Device;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};

pub use checkpoint::{CheckpointError, Progress};
pub use pieces::{Piece, Pieces, unsaid};
pub use schedule::Schedule;

use crate::attribute;
use crate::event::{BarEvents, EventScore};
use crate::example::{Example, Source};
use crate::model::{LoadModelError, Model, ModelHeader, Origin};
use crate::network::batch::Batch;
use crate::network::{Network, NetworkConfig};
use crate::task::{self, TaskMix, below, unit};

/// Everything that decides how a training run goes. Stored with the run: a resumed run uses the stored one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainConfig {
    /// Sizes of the network; the number of styles is set from the corpus.
    pub network: NetworkConfig,
    /// Optimizer steps in all.
    pub steps: u64,
    /// Replicas that work side by side, one thread each.
    pub replicas: usize,
    /// Examples in a replica's batch.
    pub batch: usize,
    /// Batches that a replica adds up before the optimizer steps.
    pub accumulate: usize,
    /// Learning rate over time.
    pub schedule: Schedule,
    /// Decoupled weight decay.
    pub weight_decay: f32,
    /// Largest global norm of the gradient of the mean loss per note.
    pub clip_norm: f64,
    /// Chance that an example's style is not told.
    pub style_dropout: f32,
    /// Chance that an example's bars say nothing about themselves.
    pub attribute_dropout: f32,
    /// Semitones that a piece may be moved by, up or down.
    pub transpose: u8,
    /// What is given and what is asked for.
    pub tasks: TaskMix,
    /// Steps between two validations.
    pub validate_every: u64,
    /// Examples in a validation.
    pub validation_examples: usize,
    /// Validations without a better one after which training stops.
    pub patience: u32,
    /// Steps between two checkpoints.
    pub checkpoint_every: u64,
    /// Seed of everything random.
    pub seed: u64,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            network: NetworkConfig::default(),
            steps: 8000,
            replicas: 2,
            batch: 4,
            accumulate: 1,
            schedule: Schedule::default(),
            weight_decay: 0.05,
            clip_norm: 1.0,
            style_dropout: 0.15,
            attribute_dropout: 0.5,
            transpose: 0,
            tasks: TaskMix::default(),
            validate_every: 250,
            validation_examples: 96,
            patience: 8,
            checkpoint_every: 100,
            seed: 1,
        }
    }
}

/// What a run reports while it goes on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum TrainEvent {
    /// An optimizer step.
    Step {
        /// Number of the step, from 1.
        step: u64,
        /// Training loss, nats per note.
        loss: f64,
        /// Norm of the gradient before clipping.
        gradient_norm: f64,
        /// Learning rate.
        rate: f64,
        /// Notes predicted in the step.
        notes: u64,
        /// Seconds that it took.
        seconds: f64,
    },
    /// A validation.
    Validation {
        /// After this step.
        step: u64,
        /// Nats per note, nothing given and nothing said but the style.
        loss: f64,
        /// The same by field: position, part, pitch, duration, velocity, bar.
        fields: [f64; 6],
        /// Whether it is the best so far.
        best: bool,
    },
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// All steps done.
    Steps,
    /// Validation has not improved for a while.
    Stopped,
    /// Cancelled from outside; the run can be resumed.
    Cancelled,
}

/// A training run in its folder.
pub struct Run<'a> {
    folder: PathBuf,
    config: TrainConfig,
    header: ModelHeader,
    pieces: &'a Pieces,
    network: Network,
    optimizer: ModuleOptimizer,
    progress: Progress,
    validation: Vec<Example>,
    /// What every example is changed by before it is heard.
    alter: fn(&mut Example),
    /// One thread for each replica.
    pools: Vec<rayon::ThreadPool>,
}

impl<'a> Run<'a> {
    /// Starts a run in `folder`, or goes on with the one that is there, under its own settings; only more `steps` than it
    /// was started with are taken over. `header` describes the corpus.
    pub fn open(
        folder: PathBuf,
        mut config: TrainConfig,
        header: ModelHeader,
        pieces: &'a Pieces,
        device: &Device,
    ) -> Result<Self, CheckpointError> {
        let device = device.clone().autodiff();
        config.network.styles = header.styles.len();
        let header = ModelHeader { network: config.network.clone(), ..header };
        let optimizer =
            AdamWConfig::new().with_beta_2(0.98).with_epsilon(1e-8).with_weight_decay(config.weight_decay).init();
        let run = match checkpoint::load_last(&folder, &header, &device)? {
            Some(found) => Self {
                config: TrainConfig { steps: config.steps.max(found.config.steps), ..found.config },
                // A run that was begun before the record was kept gets one.
                header: ModelHeader { training: header.training, habits: header.habits, ..found.header },
                network: found.network,
                optimizer: optimizer.load_record(found.optimizer),
                progress: found.progress,
                folder,
                pieces,
                validation: Vec::new(),
                alter: |_| {},
                pools: Vec::new(),
            },
            None => {
                let network = config.network.init(&device, config.seed);
                let (progress, validation, pools) = (Progress::default(), Vec::new(), Vec::new());
                Self { folder, config, header, pieces, network, optimizer, progress, validation, alter: |_| {}, pools }
            }
        };
        let pool = |_| rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("one thread can be started");
        Ok(Self { validation: run.draw_validation(), pools: (0..run.config.replicas).map(pool).collect(), ..run })
    }

    /// Begins a run that has not made a step yet with the content of a weights file of the run's own sizes. Styles are
    /// matched by name; those that the file does not know begin as "no style". A run that is under way stays as it is.
    pub fn start_from(&mut self, weights: &[u8]) -> Result<(), LoadModelError> {
        if self.progress.step > 0 {
            return Ok(());
        }
        let device = self.network.devices().into_iter().next().expect("a network is on a device");
        let found = Model::from_bytes(weights.to_vec(), &device)?;
        let sizes = NetworkConfig { styles: self.config.network.styles, ..found.header.network.clone() };
        if sizes != self.config.network {
            return Err(LoadModelError::Tensors("the run has other sizes than the weights that it starts from".into()));
        }
        let rows: Vec<usize> =
            self.header.styles.iter().map(|style| found.style_index(style).unwrap_or_default()).collect();
        self.network = found.network.with_styles(&rows);
        self.header.started_from = Some(Box::new(Origin {
            weights: blake3::hash(weights).to_hex().to_string(),
            corpus: found.header.corpus,
            licences: found.header.licences,
            training: found.header.training,
            steps: found.header.steps,
            notes_seen: found.header.notes_seen,
            started_from: found.header.started_from,
        }));
        Ok(())
    }

    /// Changes every example, of training and of validation, before the network hears it: for comparing what a part of the
    /// input is worth by leaving it out. Not stored with the run.
    pub fn alter_examples(&mut self, alter: fn(&mut Example)) {
        self.alter = alter;
        self.validation.iter_mut().for_each(alter);
    }

    /// How far the run is.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The settings that the run was started with.
    pub fn config(&self) -> &TrainConfig {
        &self.config
    }

    /// Trains until the end or until `cancel` is set, and reports what happens.
    pub fn train(
        &mut self,
        cancel: &AtomicBool,
        mut report: impl FnMut(&TrainEvent),
    ) -> Result<Finished, CheckpointError> {
        if self.config.steps == 0 {
            // Nothing is learnt, but the header is that of this corpus.
            report(&self.validate()?);
        }
        while self.progress.step < self.config.steps {
            if cancel.load(Ordering::Relaxed) {
                self.save()?;
                return Ok(Finished::Cancelled);
            }
            let event = self.step();
            report(&event);
            let step = self.progress.step;
            let last = step == self.config.steps;
            if step.is_multiple_of(self.config.validate_every) || last {
                let event = self.validate()?;
                report(&event);
            }
            if step.is_multiple_of(self.config.checkpoint_every) || last {
                self.save()?;
            }
            if self.progress.validations_without_gain >= self.config.patience {
                self.save()?;
                return Ok(Finished::Stopped);
            }
        }
        Ok(Finished::Steps)
    }

    /// One optimizer step, which is neither validated nor saved.
    pub fn step(&mut self) -> TrainEvent {
        let start = Instant::now();
        let this = &*self;
        let results: Vec<(GradientsParams, f64, usize)> = std::thread::scope(|scope| {
            let threads: Vec<_> = this
                .pools
                .iter()
                .enumerate()
                .map(|(replica, pool)| scope.spawn(move || pool.install(|| this.replica_step(replica))))
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("a replica does not panic")).collect()
        });
        let notes: usize = results.iter().map(|(_, _, notes)| notes).sum();
        let nats: f64 = results.iter().map(|(_, nats, _)| nats).sum();
        let gradients = results.into_iter().map(|(gradients, _, _)| gradients).collect();
        let per_note = 1.0 / notes.max(1) as f64;
        let (gradients, gradient_norm) =
            gradients::mean_and_clip(&self.network, gradients, per_note, self.config.clip_norm);
        let rate = self.config.schedule.rate(self.progress.step, self.config.steps);
        self.network = self.optimizer.step(rate, self.network.clone(), gradients);
        self.progress.step += 1;
        self.progress.notes_seen += notes as u64;
        TrainEvent::Step {
            step: self.progress.step,
            loss: nats * per_note,
            gradient_norm,
            rate,
            notes: notes as u64,
            seconds: start.elapsed().as_secs_f64(),
        }
    }

    fn replica_step(&self, replica: usize) -> (GradientsParams, f64, usize) {
        let device = self.network.devices().into_iter().next().expect("a network is on a device");
        // Leaves of its own: replicas that shared them would share one autodiff graph, and wait for each other's locks
        // (or for ever: burn-autodiff 0.22 takes them in different orders).
        let network = self.network.clone().fork(&device);
        let (mut parts, mut nats, mut notes) = (Vec::new(), 0.0, 0);
        for round in 0..self.config.accumulate {
            let stream = (self.progress.step * self.config.accumulate as u64 + round as u64)
                * self.config.replicas as u64
                + replica as u64;
            let mut rng = ChaCha8Rng::seed_from_u64(self.config.seed);
            rng.set_stream(stream);
            let examples: Vec<Example> = (0..self.config.batch).map(|_| self.draw(&mut rng)).collect();
            let batch = Batch::new(&examples, self.config.network.styles, &device);
            let losses = network.losses(&batch);
            let total = losses.total();
            nats += losses.values().iter().sum::<f64>();
            notes += batch.note_count;
            parts.push(GradientsParams::from_grads(total.backward(), &network));
        }
        (gradients::sum(&network, parts), nats, notes)
    }

    fn draw(&self, rng: &mut ChaCha8Rng) -> Example {
        let mut example = draw_example(self.pieces.draw_training(rng), &self.config, rng);
        (self.alter)(&mut example);
        example
    }

    /// The validation examples: the same in every run of this seed, nothing given, style told.
    fn draw_validation(&self) -> Vec<Example> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.config.seed ^ 0x7661_6c69_6461_7465);
        let context = self.config.network.context;
        let count = if self.pieces.validation.is_empty() { 0 } else { self.config.validation_examples };
        (0..count)
            .map(|index| {
                let piece = &self.pieces.validation[index * self.pieces.validation.len() / count];
                let first = first_bar(&piece.events, context, &mut rng);
                let last = (first + context).min(piece.events.bars.len());
                let plan = task::plain(&piece.events, first, last);
                let attributes = pieces::unsaid(piece.events.bars.len());
                Example::build(Source {
                    events: &piece.events,
                    attributes: &attributes,
                    plan: &plan,
                    style: piece.style,
                    context,
                })
            })
            .collect()
    }

    fn validate(&mut self) -> Result<TrainEvent, CheckpointError> {
        let network = self.network.valid();
        let (fields, notes) = crate::eval::losses(&network, &self.validation, self.config.network.styles, &self.pools);
        let fields = fields.map(|nats| nats / notes.max(1) as f64);
        let loss = fields.iter().sum();
        let best = self.progress.best.is_none_or(|best| loss < best);
        self.header.steps = self.progress.step;
        self.header.notes_seen = self.progress.notes_seen;
        if best {
            self.progress.best = Some(loss);
            self.progress.validations_without_gain = 0;
            self.header.validation = Some(loss);
            checkpoint::save_best(&self.folder, &network, &self.header)?;
        } else {
            self.progress.validations_without_gain += 1;
        }
        Ok(TrainEvent::Validation { step: self.progress.step, loss, fields, best })
    }

    fn save(&self) -> Result<(), CheckpointError> {
        checkpoint::save_last(
            &self.folder,
            &self.network.valid(),
            &self.optimizer,
            &self.config,
            &self.header,
            &self.progress,
        )
    }
}

/// A stretch of a piece with a task, with what is said about its bars, moved by some semitones.
pub(crate) fn draw_example(piece: &Piece, config: &TrainConfig, rng: &mut ChaCha8Rng) -> Example {
    let context = config.network.context;
    let events = &piece.events;
    let first = first_bar(events, context, rng);
    let plan = task::draw(events, first, context, &config.tasks, rng);
    let style = if unit(rng) < config.style_dropout { 0 } else { piece.style };
    let attributes = said(piece, config.attribute_dropout, rng);
    let range = i32::from(config.transpose);
    let semitones = below(rng, 2 * usize::from(config.transpose) + 1) as i32 - range;
    let moved = if semitones == 0 { None } else { pieces::transpose(events, &plan, &attributes, semitones) };
    let (events, plan, attributes) = match &moved {
        Some((events, plan, attributes)) => (events, plan, attributes),
        None => (events, &plan, &attributes),
    };
    Example::build(Source { events, attributes, plan, style, context })
}

/// What is said about the bars of a piece: nothing, or some attributes in most bars.
fn said(piece: &Piece, dropout: f32, rng: &mut ChaCha8Rng) -> Vec<attribute::Attributes> {
    let silent = unit(rng) < dropout;
    let kept: [bool; attribute::COUNT] = std::array::from_fn(|index| match index {
        attribute::PHRASE => true,
        attribute::REMAINING => unit(rng) < 0.5,
        attribute::FUTURE => true,
        _ => !silent && unit(rng) < 0.5,
    });
    let hide = |attributes: &attribute::Attributes, rng: &mut ChaCha8Rng| {
        let forget = unit(rng) < 0.1;
        std::array::from_fn(|index| {
            let keep = kept[index] && !(forget && index != attribute::PHRASE);
            if keep { attributes[index] } else { 0 }
        })
    };
    piece.attributes.iter().map(|attributes| hide(attributes, rng)).collect()
}

/// Where a stretch starts: often at the start of the piece, else at a random bar that leaves enough notes to fill it.
fn first_bar(events: &EventScore, context: usize, rng: &mut ChaCha8Rng) -> usize {
    if unit(rng) < 0.2 {
        return 0;
    }
    let mut steps = 0;
    let fills = |bar: &BarEvents| {
        steps += bar.notes.len() + 1;
        steps >= context
    };
    let latest = events.bars.iter().rposition(fills).unwrap_or(0);
    below(rng, latest + 1)
}

#[cfg(test)]
mod tests;
