//! Checked controls: what was typed, with files read, as plain values.

use std::fs;
use std::path::Path;

use ripieno_composer::compose::Seed;
use ripieno_composer::compose::controls::{
    Anchor, Controls, Curve, Curves, PartChoice, PolyphonyWish, Progression, RangeWish,
};
use ripieno_composer::event::Role;
use ripieno_score::{Instrument, Key, Pitch, Scale, Score};

use crate::cli::{Compose, TypedControls, TypedTask};
use crate::failure::{InputError, UsageError};
use crate::input::read_midi_aloud;
use crate::parts::parse_instrument;

/// A part by its number from 1, a name, an instrument or a role; for the parser.
pub(crate) fn parse_part(text: &str) -> Result<PartChoice, String> {
    let name = text.trim();
    if name.is_empty() {
        return Err("a part has no name".into());
    }
    if let Ok(number) = name.parse() {
        return Ok(PartChoice::Number(number));
    }
    let role = match name.to_lowercase().as_str() {
        "melody" | "tune" => Some(Role::Melody),
        "bass" => Some(Role::Bass),
        "chords" => Some(Role::Chords),
        _ => None,
    };
    let instrument = parse_instrument(name).ok().map(Instrument::index);
    Ok(PartChoice::Named { name: name.to_owned(), instrument, role })
}

/// The part before `=`, or all parts, and what stands behind it.
fn of_part(text: &str) -> Result<(PartChoice, &str), String> {
    match text.split_once('=') {
        Some((part, value)) => Ok((parse_part(part)?, value.trim())),
        None => Ok((PartChoice::All, text.trim())),
    }
}

/// `C3..C6` or `piano=C3..C6`; for the parser.
pub(crate) fn parse_range(text: &str) -> Result<RangeWish, String> {
    let (parts, range) = of_part(text)?;
    let (low, high) = range.split_once("..").ok_or_else(|| format!("`{range}` is no range; write C3..C6"))?;
    let pitch = |text: &str| text.parse::<Pitch>().map_err(|error| error.to_string());
    let (low, high) = (pitch(low)?, pitch(high.trim_start_matches('='))?);
    if low > high {
        return Err(format!("{} lies above {}", low.name(), high.name()));
    }
    Ok(RangeWish { parts, low, high })
}

/// `3` or `piano=4`; for the parser.
pub(crate) fn parse_polyphony(text: &str) -> Result<PolyphonyWish, String> {
    let (parts, notes) = of_part(text)?;
    let number = notes.parse::<u8>().ok().filter(|notes| (1..=64).contains(notes));
    let notes = number.ok_or_else(|| format!("`{notes}` is no number of notes from 1 to 64"))?;
    Ok(PolyphonyWish { parts, notes })
}

/// All controls by value.
pub(crate) fn controls(typed: &Compose, seed: Option<&Seed>) -> anyhow::Result<Controls> {
    let given: &TypedControls = &typed.controls;
    if given.variation.is_some() && typed.task != Some(TypedTask::Vary) {
        return Err(UsageError("--variation goes with --task vary".into()).into());
    }
    let scale = given.scale.map(|named| {
        let tonic = named.tonic.or(typed.key.map(|key: Key| key.tonic)).or(seed.map(|seed| seed.key().tonic));
        Scale { tonic: tonic.unwrap_or(0), kind: named.kind }
    });
    let curve = |option: &str, text: &Option<String>| -> anyhow::Result<Option<Curve>> {
        text.as_deref().map(|text| curve(option, text)).transpose()
    };
    let curves = Curves {
        density: curve("--density", &given.density)?,
        thickness: curve("--thickness", &given.thickness)?,
        register: given.register.as_deref().map(register).transpose()?,
        offbeats: curve("--offbeats", &given.offbeats)?,
    };
    Ok(Controls {
        scale,
        pitches: given.pitches.clone(),
        ranges: given.range.clone(),
        polyphony: given.polyphony.clone(),
        chords: given.chords.as_deref().map(|text| chords(text, seed)).transpose()?,
        keep_rhythm: given.rhythm.is_some(),
        curves,
        form: given.form.clone(),
        locked_parts: given.lock.clone(),
        locked_bars: given.lock_bars.clone(),
        variation: given.variation,
    })
}

