//! Hosts and devices: what there is, and which one is meant.

use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{BufferSize, SampleFormat, StreamConfig, SupportedBufferSize, SupportedStreamConfigRange};

use super::{DeviceOptions, OpenDeviceError};

/// A sound system and its output devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostListing {
    /// Its name, for [`DeviceOptions::host`].
    pub name: String,
    /// Whether it is the one that is used when none is asked for.
    pub is_default: bool,
    /// What it has.
    pub devices: Vec<DeviceListing>,
}

/// An output device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceListing {
    /// Stays the same between runs, for [`DeviceOptions::device`].
    pub id: String,
    /// For people.
    pub name: String,
    /// Whether it is its host's default.
    pub is_default: bool,
    /// The lowest and highest sample rate; `None` when the device does not say.
    pub sample_rates_hz: Option<(u32, u32)>,
}

/// Everything that could be opened. Hosts that do not answer have no devices.
pub fn list_devices() -> Vec<HostListing> {
    let default_host = cpal::default_host().id();
    cpal::available_hosts()
        .into_iter()
        .map(|id| HostListing {
            name: id.to_string(),
            is_default: id == default_host,
            devices: cpal::host_from_id(id).map(|host| devices_of(&host)).unwrap_or_default(),
        })
        .collect()
}

fn devices_of(host: &cpal::Host) -> Vec<DeviceListing> {
    let default_id = host.default_output_device().and_then(|device| device.id().ok());
    let Ok(devices) = host.output_devices() else { return Vec::new() };
    devices
        .map(|device| {
            let id = device.id().ok();
            DeviceListing {
                name: name_of(&device),
                is_default: id.is_some() && id == default_id,
                id: id.map(|id| id.to_string()).unwrap_or_default(),
                sample_rates_hz: device.supported_output_configs().ok().and_then(|configs| {
                    let rates: Vec<_> = configs.map(|c| (c.min_sample_rate(), c.max_sample_rate())).collect();
                    Some((rates.iter().map(|r| r.0).min()?, rates.iter().map(|r| r.1).max()?))
                }),
            }
        })
        .collect()
}

fn name_of(device: &cpal::Device) -> String {
    device.description().map_or_else(|_| "an unnamed device".to_owned(), |description| description.name().to_owned())
}

/// A device and how it will be opened.
pub(super) struct Chosen {
    pub(super) device: cpal::Device,
    pub(super) name: String,
    pub(super) config: StreamConfig,
    pub(super) format: SampleFormat,
}

/// Finds what `options` mean. A `rate` that is given must be met: a stream that is reopened goes on at its rate.
pub(super) fn choose(options: &DeviceOptions, rate: Option<u32>) -> Result<Chosen, OpenDeviceError> {
    let host = choose_host(options.host.as_deref())?;
    let device = choose_device(&host, options.device.as_deref())?;
    let name = name_of(&device);
    let refused = |source| OpenDeviceError::Refused { device: name.clone(), source };
    let wanted_hz = match rate.or(options.sample_rate_hz) {
        Some(rate) => rate,
        None => device.default_output_config().map_err(refused)?.sample_rate(),
    };
    let best = device
        .supported_output_configs()
        .map_err(refused)?
        .filter(|range| (range.min_sample_rate()..=range.max_sample_rate()).contains(&wanted_hz))
        .filter_map(|range| Some((preference(&range)?, range)))
        .min_by_key(|(preference, _)| *preference);
    let Some((_, range)) = best else {
        return Err(OpenDeviceError::Unsupported { device: name, wanted_hz });
    };
    // Always a fixed size: some sound systems take two seconds when the choice is theirs.
    let frames = match *range.buffer_size() {
        SupportedBufferSize::Range { min, max } => options.buffer_frames.clamp(min, max.max(min)),
        SupportedBufferSize::Unknown => options.buffer_frames,
    };
    let config =
        StreamConfig { channels: range.channels(), sample_rate: wanted_hz, buffer_size: BufferSize::Fixed(frames) };
    Ok(Chosen { device, name, config, format: range.sample_format() })
}

/// Smaller is better: two channels before more before one, floating point before integers.
fn preference(range: &SupportedStreamConfigRange) -> Option<(u16, u8)> {
    let channels = match range.channels() {
        0 => return None,
        1 => u16::MAX,
        channels => channels,
    };
    let format = match range.sample_format() {
        SampleFormat::F32 => 0,
        SampleFormat::I32 => 1,
        SampleFormat::I16 => 2,
        SampleFormat::F64 => 3,
        SampleFormat::U16 => 4,
        SampleFormat::U8 => 5,
        _ => return None,
    };
    Some((channels, format))
}

fn choose_host(wanted: Option<&str>) -> Result<cpal::Host, OpenDeviceError> {
    let Some(wanted) = wanted else { return Ok(cpal::default_host()) };
    let available = cpal::available_hosts();
    let names: Vec<String> = available.iter().map(ToString::to_string).collect();
    let missing = || OpenDeviceError::NoSuchHost { wanted: wanted.to_owned(), available: names.join(", ") };
    let id = available.iter().find(|id| id.to_string().eq_ignore_ascii_case(wanted)).ok_or_else(missing)?;
    cpal::host_from_id(*id).map_err(|source| OpenDeviceError::Refused { device: wanted.to_owned(), source })
}

fn choose_device(host: &cpal::Host, wanted: Option<&str>) -> Result<cpal::Device, OpenDeviceError> {
    let host_name = host.id().to_string();
    let Some(wanted) = wanted else {
        return host.default_output_device().ok_or(OpenDeviceError::NoDevice { host: host_name });
    };
    let devices: Vec<cpal::Device> = match host.output_devices() {
        Ok(devices) => devices.collect(),
        Err(source) => return Err(OpenDeviceError::Refused { device: host_name, source }),
    };
    let is_exact = |device: &cpal::Device| {
        device.id().is_ok_and(|id| id.to_string() == wanted) || name_of(device).eq_ignore_ascii_case(wanted)
    };
    let is_near = |device: &cpal::Device| name_of(device).to_lowercase().contains(&wanted.to_lowercase());
    devices
        .iter()
        .find(|device| is_exact(device))
        .or_else(|| devices.iter().find(|device| is_near(device)))
        .cloned()
        .ok_or_else(|| OpenDeviceError::NoSuchDevice { host: host_name, wanted: wanted.to_owned() })
}
