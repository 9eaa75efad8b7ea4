//! Checked settings: what was typed, once it is known to make sense.

use std::str::FromStr;

use ripieno_composer::compose::Task;

use crate::cli::{Compose, TypedTask};
use crate::failure::UsageError;

/// A mix of styles: names with shares that add up to one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StyleMix(pub(crate) Vec<(String, f32)>);

impl FromStr for StyleMix {
    type Err = String;

    /// `baroque`, or `baroque:2,folk-dance:1`. A name without a weight weighs 1.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut styles: Vec<(String, f32)> = Vec::new();
        for style in text.split(',') {
            let (name, weight) = style.split_once(':').unwrap_or((style, "1"));
            let (name, weight) = (name.trim(), within(weight, 0.0, 1000.0)?);
            if name.is_empty() {
                return Err("a style has no name".into());
            }
            if styles.iter().any(|(known, _)| known == name) {
                return Err(format!("`{name}` is there twice"));
            }
            styles.push((name.to_owned(), weight));
        }
        let total: f32 = styles.iter().map(|(_, weight)| weight).sum();
        if total <= 0.0 {
            return Err("all weights are zero".into());
        }
        for (_, weight) in &mut styles {
            *weight /= total;
        }
        Ok(Self(styles))
    }
}

/// Where in a piece to begin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Start {
    /// At a bar line; the first bar is 1.
    Bar(u64),
    /// So many seconds after the beginning.
    Seconds(f64),
}

impl FromStr for Start {
    type Err = String;

    /// `17` is a bar; `1:05` and `1:05.5` are minutes and seconds.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is neither a bar, such as 17, nor minutes and seconds, such as 1:05");
        match text.split_once(':') {
            None => text.parse().ok().filter(|bar| *bar > 0).map(Self::Bar).ok_or_else(wrong),
            Some((minutes, seconds)) => {
                let minutes: u32 = minutes.parse().map_err(|_| wrong())?;
                let seconds: f64 = seconds.parse().map_err(|_| wrong())?;
                if !(0.0..60.0).contains(&seconds) {
                    return Err(wrong());
                }
                Ok(Self::Seconds(60.0 * f64::from(minutes) + seconds))
            }
        }
    }
}

/// A number between two limits; for the parser.
pub(crate) fn within(text: &str, least: f32, most: f32) -> Result<f32, String> {
    let number: f32 = text.trim().parse().map_err(|_| format!("`{text}` is no number"))?;
    if (least..=most).contains(&number) { Ok(number) } else { Err(format!("{number} is not in {least} to {most}")) }
}

/// What shall happen to the seed; what makes no sense is refused.
pub(crate) fn task(typed: &Compose) -> Result<Task, UsageError> {
    let bars = match (typed.from_bar, typed.to_bar) {
        (Some(from), Some(to)) if from > to => {
            return Err(UsageError(format!("--from-bar {from} comes after --to-bar {to}")));
        }
        (Some(from), Some(to)) => Some((usize::from(from), usize::from(to))),
        _ => None,
    };
    if matches!(typed.task, Some(TypedTask::Infill | TypedTask::Vary)) && !typed.parts.is_empty() {
        return Err(UsageError("infill and vary keep the instruments of the seed: leave --parts out".into()));
    }
    match (typed.task, bars) {
        (Some(TypedTask::Infill), Some((from, to))) => Ok(Task::Infill { from, to }),
        (Some(TypedTask::Infill), None) => {
            Err(UsageError("--task infill needs --from-bar and --to-bar: which bars shall be composed?".into()))
        }
        (_, Some(_)) => Err(UsageError("--from-bar and --to-bar go with --task infill".into())),
        (Some(TypedTask::Continue), None) => Ok(Task::Continue),
        (Some(TypedTask::Accompany), None) => Ok(Task::Accompany),
        (Some(TypedTask::Vary), None) => Ok(Task::Vary),
        (None, None) => Ok(Task::Complete),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command};

    fn typed_task(typed: &str) -> Result<Task, String> {
        let words = ["ripieno", "compose", "-o", "out.mid"].into_iter().chain(typed.split_whitespace());
        let Command::Compose(compose) = Cli::try_parse_from(words).map_err(|error| error.to_string())?.command else {
            return Err("not compose".into());
        };
        task(&compose).map_err(|error| error.to_string())
    }

    #[test]
    fn weights_become_shares() {
        let StyleMix(styles) = "baroque:3, folk-dance".parse().expect("a mix");
        assert_eq!(styles, [("baroque".to_owned(), 0.75), ("folk-dance".to_owned(), 0.25)]);
        for bad in ["", "a:b", "a:-1", "a:0", "a,a", "a:NaN"] {
            assert!(bad.parse::<StyleMix>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_start_is_a_bar_or_a_time() {
        assert_eq!("17".parse(), Ok(Start::Bar(17)));
        assert_eq!("1:05.5".parse(), Ok(Start::Seconds(65.5)));
        for bad in ["0", "-1", "", ":", "1:60", "1:-5", "1:nan", "x", "1:2:3"] {
            assert!(bad.parse::<Start>().is_err(), "{bad}");
        }
    }

    #[test]
    fn tasks_fit_their_bars() {
        assert_eq!(typed_task(""), Ok(Task::Complete));
        assert_eq!(typed_task("tune.mid"), Ok(Task::Complete));
        assert_eq!(typed_task("tune.mid --task infill --from-bar 2 --to-bar 3"), Ok(Task::Infill { from: 2, to: 3 }));
        for bad in [
            "--task vary",
            "tune.mid --task infill",
            "tune.mid --task infill --from-bar 2",
            "tune.mid --task infill --from-bar 3 --to-bar 2",
            "tune.mid --from-bar 1 --to-bar 2",
            "tune.mid --temperature nan",
            "tune.mid --parts piano,pianno",
            "tune.mid --key H",
        ] {
            assert!(typed_task(bad).is_err(), "{bad}");
        }
    }
}
