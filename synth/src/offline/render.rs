//! Playing a performance to the end.

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

/// Plays `performance` on `player` and gives its blocks to `sink`, in order, until its tail is silent.
///
/// The limiter's delay is taken off the front: the first frame is the first moment of the piece. `sink` also hears how
/// far the work has come; when it gives `false` the rendering stops, and this gives `false` too.
pub fn render(
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
