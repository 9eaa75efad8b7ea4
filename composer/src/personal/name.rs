//! Names of styles: they are typed in mixes and are names of files.

/// Longest name, in characters.
const MOST: usize = 40;

/// Why a style cannot have a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` cannot name a style: use up to {MOST} letters, digits, `-` and `_`, beginning with a letter or digit")]
pub struct BadName(String);

/// Whether a style may have this name: it must stand in a mix (`name:0.5,other:0.5`) and as the name of a file.
///
/// # Errors
/// When it may not.
pub fn check_name(name: &str) -> Result<(), BadName> {
    let fits = name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
        && name.chars().next().is_some_and(char::is_alphanumeric)
        && name.chars().count() <= MOST;
    if fits { Ok(()) } else { Err(BadName(name.chars().take(2 * MOST).collect())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_word() {
        for name in ["ryan", "Ryan-2", "tänze", "4hands", "my_style"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in ["", "-a", "a:1", "a,b", "a/b", "..", "a b", "a.b", "\n", &"x".repeat(41)] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}
