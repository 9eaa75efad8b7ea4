//! The model card: what a model was trained on, by whose leave, how, and with what result. All of it is read from the
//! corpus and from the weights file that it describes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};
use std::fs;
use std::path::Path;

use anyhow::Context;
use ripieno_composer::model::{ModelHeader, read_header};
use ripieno_composer::train::TrainConfig;
use ripieno_datasets::{Corpus, Split};

use crate::output::OutputFile;

/// Credits of one source that the card lists; the table beside it has them all.
const CREDITS: usize = 40;

/// The files beside the weights.
const CARD: &str = "MODEL_CARD.md";
const PIECES: &str = "training-data.csv";

/// Writes the card and the table of pieces beside `weights`, which must be there.
pub(crate) fn write(weights: &Path, corpus: &Corpus, config: &TrainConfig, seconds: f64) -> anyhow::Result<()> {
    let bytes = fs::read(weights).with_context(|| format!("cannot read {}", weights.display()))?;
    let header = read_header(&bytes)?;
    let card = Card { header: &header, corpus, config, seconds, weights_hash: hash(&bytes) };
    let text = card.text().context("a text takes every word")?;
    OutputFile::new(&weights.with_file_name(PIECES), true)?.write(corpus.to_csv().as_bytes())?;
    OutputFile::new(&weights.with_file_name(CARD), true)?.write(text.as_bytes())
}

struct Card<'a> {
    header: &'a ModelHeader,
    corpus: &'a Corpus,
    config: &'a TrainConfig,
    seconds: f64,
    weights_hash: String,
}

