//! Timelines to frames and files.

use std::io::Cursor;

use ripieno_score::timeline::{Event as TimelineEvent, Message};
use ripieno_score::{Channel, Pitch, Ppq, Program, Tick, Timeline, Velocity};
use ripieno_synth::offline::{
    Band, BitDepth, Performance, RenderOptions, SoundFontBank, WavSink, gain_to_reach, measure_loudness, render,
};
use ripieno_synth::{Synth, SynthConfig};

use crate::suite::tiny_soundfont::{FRAMES, soundfont, soundfont_with};

fn event(tick: u32, track: u16, message: Message) -> TimelineEvent {
    TimelineEvent { tick: Tick(tick), track, message }
}

/// Four instruments on four tracks, two beats each, the last of which nobody lets go.
fn piece() -> Timeline {
    let mut events = Vec::new();
    for (track, number) in [(1_u16, 0_u8), (2, 73), (3, 24), (4, 48)] {
        let channel = Channel::new(u8::try_from(track).unwrap()).unwrap();
        events.push(event(0, track, Message::Program { channel, program: Program::new(number).unwrap() }));
        for step in 0..4_u32 {
            let pitch = Pitch::new(60 + u8::try_from(step * 2).unwrap() + number % 7).unwrap();
            let velocity = Velocity::new(90).unwrap();
            events.push(event(step * 240, track, Message::NoteOn { channel, pitch, velocity }));
            if (track, step) != (4, 3) {
                events.push(event(step * 240 + 200, track, Message::NoteOff { channel, pitch, velocity: 64 }));
            }
        }
    }
    events.push(event(480, 0, Message::Tempo { micros_per_quarter: 250_000 }));
    events.sort_by_key(|event| event.tick);
    Timeline { ppq: Ppq::DEFAULT, events, end: Tick(960) }
}

fn dry(polyphony: usize) -> SynthConfig {
    SynthConfig { polyphony, ..SynthConfig::default() }.dry()
}

fn frames(config: SynthConfig, performance: &Performance) -> Vec<[f32; 2]> {
    let mut out = Vec::new();
    let mut synth = Synth::new(config).unwrap();
    assert!(render(&mut synth, performance, &RenderOptions::default(), |block, _| {
        out.extend_from_slice(block);
        true
    }));
    out
}

#[test]
fn tempo_changes_are_worked_in() {
    let performance = Performance::new(&piece(), 48_000);
    // One beat at 120, one at 240 quarter notes a minute.
    assert_eq!(performance.end_frame, 36_000);
}

#[test]
fn a_hanging_note_ends_with_the_piece() {
    let out = frames(dry(64), &Performance::new(&piece(), 48_000));
    let length_s = out.len() as f64 / 48_000.0;
    assert!(length_s > 0.75 && length_s < 8.0, "{length_s}");
    let tail = &out[out.len() - 2000..];
    assert!(tail.iter().flatten().all(|x| x.abs() < 2e-4));
}

#[test]
fn the_parts_add_up_to_the_dry_whole() {
    let performance = Performance::new(&piece(), 48_000);
    let whole = frames(dry(64), &performance);
    let parts = performance.parts();
    assert_eq!(parts.len(), 4);
    let mut sum = vec![[0.0_f32; 2]; whole.len()];
    for part in parts {
        for (sum, frame) in sum.iter_mut().zip(frames(dry(64), &performance.only(part))) {
            sum[0] += frame[0];
            sum[1] += frame[1];
        }
    }
    let worst = sum.iter().zip(&whole).map(|(a, b)| (a[0] - b[0]).abs().max((a[1] - b[1]).abs())).fold(0.0, f32::max);
    // Each part's file ends when it is quiet itself, at -80 dBFS.
    assert!(worst < 3e-4, "{worst}");
}

#[test]
fn the_limiter_does_not_shift_the_piece() {
    let performance = Performance::new(&piece(), 48_000);
    let first = |config| frames(config, &performance).iter().position(|frame| frame[0].abs() > 1e-4).unwrap();
    let with = first(SynthConfig { limiter: true, ..dry(64) });
    let without = first(dry(64));
    assert!(with.abs_diff(without) <= 1, "{with} {without}");
}

#[test]
fn rendering_stops_when_told() {
    let mut synth = Synth::new(dry(16)).unwrap();
    let mut blocks = 0;
    let is_whole = render(&mut synth, &Performance::new(&piece(), 48_000), &RenderOptions::default(), |_, progress| {
        assert!(progress.piece_frames == 36_000);
        blocks += 1;
        blocks < 3
    });
    assert!(!is_whole);
    assert_eq!(blocks, 3);
}

#[test]
fn a_piece_reaches_the_loudness_that_is_asked_for() {
    let performance = Performance::new(&piece(), 48_000);
    let options = RenderOptions::default();
    let config = SynthConfig { polyphony: 64, ..SynthConfig::default() };
    let gain_db = gain_to_reach(-23.0, &Band::BuiltIn, &config, &performance, &options, |_| true).unwrap();
    let mut synth = Synth::new(SynthConfig { gain_db, ..config.clone() }).unwrap();
    let loudness = measure_loudness(&mut synth, &performance, &options, |_| true).unwrap();
    assert!((loudness.integrated_lufs + 23.0).abs() < 0.3, "{loudness:?}");
    assert!(
        gain_to_reach(-23.0, &Band::BuiltIn, &config, &Performance::default(), &options, |_| true).is_err(),
        "silence"
    );
    assert!(gain_to_reach(-23.0, &Band::BuiltIn, &config, &performance, &options, |_| false).is_err(), "cancelled");
}

