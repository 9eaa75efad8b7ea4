//! Damaged SoundFonts. A binary of its own: it counts the panics of the whole process.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "tests fail by panicking, and count small things"
)]

#[path = "../examples/measure/play.rs"]
#[allow(dead_code, reason = "shared with the example")]
mod play;

use std::sync::atomic::{AtomicUsize, Ordering};

use ripieno_synth::SynthConfig;
use ripieno_synth::offline::{Player, SoundFontBank, SoundFontSynth};

fn chunk(name: &[u8; 4], contents: &[u8]) -> Vec<u8> {
    let mut bytes = name.to_vec();
    bytes.extend_from_slice(&(contents.len() as u32).to_le_bytes());
    bytes.extend_from_slice(contents);
    bytes
}

fn list(kind: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(b"LIST", &[kind.to_vec(), chunks.concat()].concat())
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// A preset of one instrument of one looped sine.
fn soundfont() -> Vec<u8> {
    let name = |name: &str| {
        let mut bytes = name.as_bytes().to_vec();
        bytes.resize(20, 0);
        bytes
    };
    let preset = |title: &str, bag: u16| [name(title), words(&[0, 0, bag]), vec![0; 12]].concat();
    let instrument = |title: &str, bag: u16| [name(title), words(&[bag])].concat();
    let sample = |title: &str, numbers: [u32; 5]| {
        [name(title), numbers.iter().flat_map(|number| number.to_le_bytes()).collect(), vec![60, 0], words(&[0, 1])]
            .concat()
    };
    let wave: Vec<u8> = (0..256)
        .flat_map(|i| (((f64::from(i) * std::f64::consts::TAU / 64.0).sin() * 12_000.0) as i16).to_le_bytes())
        .collect();
    let riff = [
        b"sfbk".to_vec(),
        list(b"INFO", &[chunk(b"ifil", &words(&[2, 1])), chunk(b"isng", b"EMU8000\0"), chunk(b"INAM", b"test\0\0")]),
        list(b"sdta", &[chunk(b"smpl", &wave)]),
        list(
            b"pdta",
            &[
                chunk(b"phdr", &[preset("Sine", 0), preset("EOP", 1)].concat()),
                chunk(b"pbag", &words(&[0, 0, 1, 0])),
                chunk(b"pmod", &[0; 10]),
                chunk(b"pgen", &words(&[41, 0, 0, 0])),
                chunk(b"inst", &[instrument("Sine", 0), instrument("EOI", 1)].concat()),
                chunk(b"ibag", &words(&[0, 0, 2, 0])),
                chunk(b"imod", &[0; 10]),
                // Looped; the sample.
                chunk(b"igen", &words(&[54, 1, 53, 0, 0, 0])),
                chunk(b"shdr", &[sample("Sine", [0, 192, 64, 128, 48_000]), sample("EOS", [0; 5])].concat()),
            ],
        ),
    ]
    .concat();
    chunk(b"RIFF", &riff)
}

/// The peak of a note, where the file can be read.
fn try_to_play(bytes: &[u8]) -> Option<f32> {
    let bank = SoundFontBank::read(bytes).ok()?;
    let mut synth = SoundFontSynth::new(&bank, &SynthConfig::default().dry()).ok()?;
    let mut block = vec![[0.0; 2]; 4800];
    for key in [24, 60, 127] {
        synth.handle(play::on(0, key, 100), 0);
    }
    synth.render(&mut block);
    Some(block.iter().flatten().fold(0.0, |most, x| x.abs().max(most)))
}

#[test]
fn damaged_soundfonts_are_refused_or_play_and_reading_them_never_panics() {
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    let whole = soundfont();
    assert!(try_to_play(&whole).unwrap() > 0.01);

    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {
        PANICS.fetch_add(1, Ordering::Relaxed);
    }));
    let mut outcomes = [0_usize; 2];
    let mut while_reading = 0;
    for length in 0..whole.len() {
        assert!(SoundFontBank::read(&whole[..length]).is_err(), "cut at {length}");
    }
    for bit in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let before = PANICS.load(Ordering::Relaxed);
        let _ = SoundFontBank::read(&bytes);
        while_reading += PANICS.load(Ordering::Relaxed) - before;
        outcomes[usize::from(try_to_play(&bytes).is_some())] += 1;
    }
    std::panic::set_hook(usual);
    assert!(outcomes.iter().all(|&count| count > 100), "{outcomes:?}");
    assert_eq!(while_reading, 0, "the reader panicked where the checks should have refused");
    // A note that steps over a whole loop at once reads beyond it; which do is known only when they are played.
    let while_playing = PANICS.load(Ordering::Relaxed);
    assert!(while_playing * 500 < whole.len() * 8, "{while_playing} of {} flipped bits", whole.len() * 8);
}
