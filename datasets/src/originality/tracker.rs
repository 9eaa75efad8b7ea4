//! Following the runs that a line has in common with any source, one note at a time.

use ripieno_score::GridNote;

use super::index::Index;
use super::line::{Edge, Place};
use super::run::{Chain, Run};
use super::surprise::BITS_PER_NOTE;

/// Follows one edge of one part.
#[derive(Debug, Clone)]
pub struct Tracker<'i> {
    index: &'i Index,
    edge: Edge,
    pub(crate) chain: Chain,
    runs: Vec<Run>,
    /// The runs before the last note, which may be replaced by one that starts with it.
    runs_before: Vec<Run>,
    /// Runs that have ended and weigh enough.
    pub(crate) ended: Vec<Run>,
    least_bits: f32,
    ended_before: usize,
}

impl<'i> Tracker<'i> {
    /// Follows from the next note on.
    pub fn new(index: &'i Index, edge: Edge) -> Self {
        Self {
            index,
            edge,
            chain: Chain::default(),
            runs: Vec::new(),
            runs_before: Vec::new(),
            ended: Vec::new(),
            least_bits: f32::INFINITY,
            ended_before: 0,
        }
    }

    /// Also keeps runs that have ended, if they weigh so many bits.
    pub(crate) fn keeping(index: &'i Index, least_bits: f32) -> Self {
        Self { least_bits, ..Self::new(index, Edge::Upper) }
    }

    /// Takes in a note; notes come by onset, then pitch. Returns the weight of the heaviest run that ends with it, in
    /// notes that say something (see [`BITS_PER_NOTE`]); 0 for a note that the edge does not have.
    pub fn push(&mut self, note: GridNote) -> f32 {
        match self.edge.place(&self.chain.notes, &note) {
            Place::Hidden => return 0.0,
            Place::Instead => {
                self.chain.pop();
                self.runs.clone_from(&self.runs_before);
                self.ended.truncate(self.ended_before);
            }
            Place::Next => {
                self.runs_before.clone_from(&self.runs);
                self.ended_before = self.ended.len();
            }
        }
        self.push_next(note)
    }

    /// How many notes are remembered.
    pub fn remembered(&self) -> usize {
        self.chain.notes.len()
    }

    /// What [`push`](Self::push) would return.
    pub fn weigh(&self, note: GridNote) -> f32 {
        self.clone().push(note)
    }

    /// Takes in the next note of a finished line.
    pub(crate) fn push_next(&mut self, note: GridNote) -> f32 {
        self.chain.push(note, self.index);
        let (chain, index) = (&self.chain, self.index);
        let last = chain.notes.len() - 1;
        let (ended, least) = (&mut self.ended, self.least_bits);
        self.runs.retain_mut(|run| {
            let goes_on = run.advance(chain, index, last);
            if !goes_on && run.best.bits >= least {
                ended.push(*run);
            }
            goes_on
        });
        self.runs.extend(Run::seeds(chain, index));
        let here = self.runs.iter().filter(|run| run.note == last).map(|run| run.bits);
        here.fold(0.0, f32::max) / BITS_PER_NOTE
    }

    /// Ends all runs.
    pub(crate) fn finish(&mut self) {
        let least = self.least_bits;
        self.ended.extend(self.runs.drain(..).filter(|run| run.best.bits >= least));
    }

    /// Forgets everything: what comes next has nothing to do with what came before.
    pub fn clear(&mut self) {
        *self = Self { least_bits: self.least_bits, ..Self::new(self.index, self.edge) };
    }
}
