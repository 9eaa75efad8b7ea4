//! Playing a performance to the end.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use super::performance::Performance;
use super::player::Player;
use crate::event::Event;

/// Frames rendered at a time.
const BLOCK: usize = 1024;
/// Below this a tail is over: -80 dBFS.
const SILENCE: f32 = 1e-4;
/// How long it must stay below, in seconds.
const QUIET_S: f64 = 0.3;

/// How to render.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderOptions {
    /// The longest tail after the end of the piece, in seconds. Notes that hang are let go at the end.
    pub max_tail_s: f64,
    /// The longest piece, in seconds: what lies beyond is not rendered.
    pub max_length_s: f64,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self { max_tail_s: 20.0, max_length_s: 4.0 * 3600.0 }
    }
}

/// How far a rendering has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Frames rendered.
    pub done_frames: u64,
    /// Frames of the piece, without its tail.
    pub piece_frames: u64,
}

/// Blocks that are handed over together: waking the other thread takes as long as some frames.
const BLOCKS_TOGETHER: usize = 8;
/// How many times as many the player may be ahead.
const STRETCHES_AHEAD: usize = 4;

/// Plays `performance` on `player` and gives its frames to `sink`, in order, until its tail is silent.
///
/// The limiter's delay is taken off the front: the first frame is the first moment of the piece. `sink` also hears how
/// far the work has come; when it gives `false` the rendering stops, and this gives `false` too.
///
/// The player works on a thread of its own, a little ahead, while `sink` measures and writes on this one.
pub fn render(
    player: &mut (impl Player + ?Sized),
    performance: &Performance,
    options: &RenderOptions,
    mut sink: impl FnMut(&[[f32; 2]], Progress) -> bool,
) -> bool {
    let is_whole = thread::scope(|scope| {
        let (full, played) = sync_channel(STRETCHES_AHEAD);
        let (heard, empty) = channel();
        let ahead = Ahead { stretch: Stretch::default(), full, empty };
        let player = &mut *player;
        let thread = thread::Builder::new().name("render".into());
        thread.spawn_scoped(scope, move || ahead.play(player, performance, options)).ok()?;
        Some(listen(&played, &heard, &mut sink))
    });
    // Where the machine gives no thread, one after the other.
    is_whole.unwrap_or_else(|| play(player, performance, options, sink))
}

/// Frames on their way from the player to the sink.
#[derive(Debug, Default)]
struct Stretch {
    frames: Vec<[f32; 2]>,
    /// After the last of them.
    progress: Option<Progress>,
}

/// The player's side.
struct Ahead {
    stretch: Stretch,
    full: SyncSender<Stretch>,
    /// Those that were heard come back, to be filled again.
    empty: Receiver<Stretch>,
}

impl Ahead {
    fn play(mut self, player: &mut (impl Player + ?Sized), performance: &Performance, options: &RenderOptions) {
        let is_whole = play(player, performance, options, |block, progress| {
            self.stretch.frames.extend_from_slice(block);
            self.stretch.progress = Some(progress);
            self.stretch.frames.len() < BLOCKS_TOGETHER * BLOCK || self.hand_over()
        });
        if is_whole {
            self.hand_over();
        }
    }

    /// `false` when nobody listens any more.
    fn hand_over(&mut self) -> bool {
        let mut next = self.empty.try_recv().unwrap_or_default();
        next.frames.clear();
        self.full.send(std::mem::replace(&mut self.stretch, next)).is_ok()
    }
}

/// The sink's side.
fn listen(
    played: &Receiver<Stretch>,
    heard: &Sender<Stretch>,
    sink: &mut impl FnMut(&[[f32; 2]], Progress) -> bool,
) -> bool {
    while let Ok(stretch) = played.recv() {
        if let Some(progress) = stretch.progress
            && !sink(&stretch.frames, progress)
        {
            return false;
        }
        // The player may have played its last.
        let _ = heard.send(stretch);
    }
    true
}

fn play(
    player: &mut (impl Player + ?Sized),
    performance: &Performance,
    options: &RenderOptions,
    mut sink: impl FnMut(&[[f32; 2]], Progress) -> bool,
) -> bool {
    let rate = f64::from(player.sample_rate_hz());
    let longest = (options.max_length_s.max(0.0) * rate) as u64;
    let end = performance.end_frame.min(longest);
    let last = end + (options.max_tail_s.max(0.0) * rate) as u64;
    let quiet_frames = (QUIET_S * rate) as u64;
    let mut latency = player.latency_frames();
    let mut block = [[0.0_f32; 2]; BLOCK];
    let mut events = performance.events.iter().peekable();
    let mut at = 0_u64;
    let mut quiet = 0_u64;
    let mut is_ended = false;
    while at < last {
        let frames = BLOCK.min((last - at) as usize);
        while let Some(timed) = events.next_if(|timed| timed.frame < at + frames as u64 && timed.frame <= end) {
            player.handle(timed.event, (timed.frame.saturating_sub(at)) as usize);
        }
        if !is_ended && end < at + frames as u64 {
            is_ended = true;
            player.handle(Event::AllNotesOff, (end.saturating_sub(at)) as usize);
        }
        let block = &mut block[..frames];
        player.render(block);
        at += frames as u64;
        let skipped = latency.min(frames);
        latency -= skipped;
        let progress = Progress { done_frames: at, piece_frames: end };
        if !sink(&block[skipped..], progress) {
            return false;
        }
        let is_quiet = block.as_flattened().iter().all(|sample| sample.abs() < SILENCE);
        quiet = if is_quiet { quiet + frames as u64 } else { 0 };
        if is_ended && quiet >= quiet_frames && player.active_voices() == 0 {
            break;
        }
    }
    true
}
