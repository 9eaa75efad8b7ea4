//! A score as a picture: pitch upwards, time to the right, wrapped into systems like a page of music.

mod layout;
mod svg;
mod system;

use std::ops::RangeInclusive;

use ripieno_score::{Instrument, Note, Score, Tick};

use crate::bars;
use layout::Layout;
use svg::{Anchor, Area, Svg};
pub(crate) use system::drum_name;

/// Bars that one picture shows at most.
const MAX_BARS: usize = 160;

/// Notes that one picture shows at most: about three megabytes of SVG.
const MAX_NOTES: usize = 12_000;

/// One colour per melodic part, told apart by colour-blind readers too.
///
/// Okabe and Ito, "Color Universal Design" (2008), without the yellow, which is too faint on white; then three of
/// Paul Tol's muted scheme (2021).
const COLOURS: [&str; 9] =
    ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#882255", "#999933", "#332288"];

/// Drums have a lane of their own and need no colour.
const DRUM_COLOUR: &str = "#555555";

/// The colour of the part with this index.
fn colour(part: usize, instrument: Instrument) -> &'static str {
    if instrument.is_drums() { DRUM_COLOUR } else { COLOURS[part % COLOURS.len()] }
}

/// Whether a note of the part with this index is outlined.
pub(crate) type IsOutlined<'a> = &'a dyn Fn(usize, &Note) -> bool;

/// What a note of the part with this index is called, in a letter or two.
pub(crate) type Tag<'a> = &'a dyn Fn(usize, &Note) -> Option<&'static str>;

/// Notes that stand out, and what they and the others are called in the legend.
pub(crate) struct Outline<'a> {
    pub(crate) notes: IsOutlined<'a>,
    pub(crate) label: &'a str,
    pub(crate) others: &'a str,
}

/// A note that could have stood in the place of another.
pub(crate) struct Ghost {
    /// Part and MIDI key of the note that stands there.
    pub(crate) part: usize,
    pub(crate) instead_of: u8,
    /// Its own MIDI key.
    pub(crate) pitch: u8,
    /// How likely it was, which is how plainly it is drawn.
    pub(crate) probability: f64,
    /// What is told of it.
    pub(crate) hint: String,
}

/// A stretch of music with a bracket over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bracket {
    pub(crate) from: Tick,
    pub(crate) to: Tick,
    /// Written where it begins.
    pub(crate) name: String,
    /// Written where it ends.
    pub(crate) close: String,
}

/// What to draw.
pub(crate) struct PianoRoll<'a> {
    /// The music.
    pub(crate) score: &'a Score,
    /// The headline.
    pub(crate) title: &'a str,
    /// Key, meter, tempo and whatever else belongs under the headline.
    pub(crate) subtitle: &'a str,
    /// Chord names, sorted by time; a name holds until the next.
    pub(crate) chords: &'a [(Tick, String)],
    /// Which notes stand out, if any.
    pub(crate) outline: Option<Outline<'a>>,
    /// Small letters over notes.
    pub(crate) tag: Option<Tag<'a>>,
    /// Notes that could have stood there, with when the notes begin that do.
    pub(crate) ghosts: &'a [(Tick, Ghost)],
    /// Stretches of music, sorted by time, none inside another.
    pub(crate) brackets: &'a [Bracket],
    /// The bars to draw, from 1; otherwise all.
    pub(crate) bars: Option<RangeInclusive<usize>>,
}

impl<'a> PianoRoll<'a> {
    /// The bare notes.
    pub(crate) fn of(score: &'a Score) -> Self {
        Self {
            score,
            title: "",
            subtitle: "",
            chords: &[],
            outline: None,
            tag: None,
            ghosts: &[],
            brackets: &[],
            bars: None,
        }
    }

