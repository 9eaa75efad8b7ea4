//! Where the wheels, pedals and knobs of a channel stand.

mod keys;
mod parameters;
mod sound;

use crate::bus::BusTargets;
use crate::engines::Modulation;
use keys::HeldKeys;
use parameters::Parameters;
use sound::SoundControllers;

/// The state of one MIDI channel.
#[derive(Debug, Clone)]
pub(crate) struct ChannelState {
    pub(crate) program: u8,
    bank: u8,
    /// Whether the keys are drums.
    pub(crate) is_drums: bool,
    is_drum_channel: bool,
    volume: u8,
    expression: u8,
    /// What the pan makes of left and right.
    pan_gains: (f32, f32),
    modulation: u8,
    pub(crate) sustain: bool,
    pub(crate) sostenuto: bool,
    pub(crate) soft: bool,
    /// `-8192..=8191`.
    pub(crate) bend: i16,
    parameters: Parameters,
    pub(crate) pressure: u8,
    poly_pressure: [u8; 128],
    sound: SoundControllers,
    pub(crate) keys: HeldKeys,
    portamento_time: u8,
    is_portamento: bool,
    /// Where the next note slides from, once (controller 84).
    slide_from: Option<u8>,
    last_key: Option<u8>,
    /// Whether a new note ends the one before.
    pub(crate) is_mono: bool,
    /// Whether a new note is slurred to the one before.
    pub(crate) is_legato: bool,
    reverb: u8,
    chorus: u8,
    /// Which of the strips of the desk new notes go to.
    pub(crate) strip: usize,
}

/// What a controller asks of the voices, beside what the channel remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consequence {
    Nothing,
    PedalUp,
    SostenutoDown,
    SostenutoUp,
    AllNotesOff,
    AllSoundOff,
    ResetControllers,
}

impl ChannelState {
    pub(crate) fn new(channel: usize) -> Self {
        let is_drum_channel = channel == 9;
        Self {
            program: 0,
            bank: 0,
            is_drums: is_drum_channel,
            is_drum_channel,
            // GM Level 1 developer guidelines: volume 100, expression 127, pan 64.
            volume: 100,
            expression: 127,
            pan_gains: pan_gains(64),
            modulation: 0,
            sustain: false,
            sostenuto: false,
            soft: false,
            bend: 0,
            parameters: Parameters::default(),
            pressure: 0,
            poly_pressure: [0; 128],
            sound: SoundControllers::default(),
            keys: HeldKeys::default(),
            portamento_time: 0,
            is_portamento: false,
            slide_from: None,
            last_key: None,
            is_mono: false,
            is_legato: false,
            // GM2: reverb send 40, chorus send 0.
            reverb: 40,
            chorus: 0,
            strip: 0,
        }
    }

    pub(crate) fn set_program(&mut self, program: u8) {
        self.program = program;
        // GM2 keeps drums in bank 120, XG in 126 and 127; a melodic bank on the drum channel is not obeyed, because
        // many files send bank 0 there without meaning it.
        self.is_drums = self.is_drum_channel || matches!(self.bank, 120 | 126 | 127);
    }

    pub(crate) fn set_poly_pressure(&mut self, key: u8, pressure: u8) {
        self.poly_pressure[usize::from(key & 127)] = pressure;
    }

    pub(crate) fn set_controller(&mut self, controller: u8, value: u8) -> Consequence {
        let is_on = value >= 64;
        match controller {
            0 => self.bank = value,
            1 => self.modulation = value,
            5 => self.portamento_time = value,
            6 => self.parameters.set_coarse(value),
            38 => self.parameters.set_fine(value),
            7 => self.volume = value,
            10 => self.pan_gains = pan_gains(value),
            11 => self.expression = value,
            64 => {
                let was_on = std::mem::replace(&mut self.sustain, is_on);
                if was_on && !is_on {
                    return Consequence::PedalUp;
                }
            }
            65 => self.is_portamento = is_on,
            66 => {
                let was_on = std::mem::replace(&mut self.sostenuto, is_on);
                match (was_on, is_on) {
                    (false, true) => return Consequence::SostenutoDown,
                    (true, false) => return Consequence::SostenutoUp,
                    _ => {}
                }
            }
            67 => self.soft = is_on,
            68 => self.is_legato = is_on,
            71..=78 => self.sound.set(controller, value),
            84 => self.slide_from = Some(value),
            91 => self.reverb = value,
            93 => self.chorus = value,
            96 => self.parameters.step(1),
            97 => self.parameters.step(-1),
            98..=101 => self.parameters.select(controller, value),
            120 => return Consequence::AllSoundOff,
            121 => {
                self.reset_controllers();
                return Consequence::ResetControllers;
            }
            // Omni, mono and poly release all keys too (MIDI 1.0, "Channel mode messages").
            126 | 127 => {
                self.is_mono = controller == 126;
                return Consequence::AllNotesOff;
            }
            123..=125 => return Consequence::AllNotesOff,
            _ => {}
        }
        Consequence::Nothing
    }

