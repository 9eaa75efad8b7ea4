//! Chunks of a WAV file beside its sound, which players skip: what the file says about itself.
//!
//! A RIFF file is a list of chunks, each a name of four bytes, a length and as many bytes, padded to an even number
//! ("Multimedia Programming Interface and Data Specifications 1.0", IBM and Microsoft, 1991).

use std::io::{self, Read, Seek, SeekFrom, Write};

use thiserror::Error;

/// The name of a chunk.
pub type ChunkId = [u8; 4];

/// Why a chunk cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadChunkError {
    /// The reader failed, or the file ends inside the chunk.
    #[error("the file cannot be read")]
    Read(#[from] io::Error),
    /// It is something else.
    #[error("it is no WAV file")]
    NotWav,
    /// It is larger than anybody needs.
    #[error("a chunk in it is {bytes} bytes long; at most {limit} are read")]
    TooLarge {
        /// As the file says.
        bytes: u32,
        /// As many are read.
        limit: u32,
    },
}

/// Appends chunks to a finished WAV file and corrects its length.
///
/// # Errors
/// When the file fails, is no WAV file, or would be longer than the four gigabytes that its length can say.
pub fn append_chunks(mut file: impl Read + Write + Seek, chunks: &[(ChunkId, Vec<u8>)]) -> io::Result<()> {
    file.rewind()?;
    if !is_wav(&mut file)? {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no WAV file"));
    }
    let end = file.seek(SeekFrom::End(0))?;
    let mut appended = vec![0; usize::from(end % 2 == 1)];
    for (id, content) in chunks {
        let length = u32::try_from(content.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        appended.extend(id);
        appended.extend(length.to_le_bytes());
        appended.extend(content);
        appended.extend((content.len() % 2 == 1).then_some(0));
    }
    let length = u32::try_from(end + appended.len() as u64 - 8).map_err(|_| io::ErrorKind::FileTooLarge)?;
    file.write_all(&appended)?;
    file.seek(SeekFrom::Start(4))?;
    file.write_all(&length.to_le_bytes())?;
    file.flush()
}

/// The content of the first chunk of that name; its sound is not read.
///
/// # Errors
/// When the file fails, is no WAV file, or the chunk is longer than `limit`.
pub fn find_chunk(mut file: impl Read + Seek, wanted: ChunkId, limit: u32) -> Result<Option<Vec<u8>>, ReadChunkError> {
    file.rewind()?;
    if !is_wav(&mut file)? {
        return Err(ReadChunkError::NotWav);
    }
    loop {
        let mut head = [0; 8];
        match file.read_exact(&mut head) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        let [i0, i1, i2, i3, l0, l1, l2, l3] = head;
        let bytes = u32::from_le_bytes([l0, l1, l2, l3]);
        if [i0, i1, i2, i3] == wanted {
            if bytes > limit {
                return Err(ReadChunkError::TooLarge { bytes, limit });
            }
            let mut content = Vec::new();
            file.take(bytes.into()).read_to_end(&mut content)?;
            return match content.len() as u64 == u64::from(bytes) {
                true => Ok(Some(content)),
                false => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            };
        }
        file.seek(SeekFrom::Current(i64::from(bytes) + i64::from(bytes % 2)))?;
    }
}

/// A `LIST` chunk of the kind `INFO`, which most programs show: `ISFT` is the software, `ICMT` a comment.
pub fn info_chunk(entries: &[(ChunkId, &str)]) -> (ChunkId, Vec<u8>) {
    let mut content = b"INFO".to_vec();
    for (id, text) in entries {
        let mut text = text.as_bytes().to_vec();
        text.push(0);
        content.extend(id);
        content.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
        content.extend(&text);
        content.extend((text.len() % 2 == 1).then_some(0));
    }
    (*b"LIST", content)
}

fn is_wav(file: &mut impl Read) -> io::Result<bool> {
    let mut head = [0; 12];
    match file.read_exact(&mut head) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        read => read.map(|()| &head[..4] == b"RIFF" && &head[8..] == b"WAVE"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::offline::{BitDepth, write_wav};

    fn wav() -> Cursor<Vec<u8>> {
        let mut file = Cursor::new(Vec::new());
        write_wav(&mut file, 48_000, BitDepth::TwentyFour, &[[0.5, -0.5]; 3]).expect("memory");
        file.rewind().expect("memory");
        file
    }

    #[test]
    fn chunks_are_found_again_and_players_hear_the_same() {
        let mut file = wav();
        let chunks = [info_chunk(&[(*b"ISFT", "ripieno"), (*b"ICMT", "é")]), (*b"rpno", vec![7; 5])];
        append_chunks(&mut file, &chunks).expect("memory");
        let length = u32::from_le_bytes(*file.get_ref()[4..].first_chunk().expect("four bytes"));
        assert_eq!(length as usize + 8, file.get_ref().len());
        assert_eq!(find_chunk(&mut file, *b"rpno", 5).expect("memory"), Some(vec![7; 5]));
        assert_eq!(find_chunk(&mut file, *b"none", 5).expect("memory"), None);
        assert!(matches!(find_chunk(&mut file, *b"rpno", 4), Err(ReadChunkError::TooLarge { bytes: 5, limit: 4 })));
        file.rewind().expect("memory");
        let mut plain = hound::WavReader::new(wav()).expect("memory");
        let mut reader = hound::WavReader::new(file).expect("memory");
        assert!(
            plain
                .samples::<i32>()
                .map(|sample| sample.expect("a sample"))
                .eq(reader.samples::<i32>().map(|sample| sample.expect("a sample")))
        );
    }

    #[test]
    fn what_is_no_wav_file_or_is_cut_is_refused() {
        assert!(append_chunks(Cursor::new(vec![0; 100]), &[]).is_err());
        assert!(matches!(find_chunk(Cursor::new(b"RIFF".to_vec()), *b"rpno", 5), Err(ReadChunkError::NotWav)));
        let mut file = wav();
        append_chunks(&mut file, &[(*b"rpno", vec![7; 50])]).expect("memory");
        let mut bytes = file.into_inner();
        bytes.truncate(bytes.len() - 10);
        assert!(matches!(find_chunk(Cursor::new(bytes), *b"rpno", 100), Err(ReadChunkError::Read(_))));
    }
}
