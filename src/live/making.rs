//! How a performance came about, for the record in its files.

use ripieno_composer::event::PartEvent;
use ripieno_composer::improvise::Settings;
use ripieno_composer::provenance::{
    Circumstances, Improvised, Made, ModelId, Music, Origin, Record, SigningKey, StyleId, Told,
};
use ripieno_score::midi::Gesture;
use ripieno_score::{Meter, Score};
use serde::{Deserialize, Serialize};

use super::OWN_CHANNEL;
use super::band::name_of;
use crate::provenance::{PROGRAM, told};

/// What the files of a performance say about how it came about.
#[derive(Clone, Copy)]
pub(crate) enum Telling<'a> {
    /// They are music and nothing else.
    Nothing,
    /// They have a record that nobody signs.
    Unsigned,
    /// They have a record, signed with this key.
    Signed(&'a SigningKey),
}

/// All that is known before the first note.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Making {
    around: Circumstances,
    began: Improvised,
    /// The melody that was given.
    theme: Option<Music>,
}

impl Making {
    /// `own_styles` are the person's own in the mix; `parts`, `tempo_bpm` and `meter` are what became of the settings; `origins` are those of the notes of the melody that
    /// was given.
    pub(crate) fn new(
        (settings, own_styles): (&Settings, Vec<StyleId>),
        parts: &[PartEvent],
        (tempo_bpm, meter): (f64, Meter),
        origins: Option<&[Vec<Origin>]>,
    ) -> anyhow::Result<Self> {
        let theme = settings.theme.as_ref().zip(origins);
        Ok(Self {
            around: Circumstances {
                program: PROGRAM.into(),
                model: ModelId::base()?,
                personal_styles: own_styles,
                originality_index: None,
                device: "flex".into(),
            },
            began: Improvised {
                styles: settings.styles.clone(),
                parts: parts.to_vec(),
                key: settings.key,
                tempo_bpm,
                meter,
                sampling: settings.sampling,
                density: settings.density,
                playing: name_of(settings.playing).into(),
                random_seed: settings.seed,
            },
            theme: theme.map(|(seed, origins)| Music::of(&seed.score, origins)).transpose()?,
        })
    }

    /// The record of what was played, signed where there is a key; the person's part is known by its channel.
    pub(crate) fn told(&self, score: &Score, gestures: &[Gesture], key: Option<&SigningKey>) -> anyhow::Result<Told> {
        let parts = score.parts.iter().map(|part| {
            let is_own = part.channel.value() == OWN_CHANNEL;
            vec![if is_own { Origin::Person } else { Origin::Machine }; part.notes.len()]
        });
        let origins: Vec<Vec<Origin>> = parts.collect();
        let piece = Music::as_written(score, &origins, gestures);
        let made = Made::Improvised(self.began.clone());
        told(piece.map(|piece| Record::new(&self.around, made, self.theme.clone(), piece)), key)
    }
}
