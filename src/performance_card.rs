//! The card of a performance network: what it was trained on, by whose leave, how, and with what result. All of it is read
//! from the weights.

use std::fmt::{self, Write};

use ripieno_composer::performance::{PerformanceHeader, PerformanceTraining};
use ripieno_composer::provenance::hash;

/// The file beside the weights.
pub(crate) const FILE: &str = "PERFORMANCE_CARD.md";

/// The card of the weights in `bytes`.
pub(crate) fn text(
    header: &PerformanceHeader,
    config: &PerformanceTraining,
    bytes: &[u8],
    seconds: f64,
) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let (network, people, training) = (&header.network, &header.people, &header.training);
    writeln!(out, "# Model card: performance.safetensors\n")?;
    writeln!(
        out,
        "How people play what is written; `--humanize` and `ripieno humanize` use it. Written by ripieno {} from the \
         weights.\n",
        env!("CARGO_PKG_VERSION")
    )?;
    writeln!(out, "- BLAKE3 of the weights file ({} bytes): `{}`", bytes.len(), hash(bytes))?;
    writeln!(out, "- Corpus hash: `{}`", header.corpus)?;
    writeln!(out, "- What it reads and says: `{}`", header.vocabulary)?;
    writeln!(
        out,
        "- Network: width {}, {} layers, heads of width {}",
        network.width, network.layers, network.head_width
    )?;
    writeln!(out, "\n## Training\n")?;
    let rate = if config.schedule.peak == PerformanceTraining::default().schedule.peak {
        String::new()
    } else {
        format!(" --rate {}", config.schedule.peak)
    };
    writeln!(
        out,
        "- Command: `ripieno train performance FOLDER --steps {}{rate} --seed {}`",
        config.steps, config.seed
    )?;
    writeln!(
        out,
        "- The weights are those of step {}; {} notes predicted, repetitions included; {seconds:.0} seconds in all",
        header.steps, header.notes_seen
    )?;
    if let Some([timing, velocity, drum_timing, drum_velocity]) = header.validation {
        writeln!(
            out,
            "- Validation, nats: {timing:.4} a timing and {velocity:.4} a velocity of pitched parts, {drum_timing:.4} and \
             {drum_velocity:.4} of drums; `ripieno eval --corpus FOLDER --humanize` measures the test split"
        )?;
    }
    writeln!(out, "\n## Data\n")?;
    writeln!(
        out,
        "{} performances were trained on; {} more validated it, by the splits of `ripieno data scan`.\n",
        training.pieces, training.held_out
    )?;
    writeln!(out, "| source | licence | pieces | notes | credits |\n|---|---|---:|---:|---|")?;
    for source in &training.sources {
        let more = if source.more_credits > 0 { format!(" and {} more", source.more_credits) } else { String::new() };
        let credits = source.credits.join("; ").replace('|', "\\|");
        writeln!(
            out,
            "| {} | {} | {} | {} | {credits}{more} |",
            source.source, source.licence, source.pieces, source.notes
        )?;
    }
    writeln!(out, "\n## What people do\n\nMeasured on the training split, as standard deviations:\n")?;
    writeln!(out, "- tempo of pitched parts: {:.2} % of a quarter note late or early", people.pitched_timing)?;
    writeln!(out, "- velocity of pitched parts against the music around: {:.1}", people.pitched_velocity)?;
    writeln!(
        out,
        "- drums against the click: {:.1} ms; their velocity: {:.1}",
        people.drums_timing, people.drums_velocity
    )?;
    writeln!(
        out,
        "- hits that are struck together, from their mean: {:.1} ms; from one time to the next a drum keeps {:.2} of it",
        people.together, people.together_kept
    )?;
    writeln!(
        out,
        "\n## Limits\n\nThe pitched music is piano music whose tempo and velocities one person shaped by hand; other \
         instruments are played like it. No file told how far the notes of a chord or two players are apart: the hands of \
         drummers stand in for it. Durations are not learnt."
    )?;
    Ok(out)
}
