//! What a performer remembers of what was just played: how late, how loud, and how it was in the bars before.

use std::collections::HashMap;

use super::sheet::{Kind, Sheet, drum_of};

/// Numbers of a row.
pub(super) const MEMORIES: usize = 26;

/// What was played so far of a sheet. Timings and velocities are in the units of [`Scale`](super::scale::Scale).
pub(super) struct Memory<'a> {
    sheet: &'a Sheet,
    /// The step of the group that is being played.
    step: u32,
    /// Timings and velocities of the notes of that group so far.
    now: Vec<(f32, f32)>,
    /// Means of timing and highest velocities of the last groups, the latest first.
    groups: [(f32, f32); 3],
    /// The mean velocity of the last group.
    mean_velocity: f32,
    /// Running means, quick and slow, of timing and velocity.
    quick: (f32, f32),
    slow: (f32, f32),
    /// Last timing and velocity of every pitch or drum.
    same: HashMap<usize, (f32, f32)>,
    /// By bar, place and pitch or drum, and by bar and place alone.
    places: HashMap<(usize, u32, Option<usize>), (f32, f32)>,
}

impl<'a> Memory<'a> {
    pub(super) fn new(sheet: &'a Sheet) -> Self {
        Self {
            sheet,
            step: u32::MAX,
            now: Vec::new(),
            groups: [(0.0, 0.0); 3],
            mean_velocity: 0.0,
            quick: (0.0, 0.0),
            slow: (0.0, 0.0),
            same: HashMap::new(),
            places: HashMap::new(),
        }
    }

    fn key(&self, note: usize) -> usize {
        let pitch = self.sheet.notes[note].pitch;
        match self.sheet.kind {
            Kind::Pitched => usize::from(pitch),
            Kind::Drums => drum_of(pitch),
        }
    }

    fn place(&self, note: usize) -> (usize, u32) {
        let step = self.sheet.notes[note].step;
        let bar = self.sheet.bar_of(step);
        (bar, step.saturating_sub(self.sheet.bars[bar].start))
    }

    /// What is remembered before a note is played.
    pub(super) fn row(&mut self, note: usize) -> [f32; MEMORIES] {
        if self.sheet.notes[note].step != self.step {
            self.close_group();
            self.step = self.sheet.notes[note].step;
        }
        let (bar, position) = self.place(note);
        let key = self.key(note);
        let mut row = [0.0; MEMORIES];
        for (index, &(timing, velocity)) in self.groups.iter().enumerate() {
            (row[index], row[3 + index]) = (timing, velocity);
        }
        row[6] = self.mean_velocity;
        (row[7], row[8]) = self.quick;
        (row[9], row[10]) = self.slow;
        if let Some(&(timing, velocity)) = self.now.last() {
            row[11] = 1.0;
            (row[12], row[13]) = (timing, velocity);
            row[14] = self.now.iter().map(|played| played.1).fold(f32::MIN, f32::max);
        }
        let mut remember = |at: usize, found: Option<&(f32, f32)>| {
            if let Some(&(timing, velocity)) = found {
                row[at..at + 3].copy_from_slice(&[1.0, timing, velocity]);
            }
        };
        remember(15, self.same.get(&key));
        for (at, back) in [(18, 1), (21, 2)] {
            let Some(bar) = bar.checked_sub(back) else { continue };
            let exact = self.places.get(&(bar, position, Some(key)));
            remember(at, exact.or_else(|| self.places.get(&(bar, position, None))));
        }
        // How far apart the last groups were in time: a tempo that is slowing down goes on to do so.
        row[24] = self.groups[0].0 - self.groups[1].0;
        row[25] = self.groups[1].0 - self.groups[2].0;
        row
    }

    /// The timing of the group that is being played, where one of its notes was.
    pub(super) fn timing_of_group(&self) -> Option<f32> {
        self.now.last().map(|played| played.0)
    }

    /// Takes note of how a note was played.
    pub(super) fn push(&mut self, note: usize, timing: f32, velocity: f32) {
        let (bar, position) = self.place(note);
        let key = self.key(note);
        self.now.push((timing, velocity));
        self.same.insert(key, (timing, velocity));
        self.places.insert((bar, position, Some(key)), (timing, velocity));
        self.places.entry((bar, position, None)).or_insert((timing, velocity));
    }

    fn close_group(&mut self) {
        if self.now.is_empty() {
            return;
        }
        let count = self.now.len() as f32;
        let timing = self.now.iter().map(|played| played.0).sum::<f32>() / count;
        let loudest = self.now.iter().map(|played| played.1).fold(f32::MIN, f32::max);
        self.mean_velocity = self.now.iter().map(|played| played.1).sum::<f32>() / count;
        self.groups = [(timing, loudest), self.groups[0], self.groups[1]];
        let follow = |mean: &mut (f32, f32), share: f32| {
            mean.0 += share * (timing - mean.0);
            mean.1 += share * (loudest - mean.1);
        };
        follow(&mut self.quick, 0.4);
        follow(&mut self.slow, 0.1);
        self.now.clear();
    }
}
