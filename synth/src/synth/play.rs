//! Starting voices, and moving them on.

use super::{STRIPS, Synth};
use crate::bus::Bus;
use crate::dsp::noise::scramble;
use crate::engines::{Engine, Modulation, NoteStart};
use crate::presets::{self, Layer, Sound};
use crate::voices::{Hold, Kind, Voice};

/// A key that is struck again damps its old sound this slowly.
const RESTRIKE_S: f32 = 0.05;
/// A drum that is choked: a hand closes on the cymbal.
const CHOKE_S: f32 = 0.02;

/// How fast a slurred note comes to its pitch without portamento: as a finger falls. A jump would click.
const SLUR_S: f32 = 0.03;

/// What all layers of a note have in common.
#[derive(Debug, Clone, Copy)]
struct Strike {
    channel: usize,
    key: u8,
    velocity: f32,
    bus: usize,
    pan: f32,
    gain: f32,
    choke: u8,
    /// Portamento: cents from home, seconds to get there.
    slide: (f32, f32),
}

impl Synth {
    pub(super) fn note_on(&mut self, channel: usize, key: u8, velocity: u8) {
        let state = &mut self.channels[channel];
        let before = state.keys.last().filter(|(before, _)| state.is_legato && !state.is_drums && *before != key);
        state.keys.press(key, velocity);
        match before {
            Some((before, _)) if self.is_held(channel, before) => self.slur(channel, before, key),
            _ => self.strike(channel, key, velocity),
        }
    }

    pub(super) fn note_off(&mut self, channel: usize, key: u8) {
        let state = &mut self.channels[channel];
        let was_last = state.keys.last().is_some_and(|(last, _)| last == key);
        state.keys.lift(key);
        let is_alone = (state.is_mono || state.is_legato) && !state.is_drums;
        let back = state.keys.last().filter(|_| was_last && is_alone);
        let is_legato = state.is_legato;
        match back {
            // The key before is still down: back to it.
            Some((back, velocity)) if !self.is_held(channel, back) => {
                if is_legato && self.is_held(channel, key) {
                    self.slur(channel, key, back);
                } else {
                    self.strike(channel, back, velocity);
                }
            }
            _ => self.let_go(channel, key),
        }
    }

    fn is_held(&self, channel: usize, key: u8) -> bool {
        self.voices.iter().any(|voice| voice.channel == channel && voice.key == key && voice.hold == Hold::Key)
    }

    /// The sounding note goes over to another key, without a new attack.
    fn slur(&mut self, channel: usize, from: u8, to: u8) {
        let (_, seconds) = self.channels[channel].slide_to(to);
        let cents = 100.0 * (f32::from(to) - f32::from(from));
        for voice in &mut self.voices {
            if voice.channel == channel && voice.key == from && voice.hold == Hold::Key {
                voice.key = to;
                voice.slur_cents += cents;
                voice.slide_cents -= cents;
                voice.slide_speed = voice.slide_cents.abs() / seconds.max(SLUR_S);
            }
        }
        let frames = CHOKE_S * self.clock.sample_rate_hz;
        self.fade_where(frames, |voice| voice.channel == channel && voice.key != to && voice.hold != Hold::Dying);
    }

    fn strike(&mut self, channel: usize, key: u8, velocity: u8) {
        let state = &self.channels[channel];
        let bus = channel * STRIPS + state.strip;
        // A soft pedal moves the hammers: less, and rounder.
        let velocity = f32::from(velocity) / 127.0 * if state.soft { 0.8 } else { 1.0 };
        let loudness = 0.25 * velocity.powf(1.7);
        let preset = self.preset_of(channel);
        let fade = |seconds: f32| seconds * self.clock.sample_rate_hz;
        let (restrike, choke_frames) = (fade(RESTRIKE_S), fade(CHOKE_S));

        let (layers, level_db, pan, choke) = if self.channels[channel].is_drums {
            let (drum, level_db) = presets::drum(self.channels[channel].program, key);
            (drum.layers, level_db, drum.pan, drum.choke)
        } else {
            (preset.layers, preset.key_level_db(key), preset.width * (f32::from(key) - 62.0) / 45.0, 0)
        };
        let slide = self.channels[channel].slide_to(key);
        if choke > 0 {
            self.fade_where(choke_frames, |voice| voice.channel == channel && voice.choke == choke);
        } else if self.channels[channel].is_mono && !self.channels[channel].is_drums {
            self.fade_where(choke_frames, |voice| voice.channel == channel && voice.hold != Hold::Dying);
        } else if !self.channels[channel].is_drums {
            self.fade_where(restrike, |voice| {
                voice.channel == channel && voice.key == key && voice.hold != Hold::Dying
            });
        }
        if self.desk[bus].is_new() {
            self.set_up(channel);
        }
        self.desk[bus].wake(&self.channels[channel].targets());
        let gain = loudness * crate::dsp::gain_of_db(level_db);
        let strike = Strike { channel, key, velocity, bus, pan, gain, choke, slide };
        for (index, layer) in layers.iter().enumerate() {
            self.start_layer(&strike, layer, index);
        }
    }

