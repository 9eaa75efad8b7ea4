//! Small pieces written as text, for tests.

use crate::{GridBar, GridNote, GridPart, GridScore, Instrument, Meter, Program};

/// A piece of one part for each text. A text is a row of notes such as `C4q`, `Eb5h.`, `R8` is no note: `Rq` is a rest,
/// `C4+E4+G4w` a chord. Durations are `w h q e s`, dotted with a point, and hold until the next one. `|` is for the eye; a text that
/// begins with `drums` is played by them.
pub(super) fn piece(meter: &str, parts: &[&str]) -> GridScore {
    let (numerator, denominator) = meter.split_once('/').expect("a meter");
    let meter = Meter::new(numerator.parse().expect("beats"), denominator.parse().expect("a unit")).expect("a meter");
    let mut grid = GridScore::default();
    for (part, text) in (0..).zip(parts) {
        let (instrument, text) = match text.strip_prefix("drums") {
            Some(strokes) => (Instrument::Drums, strokes),
            None => (Instrument::Program(Program::default()), *text),
        };
        grid.parts.push(GridPart { name: String::new(), instrument });
        let (mut onset, mut duration) = (0, 24);
        for token in text.split_whitespace().filter(|token| *token != "|") {
            let names = token.trim_end_matches(['w', 'h', 'q', 'e', 's', '.']);
            duration = steps(&token[names.len()..]).unwrap_or(duration);
            for name in names.split('+').filter(|name| *name != "R") {
                grid.notes.push(GridNote { onset, part, pitch: pitch(name), duration, velocity: 80 });
            }
            onset += duration;
        }
    }
    grid.notes.sort_unstable();
    let length = 96 * u32::from(meter.numerator) / u32::from(meter.denominator);
    let bars = grid.end_step().div_ceil(length);
    grid.bars = (0..bars).map(|bar| GridBar { start: bar * length, length, meter, tempo_bpm: 100.0 }).collect();
    grid
}

fn steps(text: &str) -> Option<u32> {
    let whole = match text.chars().next()? {
        'w' => 96,
        'h' => 48,
        'q' => 24,
        'e' => 12,
        _ => 6,
    };
    Some(if text.ends_with('.') { whole * 3 / 2 } else { whole })
}

fn pitch(name: &str) -> u8 {
    let (class, octave) = crate::key::parse_pitch_class(name).unwrap_or_else(|| panic!("`{name}` is no note"));
    let octave: u8 = octave.parse().unwrap_or_else(|_| panic!("`{name}` has no octave"));
    12 * (octave + 1) + class
}
