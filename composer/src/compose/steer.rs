//! Curves over the bars as what is said of each bar, and where it is drawn to.

use super::controls::Curves;
use crate::attribute;
use crate::event::{PartEvent, Role};
use crate::generate::BarRequest;
use crate::vocabulary::meter_of;

/// Notes a quarter note that a part usually plays.
const fn usual_rate(role: Role) -> f32 {
    match role {
        Role::Melody => 1.3,
        Role::Bass => 0.9,
        Role::Chords => 2.5,
        Role::Inner => 1.0,
        Role::Drums => 3.0,
        Role::Any => 1.5,
    }
}

/// Notes that parts which are not locked usually write in a bar.
pub(super) fn usual_notes(bar: &BarRequest, parts: &[PartEvent]) -> f32 {
    let writes = |slot: &usize| bar.locked >> slot & 1 == 0;
    let rate: f32 = (0..parts.len()).filter(writes).map(|slot| usual_rate(parts[slot].role)).sum();
    rate * meter_of(bar.meter).0 as f32 / 24.0
}

/// Says what the curves ask of bar `index` of `bars`.
pub(super) fn steer(bar: &mut BarRequest, curves: &Curves, parts: &[PartEvent], index: usize, bars: usize) {
    let length = meter_of(bar.meter).0;
    let share = |value: f32| value.clamp(0.0, 1.0);
    let class = |value: f32, least: u8, most: u8| {
        #[expect(clippy::cast_sign_loss, reason = "a share is not negative")]
        let class = (share(value) * f32::from(most - least)).round() as u8;
        least + class
    };
    let mut aim = bar.aim;
    if let Some(curve) = &curves.density {
        // From a third of the usual to three times as much.
        let written = usual_notes(bar, parts) * 10f32.powf(share(curve.at(index, bars)) - 0.5);
        let locked = bar.given.iter().filter(|note| bar.locked >> note.part & 1 == 1).count();
        let notes = written + locked as f32;
        (aim.notes, aim.is_asked) = (Some(notes), true);
        #[expect(clippy::cast_sign_loss, reason = "a number of notes")]
        let rounded = notes.round() as usize;
        bar.attributes[attribute::DENSITY] = attribute::density_class(rounded, length);
    }
    if let Some(curve) = &curves.thickness {
        let value = curve.at(index, bars);
        bar.attributes[attribute::POLYPHONY] = class(value, 1, 6);
        aim.thickness = Some(share(value));
    }
    if let Some(curve) = &curves.register {
        let pitch = curve.at(index, bars).clamp(0.0, 127.0);
        #[expect(clippy::cast_sign_loss, reason = "a pitch is not negative")]
        let half_octave = (pitch / 6.0) as u8;
        bar.attributes[attribute::REGISTER] = half_octave.clamp(6, 13) - 5;
        aim.register = Some(pitch);
    }
    if let Some(curve) = &curves.offbeats {
        let value = curve.at(index, bars);
        bar.attributes[attribute::RHYTHM] = class(value, 1, 6);
        aim.offbeats = Some(share(value));
    }
    bar.aim = aim;
}
