//! What each controller, bend, pressure and mode should do.

use std::f64::consts::TAU;

use crate::hearing::Measure;
use crate::scene::{GM_ON, Scene, between, held};

const ELECTRIC_PIANO: u8 = 4;
const VIBRAPHONE: u8 = 11;
const GUITAR: u8 = 24;
const SYNTH_BASS: u8 = 38;
const FLUTE: u8 = 73;
/// Stands in the middle, unlike a piano.
const SAW: u8 = 81;

fn near(value: f64, tolerance: f64) -> (f64, f64) {
    (value - tolerance, value + tolerance)
}

/// 40 log: GM Level 1 developer guidelines.
fn forty_log(value: f64) -> (f64, f64) {
    near(40.0 * (value / 127.0).log10(), 0.15)
}

/// Controllers of a registered parameter and its data.
macro_rules! rpn {
    ($parameter:expr, $coarse:expr, $fine:expr) => {
        [&[0xb0, 101, 0][..], &[0xb0, 100, $parameter], &[0xb0, 6, $coarse], &[0xb0, 38, $fine]]
    };
}

fn levels() -> Vec<Scene> {
    use Measure::{LevelDb, SidesDb};
    let full: &[u8] = &[0xb0, 7, 100];
    let relative = |value: f64| (40.0 * (value / 100.0).log10() - 0.15, 40.0 * (value / 100.0).log10() + 0.15);
    // Equal power over 126 steps: 0 and 1 are hard left, 64 the middle (RP-036).
    let sides = |pan: f64| {
        let angle = (pan - 1.0) / 126.0 * (TAU / 4.0);
        near(20.0 * (angle.cos() / angle.sin()).log10(), 0.1)
    };
    let piano = ELECTRIC_PIANO;
    vec![
        between("nothing changes", piano, &[full], LevelDb, near(0.0, 0.1)),
        between("volume 100 to 127", piano, &[&[0xb0, 7, 127]], LevelDb, relative(127.0)),
        between("volume 100 to 64", piano, &[&[0xb0, 7, 64]], LevelDb, relative(64.0)),
        between("volume 100 to 8", piano, &[&[0xb0, 7, 8]], LevelDb, relative(8.0)),
        between("volume 0", piano, &[&[0xb0, 7, 0]], LevelDb, (f64::NEG_INFINITY, -120.0)),
        between("expression 90", piano, &[&[0xb0, 11, 90]], LevelDb, forty_log(90.0)),
        between("expression 32", piano, &[&[0xb0, 11, 32]], LevelDb, forty_log(32.0)),
        between(
            "master volume one half",
            piano,
            &[&[0xf0, 0x7f, 0x7f, 4, 1, 0, 64, 0xf7]],
            LevelDb,
            near(-12.04, 0.15),
        ),
        between("soft pedal", piano, &[&[0xb0, 67, 127]], LevelDb, (-6.0, -2.0)),
        between("pan 0: left against right", SAW, &[&[0xb0, 10, 0]], SidesDb, (120.0, f64::INFINITY)),
        between("pan 32: left against right", SAW, &[&[0xb0, 10, 32]], SidesDb, sides(32.0)),
        between("pan 64: left against right", SAW, &[&[0xb0, 10, 64]], SidesDb, sides(64.0)),
        between("pan 100: left against right", SAW, &[&[0xb0, 10, 100]], SidesDb, sides(100.0)),
        between("pan 127: left against right", SAW, &[&[0xb0, 10, 127]], SidesDb, (f64::NEG_INFINITY, -120.0)),
        between("pan 0: power of both", SAW, &[&[0xb0, 10, 0]], LevelDb, near(0.0, 0.1)),
        between(
            "reset all controllers leaves the volume",
            piano,
            &[&[0xb0, 7, 64], &[0xb0, 121, 0]],
            LevelDb,
            relative(64.0),
        ),
        between(
            "reset all controllers opens the expression",
            piano,
            &[&[0xb0, 11, 20], &[0xb0, 121, 0]],
            LevelDb,
            near(0.0, 0.1),
        ),
        between(
            "unknown controllers and messages",
            piano,
            &[&[0xb0, 3, 99], &[0xb0, 85, 1], &[0xf0, 1, 2, 3, 0xf7]],
            LevelDb,
            near(0.0, 0.1),
        ),
    ]
}

