//! A published analysis beside the one that is computed from the notes.

use ripieno_score::GridScore;
use ripieno_score::key::Mode;
use ripieno_score::theory::{Analysis, CadenceKind, RomanChord};

use crate::numeral::Numeral;
use crate::romantext::{Published, RomanText};

/// How much of a published analysis is found, in places (published chords) unless it says otherwise.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) places: usize,
    /// The key, in steps of the grid and not in places: chords do not change with it.
    pub(crate) steps: u32,
    pub(crate) key: u32,
    /// Root, third, fifth and seventh are right.
    pub(crate) chord: usize,
    /// The same in steps: a long chord counts more.
    pub(crate) chord_steps: u32,
    /// Root, third and fifth are right, the seventh or not.
    pub(crate) triad: usize,
    /// The chord and its bass are right.
    pub(crate) inversion: usize,
    /// The chord and its key are right: the very same numeral.
    pub(crate) numeral: usize,
    pub(crate) cadences: Cadences,
}

/// Published ends of phrases whose last two chords make a cadence.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cadences {
    pub(crate) published: usize,
    /// A cadence is told there.
    pub(crate) found: usize,
    /// Of the same kind: authentic, half, plagal or deceptive.
    pub(crate) kind: usize,
    /// Cadences told, and those of them at an end of a phrase.
    pub(crate) told: usize,
    pub(crate) told_at_ends: usize,
}

/// A place where the chord or its key is not the published one.
pub(crate) struct Miss {
    pub(crate) measure: u32,
    pub(crate) beat: f32,
    pub(crate) published: String,
    pub(crate) found: String,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.places += other.places;
        self.steps += other.steps;
        self.key += other.key;
        self.chord += other.chord;
        self.chord_steps += other.chord_steps;
        self.triad += other.triad;
        self.inversion += other.inversion;
        self.numeral += other.numeral;
        let (sum, new) = (&mut self.cadences, &other.cadences);
        sum.published += new.published;
        sum.found += new.found;
        sum.kind += new.kind;
        sum.told += new.told;
        sum.told_at_ends += new.told_at_ends;
    }
}

/// A published chord and the steps in which it holds.
struct Span<'a> {
    published: &'a Published,
    start: u32,
    end: u32,
}

/// Compares the two. A place is right where the same chord is told for at least half of the time that the published one
/// holds; one of a pivot's two readings, or a variant, is as good as the other.
pub(crate) fn compare(grid: &GridScore, text: &RomanText) -> (Tally, Vec<Miss>) {
    let analysis = Analysis::of(grid);
    let spans = spans(grid, text, &text.chords);
    let variants = spans_of_variants(grid, text);
    let mut tally = Tally::default();
    let mut misses = Vec::new();
    for span in &spans {
        let (mut triad, mut chord, mut inversion, mut numeral) = (0, 0, 0, 0);
        for step in span.start..span.end {
            let others = variants.iter().filter(|variant| (variant.start..variant.end).contains(&step));
            let readings =
                || span.published.readings.iter().chain(others.clone().flat_map(|other| &other.published.readings));
            let Some(told) = chord_at(&analysis, step) else { continue };
            tally.key += u32::from(readings().any(|reading| is_key(reading, told)));
            triad += u32::from(readings().any(|reading| is_triad(reading, told)));
            chord += u32::from(readings().any(|reading| is_chord(reading, told)));
            inversion += u32::from(readings().any(|reading| is_chord(reading, told) && reading.bass == told.bass));
            numeral += u32::from(readings().any(|reading| is_chord(reading, told) && is_key(reading, told)));
        }
        let length = span.end - span.start;
        let is_right = |steps: u32| usize::from(2 * steps >= length);
        tally.places += 1;
        tally.steps += length;
        tally.chord_steps += chord;
        tally.triad += is_right(triad);
        tally.chord += is_right(chord);
        tally.inversion += is_right(inversion);
        tally.numeral += is_right(numeral);
        if is_right(numeral) == 0 {
            misses.push(miss(&analysis, span));
        }
    }
    tally.cadences = cadences(grid, &analysis, &spans, &mut misses);
    (tally, misses)
}

fn chord_at(analysis: &Analysis, step: u32) -> Option<&RomanChord> {
    let index = analysis.chords.partition_point(|chord| chord.from.step <= step).checked_sub(1)?;
    analysis.chords.get(index)
}

fn is_key(reading: &Numeral, told: &RomanChord) -> bool {
    reading.key.tonic == told.key.tonic && reading.key.is_minor == (told.key.mode == Mode::Minor)
}

fn is_triad(reading: &Numeral, told: &RomanChord) -> bool {
    reading.root == told.root && told.intervals.get(1..3) == Some(&reading.triad)
}

fn is_chord(reading: &Numeral, told: &RomanChord) -> bool {
    is_triad(reading, told) && told.intervals.get(3).copied() == reading.seventh
}

fn step_of(grid: &GridScore, text: &RomanText, measure: u32, beat: f32) -> Option<u32> {
    let bar = grid.bars.get(usize::try_from(measure.checked_sub(text.first_measure())?).ok()?)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few beats")]
    let offset = ((beat - 1.0).max(0.0) * bar.meter.beat_quarters() as f32 * 24.0).round() as u32;
    Some(bar.start + offset.min(bar.length))
}

