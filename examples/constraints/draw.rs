//! Random seeds and random wishes.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use ripieno_composer::compose::controls::{
    Anchor, Controls, Curve, Curves, PartChoice, PolyphonyWish, Progression, RangeWish,
};
use ripieno_composer::compose::{Task, Wishes};
use ripieno_composer::event::{PartEvent, Role};
use ripieno_composer::generate::Sampling;
use ripieno_score::{
    Channel, Chord, Instrument, Key, Meter, MeterChange, Note, Part, Pitch, Ppq, Scale, ScaleKind, Score, TempoChange,
    Tick, Velocity, midi,
};

/// What somebody could ask for.
pub(crate) struct Case {
    pub(crate) seed: Option<Score>,
    pub(crate) wishes: Wishes,
}

const SEEDS: [&[u8]; 10] = [
    include_bytes!("../seeds/ah-vous-dirai-je-maman.mid"),
    include_bytes!("../seeds/brahms-lullaby.mid"),
    include_bytes!("../seeds/drowsy-maggie.mid"),
    include_bytes!("../seeds/drunken-sailor.mid"),
    include_bytes!("../seeds/greensleeves.mid"),
    include_bytes!("../seeds/minuet-in-g.mid"),
    include_bytes!("../seeds/ode-to-joy.mid"),
    include_bytes!("../seeds/old-hundredth.mid"),
    include_bytes!("../seeds/the-entertainer.mid"),
    include_bytes!("../seeds/twelve-bar-blues.mid"),
];

const SCALES: [ScaleKind; 10] = [
    ScaleKind::Major,
    ScaleKind::Dorian,
    ScaleKind::Phrygian,
    ScaleKind::HarmonicMinor,
    ScaleKind::Pentatonic,
    ScaleKind::Blues,
    ScaleKind::Hirajoshi,
    ScaleKind::WholeTone,
    ScaleKind::Octatonic,
    ScaleKind::Minor,
];

/// Random numbers of one case.
pub(crate) struct Luck(ChaCha8Rng);

