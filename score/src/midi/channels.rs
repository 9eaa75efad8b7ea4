//! Which of the sixteen channels each part is written to.

use crate::note::{Channel, Instrument};
use crate::score::Part;

/// The channels that are not [`Channel::DRUMS`].
const MELODIC_CHANNELS: usize = 15;

/// A channel for each part, in order.
///
/// Drums share [`Channel::DRUMS`]. A melodic part keeps its own channel if no part before it has that, and otherwise gets
/// a free one. More than fifteen melodic parts share: one channel for each program. More than fifteen programs share
/// as well; readers that go by track still tell them apart, but a player hears the last program on such a channel.
pub(super) fn assign_channels(parts: &[Part]) -> Vec<Channel> {
    let melodic = parts.iter().filter(|part| !part.instrument.is_drums()).count();
    let holders: Vec<Holder> = (0..)
        .zip(parts)
        .map(|(index, part)| match part.instrument {
            Instrument::Program(_) if melodic <= MELODIC_CHANNELS => Holder::Part(index),
            instrument => Holder::Instrument(instrument),
        })
        .collect();
    let mut channels = Channels::default();
    for (part, &holder) in parts.iter().zip(&holders) {
        channels.claim(part.channel, holder);
    }
    holders.into_iter().map(|holder| channels.of(holder)).collect()
}

/// Who has a channel to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holder {
    /// One part, by its index.
    Part(usize),
    /// All parts with an instrument.
    Instrument(Instrument),
}

/// Who holds each channel.
struct Channels([Option<Holder>; 16]);

impl Default for Channels {
    fn default() -> Self {
        let mut holders = [None; 16];
        holders[usize::from(Channel::DRUMS.value())] = Some(Holder::Instrument(Instrument::Drums));
        Self(holders)
    }
}

impl Channels {
    /// Gives `channel` to `holder` if nobody has it, and `holder` has none.
    fn claim(&mut self, channel: Channel, holder: Holder) {
        let index = usize::from(channel.value());
        if self.0[index].is_none() && !self.0.contains(&Some(holder)) {
            self.0[index] = Some(holder);
        }
    }

    /// The channel of `holder`: its own, a free one, or one that it must share.
    fn of(&mut self, holder: Holder) -> Channel {
        let found = self.0.iter().position(|&other| other == Some(holder));
        let index = found.or_else(|| self.0.iter().position(Option::is_none)).unwrap_or(match holder {
            Holder::Part(number) => number % usize::from(Channel::DRUMS.value()),
            Holder::Instrument(instrument) => usize::from(instrument.index() % Channel::DRUMS.value()),
        });
        self.0[index].get_or_insert(holder);
        u8::try_from(index).ok().and_then(Channel::new).expect("there are sixteen channels")
    }
}
