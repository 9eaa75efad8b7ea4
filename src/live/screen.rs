//! The terminal: a rolling piano roll with the plan ahead, and keys that steer.

use std::io;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{self, Event as TerminalEvent, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use ratatui::{DefaultTerminal, Frame};
use ripieno_composer::improvise::Playing;
use ripieno_score::{Channel, Pitch, Velocity};
use ripieno_synth::Event;

use super::keyboard::{SharedKeys, lock, piano_key};
use super::view::{View, ViewNote, Who};
use super::{OWN_CHANNEL, Wish};

/// Time between two pictures.
const FRAME: Duration = Duration::from_millis(33);
/// How long a key of the computer sounds: terminals do not tell when one is let go.
const GATE: Duration = Duration::from_millis(350);
/// Where the present is on the roll: the part of its width that is past.
const PRESENT: f64 = 0.65;
/// Bars on the roll.
const BARS: f64 = 3.0;
/// Tones on the roll: lowest and highest key.
const RANGE: (u8, u8) = (28, 96);

const HELP: &str =
    "q end  Esc stop  +/- tempo  t tap  [ ] density  , . temperature  1-9 style  m who plays  ! panic  Tab keys play";

/// What the screen needs to let the person steer.
pub(crate) struct Screen {
    pub(crate) view: Arc<Mutex<View>>,
    pub(crate) wishes: Sender<Wish>,
    pub(crate) keys: SharedKeys,
    /// Names of the styles that the model knows, in the order of its table.
    pub(crate) styles: Vec<String>,
    /// The share of each.
    pub(crate) weights: Vec<f32>,
    pub(crate) split: u8,
    keys_play: bool,
    taps: Vec<Instant>,
    sounding: Vec<(u8, Instant)>,
    playing: usize,
}

impl Screen {
    pub(crate) fn new(
        view: Arc<Mutex<View>>,
        wishes: Sender<Wish>,
        keys: SharedKeys,
        styles: Vec<String>,
        weights: Vec<f32>,
        split: u8,
    ) -> Self {
        let (taps, sounding) = (Vec::new(), Vec::new());
        Self { view, wishes, keys, styles, weights, split, keys_play: false, taps, sounding, playing: 0 }
    }

    /// Shows the music until it is over; `stopped` ends it from outside. The terminal is left as it was found, also on a
    /// panic.
    pub(crate) fn run(mut self, stopped: &dyn Fn() -> bool) -> io::Result<()> {
        let mut terminal = ratatui::try_init()?;
        let outcome = self.show(&mut terminal, stopped);
        ratatui::restore();
        outcome
    }

    fn show(&mut self, terminal: &mut DefaultTerminal, stopped: &dyn Fn() -> bool) -> io::Result<()> {
        loop {
            let view = self.view.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if view.is_over || stopped() {
                return Ok(());
            }
            terminal.draw(|frame| draw(frame, &view, self.keys_play))?;
            self.let_go();
            let until = Instant::now() + FRAME;
            while event::poll(until.saturating_duration_since(Instant::now()))? {
                if let TerminalEvent::Key(key) = event::read()?
                    && key.kind != KeyEventKind::Release
                {
                    self.press(key);
                }
            }
        }
    }

    fn wish(&self, wish: Wish) {
        let _ = self.wishes.send(wish);
    }

    fn play(&self, event: Event) {
        let _ = lock(&self.keys).play(event);
    }

    /// Ends the notes of the computer's keys.
    fn let_go(&mut self) {
        let channel = Channel::new(OWN_CHANNEL).expect("below 16");
        let over: Vec<u8> =
            self.sounding.iter().filter(|(_, since)| since.elapsed() > GATE).map(|&(pitch, _)| pitch).collect();
        self.sounding.retain(|(pitch, _)| !over.contains(pitch));
        for pitch in over.into_iter().filter_map(Pitch::new) {
            self.play(Event::NoteOff { channel, pitch });
        }
    }

    fn press(&mut self, key: KeyEvent) {
        if key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c') {
            return self.wish(Wish::Stop);
        }
        if let KeyCode::Char(letter) = key.code
            && self.keys_play
            && let Some(pitch) = piano_key(letter)
        {
            let channel = Channel::new(OWN_CHANNEL).expect("below 16");
            if let Some(pitch) = Pitch::new(pitch) {
                self.play(Event::NoteOn { channel, pitch, velocity: Velocity::DEFAULT });
                self.sounding.retain(|&(sounding, _)| sounding != pitch.value());
                self.sounding.push((pitch.value(), Instant::now()));
            }
            return;
        }
        match key.code {
            KeyCode::Esc => self.wish(Wish::Stop),
            KeyCode::Tab => self.keys_play = !self.keys_play,
            KeyCode::Char('q') => self.wish(Wish::Finish),
            KeyCode::Char('+' | '=') => self.wish(Wish::Faster(4.0)),
            KeyCode::Char('-') => self.wish(Wish::Faster(-4.0)),
            KeyCode::Char('[') => self.wish(Wish::Denser(-1)),
            KeyCode::Char(']') => self.wish(Wish::Denser(1)),
            KeyCode::Char(',') => self.wish(Wish::Warmer(-0.05)),
            KeyCode::Char('.') => self.wish(Wish::Warmer(0.05)),
            KeyCode::Char('!') => {
                self.play(Event::AllSoundOff);
                self.wish(Wish::Say("panic: everything is silent, the music goes on".into()));
            }
            KeyCode::Char('t') => self.tap(),
            KeyCode::Char('m') => {
                let ways = [
                    Playing::Alone,
                    Playing::Accompany,
                    Playing::Answer,
                    Playing::Trade { bars: 4 },
                    Playing::Band { split: self.split },
                ];
                self.playing = (self.playing + 1) % ways.len();
                self.wish(Wish::Playing(ways[self.playing]));
            }
            KeyCode::Char(digit @ '1'..='9') => self.mix(digit as usize - '1' as usize),
            _ => {}
        }
    }

    /// Gives a style another quarter of the mix.
    fn mix(&mut self, style: usize) {
        if style + 1 >= self.weights.len() {
            return;
        }
        self.weights.iter_mut().for_each(|weight| *weight *= 0.75);
        self.weights[style + 1] += 0.25;
        let named = self.styles.iter().zip(&self.weights[1..]).filter(|(_, weight)| **weight > 0.02);
        let named = named.map(|(name, &weight)| (name.clone(), weight)).collect();
        self.wish(Wish::Style(named, self.weights.clone()));
    }

    /// The tempo of the last taps.
    fn tap(&mut self) {
        let now = Instant::now();
        if self.taps.last().is_some_and(|last| now - *last > Duration::from_secs(2)) {
            self.taps.clear();
        }
        self.taps.push(now);
        if self.taps.len() > 8 {
            self.taps.remove(0);
        }
        if let [first, .., last] = self.taps.as_slice() {
            let beats = (self.taps.len() - 1) as f64;
            self.wish(Wish::Tempo(60.0 * beats / (*last - *first).as_secs_f64()));
        }
    }
}

