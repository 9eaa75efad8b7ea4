//! Where the network computes, chosen when the program runs.

use std::fmt;
use std::str::FromStr;

use burn::tensor::Device;

/// A backend by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeviceChoice {
    /// burn-flex: the fastest on a CPU.
    #[default]
    Flex,
    /// burn-ndarray.
    Ndarray,
    /// An NVIDIA card.
    #[cfg(feature = "cuda")]
    Cuda,
    /// Any card with Vulkan, Metal or DirectX 12.
    #[cfg(feature = "wgpu")]
    Wgpu,
}

impl DeviceChoice {
    /// All that this build knows.
    pub const ALL: &[Self] = &[
        Self::Flex,
        Self::Ndarray,
        #[cfg(feature = "cuda")]
        Self::Cuda,
        #[cfg(feature = "wgpu")]
        Self::Wgpu,
    ];

    /// The device itself.
    #[expect(deprecated, reason = "burn-ndarray was asked for by name; burn 0.22 is its last release")]
    pub fn device(self) -> Device {
        match self {
            Self::Flex => Device::flex(),
            Self::Ndarray => Device::ndarray(),
            #[cfg(feature = "cuda")]
            Self::Cuda => Device::cuda(0),
            #[cfg(feature = "wgpu")]
            Self::Wgpu => Device::wgpu(burn::tensor::DeviceKind::DefaultDevice),
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flex => "flex",
            Self::Ndarray => "ndarray",
            #[cfg(feature = "cuda")]
            Self::Cuda => "cuda",
            #[cfg(feature = "wgpu")]
            Self::Wgpu => "wgpu",
        })
    }
}

/// This build has no such device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no device of this build; it has {known}; `cuda` and `wgpu` need the cargo feature of that name", known = known())]
pub struct UnknownDevice(String);

fn known() -> String {
    DeviceChoice::ALL.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl FromStr for DeviceChoice {
    type Err = UnknownDevice;

    fn from_str(text: &str) -> Result<Self, UnknownDevice> {
        DeviceChoice::ALL
            .iter()
            .copied()
            .find(|choice| choice.to_string() == text)
            .ok_or_else(|| UnknownDevice(text.into()))
    }
}
