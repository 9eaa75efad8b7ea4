//! Numbers that a type does not have, met where values come from outside.

use thiserror::Error;

/// A number outside the range of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{expected}, not {found}")]
pub struct OutOfRange {
    /// What the type is, and its range.
    pub expected: &'static str,
    /// The number.
    pub found: u16,
}

/// Conversion of a number into a type with a checked `new`, for deserialising: a stored value is input like any other.
macro_rules! checked {
    ($type:ident, $number:ident, $expected:literal) => {
        impl TryFrom<$number> for $type {
            type Error = $crate::OutOfRange;

            fn try_from(value: $number) -> Result<Self, Self::Error> {
                Self::new(value).ok_or($crate::OutOfRange { expected: $expected, found: value.into() })
            }
        }
    };
}

pub(crate) use checked;

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde::de::IntoDeserializer;
    use serde::de::value::Error;

    use crate::{Channel, Pitch, Ppq, Program, Velocity};

    #[test]
    fn no_stored_number_breaks_a_type() {
        assert!(Pitch::deserialize(IntoDeserializer::<Error>::into_deserializer(127_u8)).is_ok());
        let high = IntoDeserializer::<Error>::into_deserializer(128_u8);
        let error = Pitch::deserialize(high).expect_err("too high");
        assert_eq!(error.to_string(), "a pitch is 0 to 127, not 128");
        assert!(Program::deserialize(high).is_err() && Velocity::deserialize(high).is_err());
        assert!(Channel::deserialize(high).is_err());
        let zero = IntoDeserializer::<Error>::into_deserializer(0_u16);
        assert!(Velocity::deserialize(zero).is_err() && Ppq::deserialize(zero).is_err());
    }
}