fn pitches() -> Vec<Scene> {
    use Measure::{Cents, VibratoCents};
    let piano = ELECTRIC_PIANO;
    let scene = |name, changes: &[&[u8]], cents| between(name, piano, changes, Cents, near(cents, 0.3));
    let with = |mut changes: Vec<&'static [u8]>, last: &'static [u8]| {
        changes.push(last);
        changes
    };
    const UP: &[u8] = &[0xe0, 127, 127];
    const DOWN: &[u8] = &[0xe0, 0, 0];
    vec![
        scene("bend up, 2 semitones by default", &[UP], 199.98),
        scene("bend half down", &[&[0xe0, 0, 32]], -100.0),
        scene("bend range 12 semitones, down", &with(rpn!(0, 12, 0).to_vec(), DOWN), -1200.0),
        scene("bend range 24 semitones, up", &with(rpn!(0, 24, 0).to_vec(), UP), 2399.7),
        scene("bend range 50 cents, up", &with(rpn!(0, 0, 50).to_vec(), UP), 50.0),
        scene(
            "the null parameter takes no data",
            &with([&[0xb0, 101, 127][..], &[0xb0, 100, 127], &[0xb0, 6, 12]].to_vec(), UP),
            199.98,
        ),
        scene(
            "a non-registered parameter takes its data away",
            &with([&[0xb0, 101, 0][..], &[0xb0, 100, 0], &[0xb0, 99, 1], &[0xb0, 6, 12]].to_vec(), UP),
            199.98,
        ),
        scene("fine tuning +50 cents", &rpn!(1, 96, 0), 50.0),
        scene("fine tuning -100 cents", &rpn!(1, 0, 0), -100.0),
        scene("coarse tuning -3 semitones", &rpn!(2, 61, 0), -300.0),
        scene("coarse tuning +12 semitones", &rpn!(2, 76, 0), 1200.0),
        scene("master fine tuning -100 cents", &[&[0xf0, 0x7f, 0x7f, 4, 3, 0, 0, 0xf7]], -100.0),
        scene("master coarse tuning +2 semitones", &[&[0xf0, 0x7f, 0x7f, 4, 4, 0, 66, 0xf7]], 200.0),
        scene("reset all controllers centres the bend", &[UP, &[0xb0, 121, 0]], 0.0),
        scene(
            "GM reset centres all",
            &with(with(rpn!(2, 61, 0).to_vec(), UP), GM_RESET_PIANO[0])
                .into_iter()
                .chain([GM_RESET_PIANO[1]])
                .collect::<Vec<_>>(),
            0.0,
        ),
        between("modulation 127: 50 cents", piano, &[&[0xb0, 1, 127]], VibratoCents, near(50.0, 4.0)),
        between("modulation 64: 25 cents", piano, &[&[0xb0, 1, 64]], VibratoCents, near(25.2, 3.0)),
        between(
            "modulation range 1 semitone",
            piano,
            &with(rpn!(5, 1, 0).to_vec(), &[0xb0, 1, 127]),
            VibratoCents,
            near(100.0, 8.0),
        ),
        between("channel pressure 127: 20 cents", piano, &[&[0xd0, 127]], VibratoCents, near(20.0, 3.0)),
        between("pressure on another key does nothing", piano, &[&[0xa0, 70, 127]], VibratoCents, near(0.0, 1.0)),
    ]
}

const GM_RESET_PIANO: [&[u8]; 2] = [GM_ON, &[0xc0, ELECTRIC_PIANO]];

