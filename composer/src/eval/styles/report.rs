//! The figures as text.

use std::fmt;

use ripieno_datasets::recognition::PASSAGE_BARS;

use super::{MELODY_BARS, SWEEP, StyleReport};

/// What a style should reach of what real pieces reach.
const ENOUGH: f64 = 0.7;

impl StyleReport {
    /// Styles that were composed and have test pieces.
    pub fn compared(&self) -> impl Iterator<Item = usize> + Clone + '_ {
        (0..self.styles.len()).filter(|&style| self.real.asked(style) > 0 && self.composed.asked(style) > 0)
    }

    /// How well the composed pieces are recognised beside real ones: a share of the latter's.
    pub fn ratio(&self) -> f64 {
        self.composed.balanced(self.compared()) / self.real.balanced(self.compared())
    }
}

impl fmt::Display for StyleReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "style heard in {PASSAGE_BARS} bars, by {} numbers about the notes (no instruments, tempo or loudness), learnt from \
             {} passages of the training split",
            self.features, self.training_passages
        )?;
        let from = match self.options.melodies {
            true => format!("from the same melodies of {MELODY_BARS} bars"),
            false => "from nothing".to_owned(),
        };
        writeln!(
            f,
            "pieces composed {from}, style strength {}, random seed {}",
            self.options.strength, self.options.seed
        )?;
        writeln!(
            f,
            "{:<22}{:>9}{:>11}{:>10}{:>11}{:>8}{:>16}  mostly heard as",
            "style", "passages", "recognised", "composed", "recognised", "ratio", "without melody"
        )?;
        for (style, name) in self.styles.iter().enumerate() {
            let share = |share: Option<f64>| share.map_or("-".to_owned(), |share| format!("{share:.3}"));
            let (real, composed) = (self.real.recognised(style), self.composed.recognised(style));
            let ratio = real.zip(composed).filter(|(real, _)| *real > 0.0).map(|(real, composed)| composed / real);
            writeln!(
                f,
                "{name:<22}{:>9}{:>11}{:>10}{:>11}{:>8}{:>16}  {}",
                self.real.asked(style),
                share(real),
                self.composed.asked(style),
                share(composed),
                share(ratio),
                share(self.written.recognised(style)),
                self.mostly(style)
            )?;
        }
        let compared = self.compared();
        writeln!(
            f,
            "{:<22}{:>9}{:>11.3}{:>10}{:>11.3}{:>8.3}{:>16.3}  (mean of {} styles; chance is {:.3})",
            "all, styles alike",
            compared.clone().map(|style| self.real.asked(style)).sum::<usize>(),
            self.real.balanced(compared.clone()),
            compared.clone().map(|style| self.composed.asked(style)).sum::<usize>(),
            self.composed.balanced(compared.clone()),
            self.ratio(),
            self.written.balanced(compared.clone()),
            compared.clone().count(),
            1.0 / self.styles.len() as f64
        )?;
        let reach =
            |style: &usize| self.composed.recognised(*style) >= self.real.recognised(*style).map(|real| ENOUGH * real);
        let reached = compared.clone().filter(reach).count();
        writeln!(f, "{reached} of {} styles reach {ENOUGH} of what real pieces reach", compared.count())?;
        if self.sweeps.is_empty() {
            return Ok(());
        }
        writeln!(f, "\nfrom one style to another: how probable the second is where it must be one of the two")?;
        write!(f, "{:<46}", "share of the second style asked for")?;
        SWEEP.iter().try_for_each(|weight| write!(f, "{weight:>8.2}"))?;
        writeln!(f)?;
        for sweep in &self.sweeps {
            write!(f, "{:<46}", format!("{} -> {}", sweep.from, sweep.to))?;
            sweep.heard.iter().try_for_each(|heard| write!(f, "{heard:>8.3}"))?;
            writeln!(f, "{}", if sweep.rises() == SWEEP.len() - 1 { "  rises" } else { "" })?;
        }
        let monotone = self.sweeps.iter().filter(|sweep| sweep.rises() == SWEEP.len() - 1).count();
        let rises: usize = self.sweeps.iter().map(super::Sweep::rises).sum();
        writeln!(
            f,
            "{monotone} of {} pairs rise at every step; {rises} of {} steps rise ({} pieces a step)",
            self.sweeps.len(),
            self.sweeps.len() * (SWEEP.len() - 1),
            self.sweeps[0].pieces
        )
    }
}

impl StyleReport {
    /// What a composed style is most often heard as.
    fn mostly(&self, style: usize) -> &str {
        let counts = &self.composed.counts[style];
        let heard = (0..counts.len()).max_by(|&a, &b| counts[a].cmp(&counts[b]).then(b.cmp(&a))).unwrap_or(0);
        match counts[heard] {
            0 => "-",
            _ => self.styles.get(heard).map_or("too few notes", String::as_str),
        }
    }
}
