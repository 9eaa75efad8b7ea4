//! `ripieno ports`: the MIDI inputs and outputs.

use std::io::{self, Write};

use crate::live::keyboard::ports;

pub(crate) fn run() -> anyhow::Result<()> {
    let [inputs, outputs] = ports()?;
    let mut out = io::stdout().lock();
    for (title, names) in [("inputs", inputs), ("outputs", outputs)] {
        writeln!(out, "{title}")?;
        if names.is_empty() {
            writeln!(out, "  none")?;
        }
        for name in names {
            writeln!(out, "  {name}")?;
        }
    }
    Ok(())
}