fn spans<'a>(grid: &GridScore, text: &RomanText, chords: &'a [Published]) -> Vec<Span<'a>> {
    let starts: Vec<Option<u32>> = chords.iter().map(|chord| step_of(grid, text, chord.measure, chord.beat)).collect();
    let mut spans = Vec::new();
    for (index, published) in chords.iter().enumerate() {
        let Some(start) = starts[index] else { continue };
        // The last one holds to the end of its measure: the analysis may be of a part of the piece.
        let bar_end = grid.bars.get(grid.bar_of(start)).map_or(start, |bar| bar.end());
        let end = starts.get(index + 1).copied().flatten().unwrap_or(bar_end);
        if start < end {
            spans.push(Span { published, start, end });
        }
    }
    spans
}

/// A variant holds to the end of its measure at most.
fn spans_of_variants<'a>(grid: &GridScore, text: &'a RomanText) -> Vec<Span<'a>> {
    let runs = text.variants.chunk_by(|a, b| a.measure == b.measure && a.beat < b.beat);
    let mut spans = Vec::new();
    for run in runs {
        let bar_end = step_of(grid, text, run[0].measure, f32::MAX).unwrap_or(0);
        for (index, published) in run.iter().enumerate() {
            let start = step_of(grid, text, published.measure, published.beat).unwrap_or(0);
            let next = run.get(index + 1).and_then(|next| step_of(grid, text, next.measure, next.beat));
            spans.push(Span { published, start, end: next.unwrap_or(bar_end) });
        }
    }
    spans
}

fn miss(analysis: &Analysis, span: &Span<'_>) -> Miss {
    let names = |numeral: &Numeral| {
        let tonic = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"][usize::from(numeral.key.tonic)];
        format!("{tonic}{}: {}", if numeral.key.is_minor { "m" } else { "" }, numeral.text)
    };
    let published: Vec<String> = span.published.readings.iter().map(names).collect();
    let mut found: Vec<String> = Vec::new();
    for step in span.start..span.end {
        let told =
            chord_at(analysis, step).map_or_else(|| "-".into(), |told| format!("{}: {}", told.key, told.numeral));
        if found.last() != Some(&told) {
            found.push(told);
        }
    }
    Miss {
        measure: span.published.measure,
        beat: span.published.beat,
        published: published.join(" = "),
        found: found.join(", "),
    }
}

/// What kind of cadence is published at the end of a phrase: its last chord and the one on another root before it. The
/// program tells perfect and imperfect ones apart, a numeral alone does not.
fn published_kind(spans: &[Span<'_>], last: usize) -> Option<&'static str> {
    let last_reading = spans[last].published.readings.last()?;
    let before = spans[..last].iter().rev().find_map(|span| {
        let readings = &span.published.readings;
        let same_key = readings.iter().find(|reading| reading.key == last_reading.key);
        let reading = same_key.or(readings.last())?;
        (reading.root != last_reading.root).then_some(reading)
    })?;
    let is_root_position = last_reading.bass == last_reading.root;
    match (before.degree.trim_end_matches(['o', 'ø', '+']), last_reading.degree.as_str()) {
        _ if before.key != last_reading.key => None,
        ("V" | "vii", "I" | "i") => Some("authentic"),
        (_, "V") if is_root_position && last_reading.seventh.is_none() => Some("half"),
        ("IV" | "iv", "I" | "i") if is_root_position => Some("plagal"),
        ("V", "vi" | "VI") => Some("deceptive"),
        _ => None,
    }
}

const fn kind(cadence: CadenceKind) -> &'static str {
    match cadence {
        CadenceKind::PerfectAuthentic | CadenceKind::ImperfectAuthentic => "authentic",
        CadenceKind::Half | CadenceKind::PhrygianHalf => "half",
        CadenceKind::Plagal => "plagal",
        CadenceKind::Deceptive => "deceptive",
    }
}

fn cadences(grid: &GridScore, analysis: &Analysis, spans: &[Span<'_>], misses: &mut Vec<Miss>) -> Cadences {
    let beat = |step: u32| grid.bars.get(grid.bar_of(step)).map_or(24, |bar| bar.length / 2);
    let mut tally = Cadences::default();
    let ends: Vec<usize> = (0..spans.len()).filter(|&index| spans[index].published.ends_phrase).collect();
    if ends.is_empty() {
        return tally;
    }
    let is_at = |cadence: u32, span: &Span<'_>| cadence + beat(span.start) > span.start && cadence < span.end;
    for &index in &ends {
        let Some(published) = published_kind(spans, index) else { continue };
        tally.published += 1;
        let told = analysis.cadences.iter().filter(|cadence| is_at(cadence.at.step, &spans[index]));
        let kinds: Vec<&str> = told.map(|cadence| kind(cadence.kind)).collect();
        tally.found += usize::from(!kinds.is_empty());
        tally.kind += usize::from(kinds.contains(&published));
        if !kinds.contains(&published) {
            let told = kinds.first().copied().unwrap_or("no");
            let at_end = miss(analysis, &spans[index]);
            let found = format!("{told} cadence ({})", at_end.found);
            misses.push(Miss { published: format!("{published} cadence ({})", at_end.published), found, ..at_end });
        }
    }
    tally.told = analysis.cadences.len();
    let at_end = |step: u32| ends.iter().any(|&index| is_at(step, &spans[index]));
    tally.told_at_ends = analysis.cadences.iter().filter(|cadence| at_end(cadence.at.step)).count();
    tally
}
