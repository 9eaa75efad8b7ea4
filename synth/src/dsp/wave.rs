//! The waves that oscillators play, as strengths of their harmonics.

/// A wave by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wave {
    Sine,
    Triangle,
    Square,
    Pulse25,
    Pulse12,
    Saw,
    /// A string moved by a bow at a fifteenth of its length.
    Bowed,
    /// The pulse of the vocal cords: 12 dB an octave.
    Glottal,
    /// Lips in a trumpet: strong up to the eighth harmonic.
    Brass,
    /// Lips in a horn or tuba: round.
    Horn,
    /// A cylindrical bore closed at one end: odd harmonics.
    Clarinet,
    /// A conical bore with a single reed.
    Sax,
    /// A conical bore with a double reed: the second and third outshine the first.
    Oboe,
    Bassoon,
    Flute,
    /// A stopped pipe: a strong first, some third.
    Stopped,
    /// Free reeds of an accordion or harmonium.
    FreeReed,
    /// Drawbars for jazz: 88 8000 000.
    OrganJazz,
    /// Drawbars in octaves: 80 8705 005.
    OrganOctaves,
    /// Drawbars for rock: 88 8600 005.
    OrganRock,
    /// Principal stops from 8 to 1 foot.
    OrganPipe,
    /// Hollow, glassy: first, third, seventh, eleventh.
    Glass,
    /// A vowel-like digital wave.
    Digital,
}

/// Drawbar footages as multiples of the 8-foot pitch, halved so that all are whole: 16', 5 1/3', 8', 4', 2 2/3', 2', 1 3/5', 1 1/3', 1'.
const DRAWBARS: [usize; 9] = [1, 3, 2, 4, 6, 8, 10, 12, 16];

impl Wave {
    pub(crate) const ALL: [Self; 23] = [
        Self::Sine,
        Self::Triangle,
        Self::Square,
        Self::Pulse25,
        Self::Pulse12,
        Self::Saw,
        Self::Bowed,
        Self::Glottal,
        Self::Brass,
        Self::Horn,
        Self::Clarinet,
        Self::Sax,
        Self::Oboe,
        Self::Bassoon,
        Self::Flute,
        Self::Stopped,
        Self::FreeReed,
        Self::OrganJazz,
        Self::OrganOctaves,
        Self::OrganRock,
        Self::OrganPipe,
        Self::Glass,
        Self::Digital,
    ];

    /// Strength of harmonic `k`, from 1. Organs are written an octave down, so that 16 feet is a harmonic.
    pub(crate) fn harmonic(self, k: usize) -> f64 {
        let n = k as f64;
        let odd = !k.is_multiple_of(2);
        let pulse = |width: f64| (std::f64::consts::PI * n * width).sin() * 1.3 / n;
        match self {
            Self::Sine => f64::from(u8::from(k == 1)),
            Self::Triangle => {
                let sign = if k % 4 == 1 { 1.0 } else { -1.0 };
                if odd { sign / (n * n) } else { 0.0 }
            }
            Self::Square => {
                if odd {
                    1.0 / n
                } else {
                    0.0
                }
            }
            Self::Pulse25 => pulse(0.25),
            Self::Pulse12 => pulse(0.12),
            Self::Saw => 0.8 / n,
            Self::Bowed => 0.9 / n * (0.35 + (std::f64::consts::PI * n / 15.0).sin().abs()),
            Self::Glottal => 1.0 / n.powf(1.6),
            Self::Brass => listed(&[0.55, 0.75, 0.9, 1.0, 0.85, 0.7, 0.55, 0.42], 2.0, k),
            Self::Horn => listed(&[0.9, 1.0, 0.7, 0.4, 0.25, 0.14, 0.08], 2.6, k),
            Self::Clarinet => listed(&[1.0, 0.04, 0.6, 0.08, 0.42, 0.12, 0.2, 0.1, 0.16, 0.08, 0.1, 0.08], 1.8, k),
            Self::Sax => listed(&[0.8, 1.0, 0.65, 0.5, 0.42, 0.26, 0.22, 0.18, 0.13, 0.11], 1.6, k),
            Self::Oboe => listed(&[0.45, 0.8, 1.0, 0.75, 0.5, 0.2, 0.22, 0.25, 0.2, 0.12], 1.9, k),
            Self::Bassoon => listed(&[0.35, 0.7, 0.9, 1.0, 0.6, 0.35, 0.22, 0.18, 0.15, 0.1], 1.9, k),
            Self::Flute => listed(&[1.0, 0.42, 0.2, 0.08, 0.05, 0.025, 0.012], 2.5, k),
            Self::Stopped => listed(&[1.0, 0.03, 0.22, 0.02, 0.06, 0.01, 0.02], 2.5, k),
            Self::FreeReed => 0.75 / n.powf(0.85) * (1.0 + 0.5 * (n * 1.9).sin()) * (-n / 40.0).exp(),
            Self::OrganJazz => drawbars([8, 8, 8, 0, 0, 0, 0, 0, 0], k),
            Self::OrganOctaves => drawbars([8, 0, 8, 7, 0, 5, 0, 0, 5], k),
            Self::OrganRock => drawbars([8, 8, 8, 6, 2, 3, 0, 0, 5], k),
            Self::OrganPipe => {
                // 8', 4', 2 2/3', 2', 1 1/3', 1', each a pipe with its own few harmonics.
                let stops = [(2, 1.0), (4, 0.7), (6, 0.35), (8, 0.5), (12, 0.22), (16, 0.25)];
                stops
                    .iter()
                    .filter(|(foot, _)| k.is_multiple_of(*foot))
                    .map(|(foot, level)| level / (n / *foot as f64).powf(1.5))
                    .sum()
            }
            Self::Glass => match k {
                1 => 1.0,
                3 => 0.3,
                7 => 0.16,
                11 => 0.12,
                16 => 0.06,
                _ => 0.0,
            },
            Self::Digital => 0.7 / n.powf(0.6) * (0.2 + (n * 0.55).sin().powi(2)) * (-n / 24.0).exp(),
        }
    }
}

/// The listed strengths, and beyond them a fall with the given power of the harmonic's number.
fn listed(first: &[f64], power: f64, k: usize) -> f64 {
    first.get(k - 1).copied().unwrap_or_else(|| {
        let last = first.len() as f64;
        first[first.len() - 1] * (last / k as f64).powf(power)
    })
}

/// Nine drawbars, each 0 to 8 in steps of 3 dB. A tonewheel gives nearly a sine: its second harmonic is faint.
fn drawbars(settings: [i32; 9], k: usize) -> f64 {
    let level = |bar: i32| if bar == 0 { 0.0 } else { 0.4 * 10.0_f64.powf(0.15 * f64::from(bar - 8)) };
    DRAWBARS
        .iter()
        .zip(settings)
        .map(|(&foot, bar)| {
            let purity = if k == foot {
                1.0
            } else if k == 2 * foot {
                0.02
            } else if k == 3 * foot {
                0.015
            } else {
                0.0
            };
            level(bar) * purity
        })
        .sum()
}