fn pedals_and_modes() -> Vec<Scene> {
    const ON: (u32, &[u8]) = (100, &[0x90, 60, 100]);
    const OFF: (u32, &[u8]) = (500, &[0x80, 60, 64]);
    const SUSTAIN: (u32, &[u8]) = (300, &[0xb0, 64, 127]);
    const CATCH: (u32, &[u8]) = (300, &[0xb0, 66, 127]);
    vec![
        held("note off", &[ON, OFF], 1500, false),
        held("sustain holds", &[ON, SUSTAIN, OFF], 1500, true),
        held("sustain at 63 is up", &[ON, SUSTAIN, OFF, (800, &[0xb0, 64, 63])], 1500, false),
        held("sostenuto holds what was down", &[ON, CATCH, OFF], 1500, true),
        held("sostenuto holds nothing later", &[CATCH, (400, &[0x90, 60, 100]), (600, &[0x80, 60, 64])], 1500, false),
        held("sostenuto up", &[ON, CATCH, OFF, (800, &[0xb0, 66, 0])], 1500, false),
        held("all notes off", &[ON, (500, &[0xb0, 123, 0])], 1500, false),
        held("all notes off under the pedal", &[ON, SUSTAIN, (500, &[0xb0, 123, 0])], 1500, true),
        held("all sound off under the pedal", &[ON, SUSTAIN, (500, &[0xb0, 120, 0])], 1500, false),
        held("reset all controllers lifts the pedal", &[ON, SUSTAIN, OFF, (800, &[0xb0, 121, 0])], 1500, false),
        held("omni off ends all notes", &[ON, (500, &[0xb0, 124, 0])], 1500, false),
        held("mono mode ends all notes", &[ON, (500, &[0xb0, 126, 1])], 1500, false),
        held("poly mode ends all notes", &[ON, (500, &[0xb0, 127, 0])], 1500, false),
        held("release (72) at 127 rings on", &[(50, &[0xb0, 72, 127]), ON, OFF], 540, true),
        held("in mono mode a new key ends the old", &[(50, &[0xb0, 126, 1]), ON, (500, &[0x90, 72, 1])], 1500, false),
        held(
            "in mono mode a key that is still down comes back",
            &[(50, &[0xb0, 126, 1]), ON, (500, &[0x90, 72, 1]), (600, &[0x80, 72, 0])],
            1500,
            true,
        ),
        held(
            "in mono mode a key that was let go does not",
            &[(50, &[0xb0, 126, 1]), ON, (500, &[0x90, 72, 1]), (600, &[0x80, 60, 0]), (700, &[0x80, 72, 0])],
            1500,
            false,
        ),
        held(
            "under the legato switch a key that is still down comes back",
            &[(50, &[0xb0, 68, 127]), ON, (500, &[0x90, 72, 1]), (600, &[0x80, 72, 0])],
            1500,
            true,
        ),
        held(
            "all notes off forgets the keys that are down",
            &[(50, &[0xb0, 126, 1]), ON, (500, &[0xb0, 123, 0]), (600, &[0x90, 72, 1]), (700, &[0x80, 72, 0])],
            1500,
            false,
        ),
        held(
            "in poly mode it does not",
            &[(50, &[0xb0, 127, 0]), ON, (500, &[0x90, 72, 1]), (600, &[0x80, 72, 0])],
            1500,
            true,
        ),
        held("GM2 reset", &[ON, (500, &[0xf0, 0x7e, 0x7f, 9, 3, 0xf7])], 1500, false),
        held("GS reset", &[ON, (500, &[0xf0, 0x41, 0x10, 0x42, 0x12, 0x40, 0, 0x7f, 0, 0x41, 0xf7])], 1500, false),
        held("XG reset", &[ON, (500, &[0xf0, 0x43, 0x10, 0x4c, 0, 0, 0x7e, 0, 0xf7])], 1500, false),
    ]
}

