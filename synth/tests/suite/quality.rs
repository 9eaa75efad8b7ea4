//! The measured targets, with room for other machines' arithmetic.

use ebur128::{EbuR128, Mode};
use ripieno_synth::offline::LoudnessMeter;
use ripieno_synth::{Synth, SynthConfig, probe};

use crate::play::{off, on, program, seconds};
use crate::{alias, clicks, levels, tuning};

#[test]
fn strings_and_pianos_are_in_tune_within_a_cent() {
    for (number, key) in [(0, 33), (0, 60), (0, 84), (6, 76), (24, 52), (25, 88), (33, 31), (46, 60), (105, 79)] {
        for rate in [44_100, 96_000] {
            let cents = tuning::measure(number, key, rate, 1.0).unwrap();
            assert!(cents.abs() < 1.0, "program {number} key {key} at {rate}: {cents} cents");
        }
    }
}

#[test]
fn oscillators_are_in_tune_within_a_tenth_of_a_cent() {
    for (number, key) in [(4, 28), (4, 60), (4, 96), (11, 60)] {
        let cents = tuning::measure(number, key, 44_100, 1.0).unwrap();
        assert!(cents.abs() < 0.1, "program {number} key {key}: {cents} cents");
    }
}

#[test]
fn aliases_of_waves_lie_far_below_them() {
    for index in 0..probe::WAVES {
        for hz in [110.07, 1763.3, 4187.1] {
            let (name, alias_db) = alias::measure(index, hz);
            assert!(alias_db < -90.0, "{name} at {hz} Hz: {alias_db} dB");
        }
    }
}

#[test]
fn nothing_clicks() {
    for (name, db) in clicks::all().unwrap() {
        assert!(db < -75.0, "{name}: {db} dB");
    }
}

#[test]
fn programs_lie_within_three_loudness_units_of_each_other() {
    let all: Vec<f64> = (0..128).map(|number| levels::program_lufs(number).unwrap()).collect();
    let (most, least) = all.iter().fold((f64::MIN, f64::MAX), |(most, least), &x| (most.max(x), least.min(x)));
    assert!(most - least < 3.0, "{least} to {most}");
}

#[test]
fn the_leveler_brings_a_flute_and_a_band_near_to_each_other() {
    let loudness = |leveler: bool, parts: &[(u8, u8)]| {
        let mut synth = Synth::new(SynthConfig { leveler, ..SynthConfig::default() }).unwrap();
        for (channel, &(number, _)) in parts.iter().enumerate() {
            synth.handle(program(channel as u8, number), 0);
        }
        let mut meter = EbuR128::new(2, 48_000, Mode::I).unwrap();
        for beat in 0..40_u8 {
            for (channel, &(_, key)) in parts.iter().enumerate() {
                synth.handle(on(channel as u8, key + beat % 5, 70), 0);
                synth.handle(off(channel as u8, key + beat % 5), 22_000);
            }
            meter.add_frames_f32(seconds(&mut synth, 0.5).as_flattened()).unwrap();
        }
        meter.loudness_global().unwrap()
    };
    let flute = [(73, 72)];
    let band = [(56, 60), (57, 50), (66, 55), (61, 62), (0, 48), (32, 36), (48, 64), (60, 52)];
    let gap = |leveler| loudness(leveler, &band) - loudness(leveler, &flute);
    assert!(gap(false) > 8.0 && (0.0..4.0).contains(&gap(true)), "{} {}", gap(false), gap(true));
    assert!((loudness(true, &band) + 18.0).abs() < 1.0);
}

#[test]
fn the_limiter_keeps_the_true_peak_below_one_decibel() {
    let mut synth = Synth::new(SynthConfig { gain_db: 24.0, ..SynthConfig::default() }).unwrap();
    for (number, key) in [(30, 40), (56, 70), (80, 88), (38, 28), (47, 41)] {
        synth.handle(program(number % 8, number), 0);
        synth.handle(on(number % 8, key, 127), usize::from(number) * 100);
    }
    for step in 0..20 {
        synth.handle(on(9, 35 + step, 127), usize::from(step) * 2000);
    }
    let frames = seconds(&mut synth, 1.5);
    let mut meter = EbuR128::new(2, 48_000, Mode::TRUE_PEAK).unwrap();
    meter.add_frames_f32(frames.as_flattened()).unwrap();
    let peak = meter.true_peak(0).unwrap().max(meter.true_peak(1).unwrap());
    assert!(20.0 * peak.log10() < -1.0, "{} dBTP", 20.0 * peak.log10());
    assert!(20.0 * peak.log10() > -4.0, "and it does not waste what is allowed");
}

#[test]
fn there_is_no_direct_current() {
    let mut synth = Synth::new(SynthConfig::default()).unwrap();
    for (number, key) in [(30, 40), (81, 45), (62, 50)] {
        synth.handle(program(number % 8, number), 0);
        synth.handle(on(number % 8, key, 120), 0);
    }
    seconds(&mut synth, 1.0);
    let frames = seconds(&mut synth, 3.0);
    let mean = frames.iter().map(|frame| f64::from(frame[0])).sum::<f64>() / frames.len() as f64;
    assert!(mean.abs() < 1e-4, "{mean}");
}

#[test]
fn the_meter_agrees_with_another_of_the_same_standard() {
    // Loud, soft and silent stretches, of notes and noise: gates, and peaks between samples.
    let piece: Vec<[f32; 2]> = (0..48_000 * 8_u32)
        .map(|frame| {
            let second = frame / 48_000;
            let level = [0.5, 0.05, 0.0, 0.3, 0.001, 0.0, 0.7, 0.1][second as usize];
            let noise = (frame.wrapping_mul(frame).wrapping_mul(2_654_435_769) >> 16) as f32 / 65_536.0 - 0.5;
            let note = (frame as f32 * 0.7).sin() * 0.5;
            [level * (note + 0.3 * noise), level * (note - 0.5 * noise)]
        })
        .collect();
    for rate in [44_100, 48_000] {
        let mut meter = LoudnessMeter::new(rate);
        piece.chunks(1000).for_each(|block| meter.add(block));
        let heard = meter.loudness();
        let mut other = EbuR128::new(2, rate, Mode::I | Mode::TRUE_PEAK).unwrap();
        other.add_frames_f32(piece.as_flattened()).unwrap();
        let peak_db = 20.0 * other.true_peak(0).unwrap().max(other.true_peak(1).unwrap()).log10();
        let lufs = other.loudness_global().unwrap();
        assert!((heard.integrated_lufs - lufs).abs() < 0.02, "{rate}: {heard:?}, not {lufs}");
        assert!((heard.true_peak_dbtp - peak_db).abs() < 0.1, "{rate}: {heard:?}, not {peak_db}");
    }
    assert_eq!(LoudnessMeter::new(48_000).loudness().integrated_lufs, f64::NEG_INFINITY);
}
