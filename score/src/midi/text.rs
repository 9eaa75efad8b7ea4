//! Text as MIDI files hold it: bytes of an unnamed encoding.

use super::limits::MAX_NAME_CHARS;

/// UTF-8 where the bytes are that, Windows-1252 (a superset of Latin-1) otherwise; never fails.
pub(super) fn decode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| windows_1252(byte)).collect(),
    }
}

/// A text as a name: one of bearable length, without the padding that some programs leave around it.
pub(super) fn name(text: &str) -> String {
    let text = text.trim_matches(is_padding);
    let kept: String = text.chars().take(MAX_NAME_CHARS).collect();
    kept.trim_end_matches(is_padding).to_owned()
}

fn is_padding(c: char) -> bool {
    c == '\0' || c.is_whitespace()
}

/// Bytes `80..=9F` differ from Latin-1 (WHATWG Encoding Standard, index windows-1252).
fn windows_1252(byte: u8) -> char {
    #[rustfmt::skip]
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_8_is_kept_and_everything_else_is_windows_1252() {
        assert_eq!(decode("Dvořák".as_bytes()), "Dvořák");
        assert_eq!(decode(b"F\xfcr Elise"), "Für Elise");
        assert_eq!(decode(b"it\x92s"), "it’s");
        assert_eq!(name(" Piano\0\0"), "Piano");
    }
}