impl Luck {
    /// `0..n`.
    fn below(&mut self, n: usize) -> usize {
        self.0.next_u32() as usize % n
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn byte(&mut self, low: u8, high: u8) -> u8 {
        low + self.0.next_u32().to_le_bytes()[0] % (high - low + 1)
    }

    fn unit(&mut self) -> f32 {
        f32::from(self.byte(0, 100)) / 100.0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// The case with a number.
pub(crate) fn draw(number: u64) -> Case {
    let mut luck = Luck(ChaCha8Rng::seed_from_u64(number));
    let seed = match luck.below(10) {
        0..3 => None,
        3..6 => Some(midi::read(luck.of(&SEEDS)).expect("our own seeds are MIDI files").score),
        // As a file would hold it.
        _ => midi::read(&midi::write(&random_score(&mut luck))).ok().map(|file| file.score),
    };
    let bars = seed.as_ref().map_or(0, |score| ripieno_score::GridScore::from_score(score).0.bars.len());
    let task = match (&seed, luck.below(5)) {
        (None, _) | (_, 0) => Task::Complete,
        (_, 1) => Task::Continue,
        (_, 2) => Task::Accompany,
        (_, 3) => {
            let from = 1 + luck.below(bars);
            Task::Infill { from, to: (from + luck.below(4)).min(bars) }
        }
        _ => Task::Vary,
    };
    let joins = matches!(task, Task::Complete | Task::Continue | Task::Accompany);
    let parts = if joins { random_parts(&mut luck, seed.is_none()) } else { Vec::new() };
    let wished_bars = match task {
        Task::Complete if seed.is_none() => Some(1 + luck.below(8)),
        Task::Complete | Task::Continue if luck.chance(70) => Some(bars + 1 + luck.below(6)),
        _ => None,
    };
    let controls =
        random_controls(&mut luck, task, parts.len() + seed.as_ref().map_or(0, |score| score.parts.len()), bars);
    // A form takes its own number of bars, mostly.
    let wished_bars = match &controls.form {
        Some(form) if seed.is_none() && luck.chance(90) => Some(form.letters().count() * (1 + luck.below(4))),
        Some(_) if seed.is_some() && luck.chance(90) => None,
        _ => wished_bars,
    };
    let key = luck.chance(25).then(|| Key::from_index(luck.byte(0, 23))).flatten();
    let mut controls = controls;
    // Mostly both have one tonic.
    if let (Some(key), Some(scale)) = (key, &mut controls.scale)
        && luck.chance(80)
    {
        scale.tonic = key.tonic;
    }
    let wishes = Wishes {
        task,
        bars: wished_bars,
        parts,
        key,
        tempo_bpm: luck.chance(30).then(|| f64::from(luck.byte(40, 200))),
        sampling: Sampling {
            temperature: luck.of(&[0.0, 0.5, 0.95, 1.5, 4.0]),
            top_p: luck.of(&[0.5, 0.97, 1.0]),
            min_p: luck.of(&[0.0, 0.03]),
        },
        seed: number,
        candidates: 1,
        controls,
        ..Wishes::default()
    };
    Case { seed, wishes }
}

fn random_parts(luck: &mut Luck, alone: bool) -> Vec<PartEvent> {
    let count = 1 + luck.below(if alone { 4 } else { 3 });
    let part = |luck: &mut Luck| {
        let (instrument, role) = luck.of(&[
            (0, Role::Chords),
            (0, Role::Melody),
            (24, Role::Chords),
            (32, Role::Bass),
            (40, Role::Melody),
            (42, Role::Inner),
            (73, Role::Inner),
            (128, Role::Drums),
        ]);
        PartEvent { instrument, role }
    };
    (0..count).map(|_| part(luck)).collect()
}

fn random_controls(luck: &mut Luck, task: Task, parts: usize, seed_bars: usize) -> Controls {
    let changes = matches!(task, Task::Infill { .. } | Task::Vary);
    let curve = |luck: &mut Luck| {
        luck.chance(15).then(|| (0..1 + luck.below(3)).map(|_| luck.unit()).collect()).and_then(Curve::new)
    };
    let scale = luck.chance(25).then(|| Scale { tonic: luck.byte(0, 11), kind: luck.of(&SCALES) });
    let pitches = luck.chance(15).then(|| {
        let names: Vec<&str> =
            (0..2 + luck.below(5)).map(|_| luck.of(&["C", "D", "Eb", "E", "F", "G", "A", "Bb"])).collect();
        let octave = if luck.chance(30) { "4" } else { "" };
        names.iter().map(|name| format!("{name}{octave}")).collect::<Vec<_>>().join(" ").parse().ok()
    });
    let chord = |luck: &mut Luck| Chord::from_index(luck.byte(0, 119)).filter(|_| luck.chance(90));
    let chords = luck.chance(30).then(|| Progression {
        bars: (0..1 + luck.below(4)).map(|_| [chord(luck), chord(luck)]).collect(),
        anchor: if luck.chance(70) { Anchor::Written } else { Anchor::Piece },
    });
    Controls {
        scale,
        pitches: pitches.flatten(),
        ranges: (0..luck.below(3)).map(|_| random_range(luck, parts)).collect(),
        polyphony: (0..luck.below(3))
            .map(|_| PolyphonyWish { parts: choice(luck, parts), notes: luck.byte(1, 4) })
            .collect(),
        chords,
        keep_rhythm: luck.chance(if changes || task == Task::Continue { 40 } else { 10 }),
        curves: Curves {
            density: curve(luck),
            thickness: curve(luck),
            register: luck.chance(10).then(|| Curve::new(vec![f32::from(luck.byte(30, 90))])).flatten(),
            offbeats: curve(luck),
        },
        form: luck
            .chance(if task == Task::Complete { 25 } else { 1 })
            .then(|| luck.of(&["AA", "AABA", "ABAB", "A"]).parse().ok())
            .flatten(),
        locked_parts: luck
            .chance(if changes { 40 } else { 1 })
            .then(|| PartChoice::Number(1 + luck.below(parts.max(1))))
            .into_iter()
            .collect(),
        locked_bars: luck
            .chance(if changes { 30 } else { 1 })
            .then(|| {
                let from = 1 + luck.below(seed_bars.max(1));
                from..=(from + luck.below(3)).min(seed_bars.max(1))
            })
            .into_iter()
            .collect(),
        variation: (task == Task::Vary && luck.chance(50)).then(|| luck.unit()),
    }
}

fn choice(luck: &mut Luck, parts: usize) -> PartChoice {
    match luck.below(20) {
        0..8 => PartChoice::All,
        8..19 => PartChoice::Number(1 + luck.below(parts.max(1))),
        _ => {
            let (name, instrument, role) =
                luck.of(&[("piano", 0, None), ("bass", 32, Some(Role::Bass)), ("drums", 128, None)]);
            PartChoice::Named { name: name.to_owned(), instrument: Some(instrument), role }
        }
    }
}

fn random_range(luck: &mut Luck, parts: usize) -> RangeWish {
    let low = luck.byte(20, 90);
    let high = if luck.chance(10) { low } else { low.saturating_add(luck.byte(3, 36)).min(127) };
    let pitch = |key: u8| Pitch::new(key).expect("below 128");
    RangeWish { parts: choice(luck, parts), low: pitch(low), high: pitch(high) }
}

/// Any music: one to four parts, odd meters, held notes, chords, drums, notes off the grid.
fn random_score(luck: &mut Luck) -> Score {
    let ppq = luck.of(&[96u16, 120, 480, 960]);
    let (numerator, denominator) = luck.of(&[(4, 4), (3, 4), (6, 8), (5, 8), (2, 2), (7, 16), (12, 8)]);
    let meter = Meter::new(numerator, denominator).expect("a meter");
    let ppq = Ppq::new(ppq).expect("a resolution");
    let bar = meter.bar_ticks(ppq).0;
    let bars = u32::from(luck.byte(2, 8));
    let loose = luck.chance(30);
    let count = 1 + luck.below(4);
    let parts = (0..count).map(|slot| {
        let drums = slot > 0 && luck.chance(15);
        let instrument =
            Instrument::from_index(if drums { 128 } else { luck.of(&[0, 24, 40, 73]) }).expect("one of them");
        let grid = luck.of(&[ppq.ticks(), ppq.ticks() / 2, ppq.ticks() / 4]);
        let middle = luck.byte(45, 75);
        let mut notes = Vec::new();
        let mut onset = if luck.chance(20) { bar - grid.min(bar) } else { 0 };
        while onset < bars * bar {
            let steps = [1, 1, 1, 2, 2, 4, 8];
            let together = luck.of(&[1, 1, 1, 2, 3]);
            for _ in 0..together {
                let late = if loose { u32::from(luck.byte(0, 3)) * ppq.ticks() / 480 } else { 0 };
                let pitch = if drums { luck.byte(35, 50) } else { middle - 10 + luck.byte(0, 20) };
                let duration = grid * luck.of(&steps);
                notes.push(Note {
                    onset: Tick(onset + late),
                    pitch: Pitch::new(pitch).expect("in range"),
                    duration: Tick(duration.min((bars * bar).saturating_sub(onset + late)).max(1)),
                    velocity: Velocity::new(luck.byte(20, 120)).expect("in range"),
                });
            }
            onset += grid * luck.of(&steps);
        }
        notes.sort_unstable();
        notes.dedup_by_key(|note| (note.onset, note.pitch));
        let channel =
            if drums { Channel::DRUMS } else { Channel::new(luck.of(&[0, 1, 2, 3, 4, 5])).expect("a channel") };
        Part { name: format!("part {slot} of the seed"), instrument, channel, notes }
    });
    let mut parts: Vec<Part> = parts.collect();
    for (slot, part) in (0..8).zip(&mut parts) {
        if !part.instrument.is_drums() {
            part.channel = Channel::new(slot).expect("a channel");
        }
    }
    Score {
        ppq,
        parts,
        meters: vec![MeterChange { tick: Tick::ZERO, meter }],
        tempos: vec![TempoChange::from_bpm(Tick::ZERO, 100.0)],
        ..Score::default()
    }
}
