//! Releasing, fading, stealing and ending voices.

use super::{DYING, STEAL_S, Synth};
use crate::engines::Engine;
use crate::voices::{Hold, Kind, Voice};

impl Synth {
    pub(super) fn let_go(&mut self, channel: usize, key: u8) {
        let (sustain, sostenuto) = (self.channels[channel].sustain, self.channels[channel].sostenuto);
        for voice in &mut self.voices {
            if voice.channel == channel && voice.key == key && voice.hold == Hold::Key {
                if sustain || (sostenuto && voice.is_sostenuto) {
                    voice.hold = Hold::Pedal;
                } else {
                    voice.hold = Hold::Released;
                    let slot = voice.slot;
                    engine_of!(self, voice.kind, engine => engine.release(slot));
                }
            }
        }
    }

    /// Lets go of voices, whatever holds them.
    pub(super) fn release_where(&mut self, is_meant: impl Fn(&Voice) -> bool) {
        for voice in &mut self.voices {
            if matches!(voice.hold, Hold::Key | Hold::Pedal) && is_meant(voice) {
                voice.hold = Hold::Released;
                let slot = voice.slot;
                engine_of!(self, voice.kind, engine => engine.release(slot));
            }
        }
    }

    pub(super) fn silence_where(&mut self, is_meant: impl Fn(&Voice) -> bool) {
        self.fade_where(STEAL_S * self.clock.sample_rate_hz, is_meant);
    }

    pub(super) fn fade_where(&mut self, frames: f32, is_meant: impl Fn(&Voice) -> bool) {
        for voice in &mut self.voices {
            if is_meant(voice) {
                voice.hold = Hold::Dying;
                let slot = voice.slot;
                engine_of!(self, voice.kind, engine => engine.fade(slot, frames));
            }
        }
    }

    /// Makes room for a voice: the least important one fades, beside the new one.
    pub(super) fn steal(&mut self) {
        self.stolen += 1;
        let mut victim: Option<(usize, f32)> = None;
        for (index, voice) in self.voices.iter().enumerate() {
            if voice.hold == Hold::Dying {
                continue;
            }
            let slot = voice.slot;
            let level = engine_of!(self, voice.kind, engine => engine.level(slot));
            // What is still held is worth more than what rings on; of equals the older goes.
            let worth = if voice.hold == Hold::Released { 0.1 } else { 1.0 };
            let age_s = (self.position - voice.born) as f32 / self.clock.sample_rate_hz;
            let importance = worth * (level + 1e-4) / (1.0 + 0.3 * age_s);
            if victim.is_none_or(|(_, least)| importance < least) {
                victim = Some((index, importance));
            }
        }
        if let Some((index, _)) = victim {
            self.voices[index].hold = Hold::Dying;
            let (kind, slot) = (self.voices[index].kind, self.voices[index].slot);
            let frames = STEAL_S * self.clock.sample_rate_hz;
            engine_of!(self, kind, engine => engine.fade(slot, frames));
        }
        // More steals within a few milliseconds than there are slots to fade in: the first of them must end now.
        if self.voices.len() >= self.config.polyphony + DYING
            && let Some(index) = self.voices.iter().position(|voice| voice.hold == Hold::Dying)
        {
            self.stop(index);
        }
    }

    /// Ends a voice at once.
    pub(super) fn stop(&mut self, index: usize) {
        let voice = self.voices.swap_remove(index);
        let slot = voice.slot;
        engine_of!(self, voice.kind, engine => engine.stop(slot));
    }
}
