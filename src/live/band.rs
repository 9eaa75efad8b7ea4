//! The thread between the improviser and the loudspeaker.
//!
//! Musical time is the frames that the engine has rendered. Settled notes go to the engine with the frame at which they
//! start and end, in order, and into the journal.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ripieno_composer::generate::Sampling;
use ripieno_composer::improvise::{BEAT, Change, Improviser, PlannedNote, Playing, Writer};
use ripieno_score::{Channel, Pitch, Velocity};
use ripieno_synth::Event;
use ripieno_synth::device::Output;
use rtrb::Consumer;

use super::follow::Follower;
use super::journal::{Entry, Journal};
use super::midi_out::MidiOut;
use super::tally::{Tally, Thoughts};
use super::transport::Transport;
use super::view::{View, ViewNote, Who};
use super::{Wish, channel_of};

/// How long the thread sleeps when there is nothing to do.
const NAP: Duration = Duration::from_millis(2);
/// How often the screen's picture is painted.
const PAINT_EVERY: Duration = Duration::from_millis(33);
/// How often the journal is given to the disk.
const FLUSH_EVERY: Duration = Duration::from_millis(500);
/// When the memory is measured for the first time: by then everything has been used once, and found its largest size.
const WARM: Duration = Duration::from_secs(300);
/// Bars that stay on the roll.
const BARS_SHOWN: f64 = 4.0;
/// Seconds that the last notes may ring.
const RING_S: f64 = 3.0;

/// What the band plays with.
pub(crate) struct Band<W> {
    pub(crate) improviser: Improviser<W>,
    pub(crate) output: Output,
    /// Whether the synthesizer plays the machine's parts.
    pub(crate) is_synth_heard: bool,
    pub(crate) midi_out: Option<MidiOut>,
    /// Follows the person's tempo, where that is wanted.
    pub(crate) follower: Option<Follower>,
    pub(crate) heard: Consumer<(u64, Event)>,
    pub(crate) wishes: Receiver<Wish>,
    pub(crate) view: Arc<Mutex<View>>,
    pub(crate) journal: Journal,
    pub(crate) transport: Transport,
    pub(crate) sampling: Sampling,
    pub(crate) density: Option<u8>,
    /// Time that every step of the music takes longer, for measuring.
    pub(crate) slowed: Duration,
    /// Where the music ends by itself.
    pub(crate) last_step: Option<f64>,
}

