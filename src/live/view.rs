//! What the screen shows: a picture of the music that the band thread paints and the screen thread looks at.

use std::collections::VecDeque;

/// Who plays a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Person,
    Machine,
    /// The machine, but not settled yet.
    Plan,
}

/// A note on the roll.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ViewNote {
    pub(crate) onset: f64,
    pub(crate) end: f64,
    pub(crate) pitch: u8,
    pub(crate) who: Who,
    pub(crate) is_drum: bool,
}

/// Everything on the screen.
#[derive(Debug, Clone, Default)]
pub(crate) struct View {
    pub(crate) now: f64,
    pub(crate) bar_steps: u64,
    pub(crate) notes: VecDeque<ViewNote>,
    pub(crate) key: String,
    pub(crate) chord: String,
    pub(crate) section: char,
    pub(crate) playing: &'static str,
    pub(crate) tempo_bpm: f64,
    pub(crate) density: Option<u8>,
    pub(crate) temperature: f32,
    /// Names and shares.
    pub(crate) styles: Vec<(String, f32)>,
    /// Peaks of left and right.
    pub(crate) peaks: [f32; 2],
    pub(crate) latency_ms: f64,
    /// Beats that are written ahead.
    pub(crate) in_hand: f64,
    pub(crate) underruns: u64,
    pub(crate) late: u64,
    pub(crate) fallbacks: u64,
    pub(crate) is_playing: bool,
    /// The last things that happened.
    pub(crate) messages: VecDeque<String>,
    /// How many things have happened.
    pub(crate) said: usize,
    pub(crate) is_over: bool,
}

impl View {
    /// Something to be read below the roll.
    pub(crate) fn say(&mut self, message: String) {
        self.messages.push_back(message);
        self.said += 1;
        if self.messages.len() > 3 {
            self.messages.pop_front();
        }
    }
}
