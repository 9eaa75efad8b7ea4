//! Values as short text: JSON, LZMA, base64.

use std::io::{Read, Write};

use base64::prelude::{BASE64_STANDARD, Engine};
use lzma_rust2::{LzmaOptions, LzmaReader, LzmaWriter};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::told::TooLarge;

/// More JSON than this is neither packed nor unpacked. It holds more notes than a MIDI file is read with.
pub(super) const MAX_UNPACKED: u64 = 64 << 20;
/// The compressor's window.
const WINDOW: u32 = 1 << 20;
/// What the decompressor may take, in KiB.
const MEMORY_KIB: u32 = 16 << 10;

pub(super) fn pack(value: &impl Serialize) -> Result<String, TooLarge> {
    let json = serde_json::to_vec(value).expect("plain data becomes JSON");
    if json.len() as u64 > MAX_UNPACKED {
        return Err(TooLarge);
    }
    let options = LzmaOptions { dict_size: WINDOW, ..LzmaOptions::with_preset(6) };
    let mut writer = LzmaWriter::new_use_header(Vec::new(), &options, Some(json.len() as u64))
        .expect("a window of a megabyte is allowed");
    writer.write_all(&json).expect("memory can be written");
    Ok(BASE64_STANDARD.encode(writer.finish().expect("memory can be written")))
}

/// The reverse of [`pack`]; an error says which step failed.
pub(super) fn unpack<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let packed = BASE64_STANDARD.decode(text).map_err(|error| format!("it is no base64: {error}"))?;
    let reader = LzmaReader::new_mem_limit(packed.as_slice(), MEMORY_KIB, None);
    let mut json = Vec::new();
    let read = reader.and_then(|reader| reader.take(MAX_UNPACKED + 1).read_to_end(&mut json));
    read.map_err(|error| format!("it is no LZMA: {error}"))?;
    if json.len() as u64 > MAX_UNPACKED {
        return Err(format!("it unpacks to more than {} MiB", MAX_UNPACKED >> 20));
    }
    serde_json::from_slice(&json).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back() {
        let value: Vec<u32> = (0..10_000).map(|index| index * index % 17).collect();
        let text = pack(&value).unwrap();
        assert!(text.len() < 2_000, "{}", text.len());
        assert_eq!(unpack::<Vec<u32>>(&text), Ok(value));
    }

    #[test]
    fn a_bomb_and_damage_are_refused() {
        let zeros = vec![b' '; (MAX_UNPACKED + 1) as usize];
        let options = LzmaOptions { dict_size: WINDOW, ..LzmaOptions::with_preset(0) };
        let mut writer = LzmaWriter::new_use_header(Vec::new(), &options, Some(zeros.len() as u64)).unwrap();
        writer.write_all(&zeros).unwrap();
        let bomb = BASE64_STANDARD.encode(writer.finish().unwrap());
        assert!(unpack::<Vec<u32>>(&bomb).unwrap_err().contains("more than"));

        let text = pack(&vec![1, 2, 3]).unwrap();
        assert!(unpack::<Vec<u32>>(&text[..text.len() / 2]).is_err());
        assert!(unpack::<Vec<u32>>("not base64!").unwrap_err().contains("base64"));
        // A window of four gigabytes.
        let greedy = BASE64_STANDARD.encode([0x5d, 255, 255, 255, 255, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]);
        assert!(unpack::<Vec<u32>>(&greedy).is_err());
        assert!(unpack::<Vec<u32>>(&pack(&"[".repeat(100_000)).unwrap()).is_err());
    }
}