#[test]
fn wav_files_hold_what_was_rendered() {
    let sound = [[0.0, 0.5], [-0.25, 1.5], [0.1, -2.0]];
    for (bits, scale) in [(BitDepth::Sixteen, 32_767.0), (BitDepth::TwentyFour, 8_388_607.0), (BitDepth::Float, 1.0)] {
        let mut bytes = Vec::new();
        let mut sink = WavSink::new(Cursor::new(&mut bytes), 44_100, bits).unwrap();
        sink.write(&sound).unwrap();
        assert_eq!(sink.frames(), 3);
        sink.finish().unwrap();
        let mut reader = hound::WavReader::new(Cursor::new(bytes)).unwrap();
        assert_eq!((reader.spec().channels, reader.spec().sample_rate), (2, 44_100));
        let read: Vec<f32> = match bits {
            BitDepth::Float => reader.samples::<f32>().map(Result::unwrap).collect(),
            _ => reader.samples::<i32>().map(|x| x.unwrap() as f32 / scale).collect(),
        };
        for (read, written) in read.iter().zip(sound.as_flattened()) {
            let wanted = if bits == BitDepth::Float { *written } else { written.clamp(-1.0, 1.0) };
            assert!((read - wanted).abs() < 1e-4, "{bits:?}: {read} {written}");
        }
    }
}

#[test]
fn broken_soundfonts_are_errors() {
    assert!(SoundFontBank::read(b"").is_err());
    assert!(SoundFontBank::read(b"RIFF\xff\xff\xff\x7fsfbk").is_err());
    let mut cut = b"RIFF\x14\0\0\0sfbkLIST\xff\xff\xff\x7fINFO".to_vec();
    assert!(SoundFontBank::read(&cut).is_err());
    cut.extend_from_slice(&[0; 64]);
    assert!(SoundFontBank::read(&cut).is_err());
}

/// The piece on a SoundFont, and whether that broke.
fn on_a_soundfont(bytes: &[u8], config: &SynthConfig) -> (Vec<[f32; 2]>, bool) {
    let band = Band::SoundFont(SoundFontBank::read(bytes).unwrap());
    let mut player = band.player(config).unwrap();
    let mut out = Vec::new();
    render(
        player.as_mut(),
        &Performance::new(&piece(), config.sample_rate_hz),
        &RenderOptions::default(),
        |block, _| {
            out.extend_from_slice(block);
            true
        },
    );
    (out, player.is_broken())
}

#[test]
fn a_soundfont_sounds_and_does_not_clip() {
    let config = SynthConfig::default();
    let (out, is_broken) = on_a_soundfont(&soundfont(), &config);
    assert!(!is_broken);
    let peak = |frames: &[[f32; 2]]| frames.as_flattened().iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
    assert!(peak(&out) > 0.05, "{}", peak(&out));
    let (loud, _) = on_a_soundfont(&soundfont(), &SynthConfig { gain_db: 40.0, ..config.clone() });
    assert!((0.7..0.9).contains(&peak(&loud)), "{}", peak(&loud));
    let (unlimited, _) = on_a_soundfont(&soundfont(), &SynthConfig { gain_db: 40.0, ..config.dry() });
    assert!(peak(&unlimited) > 2.0, "{}", peak(&unlimited));
}

#[test]
fn a_soundfont_whose_samples_do_not_exist_is_refused() {
    for bounds in [[0, 5000, 0, 100], [0, FRAMES, 0, 1_000_000], [u32::MAX, FRAMES, 0, 100], [9, 3, 0, 100]] {
        assert!(SoundFontBank::read(&soundfont_with(bounds, 69)).is_err(), "{bounds:?}");
    }
}

#[test]
fn a_soundfont_that_leads_out_of_its_samples_falls_silent_and_says_so() {
    // A loop of one frame, five octaves up: the reader believes it, and the player runs away from it.
    let (out, is_broken) = on_a_soundfont(&soundfont_with([0, FRAMES, FRAMES - 1, FRAMES], 0), &SynthConfig::default());
    assert!(is_broken);
    assert!(out.as_flattened().iter().all(|x| x.abs() <= 0.9));
}

#[test]
fn what_is_played_ahead_is_what_is_played_at_once() {
    let performance = Performance::new(&piece(), 48_000);
    let mut synth = Synth::new(SynthConfig::default()).unwrap();
    let skipped = synth.latency_frames();
    let ahead = frames(SynthConfig::default(), &performance);
    // Until the notes are let go at the end, in one block.
    let end = performance.end_frame as usize;
    for timed in performance.events.iter().filter(|timed| timed.frame < performance.end_frame) {
        synth.handle(timed.event, timed.frame as usize);
    }
    let mut at_once = vec![[0.0; 2]; end];
    synth.render(&mut at_once);
    assert!(at_once[skipped..] == ahead[..end - skipped]);
}

#[test]
fn a_sink_that_has_heard_enough_ends_the_rendering() {
    let performance = Performance::new(&piece(), 48_000);
    let mut synth = Synth::new(SynthConfig::default()).unwrap();
    let mut blocks = 0;
    let is_whole = render(&mut synth, &performance, &RenderOptions::default(), |_, _| {
        blocks += 1;
        blocks < 2
    });
    assert!(!is_whole && blocks == 2);
}