/// An event that waits until everything before it is settled.
#[derive(Debug, PartialEq, Eq)]
struct Waiting {
    frame: u64,
    /// Ends come before beginnings of the same frame.
    is_start: bool,
    order: u64,
    event: Event,
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.frame, self.is_start, self.order).cmp(&(other.frame, other.is_start, other.order))
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<W: Writer> Band<W> {
    /// Plays until the end. Errors are those of the journal.
    pub(crate) fn play(mut self) -> anyhow::Result<Tally> {
        let started = Instant::now();
        let (mut painted, mut flushed) = (started, started);
        let mut waiting: BinaryHeap<Reverse<Waiting>> = BinaryHeap::new();
        let mut thoughts = Thoughts::default();
        let mut tally = Tally::default();
        let mut fallbacks = 0;
        let mut ends_at: Option<u64> = None;
        loop {
            while let Ok((frame, event)) = self.heard.pop() {
                tally.own_notes += u64::from(self.hear(frame, event)?);
            }
            let position = self.output.position_frames();
            let now = self.transport.step_of(position);
            match self.wishes.try_recv() {
                Ok(Wish::Stop) | Err(TryRecvError::Disconnected) => break,
                Ok(wish) => self.obey(now, wish)?,
                Err(TryRecvError::Empty) => {}
            }
            if self.last_step.take_if(|last| now >= *last).is_some() {
                self.improviser.change(now, Change::Finish);
            }
            let asked = Instant::now();
            let more = self.improviser.think(now);
            if more {
                std::thread::sleep(self.slowed);
                thoughts.add(asked.elapsed());
            }
            for note in self.improviser.commit(now) {
                tally.machine_notes += 1;
                let last = self.settle(note, tally.machine_notes, &mut waiting)?;
                ends_at = ends_at.map(|end| end.max(last));
            }
            self.send(&mut waiting);
            if let Some(midi) = &mut self.midi_out {
                midi.pulse_until(self.improviser.committed(), |step| self.transport.frame_of(step));
            }
            if self.improviser.fallbacks() > fallbacks {
                fallbacks = self.improviser.fallbacks();
                self.journal.write(Entry::Fallback { at: position })?;
                self.view().say("the model was late: bars that were heard go on, changed".into());
            }
            if self.improviser.is_over() {
                let rate = f64::from(self.output.sample_rate_hz());
                let settled = self.transport.frame_of(self.improviser.committed());
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few seconds")]
                let ring = (RING_S * rate) as u64;
                if position > *ends_at.get_or_insert(settled) + ring {
                    break;
                }
            } else if now > 0.0 {
                let in_hand = (self.improviser.planned() as f64 - now) / BEAT as f64;
                tally.least_look_ahead_beats = tally.least_look_ahead_beats.min(in_hand);
            }
            if painted.elapsed() > PAINT_EVERY {
                painted = Instant::now();
                self.paint(now);
            }
            if flushed.elapsed() > FLUSH_EVERY {
                flushed = Instant::now();
                self.journal.flush()?;
                if started.elapsed() > WARM {
                    tally.note_memory();
                }
            }
            if !more {
                std::thread::sleep(NAP);
            }
        }
        self.finish(tally, &thoughts, started)
    }

    fn view(&self) -> MutexGuard<'_, View> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what the person played; whether it was a note.
    fn hear(&mut self, frame: u64, event: Event) -> anyhow::Result<bool> {
        let step = self.transport.step_of(frame);
        match event {
            Event::NoteOn { pitch, velocity, .. } => {
                self.improviser.note_on(step, pitch.value(), velocity.value());
                let tempo = self.transport.tempo_at(frame);
                if let Some(bpm) = self.follower.as_mut().and_then(|follower| follower.onset(step, tempo)) {
                    self.set_tempo(step, bpm)?;
                }
                self.journal.write(Entry::Press { pitch: pitch.value(), velocity: velocity.value(), at: frame })?;
                self.paint_note(step, f64::INFINITY, pitch.value(), Who::Person, false);
                Ok(true)
            }
            Event::NoteOff { pitch, .. } => {
                self.improviser.note_off(step, pitch.value());
                self.journal.write(Entry::Release { pitch: pitch.value(), at: frame })?;
                let mut view = self.view();
                let open = |note: &&mut ViewNote| note.pitch == pitch.value() && note.end == f64::INFINITY;
                view.notes.iter_mut().filter(open).for_each(|note| note.end = step);
                Ok(false)
            }
            Event::AllNotesOff | Event::AllSoundOff => {
                self.improviser.all_notes_off(step);
                for pitch in 0..128 {
                    self.journal.write(Entry::Release { pitch, at: frame })?;
                }
                self.view().notes.iter_mut().filter(|note| note.end == f64::INFINITY).for_each(|note| note.end = step);
                Ok(false)
            }
            Event::Controller { controller, value, .. } => {
                self.journal.write(Entry::Control { controller, value, at: frame })?;
                Ok(false)
            }
            Event::PitchBend { bend, .. } => {
                self.journal.write(Entry::Bend { bend, at: frame })?;
                Ok(false)
            }
            Event::ChannelPressure { pressure, .. } => {
                self.journal.write(Entry::Pressure { pressure, at: frame })?;
                Ok(false)
            }
            _ => Ok(false),
        }
    }

    fn obey(&mut self, now: f64, wish: Wish) -> anyhow::Result<()> {
        match wish {
            Wish::Style(names, weights) => {
                self.view().styles = names;
                self.improviser.change(now, Change::Style(weights, 1.0));
            }
            Wish::Tempo(bpm) => self.choose_tempo(now, bpm)?,
            Wish::Faster(by) => self.choose_tempo(now, self.improviser.tempo_bpm() + by)?,
            Wish::Denser(by) => self.set_density(now, self.density.unwrap_or(4).saturating_add_signed(by)),
            Wish::Density(class) => self.set_density(now, class),
            Wish::Warmer(by) => self.set_temperature(now, self.sampling.temperature + by),
            Wish::Temperature(temperature) => self.set_temperature(now, temperature),
            Wish::Playing(playing) => self.improviser.change(now, Change::Playing(playing)),
            Wish::Finish => self.improviser.change(now, Change::Finish),
            Wish::Say(message) => self.view().say(message),
            Wish::Stop => {}
        }
        Ok(())
    }

    /// The tempo that the person chose.
    fn choose_tempo(&mut self, now: f64, bpm: f64) -> anyhow::Result<()> {
        let bpm = bpm.clamp(30.0, 280.0);
        if let Some(follower) = &mut self.follower {
            follower.reset(bpm);
        }
        self.set_tempo(now, bpm)
    }

    /// Another tempo from the first beat on that is not settled.
    fn set_tempo(&mut self, now: f64, bpm: f64) -> anyhow::Result<()> {
        let step = self.improviser.committed();
        self.transport.set_tempo(step, bpm);
        self.improviser.change(now, Change::Tempo(bpm));
        self.journal.write(Entry::Tempo { bpm, at: self.transport.frame_of(step) })
    }

    fn set_density(&mut self, now: f64, class: u8) {
        self.density = Some(class.clamp(1, 8));
        self.improviser.change(now, Change::Density(self.density));
    }

    fn set_temperature(&mut self, now: f64, temperature: f32) {
        self.sampling.temperature = temperature.clamp(0.1, 2.0);
        self.improviser.change(now, Change::Sampling(self.sampling));
    }

    /// Lets a settled note wait for its time, and writes it down; returns the frame at which it ends.
    fn settle(
        &mut self,
        note: PlannedNote,
        order: u64,
        waiting: &mut BinaryHeap<Reverse<Waiting>>,
    ) -> anyhow::Result<u64> {
        let PlannedNote { onset, part, pitch, duration, velocity } = note;
        let on = self.transport.frame_of(onset);
        let off = self.transport.frame_of(onset + u64::from(duration)).max(on + 1);
        let playing = self.improviser.parts()[usize::from(part)];
        let channel = channel_of(usize::from(part), playing.instrument);
        if let (Some(key), Some(force)) = (Pitch::new(pitch), Velocity::new(velocity)) {
            let start = Event::NoteOn { channel, pitch: key, velocity: force };
            waiting.push(Reverse(Waiting { frame: on, is_start: true, order, event: start }));
            let end = Event::NoteOff { channel, pitch: key };
            waiting.push(Reverse(Waiting { frame: off, is_start: false, order, event: end }));
        }
        self.journal.write(Entry::Machine { part, pitch, velocity, on, off })?;
        self.paint_note(onset as f64, f64::from(duration), pitch, Who::Machine, playing.is_drums());
        Ok(off)
    }

    /// Sends what lies before everything that is not settled yet.
    fn send(&mut self, waiting: &mut BinaryHeap<Reverse<Waiting>>) {
        let settled = self.transport.frame_of(self.improviser.committed());
        let is_over = self.improviser.is_over();
        while let Some(Reverse(next)) = waiting.peek() {
            if !is_over && next.frame >= settled {
                return;
            }
            if self.is_synth_heard && self.output.send(next.event, next.frame).is_err() {
                return;
            }
            if let Some(midi) = &self.midi_out {
                midi.send(next.frame, next.event);
            }
            waiting.pop();
        }
    }

    fn paint_note(&self, onset: f64, duration: f64, pitch: u8, who: Who, is_drum: bool) {
        self.view().notes.push_back(ViewNote { onset, end: onset + duration, pitch, who, is_drum });
    }

    fn paint(&self, now: f64) {
        let improviser = &self.improviser;
        let counters = self.output.counters();
        let drums: Vec<bool> = improviser.parts().iter().map(|part| part.is_drums()).collect();
        let plan = improviser.plan().map(|note| ViewNote {
            onset: note.onset as f64,
            end: note.onset as f64 + f64::from(note.duration),
            pitch: note.pitch,
            who: Who::Plan,
            is_drum: drums[usize::from(note.part)],
        });
        let plan: Vec<ViewNote> = plan.collect();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative")]
        let place = improviser.place(now.max(0.0) as u64);
        let oldest = now - BARS_SHOWN * improviser.bar_steps() as f64;
        let mut view = self.view();
        view.now = now;
        view.bar_steps = improviser.bar_steps();
        view.notes.retain(|note| note.who != Who::Plan && note.end > oldest);
        view.notes.extend(plan);
        view.key = improviser.key().to_string();
        if let Some((section, chord)) = place {
            view.section = section;
            view.chord = chord.map_or_else(String::new, |chord| chord.to_string());
        }
        view.playing = name_of(improviser.playing());
        view.tempo_bpm = improviser.tempo_bpm();
        (view.density, view.temperature) = (self.density, self.sampling.temperature);
        view.peaks = self.output.take_peaks();
        let latency_frames = self.output.latency_frames() as f64 + f64::from(self.output.buffer_frames());
        view.latency_ms = 1000.0 * latency_frames / f64::from(self.output.sample_rate_hz());
        view.in_hand = (improviser.planned() as f64 - now) / BEAT as f64;
        (view.underruns, view.late) = (counters.underruns, counters.late_events);
        view.fallbacks = improviser.fallbacks();
        view.is_playing = self.output.is_playing();
    }

    fn finish(mut self, mut tally: Tally, thoughts: &Thoughts, started: Instant) -> anyhow::Result<Tally> {
        let position = self.output.position_frames();
        for slot in 0..16 {
            let channel = Channel::new(slot).expect("below 16");
            // What still waits for its time is never sent; what sounds is let go.
            let _ = self.output.send(Event::Controller { channel, controller: 123, value: 0 }, position);
        }
        self.journal.write(Entry::End { at: position })?;
        self.journal.flush()?;
        let counters = self.output.counters();
        tally.late_events = counters.late_events;
        (tally.underruns, tally.overloads) = (counters.underruns, counters.overloads);
        (tally.fallbacks, tally.plans_thrown_away) = (self.improviser.fallbacks(), self.improviser.replans());
        let copies = self.improviser.copies();
        (tally.notes_drawn_again, tally.heaviest_copy) = (copies.rerolls, copies.heaviest);
        tally.think_ms = thoughts.quantiles_ms();
        tally.seconds = started.elapsed().as_secs_f64();
        tally.note_memory();
        self.view().is_over = true;
        Ok(tally)
    }
}

/// What a way of playing is called on the screen and in records.
pub(super) fn name_of(playing: Playing) -> &'static str {
    match playing {
        Playing::Alone => "alone",
        Playing::Accompany => "accompany",
        Playing::Answer => "answer",
        Playing::Trade { .. } => "trade",
        Playing::Band { .. } => "band",
    }
}
