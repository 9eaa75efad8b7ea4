//! A SoundFont of one sine, in bytes: SoundFont 2.01 technical specification, chapters 4 to 7.

/// How many are there.
pub(crate) const FRAMES: u32 = 4400;

fn chunk(name: &[u8; 4], contents: &[u8]) -> Vec<u8> {
    let length = u32::try_from(contents.len()).expect("a small chunk").to_le_bytes();
    let padding: &[u8] = if contents.len() % 2 == 1 { &[0] } else { &[] };
    [name, length.as_slice(), contents, padding].concat()
}

fn list(kind: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(b"LIST", &[kind, chunks.concat().as_slice()].concat())
}

fn name(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(20, 0);
    bytes
}

fn words(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn longs(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

#[allow(clippy::cast_possible_truncation, reason = "rounding to what a sample can be is the purpose")]
fn sample(x: f64) -> [u8; 2] {
    ((x * 16_384.0) as i16).to_le_bytes()
}

/// A looped sine of 441 Hz at half of full scale, for A above middle C.
pub(crate) fn soundfont() -> Vec<u8> {
    soundfont_with([0, FRAMES, 0, FRAMES], 69)
}

/// One whose header says that the sample goes from the first of `bounds` to the second, loops from the third to the
/// fourth, and is to be heard at the key `root`.
pub(crate) fn soundfont_with(bounds: [u32; 4], root: u8) -> Vec<u8> {
    let frames = (0..FRAMES).map(|frame| (f64::from(frame % 100) / 100.0 * std::f64::consts::TAU).sin());
    let mut samples: Vec<u8> = frames.flat_map(sample).collect();
    // The format wants silence behind every sample.
    samples.resize(samples.len() + 92, 0);
    let header = [
        [name("sine"), longs(&bounds), longs(&[44_100]), vec![root, 0], words(&[0, 1])].concat(),
        [name("EOS"), vec![0; 26]].concat(),
    ];
    let presets = [
        [name("sine"), words(&[0, 0, 0]), longs(&[0; 3])].concat(),
        [name("EOP"), words(&[0, 0, 1]), longs(&[0; 3])].concat(),
    ];
    // Generators: 41 names an instrument, 53 a sample, 54 says how it loops.
    let tables = [
        chunk(b"phdr", &presets.concat()),
        chunk(b"pbag", &words(&[0, 0, 1, 0])),
        chunk(b"pmod", &[0; 10]),
        chunk(b"pgen", &words(&[41, 0, 0, 0])),
        chunk(b"inst", &[name("sine"), words(&[0]), name("EOI"), words(&[1])].concat()),
        chunk(b"ibag", &words(&[0, 0, 2, 0])),
        chunk(b"imod", &[0; 10]),
        chunk(b"igen", &words(&[54, 1, 53, 0, 0, 0])),
        chunk(b"shdr", &header.concat()),
    ];
    let about = [chunk(b"ifil", &words(&[2, 1])), chunk(b"isng", b"EMU8000\0"), chunk(b"INAM", b"tiny\0\0")];
    let lists = [list(b"INFO", &about), list(b"sdta", &[chunk(b"smpl", &samples)]), list(b"pdta", &tables)];
    chunk(b"RIFF", &[b"sfbk", lists.concat().as_slice()].concat())
}
