//! Pieces as bytes of a MIDI file: the same for every synthesizer.

/// Ticks per quarter note; at the usual 120 quarters a minute, 960 ticks are a second.
const PPQ: u16 = 480;
/// How long the pieces are.
pub(crate) const LENGTH_S: u32 = 60;
const END: u32 = LENGTH_S * 2 * PPQ as u32;

/// What a part plays: program, lowest key, notes of its chords, ticks from one to the next.
struct Part(u8, u8, u8, u32);

/// Eleven instruments; the drums are the twelfth.
const PARTS: [Part; 11] = [
    Part(0, 55, 3, 240),
    Part(24, 52, 2, 240),
    Part(33, 33, 1, 240),
    Part(40, 72, 1, 120),
    Part(41, 60, 1, 240),
    Part(42, 43, 1, 480),
    Part(48, 55, 4, 960),
    Part(52, 60, 4, 1920),
    Part(56, 67, 2, 480),
    Part(60, 50, 2, 960),
    Part(73, 79, 1, 120),
];

/// A minute for twelve parts that never rest: 66 notes begin in a second, 22 sound at once beside the drums.
pub(crate) fn dense() -> Vec<u8> {
    let mut events = Vec::new();
    for (index, &Part(program, lowest, notes, step)) in PARTS.iter().enumerate() {
        let channel = channel(index);
        events.push((0, vec![0xc0 | channel, program]));
        for (beat, tick) in (0..END).step_by(step as usize).enumerate() {
            for note in 0..notes {
                // Thirds above one another, over a scale that goes up and down.
                let degree = [0, 2, 4, 5, 7, 9, 7, 5, 4, 2][beat % 10] + [0, 4, 7, 12][usize::from(note % 4)];
                strike(&mut events, channel, lowest + degree, tick, step - 1);
            }
        }
    }
    for (eighth, tick) in (0..END).step_by(usize::from(PPQ / 2)).enumerate() {
        strike(&mut events, 9, 42, tick, 100);
        strike(&mut events, 9, if eighth % 4 == 2 { 38 } else { 36 }, tick, 100);
    }
    file(events)
}

/// A minute of nothing, or of `notes` keys that are held to the end, on fifteen channels.
pub(crate) fn held(program: u8, notes: u8) -> Vec<u8> {
    let mut events = Vec::new();
    for note in 0..notes {
        let channel = channel(usize::from(note % 15));
        events.push((0, vec![0xc0 | channel, program]));
        strike(&mut events, channel, 50 + 3 * (note / 15), u32::from(note), END - 200);
    }
    file(events)
}

/// All channels but that of the drums.
fn channel(index: usize) -> u8 {
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15][index % 15]
}

fn strike(events: &mut Vec<(u32, Vec<u8>)>, channel: u8, key: u8, tick: u32, ticks: u32) {
    events.push((tick, vec![0x90 | channel, key, 90]));
    events.push((tick + ticks, vec![0x80 | channel, key, 64]));
}

/// A Standard MIDI File of one track.
fn file(mut events: Vec<(u32, Vec<u8>)>) -> Vec<u8> {
    events.push((END, vec![0xff, 0x2f, 0]));
    events.sort_by_key(|(tick, _)| *tick);
    let mut track = Vec::new();
    let mut now = 0;
    for (tick, bytes) in events {
        let delta = tick - now;
        now = tick;
        for shift in [21, 14, 7] {
            if delta >> shift > 0 {
                track.push((delta >> shift & 0x7f) as u8 | 0x80);
            }
        }
        track.push((delta & 0x7f) as u8);
        track.extend(bytes);
    }
    let mut file = b"MThd\0\0\0\x06\0\0\0\x01".to_vec();
    file.extend(PPQ.to_be_bytes());
    file.extend(b"MTrk");
    file.extend((track.len() as u32).to_be_bytes());
    file.extend(track);
    file
}