fn draw(frame: &mut Frame<'_>, view: &View, keys_play: bool) {
    let [head, roll, below, words, help] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(4),
        Constraint::Length(2),
        Constraint::Length(2),
        Constraint::Length(2),
    ])
    .areas(frame.area());
    let bar = view.now.max(0.0) / view.bar_steps.max(1) as f64;
    let beat = view.now.max(0.0) % view.bar_steps.max(1) as f64 / 24.0;
    let state = if view.is_playing { "" } else { "  SOUND LOST, REOPENING" };
    let title = format!(
        " ripieno live  bar {:>3}.{}  section {}  {}  {:<6}  {:.0} bpm  {}{state}",
        bar.floor() + 1.0,
        beat.floor() + 1.0,
        view.section,
        view.key,
        view.chord,
        view.tempo_bpm,
        view.playing
    );
    frame.render_widget(Line::styled(title, Style::new().fg(Color::Black).bg(Color::Cyan)), head);
    frame.render_widget(Roll(view), roll);
    let styles: Vec<String> =
        view.styles.iter().map(|(name, share)| format!("{name} {:.0} %", 100.0 * share)).collect();
    let styles = if styles.is_empty() { "no style".to_owned() } else { styles.join("  ") };
    let density = view.density.map_or("free".to_owned(), |class| class.to_string());
    let steering = format!(" {styles}   density {density}   temperature {:.2}", view.temperature);
    let health = format!(
        " {}  latency {:.1} ms  ahead {:.1} beats  underruns {}  late {}  fallbacks {}",
        meter(view.peaks),
        view.latency_ms,
        view.in_hand,
        view.underruns,
        view.late,
        view.fallbacks
    );
    let [first, second] = Layout::vertical([Constraint::Length(1); 2]).areas(below);
    frame.render_widget(Line::raw(steering), first);
    frame.render_widget(Line::raw(health), second);
    for (line, message) in words.rows().zip(view.messages.iter().rev()) {
        frame.render_widget(Line::styled(format!(" {message}"), Style::new().fg(Color::Yellow)), line);
    }
    let help_style = Style::new().fg(Color::DarkGray);
    let letters = if keys_play { "  (a w s e d f … play)" } else { "" };
    let text = ratatui::widgets::Paragraph::new(format!("{HELP}{letters}"))
        .style(help_style)
        .wrap(ratatui::widgets::Wrap { trim: true });
    frame.render_widget(text, help);
}

/// A level meter of ten cells from -40 dB.
fn meter(peaks: [f32; 2]) -> String {
    let peak = peaks[0].max(peaks[1]).max(1e-6);
    let level = (20.0 * peak.log10() + 40.0) / 4.0;
    (0..10).map(|cell| if level > cell as f32 { '█' } else { '░' }).collect()
}

/// The piano roll: time to the right, tones upwards, the present at a line.
struct Roll<'a>(&'a View);

