//! What the person plays.

/// A message at a frame of the sound server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stroke {
    pub frame: u64,
    pub bytes: [u8; 3],
}

/// Where the beats lie, in frames of the sound server.
#[derive(Debug, Clone, Copy)]
pub struct Grid {
    /// The first beat that can still be reached.
    pub next_beat: u64,
    /// Number of that beat, counted from the beginning of the music.
    pub number: u64,
    pub frames_per_beat: f64,
    pub rate_hz: u32,
}

impl Grid {
    pub fn frame_of(&self, beat: f64) -> u64 {
        self.next_beat + ((beat - self.number as f64) * self.frames_per_beat).round().max(0.0) as u64
    }
}

/// A chord that begins at a beat of the music and lasts until the next.
#[derive(Debug, Clone, Copy)]
pub struct Chord {
    /// Beats after the first chord.
    pub beat: u64,
    pub root: u8,
    pub is_minor: bool,
}

impl Chord {
    pub fn classes(&self) -> [u8; 3] {
        [0, if self.is_minor { 3 } else { 4 }, 7].map(|interval| (self.root + interval) % 12)
    }
}

/// Beats that the script waits before the chords begin: the solo is over by then.
pub const CHORDS_AT: u64 = 160;

/// Random numbers of a multiplicative generator (Park and Miller 1988): the script is the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0 * 48_271 % 0x7fff_ffff;
        self.0 % limit
    }
}

fn key(strokes: &mut Vec<Stroke>, pitch: u8, velocity: u8, from: u64, until: u64) {
    strokes.push(Stroke { frame: from, bytes: [0x90, pitch, velocity] });
    strokes.push(Stroke { frame: until, bytes: [0x80, pitch, 0] });
}

/// Single keys at uneven times.
pub fn solo(grid: &Grid, count: usize) -> Vec<Stroke> {
    let mut dice = Dice(7);
    let mut strokes = Vec::new();
    let mut at = grid.next_beat;
    for _ in 0..count {
        let gap = u64::from(grid.rate_hz) * (150 + dice.below(250)) / 1000;
        key(&mut strokes, 72 + dice.below(12) as u8, 60 + dice.below(60) as u8, at, at + gap / 2);
        at += gap;
    }
    strokes
}

/// Chords that share at most one tone with the one before, each for four or eight beats.
pub fn chords(count: usize) -> Vec<Chord> {
    let mut dice = Dice(11);
    let mut chords: Vec<Chord> = Vec::new();
    let mut beat = 0;
    while chords.len() < count {
        let chord = Chord { beat, root: dice.below(12) as u8, is_minor: dice.below(2) == 1 };
        let common = chords
            .last()
            .map_or(0, |last| chord.classes().iter().filter(|class| last.classes().contains(class)).count());
        if common <= 1 {
            chords.push(chord);
            beat += 4 + 4 * dice.below(2);
        }
    }
    chords
}

/// The chords in the left hand, each up to 20 ms early or late, as people are.
pub fn comping(grid: &Grid, chords: &[Chord]) -> Vec<Stroke> {
    let mut dice = Dice(13);
    let mut strokes = Vec::new();
    let unevenness = u64::from(grid.rate_hz) / 25;
    for (index, chord) in chords.iter().enumerate() {
        let last = chord.beat + 4;
        let end = chords.get(index + 1).map_or(last, |next| next.beat);
        let shift = dice.below(unevenness) as f64 - unevenness as f64 / 2.0;
        let from = (grid.frame_of((CHORDS_AT + chord.beat) as f64) as f64 + shift).max(0.0) as u64;
        let until = grid.frame_of((CHORDS_AT + end) as f64) - u64::from(grid.rate_hz) / 20;
        for class in chord.classes() {
            key(&mut strokes, 48 + class, 80, from, until);
        }
    }
    strokes
}

/// Phrases of a bar or two, and pauses of three bars.
pub fn phrases(grid: &Grid, count: usize) -> Vec<Stroke> {
    const SCALE: [u8; 8] = [60, 62, 64, 65, 67, 69, 71, 72];
    let mut dice = Dice(17);
    let mut strokes = Vec::new();
    let mut beat = (grid.number.div_ceil(4) * 4) as f64;
    for _ in 0..count {
        let notes = 4 + dice.below(6);
        let mut degree = dice.below(8) as i64;
        for _ in 0..notes {
            degree = (degree + dice.below(5) as i64 - 2).clamp(0, 7);
            let length = [0.5, 1.0, 1.0][dice.below(3) as usize];
            key(&mut strokes, SCALE[degree as usize], 80, grid.frame_of(beat), grid.frame_of(beat + 0.9 * length));
            beat += length;
        }
        beat = (beat / 4.0).ceil() * 4.0 + 12.0;
    }
    strokes
}
