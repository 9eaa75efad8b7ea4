//! One system: a line of bars with its chord names, its keyboard, its notes and its drums.

use ripieno_score::{Instrument, Note, Pitch, Tick};

use super::layout::Layout;
use super::svg::{Anchor, Area, Svg};
use super::{Bracket, PianoRoll, colour};
use crate::bars::Bar;

/// How a note that stands out is outlined.
pub(super) const OUTLINE_STROKE: &str = r##"stroke="#111" stroke-width="1.4""##;

/// Room for brackets above the bar numbers.
const BRACKETS_HEIGHT: f64 = 26.0;

const BLACK_KEYS: [bool; 12] = [false, true, false, true, false, false, true, false, true, false, true, false];

/// What the drawing functions of one system share.
struct System<'a> {
    layout: &'a Layout,
    bars: &'a [Bar],
    /// How many bars came before this system.
    bars_before: usize,
    /// Where melodic notes lie.
    melodic: Area,
    /// Where drums lie: below.
    drums: Area,
}

/// Draws `bars` (and how many came before them) with the upper edge at `top`; returns the lower edge.
pub(super) fn draw(
    svg: &mut Svg,
    roll: &PianoRoll<'_>,
    layout: &Layout,
    (bars, bars_before): (&[Bar], usize),
    top: f64,
) -> f64 {
    let ticks = bars.last().map_or(Tick::ZERO, |bar| bar.end).since(bars[0].start).0;
    let width = f64::from(ticks) * layout.pixels_per_tick;
    let rows = layout.pitches.map_or(0.0, |(low, high)| f64::from(high - low) + 1.0);
    let brackets = if roll.brackets.is_empty() { 0.0 } else { BRACKETS_HEIGHT };
    let melodic = Area { x: layout.music_left(), y: top + 34.0 + brackets, width, height: rows * layout.row };
    let gap = if layout.pitches.is_some() && !layout.drums.is_empty() { 5.0 } else { 0.0 };
    let drums = Area { y: melodic.bottom() + gap, height: layout.drums.len() as f64 * layout.drum_row, ..melodic };
    let system = System { layout, bars, bars_before, melodic, drums };
    system.draw_keyboard(svg);
    system.draw_drum_names(svg);
    system.draw_bar_lines(svg);
    system.draw_chords(svg, roll.chords);
    system.draw_brackets(svg, roll.brackets);
    system.draw_notes(svg, roll);
    system.draw_ghosts(svg, roll);
    drums.bottom() + 18.0
}