    fn start_layer(&mut self, strike: &Strike, layer: &'static Layer, index: usize) {
        if self.voices.iter().filter(|voice| voice.hold != Hold::Dying).count() >= self.config.polyphony {
            self.steal();
        }
        let kind = match layer.sound {
            Sound::Tone(_) => Kind::Tone,
            Sound::Fm(_) => Kind::Fm,
            Sound::Plucked(_) => Kind::Plucked,
            Sound::Struck(_) => Kind::Struck,
        };
        let Some(slot) = engine_of!(self, kind, engine => engine.free_slot()) else { return };
        let semitones = f64::from(strike.key) - 69.0 + f64::from(layer.semitones);
        // A note is random in its own way, but always in the same: by its place in time, channel, key and layer.
        let place = (self.position as u32) ^ (strike.channel as u32) << 28 ^ (index as u32) << 24;
        let note = NoteStart {
            key: strike.key,
            frequency_hz: 440.0 * (semitones / 12.0).exp2(),
            velocity: strike.velocity,
            seed: scramble(place.wrapping_add(u32::from(strike.key).wrapping_mul(0x9e37_79b9))),
            bus: strike.bus,
            pan: strike.pan,
            gain: strike.gain * layer.gain,
            hardness_octaves: self.channels[strike.channel].brightness_octaves(),
        };
        match &layer.sound {
            Sound::Tone(patch) => self.tones.start(slot, patch, &note),
            Sound::Fm(patch) => self.operators.start(slot, patch, &note),
            Sound::Plucked(patch) => self.strings.start(slot, patch, &note),
            Sound::Struck(patch) => self.bodies.start(slot, patch, &note),
        }
        if self.frames_to_tick > 0 {
            let mut modulation = self.modulation_of(strike.channel, strike.key);
            modulation.pitch_ratio *= (strike.slide.0 / 1200.0).exp2();
            let frames = self.frames_to_tick;
            engine_of!(self, kind, engine => engine.control(slot, &modulation, frames));
        }
        self.voices.push(Voice {
            kind,
            slot,
            channel: strike.channel,
            key: strike.key,
            bus: strike.bus,
            choke: strike.choke,
            hold: Hold::Key,
            is_sostenuto: false,
            slur_cents: 0.0,
            slide_cents: strike.slide.0,
            slide_speed: strike.slide.0.abs() / strike.slide.1.max(1e-3),
            born: self.position,
        });
    }

    fn modulation_of(&self, channel: usize, key: u8) -> Modulation {
        let state = &self.channels[channel];
        let mut modulation = state.modulation(self.master_fine_cents + 100.0 * self.master_semitones);
        let pressure = state.pressure_on(key);
        modulation.vibrato_cents += pressure * 20.0;
        modulation.brightness_octaves += pressure * 0.6;
        modulation.gain += pressure * 0.25;
        modulation
    }

    /// Everything that changes slowly.
    pub(super) fn tick(&mut self) {
        let frames = self.clock.control_frames;
        let mut has_voices = [false; super::CHANNELS * STRIPS];
        for index in (0..self.voices.len()).rev() {
            let Voice { kind, slot, channel, key, bus, .. } = self.voices[index];
            let mut modulation = self.modulation_of(channel, key);
            let voice = &mut self.voices[index];
            if voice.slide_cents != 0.0 {
                let step = voice.slide_speed * self.clock.seconds(frames);
                voice.slide_cents -= voice.slide_cents.clamp(-step, step);
            }
            let cents = voice.slur_cents + voice.slide_cents;
            if cents != 0.0 {
                modulation.pitch_ratio *= (cents / 1200.0).exp2();
            }
            if engine_of!(self, kind, engine => engine.control(slot, &modulation, frames)) {
                has_voices[bus] = true;
            } else {
                self.stop(index);
            }
        }
        for (index, bus) in self.desk.iter_mut().enumerate() {
            if !bus.is_resting() {
                bus.control(&self.channels[index / STRIPS].targets(), has_voices[index], frames);
            }
        }
        self.equalizers.flush();
        let is_fed = self.desk.iter().any(|bus| !bus.is_resting());
        let is_chorus_fed = self.desk.iter().any(Bus::sends_to_chorus);
        self.master.control(is_fed, is_chorus_fed, frames);
    }
}