fn tones() -> Vec<Scene> {
    use Measure::{AttackMs, CentroidOctaves, Cents, CentsAt, LevelDb};
    // Two seconds times (64 / 127)²: half a second from the key in the data of controller 84.
    const SLIDE: [&[u8]; 2] = [&[0xb0, 5, 64], &[0xb0, 84, 57]];
    const MIDDLE_C: &[u8] = &[0x90, 60, 1];
    vec![
        between("cut-off (74) at 127", SAW, &[&[0xb0, 74, 127]], CentroidOctaves, (0.2, 2.0)),
        between("resonance (71) at 127", SYNTH_BASS, &[&[0xb0, 71, 127]], LevelDb, (0.5, 12.0)),
        between("attack (73) at 127", SAW, &[&[0xb0, 73, 127]], AttackMs, (20.0, 60.0)),
        between("cut-off (74) at 0", SAW, &[&[0xb0, 74, 0]], CentroidOctaves, (-2.0, -0.5)),
        between("portamento control from A3, half way", ELECTRIC_PIANO, &SLIDE, CentsAt(214), near(-600.0, 40.0)),
        between("portamento control from A3, arrived", ELECTRIC_PIANO, &SLIDE, CentsAt(560), near(0.0, 0.3)),
        between(
            "portamento from the last key, half way",
            ELECTRIC_PIANO,
            &[&[0xb0, 5, 64], &[0xb0, 65, 127], MIDDLE_C, &[0x80, 60, 0]],
            CentsAt(214),
            near(-450.0, 40.0),
        ),
        between(
            "the legato switch (68) slurs: to the new pitch",
            ELECTRIC_PIANO,
            &[&[0xb0, 68, 127], &[0x90, 57, 1]],
            CentsAt(100),
            near(0.0, 0.3),
        ),
        between(
            "the legato switch (68) slurs: without a new attack",
            ELECTRIC_PIANO,
            &[&[0xb0, 68, 127], &[0x90, 57, 1]],
            LevelDb,
            (-90.0, -40.0),
        ),
        between(
            "a slur with portamento, half way",
            ELECTRIC_PIANO,
            &[&[0xb0, 68, 127], &[0x90, 57, 100], &[0xb0, 5, 64], &[0xb0, 65, 127]],
            CentsAt(214),
            near(-600.0, 40.0),
        ),
        between(
            "portamento without time is none",
            ELECTRIC_PIANO,
            &[&[0xb0, 5, 0], &[0xb0, 84, 57]],
            Cents,
            near(0.0, 0.3),
        ),
    ]
}

/// The sound controllers on each kind of voice: frequency modulation, string, modes, wavetable.
fn sound_controllers() -> Vec<Scene> {
    use Measure::{AttackMs, CentroidOctaves, DecayDb, EarlyVibratoCents, LevelDb, ReleaseDb, VibratoCents, VibratoHz};
    let piano = ELECTRIC_PIANO;
    let wide: &[u8] = &[0xb0, 77, 127];
    let mut scenes = vec![
        between("resonance (71) at 127, modulation", piano, &[&[0xb0, 71, 127]], CentroidOctaves, (0.1, 2.0)),
        between("attack (73) at 127, modes", VIBRAPHONE, &[&[0xb0, 73, 127]], AttackMs, (5.0, 40.0)),
        between("decay (75) at 0, wavetable", SYNTH_BASS, &[&[0xb0, 75, 0]], LevelDb, (-40.0, -1.0)),
        between("vibrato rate (76) at 127, wavetable", FLUTE, &[wide, &[0xb0, 76, 127]], VibratoHz, near(10.4, 2.2)),
    ];
    for (kind, program) in [("modulation", piano), ("string", GUITAR), ("modes", VIBRAPHONE)] {
        let of = |name: &str, changes: &[&[u8]], measure, wanted| {
            between(format!("{name}, {kind}"), program, changes, measure, wanted)
        };
        scenes.extend([
            of("cut-off (74) at 127", &[&[0xb0, 74, 127]], CentroidOctaves, (0.05, 2.0)),
            of("decay (75) at 0", &[&[0xb0, 75, 0]], DecayDb, (2.0, 300.0)),
            of("release (72) at 127", &[&[0xb0, 72, 127]], ReleaseDb, (-100.0, -2.0)),
            of("vibrato depth (77) at 127", &[wide], VibratoCents, near(39.4, 6.0)),
            of("vibrato rate (76) at 127", &[wide, &[0xb0, 76, 127]], VibratoHz, near(10.3, 0.6)),
            of("vibrato delay (78) at 127", &[wide, &[0xb0, 78, 127]], EarlyVibratoCents, (0.0, 6.0)),
            of("vibrato delay (78) at 0", &[wide, &[0xb0, 78, 0]], EarlyVibratoCents, near(38.0, 8.0)),
            of(
                "vibrato rate (76) doubles nothing that is not there",
                &[&[0xb0, 76, 127]],
                VibratoCents,
                near(0.0, 2.0),
            ),
        ]);
    }
    scenes
}

pub(crate) fn scenes() -> Vec<Scene> {
    [levels(), pitches(), pedals_and_modes(), tones(), sound_controllers()].into_iter().flatten().collect()
}