impl System<'_> {
    fn start(&self) -> Tick {
        self.bars[0].start
    }

    fn end(&self) -> Tick {
        self.bars[self.bars.len() - 1].end
    }

    fn x(&self, tick: Tick) -> f64 {
        self.melodic.x + f64::from(tick.since(self.start()).0) * self.layout.pixels_per_tick
    }

    /// The upper edge of the row of this pitch.
    fn y(&self, pitch: u8) -> f64 {
        let high = self.layout.pitches.map_or(127, |(_, high)| high);
        self.melodic.y + f64::from(high.saturating_sub(pitch)) * self.layout.row
    }

    fn draw_keyboard(&self, svg: &mut Svg) {
        let Some((low, high)) = self.layout.pitches else { return };
        let keys = Area { x: self.melodic.x - 20.0, width: 18.0, ..self.melodic };
        svg.rect(keys, r##"fill="#fff" stroke="#999" stroke-width="0.6""##, None);
        for pitch in low..=high {
            let row = Area { y: self.y(pitch), height: self.layout.row, ..self.melodic };
            let class = pitch % 12;
            if BLACK_KEYS[usize::from(class)] {
                svg.rect(row, r##"fill="#f1f1f4""##, None);
                svg.rect(Area { x: keys.x, width: 11.0, ..row }, r##"fill="#333""##, None);
            }
            // The only neighbours without a black key between them: E and F, B and C.
            if class == 0 || class == 5 {
                let style = if class == 0 {
                    r##"stroke="#9a9aa5" stroke-width="0.7""##
                } else {
                    r##"stroke="#e3e3e8" stroke-width="0.6""##
                };
                svg.line((keys.x, row.bottom()), (row.right(), row.bottom()), style);
            }
            if class == 0 {
                let name = format!("C{}", i16::from(pitch / 12) - 1);
                let at = (keys.x - 4.0, row.bottom() - 0.5);
                svg.text(at, Anchor::End, r##"font-size="10" fill="#333""##, &name);
            }
        }
    }

    fn draw_drum_names(&self, svg: &mut Svg) {
        for (index, &pitch) in self.layout.drums.iter().enumerate() {
            let row = Area {
                y: self.drums.y + index as f64 * self.layout.drum_row,
                height: self.layout.drum_row,
                ..self.drums
            };
            if index % 2 == 0 {
                svg.rect(row, r##"fill="#f7f4ee""##, None);
            }
            let at = (row.x - 4.0, row.bottom() - 1.5);
            svg.text(at, Anchor::End, r##"font-size="8.5" fill="#333""##, &drum_name(pitch));
        }
    }

    fn draw_bar_lines(&self, svg: &mut Svg) {
        let (top, bottom) = (self.melodic.y, self.drums.bottom());
        let mut meter_before = (self.bars_before > 0).then(|| self.bars[0].meter);
        for (index, bar) in self.bars.iter().enumerate() {
            let x = self.x(bar.start);
            let beat = bar.meter.beat_quarters() * self.layout.pixels_per_quarter;
            // Beats closer than this would be a grey wall.
            let mut beat_x = if beat < 6.0 { f64::INFINITY } else { x + beat };
            while beat_x + 1.0 < self.x(bar.end) {
                svg.line((beat_x, top), (beat_x, bottom), r##"stroke="#d2d2da" stroke-width="0.6""##);
                beat_x += beat;
            }
            svg.line((x, top - 4.0), (x, bottom), r##"stroke="#777" stroke-width="0.9""##);
            let number = (self.bars_before + index + 1).to_string();
            svg.text((x + 1.0, top - 20.0), Anchor::Start, r##"font-size="10" fill="#777""##, &number);
            if meter_before != Some(bar.meter) {
                let style = r##"font-size="10" font-weight="bold" fill="#777""##;
                svg.text((x + 20.0, top - 20.0), Anchor::Start, style, &bar.meter.to_string());
                meter_before = Some(bar.meter);
            }
        }
        let x = self.x(self.end());
        svg.line((x, top - 4.0), (x, bottom), r##"stroke="#777" stroke-width="0.9""##);
    }

    /// Each name where it begins; a name that is still in force is said again at the start of the system.
    fn draw_chords(&self, svg: &mut Svg, chords: &[(Tick, String)]) {
        let mut shown = "";
        let first = chords.partition_point(|(tick, _)| *tick <= self.start()).saturating_sub(1);
        let mut free_from = 0.0;
        for (tick, name) in chords[first..].iter().take_while(|(tick, _)| *tick < self.end()) {
            let x = self.x((*tick).max(self.start()));
            if name != shown && x >= free_from {
                svg.text((x + 1.0, self.melodic.y - 6.0), Anchor::Start, r##"font-size="12" fill="#111""##, name);
                free_from = x + 7.0 * name.chars().count() as f64 + 3.0;
                shown = name;
            }
        }
    }

    /// A bracket that goes on from the system before, or into the next one, is open there.
    fn draw_brackets(&self, svg: &mut Svg, brackets: &[Bracket]) {
        let first = brackets.partition_point(|bracket| bracket.to <= self.start());
        let (y, style) = (self.melodic.y - 36.0, r##"stroke="#444" stroke-width="1""##);
        for bracket in brackets[first..].iter().take_while(|bracket| bracket.from < self.end()) {
            let (begins, ends) = (bracket.from >= self.start(), bracket.to <= self.end());
            let left = self.x(bracket.from.max(self.start())) + 2.0;
            let right = self.x(bracket.to.min(self.end())) - 2.0;
            svg.line((left, y), (right, y), style);
            if begins {
                svg.line((left, y), (left, y + 5.0), style);
                svg.text((left, y - 4.0), Anchor::Start, r##"font-size="11" fill="#222""##, &bracket.name);
            }
            if ends {
                svg.line((right, y), (right, y + 5.0), style);
                let style = r##"font-size="11" font-weight="bold" fill="#a02020""##;
                svg.text((right, y - 4.0), Anchor::End, style, &bracket.close);
            }
        }
    }

    fn draw_notes(&self, svg: &mut Svg, roll: &PianoRoll<'_>) {
        // The melody usually comes first in a file: drawn last, it lies on top.
        for (index, part) in roll.score.parts.iter().enumerate().rev() {
            let sounding =
                part.notes.iter().take_while(|note| note.onset < self.end()).filter(|note| note.end() > self.start());
            for note in sounding {
                let Some(area) = self.note_area(part.instrument, note) else { continue };
                let is_outlined = roll.outline.as_ref().is_some_and(|outline| (outline.notes)(index, note));
                let opacity = 0.4 + 0.6 * f64::from(note.velocity.value()) / 127.0;
                let outline = if is_outlined { OUTLINE_STROKE } else { "" };
                let style = format!(
                    r#"fill="{}" fill-opacity="{opacity:.2}" rx="1" {outline}"#,
                    colour(index, part.instrument)
                );
                svg.rect(area, &style, Some(&self.hint(part.instrument, note)));
                let tag = roll.tag.and_then(|tag| tag(index, note)).filter(|_| note.onset >= self.start());
                if let Some(tag) = tag {
                    svg.text((area.x, area.y - 1.0), Anchor::Start, r##"font-size="8" fill="#a02020""##, tag);
                }
            }
        }
    }

    /// Each as long as the note that stands there, as an empty box. What lies outside the picture is left out.
    fn draw_ghosts(&self, svg: &mut Svg, roll: &PianoRoll<'_>) {
        for (onset, ghost) in roll.ghosts {
            let Some(part) = roll.score.parts.get(ghost.part) else { continue };
            let stands = |note: &&Note| note.onset == *onset && note.pitch.value() == ghost.instead_of;
            let is_here = (self.start()..self.end()).contains(onset);
            let (Some(note), Some(pitch)) =
                (part.notes.iter().find(stands).filter(|_| is_here), Pitch::new(ghost.pitch))
            else {
                continue;
            };
            let is_drawn = part.instrument.is_drums()
                || self.layout.pitches.is_some_and(|(low, high)| (low..=high).contains(&ghost.pitch));
            let Some(area) = self.note_area(part.instrument, &Note { pitch, ..*note }).filter(|_| is_drawn) else {
                continue;
            };
            let colour = colour(ghost.part, part.instrument);
            let opacity = 0.35 + 0.65 * ghost.probability.clamp(0.0, 1.0);
            let style = format!(
                r#"fill="{colour}" fill-opacity="0.08" stroke="{colour}" stroke-opacity="{opacity:.2}" stroke-dasharray="2 1.5""#
            );
            svg.rect(area, &style, Some(&ghost.hint));
        }
    }

    /// The box of a note in this system, or `None` for a pitch that has no row.
    fn note_area(&self, instrument: Instrument, note: &Note) -> Option<Area> {
        let (x, end) = (self.x(note.onset.max(self.start())), self.x(note.end().min(self.end())));
        // The gap at the right tells repeated notes from one long note.
        let width = (end - x - 0.8).max(1.5);
        match instrument {
            Instrument::Program(_) => {
                let y = self.y(note.pitch.value());
                Some(Area { x, y: y + 0.3, width, height: self.layout.row - 0.6 })
            }
            Instrument::Drums => {
                let row = self.layout.drums.iter().position(|&drum| drum == note.pitch.value())?;
                let y = self.drums.y + row as f64 * self.layout.drum_row;
                // A drum has no length that is heard: all hits look alike.
                Some(Area { x, y: y + 1.0, width: width.min(6.0), height: self.layout.drum_row - 2.0 })
            }
        }
    }

    fn hint(&self, instrument: Instrument, note: &Note) -> String {
        let bar = self.bars.partition_point(|bar| bar.start <= note.onset).max(1) + self.bars_before;
        let name = match instrument {
            Instrument::Drums => drum_name(note.pitch.value()),
            Instrument::Program(_) => Pitch::name(note.pitch),
        };
        format!("{name}, bar {bar}, velocity {}", note.velocity.value())
    }
}

/// What General MIDI Level 1 has on this key of channel 10, short enough for the margin.
pub(crate) fn drum_name(pitch: u8) -> String {
    #[rustfmt::skip]
    const NAMES: [&str; 47] = [
        "Bass drum 2", "Bass drum", "Side stick", "Snare", "Clap", "Snare 2", "Low tom 2", "Closed hat", "Low tom",
        "Pedal hat", "Mid tom 2", "Open hat", "Mid tom", "High tom 2", "Crash", "High tom", "Ride", "China", "Ride bell",
        "Tambourine", "Splash", "Cowbell", "Crash 2", "Vibraslap", "Ride 2", "High bongo", "Low bongo", "Mute conga",
        "High conga", "Low conga", "High timbale", "Low timbale", "High agogo", "Low agogo", "Cabasa", "Maracas",
        "Short whistle", "Long whistle", "Short guiro", "Long guiro", "Claves", "High block", "Low block", "Mute cuica",
        "Open cuica", "Mute triangle", "Triangle",
    ];
    let index = usize::from(pitch).checked_sub(35);
    index.and_then(|index| NAMES.get(index)).map_or_else(|| format!("Drum {pitch}"), |name| (*name).to_owned())
}