    /// The picture as an SVG document.
    pub(crate) fn to_svg(&self) -> String {
        let total = bars::bar_count(self.score);
        let asked = self.bars.clone().unwrap_or(1..=usize::MAX);
        let before = asked.start().saturating_sub(1);
        let wanted = usize::try_from(total).unwrap_or(usize::MAX).min(*asked.end()).saturating_sub(before);
        let shown = self.bars_to_show(before, wanted);
        let layout = Layout::new(self.score, &shown);
        let mut svg = Svg::default();
        svg.text((layout.margin, 34.0), Anchor::Start, r#"font-size="22" font-weight="bold""#, &shorten(self.title));
        svg.text((layout.margin, 54.0), Anchor::Start, r##"font-size="13" fill="#444""##, self.subtitle);
        let mut y = self.draw_legend(&mut svg, &layout, 76.0);
        if shown.len() < wanted {
            let note = format!("The first {} of {wanted} bars.", shown.len());
            svg.text((layout.margin, y), Anchor::Start, r##"font-size="13" fill="#b00""##, &note);
            y += 18.0;
        }
        let mut first = before;
        for bars in shown.chunks(layout.bars_per_system) {
            y = system::draw(&mut svg, self, &layout, (bars, first), y);
            first += bars.len();
        }
        svg.finish(layout.page_width(), y + 10.0)
    }

    /// The bars after the first `before`, as many as are wanted and a picture can bear.
    fn bars_to_show(&self, before: usize, wanted: usize) -> Vec<bars::Bar> {
        let mut bars: Vec<_> = bars::bars(self.score).skip(before).take(wanted.min(MAX_BARS)).collect();
        let start = bars.first().map_or(Tick::ZERO, |bar| bar.start);
        let onsets = self.score.parts.iter().flat_map(|part| &part.notes).map(|note| note.onset);
        let mut onsets: Vec<Tick> = onsets.filter(|&onset| onset >= start).collect();
        if onsets.len() > MAX_NOTES {
            let (_, limit, _) = onsets.select_nth_unstable(MAX_NOTES);
            let keep = bars.iter().take_while(|bar| bar.end <= *limit).count();
            bars.truncate(keep.max(1));
        }
        bars
    }

    /// Which colour is whose, and what an outline means. Returns the y below it.
    fn draw_legend(&self, svg: &mut Svg, layout: &Layout, top: f64) -> f64 {
        let mut entries: Vec<(String, String)> = Vec::new();
        for (index, part) in self.score.parts.iter().enumerate() {
            let instrument = part.instrument.name();
            let label = match part.name.trim() {
                "" => instrument.to_owned(),
                name if name.eq_ignore_ascii_case(instrument) => instrument.to_owned(),
                name => format!("{} ({instrument})", shorten(name)),
            };
            entries.push((label, format!(r#"fill="{}""#, colour(index, part.instrument))));
        }
        let hidden = entries.len().saturating_sub(24);
        entries.truncate(24);
        if hidden > 0 {
            entries.push((format!("and {hidden} more"), r#"fill="none""#.into()));
        }
        if let Some(outline) = &self.outline {
            entries.push((outline.label.into(), format!(r##"fill="#bbb" {}"##, system::OUTLINE_STROKE)));
            entries.push((outline.others.into(), r##"fill="#bbb""##.into()));
        }
        let (mut x, mut y) = (layout.margin, top);
        for (label, style) in entries {
            // Helvetica at this size is about seven pixels a letter.
            let width = 26.0 + 7.0 * label.chars().count() as f64;
            if x + width > layout.page_width() && x > layout.margin {
                (x, y) = (layout.margin, y + 18.0);
            }
            svg.rect(Area { x, y: y - 9.0, width: 16.0, height: 9.0 }, &style, None);
            svg.text((x + 21.0, y), Anchor::Start, r##"font-size="12" fill="#222""##, &label);
            x += width + 12.0;
        }
        y + 20.0
    }
}

/// `text` cut to a length that fits into a line.
fn shorten(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_scores::score_of;

    fn roll(score: &Score) -> String {
        PianoRoll { title: "A <b> & C", chords: &[(Tick(0), "C".into())], ..PianoRoll::of(score) }.to_svg()
    }

    #[test]
    fn every_note_is_drawn_with_its_name() {
        let svg = roll(&score_of(&[(0, 60, 480), (480, 64, 480)]));
        assert!(svg.contains("<title>C4, bar 1") && svg.contains("<title>E4, bar 1"), "{svg}");
    }

    #[test]
    fn a_title_is_escaped() {
        assert!(roll(&score_of(&[(0, 60, 480)])).contains("A &lt;b&gt; &amp; C"));
    }

    #[test]
    fn a_score_without_notes_is_still_a_picture() {
        assert!(roll(&Score::default()).ends_with("</svg>\n"));
    }

    #[test]
    fn an_endless_piece_is_cut_and_says_so() {
        let svg = roll(&score_of(&[(0, 60, 480), (4_000_000_000, 60, 480)]));
        assert!(svg.len() < 1_000_000);
        assert!(svg.contains("The first 160 of 2083334 bars."), "{svg}");
    }

    #[test]
    fn outlined_notes_are_told_apart() {
        let score = score_of(&[(0, 60, 480), (480, 62, 480)]);
        let given = |_: usize, note: &Note| note.pitch.value() == 60;
        let outline = Some(Outline { notes: &given, label: "given", others: "composed" });
        let svg = PianoRoll { outline, ..PianoRoll::of(&score) }.to_svg();
        // One in the legend, one in the music.
        assert_eq!(svg.matches(system::OUTLINE_STROKE).count(), 2);
    }

    #[test]
    fn brackets_and_tags_are_written() {
        let score = score_of(&[(0, 60, 480), (480, 62, 480)]);
        let brackets = [Bracket { from: Tick(0), to: Tick(960), name: "phrase a".into(), close: "half".into() }];
        let tag = |_: usize, note: &Note| (note.pitch.value() == 62).then_some("pn");
        let svg = PianoRoll { brackets: &brackets, tag: Some(&tag), ..PianoRoll::of(&score) }.to_svg();
        for text in [">phrase a<", ">half<", ">pn<"] {
            assert_eq!(svg.matches(text).count(), 1, "{text} in {svg}");
        }
    }

    #[test]
    fn some_bars_are_drawn_alone() {
        let score = score_of(&[(0, 60, 480), (1920, 62, 480), (3840, 64, 480)]);
        let svg = PianoRoll { bars: Some(2..=2), ..PianoRoll::of(&score) }.to_svg();
        assert!(svg.contains("<title>D4, bar 2") && !svg.contains("C4, bar") && !svg.contains("E4, bar"), "{svg}");
    }
}