impl Widget for Roll<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let view = self.0;
        if area.width < 4 || area.height < 2 || view.bar_steps == 0 {
            return;
        }
        let span = BARS * view.bar_steps as f64;
        let first = view.now - PRESENT * span;
        let column = |step: f64| (step - first) / span * f64::from(area.width);
        let bar = view.bar_steps as f64;
        let mut line = (first / bar).ceil() * bar;
        while line < first + span {
            paint_column(buffer, area, column(line), '│', Color::DarkGray);
            line += bar;
        }
        paint_column(buffer, area, column(view.now), '┃', Color::White);
        for octave in 2..=7u8 {
            let row = row_of(area, 12 * octave);
            buffer.set_string(area.x, row, format!("C{}", octave - 1), Style::new().fg(Color::DarkGray));
        }
        for who in [Who::Plan, Who::Machine, Who::Person] {
            for note in view.notes.iter().filter(|note| note.who == who) {
                paint_note(buffer, area, note, &column, view.now);
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the area")]
fn paint_column(buffer: &mut Buffer, area: Rect, column: f64, symbol: char, color: Color) {
    if (0.0..f64::from(area.width)).contains(&column) {
        for y in area.top()..area.bottom() {
            buffer[(area.x + column as u16, y)].set_char(symbol).set_fg(color);
        }
    }
}

/// The row of a key; those beyond the range are at its ends.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the area")]
fn row_of(area: Rect, pitch: u8) -> u16 {
    let (low, high) = RANGE;
    let height = f64::from(pitch.clamp(low, high) - low) / f64::from(high - low);
    area.bottom() - 1 - (height * f64::from(area.height - 1)).round() as u16
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the area")]
fn paint_note(buffer: &mut Buffer, area: Rect, note: &ViewNote, column: &impl Fn(f64) -> f64, now: f64) {
    let row = row_of(area, note.pitch);
    let width = f64::from(area.width);
    let end = if note.end == f64::INFINITY { now } else { note.end };
    let (from, until) = (column(note.onset), column(end));
    if until < 0.0 || from >= width {
        return;
    }
    let (color, symbol) = match (note.who, note.is_drum) {
        (Who::Person, _) => (Color::LightGreen, '█'),
        (Who::Machine, false) => (Color::LightBlue, '█'),
        (Who::Machine, true) => (Color::Magenta, '▪'),
        (Who::Plan, _) => (Color::DarkGray, '▒'),
    };
    let first = from.max(0.0) as u16;
    let last = if note.is_drum { first } else { (until.min(width) as u16).max(first + 1) - 1 };
    for x in first..=last.min(area.width - 1) {
        buffer[(area.x + x, row)].set_char(symbol).set_fg(color);
    }
}

/// One line of text about the music, for those without a screen.
pub(crate) fn plain_line(view: &View) -> String {
    let bar = view.now.max(0.0) / view.bar_steps.max(1) as f64;
    let spans = [
        format!("bar {:>4.0}", bar.floor() + 1.0),
        format!("section {}", view.section),
        view.key.clone(),
        view.chord.clone(),
        format!("{:.0} bpm", view.tempo_bpm),
        format!("{:.1} beats ahead", view.in_hand),
        format!("underruns {}", view.underruns),
        format!("late {}", view.late),
        format!("fallbacks {}", view.fallbacks),
    ];
    Line::from(spans.map(|span| Span::raw(span + "  ")).to_vec()).to_string()
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;

    fn view() -> View {
        let note = |onset: f64, pitch, who| ViewNote { onset, end: onset + 24.0, pitch, who, is_drum: false };
        View {
            now: 200.0,
            bar_steps: 96,
            notes: [note(150.0, 60, Who::Person), note(170.0, 72, Who::Machine), note(220.0, 64, Who::Plan)].into(),
            key: "A minor".into(),
            chord: "Am".into(),
            section: 'B',
            playing: "answer",
            tempo_bpm: 96.0,
            styles: vec![("baroque".into(), 0.7)],
            is_playing: true,
            ..View::default()
        }
    }

    fn screen(width: u16, height: u16, view: &View) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a picture in memory");
        terminal.draw(|frame| draw(frame, view, false)).expect("drawn");
        terminal.backend().to_string()
    }

    #[test]
    fn the_screen_shows_the_music_and_how_to_steer_it() {
        for (width, height) in [(80, 24), (200, 60)] {
            let screen = screen(width, height, &view());
            for wanted in [
                "bar   3.1",
                "A minor",
                "Am",
                "section B",
                "baroque 70 %",
                "█",
                "▒",
                "┃",
                "! panic",
                "fallbacks 0",
                "C4",
            ] {
                assert!(screen.contains(wanted), "{wanted} in\n{screen}");
            }
        }
    }

    #[test]
    fn tiny_terminals_do_no_harm() {
        for (width, height) in [(1, 1), (3, 2), (10, 5), (20, 9)] {
            screen(width, height, &view());
        }
    }
}
