//! The figures as text.

use std::fmt;

use ripieno_datasets::recognition::PASSAGE_BARS;

use super::{Confusion, Hearing, MELODY_BARS, SWEEP, StyleReport};

/// What a style should reach of what real pieces reach.
const ENOUGH: f64 = 0.7;

impl StyleReport {
    /// Styles that were composed and have test pieces.
    pub fn compared(&self) -> impl Iterator<Item = usize> + Clone + '_ {
        let Hearing { real, composed } = &self.whole;
        (0..self.styles.len()).filter(|&style| real.asked(style) > 0 && composed.asked(style) > 0)
    }
}

impl Hearing {
    /// How well composed pieces are recognised beside real ones: a share of the latter's.
    fn ratio(&self, styles: impl Iterator<Item = usize> + Clone) -> f64 {
        self.composed.balanced(styles.clone()) / self.real.balanced(styles)
    }

    fn row(&self, style: usize) -> [Option<f64>; 3] {
        let composed = self.composed.recognised(style);
        let [real, share] = share_of(self.real.recognised(style), composed);
        [real, composed, share]
    }
}

/// How well real passages are recognised, and what share of that composed pieces reach.
fn share_of(real: Option<f64>, composed: Option<f64>) -> [Option<f64>; 2] {
    [real, real.zip(composed).filter(|(real, _)| *real > 0.0).map(|(real, composed)| composed / real)]
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
            "pieces composed {from}, the best of {} candidates (one at the steps between styles), style strength {}, random seed {}",
            self.candidates, self.options.strength, self.options.seed
        )?;
        let hearings = if self.options.melodies { vec![&self.whole, &self.written] } else { vec![&self.whole] };
        write!(f, "{:<22}{:>10}{:>10}", "", "", "")?;
        for title in ["all notes", "without what was given"].iter().take(hearings.len()) {
            write!(f, "   {title:-^27}")?;
        }
        if self.lent.is_some() {
            write!(f, "   {:-^18}", "all, melody lent")?;
        }
        write!(f, "\n{:<22}{:>10}{:>10}", "style", "passages", "composed")?;
        hearings.iter().try_for_each(|_| write!(f, "   {:>9}{:>9}{:>9}", "passages", "composed", "ratio"))?;
        if self.lent.is_some() {
            write!(f, "   {:>9}{:>9}", "passages", "ratio")?;
        }
        writeln!(f, "  mostly heard as")?;
        for (style, name) in self.styles.iter().enumerate() {
            let Hearing { real, composed } = &self.whole;
            write!(f, "{name:<22}{:>10}{:>10}", real.asked(style), composed.asked(style))?;
            for hearing in &hearings {
                write!(f, "   ")?;
                for share in hearing.row(style) {
                    write!(f, "{:>9}", share.map_or("-".to_owned(), |share| format!("{share:.3}")))?;
                }
            }
            if let Some(lent) = &self.lent {
                write!(f, "   ")?;
                let composed = composed.recognised(style);
                for share in share_of(lent.recognised(style), composed) {
                    write!(f, "{:>9}", share.map_or("-".to_owned(), |share| format!("{share:.3}")))?;
                }
            }
            writeln!(f, "  {}", self.mostly(style))?;
        }
        let compared = self.compared();
        let sum = |confusion: &Confusion| compared.clone().map(|style| confusion.asked(style)).sum::<usize>();
        write!(f, "{:<22}{:>10}{:>10}", "all, styles alike", sum(&self.whole.real), sum(&self.whole.composed))?;
        for hearing in &hearings {
            let [real, composed] = [&hearing.real, &hearing.composed].map(|heard| heard.balanced(compared.clone()));
            write!(f, "   {real:>9.3}{composed:>9.3}{:>9.3}", hearing.ratio(compared.clone()))?;
        }
        if let Some(lent) = &self.lent {
            let [lent, composed] = [lent, &self.whole.composed].map(|heard| heard.balanced(compared.clone()));
            write!(f, "   {lent:>9.3}{:>9.3}", composed / lent)?;
        }
        let (count, chance) = (compared.clone().count(), 1.0 / self.styles.len() as f64);
        writeln!(f, "  (mean of {count} styles; chance is {chance:.3})")?;
        let reach = |style: &usize| self.written.row(*style)[2].is_some_and(|ratio| ratio >= ENOUGH);
        writeln!(f, "{} of {count} styles reach {ENOUGH} of what real passages reach", compared.filter(reach).count())?;
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
        let counts = &self.written.composed.counts[style];
        let heard = (0..counts.len()).max_by(|&a, &b| counts[a].cmp(&counts[b]).then(b.cmp(&a))).unwrap_or(0);
        match counts[heard] {
            0 => "-",
            _ => self.styles.get(heard).map_or("too few notes", String::as_str),
        }
    }
}
