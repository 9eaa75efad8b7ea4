//! Registered parameters: what the data entry sets.

/// What the controllers 100 and 101, or 98 and 99, point to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Selected {
    Registered { msb: u8, lsb: u8 },
    Other,
}

const NULL: Selected = Selected::Registered { msb: 127, lsb: 127 };
const BEND_RANGE: Selected = Selected::Registered { msb: 0, lsb: 0 };
const FINE_TUNING: Selected = Selected::Registered { msb: 0, lsb: 1 };
const COARSE_TUNING: Selected = Selected::Registered { msb: 0, lsb: 2 };
const MODULATION_RANGE: Selected = Selected::Registered { msb: 0, lsb: 5 };

/// The registered parameters of a channel that mean something here.
#[derive(Debug, Clone)]
pub(super) struct Parameters {
    pub(super) bend_range_cents: f32,
    pub(super) modulation_range_cents: f32,
    fine_cents: f32,
    coarse_semitones: f32,
    selected: Selected,
    /// Coarse part of the data entry, so that the fine part adds to it.
    coarse: u8,
    fine: u8,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            // GM Level 1 developer guidelines: two semitones.
            bend_range_cents: 200.0,
            modulation_range_cents: 50.0,
            fine_cents: 0.0,
            coarse_semitones: 0.0,
            selected: NULL,
            coarse: 0,
            fine: 0,
        }
    }
}

impl Parameters {
    /// Controllers 98 to 101.
    pub(super) fn select(&mut self, controller: u8, value: u8) {
        let (msb, lsb) = match self.selected {
            Selected::Registered { msb, lsb } => (msb, lsb),
            Selected::Other => (127, 127),
        };
        self.selected = match controller {
            100 => Selected::Registered { msb, lsb: value },
            101 => Selected::Registered { msb: value, lsb },
            _ => {
                self.selected = Selected::Other;
                return;
            }
        };
        (self.coarse, self.fine) = (0, 0);
    }

    /// From now on data set nothing.
    pub(super) fn deselect(&mut self) {
        self.selected = NULL;
    }

    /// Controller 6.
    pub(super) fn set_coarse(&mut self, value: u8) {
        self.coarse = value;
        // A coarse value alone means a fine one of zero, but for the fine tuning, whose halves come in any order.
        if self.selected != FINE_TUNING {
            self.fine = 0;
        }
        self.apply();
    }

    /// Controller 38.
    pub(super) fn set_fine(&mut self, value: u8) {
        self.fine = value;
        self.apply();
    }

    /// Controllers 96 and 97: one up or down.
    pub(super) fn step(&mut self, by: i8) {
        if self.selected == BEND_RANGE {
            let semitones = (self.bend_range_cents / 100.0) + f32::from(by);
            self.bend_range_cents = semitones.clamp(0.0, 127.0) * 100.0;
        } else {
            self.coarse = self.coarse.saturating_add_signed(by).min(127);
            self.apply();
        }
    }

    fn apply(&mut self) {
        let (coarse, fine) = (f32::from(self.coarse), f32::from(self.fine));
        match self.selected {
            BEND_RANGE => self.bend_range_cents = coarse * 100.0 + fine.min(99.0),
            FINE_TUNING => self.fine_cents = (coarse * 128.0 + fine - 8192.0) * (100.0 / 8192.0),
            COARSE_TUNING => self.coarse_semitones = coarse - 64.0,
            MODULATION_RANGE => self.modulation_range_cents = coarse * 100.0 + fine * (100.0 / 128.0),
            _ => {}
        }
    }

    /// Fine and coarse tuning together.
    pub(super) fn tuning_cents(&self) -> f32 {
        self.fine_cents + self.coarse_semitones * 100.0
    }
}
