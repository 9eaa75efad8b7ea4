//! `ripieno play --list-devices`.

use std::io::{self, Write};

use ripieno_synth::device::list_devices;
use serde::Serialize;

/// A sound system, as printed with `--json`.
#[derive(Serialize)]
struct Host {
    name: String,
    is_default: bool,
    devices: Vec<Device>,
}

#[derive(Serialize)]
struct Device {
    id: String,
    name: String,
    is_default: bool,
    sample_rates_hz: Option<(u32, u32)>,
}

pub(super) fn list(json: bool) -> anyhow::Result<()> {
    let hosts = list_devices().into_iter().map(|host| Host {
        name: host.name,
        is_default: host.is_default,
        devices: host
            .devices
            .into_iter()
            .map(|device| Device {
                id: device.id,
                name: device.name,
                is_default: device.is_default,
                sample_rates_hz: device.sample_rates_hz,
            })
            .collect(),
    });
    let hosts: Vec<Host> = hosts.collect();
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, &hosts).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        print(&mut out, &hosts)?;
    }
    Ok(())
}

fn print(out: &mut impl Write, hosts: &[Host]) -> io::Result<()> {
    let mark = |is_default| if is_default { ", the default" } else { "" };
    for host in hosts {
        writeln!(out, "--host {}{}", host.name, mark(host.is_default))?;
        if host.devices.is_empty() {
            writeln!(out, "  no devices")?;
        }
        for device in &host.devices {
            let rates = match device.sample_rates_hz {
                Some((least, most)) if least == most => format!(", {least} Hz"),
                Some((least, most)) => format!(", {least} to {most} Hz"),
                None => String::new(),
            };
            writeln!(out, "  --device {:?}{rates}{}", device.name, mark(device.is_default))?;
            if device.id != device.name {
                writeln!(out, "      or {:?}", device.id)?;
            }
        }
    }
    Ok(())
}
