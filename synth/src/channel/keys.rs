//! The keys that are down.

/// The keys that are down on a channel, in the order in which they were struck.
#[derive(Debug, Clone)]
pub(crate) struct HeldKeys {
    /// Key and velocity.
    keys: [(u8, u8); 128],
    count: usize,
}

impl Default for HeldKeys {
    fn default() -> Self {
        Self { keys: [(0, 0); 128], count: 0 }
    }
}

impl HeldKeys {
    pub(crate) fn press(&mut self, key: u8, velocity: u8) {
        self.lift(key);
        self.keys[self.count] = (key, velocity);
        self.count += 1;
    }

    pub(crate) fn lift(&mut self, key: u8) {
        if let Some(place) = self.keys[..self.count].iter().position(|(own, _)| *own == key) {
            self.keys.copy_within(place + 1..self.count, place);
            self.count -= 1;
        }
    }

    /// The key that was struck last, and how hard.
    pub(crate) fn last(&self) -> Option<(u8, u8)> {
        self.keys[..self.count].last().copied()
    }

    pub(crate) fn clear(&mut self) {
        self.count = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_the_keys_that_are_still_down_comes_back() {
        let mut keys = HeldKeys::default();
        for key in [60, 64, 67, 60] {
            keys.press(key, key + 1);
        }
        assert_eq!(keys.last(), Some((60, 61)));
        keys.lift(60);
        assert_eq!(keys.last(), Some((67, 68)));
        keys.lift(64);
        keys.lift(67);
        keys.lift(67);
        assert_eq!(keys.last(), None);
    }

    #[test]
    fn all_keys_can_be_down() {
        let mut keys = HeldKeys::default();
        (0..128).chain(0..128).for_each(|key| keys.press(key, 1));
        assert_eq!(keys.last(), Some((127, 1)));
    }
}
