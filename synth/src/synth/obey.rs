//! What each event does.

use super::{STRIPS, Synth};
use crate::channel::{ChannelState, Consequence};
use crate::dsp::gain_of_db;
use crate::event::Event;
use crate::presets::{self, Preset};
use crate::voices::Hold;

impl Synth {
    pub(super) fn obey(&mut self, event: Event) {
        match event {
            Event::NoteOn { channel, pitch, velocity } => {
                self.note_on(usize::from(channel.value()), pitch.value(), velocity.value());
            }
            Event::NoteOff { channel, pitch } => self.note_off(usize::from(channel.value()), pitch.value()),
            Event::PolyPressure { channel, pitch, pressure } => {
                self.channels[usize::from(channel.value())].set_poly_pressure(pitch.value(), pressure.min(127));
            }
            Event::ChannelPressure { channel, pressure } => {
                self.channels[usize::from(channel.value())].pressure = pressure.min(127);
            }
            Event::Controller { channel, controller, value } => {
                self.controller(usize::from(channel.value()), controller, value.min(127));
            }
            Event::Program { channel, program } => {
                self.change_program(usize::from(channel.value()), program.value());
            }
            Event::PitchBend { channel, bend } => {
                self.channels[usize::from(channel.value())].bend = bend.clamp(-8192, 8191);
            }
            Event::MasterVolume(value) => self.master.set_volume((f32::from(value.min(16_383)) / 16_383.0).powi(2)),
            Event::MasterTuning(value) => {
                self.master_fine_cents = (f32::from(value.min(16_383)) - 8192.0) * (100.0 / 8192.0);
            }
            Event::MasterTranspose(semitones) => self.master_semitones = f32::from(semitones.clamp(-64, 63)),
            Event::SystemReset => self.system_reset(),
            Event::AllNotesOff => {
                for channel in 0..self.channels.len() {
                    for controller in [64, 66] {
                        self.controller(channel, controller, 0);
                    }
                    self.channels[channel].keys.clear();
                    self.release_where(|voice| voice.channel == channel);
                }
            }
            Event::AllSoundOff => {
                self.channels.iter_mut().for_each(|channel| channel.keys.clear());
                self.silence_where(|_| true);
            }
        }
    }

    fn controller(&mut self, channel: usize, controller: u8, value: u8) {
        match self.channels[channel].set_controller(controller, value) {
            Consequence::Nothing => {}
            Consequence::PedalUp => {
                let sostenuto = self.channels[channel].sostenuto;
                self.release_where(|voice| {
                    voice.channel == channel && voice.hold == Hold::Pedal && !(sostenuto && voice.is_sostenuto)
                });
            }
            Consequence::SostenutoDown => {
                for voice in self.voices.iter_mut().filter(|voice| voice.channel == channel) {
                    // What the sustain pedal holds is caught too.
                    voice.is_sostenuto = matches!(voice.hold, Hold::Key | Hold::Pedal);
                }
            }
            Consequence::SostenutoUp => self.let_sostenuto_go(channel),
            Consequence::AllNotesOff => {
                self.channels[channel].keys.clear();
                // The pedals still hold what they hold (MIDI 1.0, "All notes off").
                for key in 0..128 {
                    self.note_off(channel, key);
                }
            }
            Consequence::AllSoundOff => {
                self.channels[channel].keys.clear();
                self.silence_where(|voice| voice.channel == channel);
            }
            Consequence::ResetControllers => {
                self.let_sostenuto_go(channel);
                self.release_where(|voice| voice.channel == channel && voice.hold == Hold::Pedal);
            }
        }
    }

    fn let_sostenuto_go(&mut self, channel: usize) {
        let sustain = self.channels[channel].sustain;
        self.release_where(|voice| {
            voice.channel == channel && voice.is_sostenuto && voice.hold == Hold::Pedal && !sustain
        });
        for voice in self.voices.iter_mut().filter(|voice| voice.channel == channel) {
            voice.is_sostenuto = false;
        }
    }

    fn change_program(&mut self, channel: usize, program: u8) {
        let before = self.preset_of(channel);
        self.channels[channel].set_program(program);
        let after = self.preset_of(channel);
        if !std::ptr::eq(before, after) {
            self.move_on(channel);
        }
    }

    /// Gives the channel a strip for a new preset. What still sounds keeps its own.
    fn move_on(&mut self, channel: usize) {
        let first = channel * STRIPS;
        let is_sounding = |bus: usize| self.voices.iter().any(|voice| voice.bus == bus);
        let strips = || first..first + STRIPS;
        let bus = strips()
            .find(|&bus| self.desk[bus].is_resting())
            .or_else(|| strips().find(|&bus| !is_sounding(bus)))
            // Three presets sound already: the oldest fades.
            .unwrap_or(first + (self.channels[channel].strip + 1) % STRIPS);
        self.silence_where(|voice| voice.bus == bus);
        self.channels[channel].strip = bus - first;
        self.set_up(channel);
    }

    /// The preset that a channel plays.
    pub(super) fn preset_of(&self, channel: usize) -> &'static Preset {
        let state = &self.channels[channel];
        if state.is_drums { presets::kit(state.program) } else { presets::program(state.program).0 }
    }

    /// Sets the strip of a channel up for what the channel plays.
    pub(super) fn set_up(&mut self, channel: usize) {
        let state = &self.channels[channel];
        let bus = channel * STRIPS + state.strip;
        let (preset, level_db) =
            if state.is_drums { (presets::kit(state.program), 0.0) } else { presets::program(state.program) };
        self.desk[bus].set_up(preset, gain_of_db(level_db));
    }

    fn system_reset(&mut self) {
        self.silence_where(|_| true);
        for channel in 0..self.channels.len() {
            let strip = self.channels[channel].strip;
            self.channels[channel] = ChannelState::new(channel);
            self.channels[channel].strip = strip;
            self.move_on(channel);
        }
        self.master.begin_piece();
        self.master.set_volume(1.0);
        (self.master_fine_cents, self.master_semitones) = (0.0, 0.0);
    }
}