impl Card<'_> {
    fn text(&self) -> Result<String, fmt::Error> {
        let mut out = String::new();
        self.model(&mut out)?;
        self.training(&mut out)?;
        self.data(&mut out)?;
        self.credits(&mut out)?;
        out.push_str(
            "\n## Use and limits\n\nWhat the model writes may resemble what it was trained on. `ripieno originality \
             PIECE.mid --index best.originality --model best.safetensors` says how much; the index beside the weights \
             holds the melodic lines of the training split, without octaves and in rough rhythm, under the licences of \
             their sources. A piece whose author opted out, or did not consent, is not in it, and no copy of it.\n",
        );
        Ok(out)
    }

    fn model(&self, out: &mut String) -> fmt::Result {
        let network = &self.header.network;
        writeln!(out, "# Model card: best.safetensors\n")?;
        writeln!(out, "Written by ripieno {} from the corpus and the weights.\n", env!("CARGO_PKG_VERSION"))?;
        writeln!(out, "- BLAKE3 of the weights file: `{}`", self.weights_hash)?;
        writeln!(out, "- Corpus hash: `{}`", self.header.corpus)?;
        writeln!(out, "- Event vocabulary: `{}`", self.header.vocabulary)?;
        writeln!(
            out,
            "- Network: width {}, {} layers, {} heads, context {} steps",
            network.width, network.layers, network.attention_heads, network.context
        )?;
        writeln!(out, "- Styles: {}", self.header.styles.join(", "))
    }

    fn training(&self, out: &mut String) -> fmt::Result {
        let Self { header, config, .. } = self;
        writeln!(out, "\n## Training\n")?;
        writeln!(out, "- Command: `{}`", command(config, header.training.unknown_licence > 0))?;
        writeln!(
            out,
            "- The weights are those of step {} of {}; {} notes predicted, repetitions included, in {:.0} seconds of \
             training",
            header.steps, config.steps, header.notes_seen, self.seconds
        )?;
        let has_validation = self.corpus.pieces().iter().any(|piece| piece.split == Split::Validation);
        match header.validation.filter(|_| has_validation) {
            Some(loss) => writeln!(out, "- Validation: {loss:.4} nats per note, the style told and nothing given"),
            None => writeln!(out, "- Not validated: the corpus has no validation split"),
        }
    }

    fn data(&self, out: &mut String) -> fmt::Result {
        let training = &self.header.training;
        writeln!(out, "\n## Data\n")?;
        writeln!(
            out,
            "{} pieces were trained on; {} more measured it. `{PIECES}` lists them all with the hashes of their files; \
             BLAKE3 over its first three columns, each followed by a line feed, is the corpus hash.\n",
            training.pieces, training.held_out
        )?;
        writeln!(out, "| source | licence | pieces | notes |\n|---|---|---:|---:|")?;
        for source in &training.sources {
            writeln!(
                out,
                "| {} | {} | {} | {} |",
                cell(&source.source),
                cell(&source.licence),
                source.pieces,
                source.notes
            )?;
        }
        if training.unknown_licence > 0 {
            let count = training.unknown_licence;
            writeln!(
                out,
                "\n**The licence of {count} of these pieces is unknown**; whoever trained the model took them."
            )?;
        }
        if !training.left_out.is_empty() {
            writeln!(out, "\nNot used:\n\n| files | why |\n|---:|---|")?;
            for (reason, count) in &training.left_out {
                writeln!(out, "| {count} | {reason} |")?;
            }
        }
        Ok(())
    }

    fn credits(&self, out: &mut String) -> fmt::Result {
        let mut credits: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for piece in self.corpus.pieces().iter().filter(|piece| piece.split == Split::Train) {
            credits.entry(&piece.source).or_default().insert(piece.credit());
        }
        writeln!(out, "\n## Attribution\n")?;
        for (source, credits) in &credits {
            let named: Vec<&String> = credits.iter().filter(|credit| !credit.is_empty()).collect();
            let source = if source.is_empty() { "source not told" } else { source };
            writeln!(out, "{}:", cell(source))?;
            for credit in named.iter().take(CREDITS) {
                writeln!(out, "- {}", cell(credit))?;
            }
            if named.len() > CREDITS {
                writeln!(out, "- and {} more, in the column `credit` of `{PIECES}`", named.len() - CREDITS)?;
            }
            if named.is_empty() {
                writeln!(out, "- nobody is named")?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

/// The command that trains in this way. The collection is not named: where it lies is nobody's business.
fn command(config: &TrainConfig, takes_unknown: bool) -> String {
    let usual = TrainConfig::default();
    let mut text = "ripieno train base CORPUS".to_owned();
    let mut option = |name: &str, value: String, usual: String| {
        if value != usual {
            text.push_str(&format!(" --{name} {value}"));
        }
    };
    option("steps", config.steps.to_string(), usual.steps.to_string());
    option("width", config.network.width.to_string(), usual.network.width.to_string());
    option("layers", config.network.layers.to_string(), usual.network.layers.to_string());
    option("context", config.network.context.to_string(), usual.network.context.to_string());
    option("batch", config.batch.to_string(), usual.batch.to_string());
    option("replicas", config.replicas.to_string(), usual.replicas.to_string());
    option("rate", config.schedule.peak.to_string(), usual.schedule.peak.to_string());
    option("transpose", config.transpose.to_string(), usual.transpose.to_string());
    option("accumulate", config.accumulate.to_string(), usual.accumulate.to_string());
    option("seed", config.seed.to_string(), usual.seed.to_string());
    option("validate-every", config.validate_every.to_string(), usual.validate_every.to_string());
    if takes_unknown {
        text.push_str(" --allow-unknown-licence");
    }
    text
}

/// A text from a manifest, which may hold anything, within a line of Markdown.
fn cell(text: &str) -> String {
    let plain = |letter: char| match letter {
        letter if letter.is_control() => ' ',
        letter => letter,
    };
    let text: String = text.chars().map(plain).take(300).collect();
    text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace('`', "'")
}

fn hash(bytes: &[u8]) -> String {
    ripieno_datasets::corpus::hash(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_names_what_is_not_usual() {
        assert_eq!(command(&TrainConfig::default(), false), "ripieno train base CORPUS");
        let config = TrainConfig { steps: 24, seed: 3, ..TrainConfig::default() };
        assert_eq!(command(&config, true), "ripieno train base CORPUS --steps 24 --seed 3 --allow-unknown-licence");
    }

    #[test]
    fn what_a_manifest_says_cannot_leave_its_cell() {
        assert_eq!(cell("a|b\n# c `d` <e"), "a\\|b # c 'd' &lt;e");
    }
}