/// What stands in a file of this name, or the text itself.
fn text_or_file(text: &str) -> anyhow::Result<(String, bool)> {
    let path = Path::new(text);
    let looks_like_a_file = path.extension().is_some_and(|extension| {
        ["txt", "csv", "mid", "midi"].iter().any(|known| extension.eq_ignore_ascii_case(known))
    });
    if !looks_like_a_file && !path.is_file() {
        return Ok((text.to_owned(), false));
    }
    let read = fs::read_to_string(path).map_err(|error| InputError {
        message: format!("cannot read {}", path.display()),
        source: Some(error.into()),
    })?;
    Ok((read, true))
}

fn chords(text: &str, seed: Option<&Seed>) -> anyhow::Result<Progression> {
    let path = Path::new(text);
    let is_midi =
        path.extension().is_some_and(|ext| ext.eq_ignore_ascii_case("mid") || ext.eq_ignore_ascii_case("midi"));
    let heard = |score: &Score, name: &str, anchor| {
        let progression = Progression::of(score);
        let named = progression.ok_or_else(|| UsageError(format!("--chords: no chord is heard in {name}")));
        named.map(|progression| Progression { anchor, ..progression })
    };
    if text.eq_ignore_ascii_case("seed") {
        let seed = seed.ok_or_else(|| UsageError("--chords seed needs a seed file".into()))?;
        return Ok(heard(&seed.score, "the seed", Anchor::Piece)?);
    }
    if is_midi {
        return Ok(heard(&read_midi_aloud(path)?.score, text, Anchor::Written)?);
    }
    let (chords, is_file) = text_or_file(text)?;
    chords.parse().map_err(|error: ripieno_composer::compose::controls::ParseProgressionError| match is_file {
        true => InputError { message: format!("cannot use {text}"), source: Some(error.into()) }.into(),
        false => UsageError(format!("--chords: {error}")).into(),
    })
}

fn curve(option: &str, text: &str) -> anyhow::Result<Curve> {
    let (values, is_file) = text_or_file(text)?;
    let refused = |reason: String| -> anyhow::Error {
        match is_file {
            true => InputError { message: format!("cannot use {text}: {reason}"), source: None }.into(),
            false => UsageError(format!("{option}: {reason}")).into(),
        }
    };
    let curve: Curve = values
        .parse()
        .map_err(|error: ripieno_composer::compose::controls::ParseCurveError| refused(error.to_string()))?;
    match curve.points().iter().find(|point| !(0.0..=1.0).contains(*point)) {
        Some(point) => Err(refused(format!("{point} is not in 0 to 1"))),
        None => Ok(curve),
    }
}

/// A curve of pitch names, or of MIDI keys.
fn register(text: &str) -> anyhow::Result<Curve> {
    let (values, _) = text_or_file(text)?;
    let separated = values.replace("..", ",");
    let words = separated.split([',', ' ', '\n', '\r', '\t', ';']).filter(|word| !word.is_empty());
    let point = |word: &str| match word.parse::<f32>() {
        Ok(key) => (0.0..=127.0).contains(&key).then_some(key),
        Err(_) => word.parse::<Pitch>().ok().map(|pitch| f32::from(pitch.value())),
    };
    let points: Option<Vec<f32>> = words.map(point).collect();
    let curve = points.and_then(Curve::new);
    curve.ok_or_else(|| UsageError(format!("--register: `{text}` is no curve of pitches, such as C3..C5")).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_polyphony_name_a_part_or_none() {
        let range = parse_range("piano=C3..C6").expect("a range");
        assert_eq!((range.low.value(), range.high.value()), (48, 84));
        assert!(matches!(range.parts, PartChoice::Named { instrument: Some(0), role: None, .. }));
        assert_eq!(parse_range("C3..C6").expect("a range").parts, PartChoice::All);
        assert_eq!(parse_range("2=C3..C6").expect("a range").parts, PartChoice::Number(2));
        assert_eq!(parse_polyphony("bass=1").expect("a number").notes, 1);
        for bad in ["C6..C3", "C3", "piano=", "=C3..C4", "H3..C4"] {
            assert!(parse_range(bad).is_err(), "{bad}");
        }
        for bad in ["0", "piano=x", "65"] {
            assert!(parse_polyphony(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_register_has_names_or_numbers() {
        let points = |text: &str| register(text).map(|curve| curve.points().to_vec()).ok();
        assert_eq!(points("C3..C5"), Some(vec![48.0, 72.0]));
        assert_eq!(points("60"), Some(vec![60.0]));
        assert_eq!(points("C3..H5"), None);
    }

    #[test]
    fn a_curve_stays_between_nothing_and_all() {
        assert!(curve("--density", "0.2..0.8").is_ok());
        assert!(curve("--density", "0.2..1.8").is_err());
        assert!(curve("--density", "missing.txt").is_err());
    }
}