    /// "Reset all controllers" as RP-015 has it: volume, pan, program and effects stay.
    fn reset_controllers(&mut self) {
        self.modulation = 0;
        self.expression = 127;
        self.sustain = false;
        self.sostenuto = false;
        self.soft = false;
        self.is_legato = false;
        self.is_portamento = false;
        self.slide_from = None;
        self.bend = 0;
        self.pressure = 0;
        self.poly_pressure = [0; 128];
        self.parameters.deselect();
    }

    /// What sounding voices follow, before the pressure of single keys.
    pub(crate) fn modulation(&self, master_cents: f32) -> Modulation {
        let bend = f32::from(self.bend) / 8192.0 * self.parameters.bend_range_cents;
        let cents = bend + self.parameters.tuning_cents() + master_cents;
        Modulation {
            pitch_ratio: if self.is_drums || cents == 0.0 { 1.0 } else { (cents / 1200.0).exp2() },
            vibrato_cents: f32::from(self.modulation) / 127.0 * self.parameters.modulation_range_cents,
            brightness_octaves: self.brightness_octaves(),
            gain: 1.0,
            shape: self.sound.shape,
        }
    }

    /// How much brighter than usual (controller 74).
    pub(crate) fn brightness_octaves(&self) -> f32 {
        self.sound.brightness_octaves()
    }

    /// Takes note of a key that is struck; gives the cents from which its pitch slides home, and for how many seconds.
    pub(crate) fn slide_to(&mut self, key: u8) -> (f32, f32) {
        let before = self.last_key.replace(key).filter(|_| self.is_portamento);
        // Controller 84 slides whether portamento is on or not (MIDI 1.0, "Portamento control").
        let Some(from) = self.slide_from.take().or(before) else { return (0.0, 0.0) };
        // Up to two seconds, and fine where it is fast.
        let seconds = 2.0 * (f32::from(self.portamento_time) / 127.0).powi(2);
        if self.is_drums || seconds == 0.0 { (0.0, 0.0) } else { ((f32::from(from) - f32::from(key)) * 100.0, seconds) }
    }

    /// The pressure on a key, `0..=1`.
    pub(crate) fn pressure_on(&self, key: u8) -> f32 {
        f32::from(self.pressure.max(self.poly_pressure[usize::from(key & 127)])) / 127.0
    }

    /// What the strip of the desk is set to.
    pub(crate) fn targets(&self) -> BusTargets {
        // Volume and expression go with the square of their value: 40 log (GM Level 1 developer guidelines).
        let square = |value: u8| (f32::from(value) / 127.0).powi(2);
        let level = square(self.volume) * square(self.expression);
        BusTargets {
            left: level * self.pan_gains.0,
            right: level * self.pan_gains.1,
            reverb: f32::from(self.reverb) / 127.0,
            chorus: f32::from(self.chorus) / 127.0 * 0.8,
            is_fast: self.modulation >= 64,
        }
    }
}

/// Equal power; 0 and 1 are both hard left, 64 is the middle (RP-036).
fn pan_gains(pan: u8) -> (f32, f32) {
    let angle = f32::from(pan.max(1) - 1) / 126.0 * std::f32::consts::FRAC_PI_2;
    (angle.cos() * std::f32::consts::SQRT_2, angle.sin() * std::f32::consts::SQRT_2)
}
