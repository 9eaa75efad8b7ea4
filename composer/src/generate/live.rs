//! What live playing asks of a generator: music is taken in as it is played, and what is asked for changes on the way.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::held::GivenNotes;
use super::ledger::Ledger;
use super::strike::Strike;
use super::watch::Watch;
use super::{BarRequest, Generator, PartLimits, Sampling};
use crate::event::{BarEvents, NoteEvent};
use crate::task::unit;

impl Generator<'_> {
    /// The heaviest copy in the bars that were [taken in](Self::take_in), in notes that say something.
    pub fn heaviest_copy(&self) -> f32 {
        self.watch.as_ref().map_or(0.0, Watch::heaviest)
    }

    /// Reads a bar that was played, by whomever, in which `locked` parts (a bit each) were not the model's to play.
    /// No bar may be open.
    pub fn take_in(&mut self, bar: &BarEvents, locked: u64) {
        self.guard.open_bar(&BarRequest { meter: bar.meter, locked, ..BarRequest::default() }, false);
        bar.notes.iter().for_each(|&note| self.guard.push(note));
        self.guard.close_bar();
        if let Some(watch) = &mut self.watch {
            watch.take_in(bar, locked);
        }
        if let Some(ledger) = &mut self.ledger {
            ledger.take_in(&mut self.hand.memory().clone(), bar, &self.request.parts, locked);
        }
        self.hand.take_in(bar);
        self.taken_in += 1;
    }

    /// Asks for other bars than before, and for no end behind them. The first is open already: `played` (sorted) stands
    /// in it, and what is written starts at the position `from` or later.
    pub fn ask(&mut self, bars: Vec<BarRequest>, played: &[NoteEvent], from: u8) {
        self.is_endless = true;
        self.rng.set_stream(self.taken_in);
        self.written = vec![Vec::new(); bars.len()];
        self.returned = self.written.clone();
        self.given = GivenNotes::default();
        self.request.bars = bars;
        self.next_bar = 0;
        self.hand.say_ahead(&self.request.bars[0]);
        self.open_next_bar();
        self.from = from;
        self.striking = Strike::parts(&self.request.bars[0], &self.request.parts, from);
        played.iter().for_each(|&note| self.guard.push(note));
        if let Some(watch) = &mut self.watch {
            played.iter().for_each(|&note| {
                watch.push(note);
            });
        }
        self.hand.push(played);
    }

    /// Asks for one more bar behind those that were [asked](Self::ask) for.
    pub fn ask_more(&mut self, bar: BarRequest) {
        self.request.bars.push(bar);
        self.written.push(Vec::new());
        self.returned.push(Vec::new());
    }

    /// Reads everything again in another style.
    pub fn restyle(&mut self, style: Vec<f32>, strength: f32) {
        (self.request.style, self.request.style_strength) = (style, strength);
        let manner = self.header.manner(
            &self.request.style,
            &self.request.parts,
            unit(&mut ChaCha8Rng::seed_from_u64(self.request.seed)),
        );
        self.usual = self.header.usual(&self.request.style);
        self.ledger = manner.map(|manner| match self.ledger.take() {
            Some(ledger) => ledger.restyled(manner, strength),
            None => Ledger::new(manner, strength).free(self.request.past.is_empty()),
        });
        self.hand.restyle(&self.request);
    }

    /// How classes are drawn from now on.
    pub fn set_sampling(&mut self, sampling: Sampling) {
        self.request.sampling = sampling;
    }

    /// What each part may play from now on.
    pub fn set_limits(&mut self, limits: Vec<PartLimits>) {
        self.pitches = limits.iter().map(PartLimits::bits).collect();
        self.request.limits = limits;
    }
}
