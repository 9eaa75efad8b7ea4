//! Damaged, unusual and hostile files, each built for one thing that is wrong with it.

use ripieno_score::midi::{Format, MAX_BYTES, ReadMidiError, RescueKind, read};
use ripieno_score::{Ppq, Tick, timeline};

use crate::build::{END, QUARTER, chunk, file, header, kinds, notes, read_file, track};

/// Reads `bytes`, which hold one quarter note of middle C, and expects just this report.
#[track_caller]
fn rescues_the_note(bytes: &[u8], expected: &[RescueKind]) {
    let file = read_file(bytes);
    assert_eq!(notes(&file), [(0, 96, 60)]);
    assert_eq!(kinds(&file), expected);
}

#[test]
fn a_good_file_has_nothing_to_report() {
    rescues_the_note(&file(QUARTER), &[]);
}

#[test]
fn a_riff_wrapper_is_no_defect() {
    let midi = file(QUARTER);
    let length = u32::try_from(midi.len()).expect("small").to_le_bytes();
    let riff = [b"RIFF\0\0\0\0RMIDJUNK\x01\0\0\0xxdata".as_slice(), &length, &midi, b"LIST\0\0\0\0"].concat();
    rescues_the_note(&riff, &[]);
}

#[test]
fn a_riff_wrapper_with_a_wrong_length_is_read_to_its_end() {
    let midi = file(QUARTER);
    for declared in [0, 1, 20, 21, u32::MAX] {
        let riff = [b"RIFF\0\0\0\0RMIDdata".as_slice(), &declared.to_le_bytes(), &midi].concat();
        rescues_the_note(&riff, &[RescueKind::RiffLength { declared }]);
    }
}

#[test]
fn a_header_too_short_for_its_numbers_is_no_reason_to_read_them_from_the_track() {
    for length in [0, 2, 4, 5] {
        let short = [chunk(b"MThd", &[0, 1, 0, 1, 0][..length]), track(QUARTER)].concat();
        let file = read_file(&short);
        assert_eq!((file.score.ppq, notes(&file)), (Ppq::DEFAULT, vec![(0, 96, 60)]));
        let declared = u32::try_from(length).expect("small");
        assert_eq!(kinds(&file), [RescueKind::HeaderLength { declared }]);
    }
}

#[test]
fn junk_before_the_header_is_skipped() {
    rescues_the_note(&[&[0; 128], file(QUARTER).as_slice()].concat(), &[RescueKind::LeadingJunk]);
}

#[test]
fn a_repeated_header_is_skipped() {
    rescues_the_note(&[header(1, 1, 480), file(QUARTER)].concat(), &[RescueKind::LeadingJunk]);
}

#[test]
fn a_track_without_a_header_is_read() {
    rescues_the_note(&track(QUARTER), &[RescueKind::NoHeader]);
}

#[test]
fn a_long_header_is_stepped_over() {
    let long = [chunk(b"MThd", &[0, 1, 0, 1, 0, 96, 1, 2, 3]), track(QUARTER)].concat();
    rescues_the_note(&long, &[RescueKind::HeaderLength { declared: 9 }]);
}

#[test]
fn an_absurd_header_length_is_ignored() {
    let mut bytes = file(QUARTER);
    bytes[4..8].fill(0xff);
    rescues_the_note(&bytes, &[RescueKind::HeaderLength { declared: u32::MAX }]);
}

#[test]
fn an_unknown_format_is_read_as_parallel_tracks() {
    let bytes = [header(7, 1, 96), track(QUARTER)].concat();
    rescues_the_note(&bytes, &[RescueKind::UnknownFormat { format: 7 }]);
}

#[test]
fn a_division_of_zero_becomes_480() {
    let file = read_file(&[header(1, 1, 0), track(QUARTER)].concat());
    assert_eq!((file.score.ppq, kinds(&file)), (Ppq::DEFAULT, vec![RescueKind::ZeroDivision]));
}

#[test]
fn smpte_time_keeps_its_ticks_and_lasts_as_long_as_it_should() {
    let tempo = [0, 0xff, 0x51, 3, 1, 1, 1];
    for (frames, ticks_per_frame, second) in
        [(24, 4, 1.0), (25, 40, 1.0), (25, 25, 1.0), (30, 80, 1.0), (29, 100, 1.001)]
    {
        let division = u16::from_be_bytes([0_u8.wrapping_sub(frames), ticks_per_frame]);
        let file = read_file(&[header(0, 1, division), track(&[&tempo, QUARTER].concat())].concat());
        let nominal = if frames == 29 { 30 } else { u32::from(frames) };
        let ticks = Tick(nominal * u32::from(ticks_per_frame));
        assert!((file.timeline.tempo_map().seconds(ticks) - second).abs() < 1e-12, "{frames} x {ticks_per_frame}");
        assert_eq!(notes(&file), [(0, 96, 60)]);
        assert_eq!(kinds(&file), [RescueKind::SmpteTime { frames, ticks_per_frame }, RescueKind::TempoIgnored]);
    }
}

#[test]
fn format_2_pieces_come_one_after_another() {
    let file = read_file(&[header(2, 2, 96), track(QUARTER), track(QUARTER)].concat());
    assert_eq!(file.format, Format::Sequential);
    assert_eq!(notes(&file), [(0, 96, 60), (96, 96, 60)]);
    assert_eq!(kinds(&file), [RescueKind::SequencesJoined]);
}

#[test]
fn a_format_2_piece_inherits_neither_tempo_nor_meter() {
    let setup = [0, 0xff, 0x51, 3, 0x0f, 0x42, 0x40, 0, 0xff, 0x58, 4, 3, 2, 24, 8];
    let file =
        read_file(&[header(2, 3, 96), track(&[&setup, QUARTER].concat()), track(QUARTER), track(QUARTER)].concat());
    let tempos: Vec<_> = file.score.tempos.iter().map(|change| (change.tick.0, change.bpm())).collect();
    assert_eq!(tempos, [(0, 60.0), (96, 120.0), (192, 120.0)]);
    let meters: Vec<_> = file.score.meters.iter().map(|change| (change.tick.0, change.meter.to_string())).collect();
    assert_eq!(meters, [(0, "3/4".into()), (96, "4/4".into()), (192, "4/4".into())]);
}

#[test]
fn all_tracks_are_read_whatever_the_header_counts() {
    for declared in [0, 1, 3, u16::MAX] {
        let file = read_file(&[header(1, declared, 96), track(QUARTER), track(QUARTER)].concat());
        assert_eq!(notes(&file), [(0, 96, 60), (0, 96, 60)]);
        assert_eq!(kinds(&file), [RescueKind::TrackCount { declared, found: 2 }]);
    }
}

#[test]
fn unknown_chunks_and_junk_between_chunks_are_skipped() {
    let unknown = [header(1, 1, 96), chunk(b"XFIH", b"1234"), track(QUARTER)].concat();
    rescues_the_note(&unknown, &[RescueKind::UnknownChunk { id: *b"XFIH" }]);
    let junk = [&header(1, 1, 96), b"\0\0 MTr something\xff".as_slice(), &track(QUARTER), &[0]].concat();
    rescues_the_note(&junk, &[RescueKind::Junk]);
}

#[test]
fn a_misspelt_track_is_read() {
    let mut bytes = file(QUARTER);
    bytes[17] = b'K';
    rescues_the_note(&bytes, &[RescueKind::MisspeltTrack]);
}

#[test]
fn a_second_file_is_left_out() {
    rescues_the_note(&[file(QUARTER), file(QUARTER)].concat(), &[RescueKind::SecondHeader]);
}

#[test]
fn wrong_track_lengths_are_mended_by_reading_the_events() {
    let good = [header(1, 2, 96), track(QUARTER), track(QUARTER)].concat();
    for declared in [0_u32, 1, 5, 11, 13, 20, 27, 1000, u32::MAX] {
        let mut bytes = good.clone();
        bytes[18..22].copy_from_slice(&declared.to_be_bytes());
        let file = read_file(&bytes);
        assert_eq!(notes(&file), [(0, 96, 60), (0, 96, 60)], "{declared}");
        assert_eq!(kinds(&file), [RescueKind::TrackLength { declared }]);
    }
}

#[test]
fn a_missing_end_of_track_is_no_loss() {
    let bytes = [header(1, 2, 96), chunk(b"MTrk", QUARTER), chunk(b"MTrk", &[])].concat();
    rescues_the_note(&bytes, &[RescueKind::NoEndOfTrack, RescueKind::NoEndOfTrack]);
}

#[test]
fn what_follows_the_end_of_track_is_skipped() {
    rescues_the_note(&file(&[QUARTER, END, QUARTER].concat()), &[RescueKind::AfterEndOfTrack]);
}

#[test]
fn a_file_cut_anywhere_keeps_the_notes_before_the_cut() {
    let whole = file(&[QUARTER, QUARTER, QUARTER].concat());
    for length in 0..whole.len() {
        match read(&whole[..length]) {
            Ok(file) => {
                // A header and a track's name take 22 bytes, a quarter eight, of which four start the note.
                assert!(!file.rescued.is_empty(), "{length}");
                assert_eq!(file.score.note_count(), (length.saturating_sub(22) + 4) / 8, "{length}");
            }
            Err(error) => assert!(length < 22, "{length}: {error}"),
        }
    }
}

#[test]
fn running_status_across_a_meta_event_is_understood_and_reported() {
    let events = [0, 0x90, 60, 100, 0, 0xff, 1, 1, b'x', 96, 60, 0];
    rescues_the_note(&file(&events), &[RescueKind::RunningStatusKept]);
    let events = [0, 0x90, 60, 100, 0, 0xf0, 2, 1, 0xf7, 96, 60, 0];
    rescues_the_note(&file(&events), &[RescueKind::RunningStatusKept]);
}

#[test]
fn data_without_a_status_is_skipped() {
    rescues_the_note(&file(&[&[0, 1, 2], QUARTER.split_at(1).1].concat()), &[RescueKind::NoStatus]);
}

#[test]
fn system_messages_are_skipped() {
    rescues_the_note(
        &file(&[&[0, 0xf8, 0, 0xf2, 1, 2, 0, 0xf3, 1, 0, 0xf6], QUARTER].concat()),
        &[RescueKind::SystemMessage],
    );
}

#[test]
fn data_bytes_above_127_are_brought_into_range() {
    let file = read_file(&file(&[0, 0x90, 60 | 0x80, 200, 96, 0x80, 60, 64]));
    assert_eq!(notes(&file), [(0, 96, 60)]);
    assert_eq!(file.score.parts[0].notes[0].velocity.value(), 127);
    assert_eq!(kinds(&file), [RescueKind::HighDataByte]);
}

#[test]
fn overlong_numbers_are_shortened() {
    rescues_the_note(&file(&[&[0x80; 9], QUARTER].concat()), &[RescueKind::LongNumber]);
}

#[test]
fn impossible_tempos_meters_and_keys_are_left_out() {
    let tempo = [0, 0xff, 0x51, 3, 0, 0, 0];
    let meter = [0, 0xff, 0x58, 4, 0, 2, 24, 8];
    let key = [0, 0xff, 0x59, 2, 99, 0];
    let short = [0, 0xff, 0x51, 1, 1];
    let file = read_file(&file(&[tempo.as_slice(), &meter, &key, &short, QUARTER].concat()));
    assert!(file.score.tempos.is_empty() && file.score.meters.is_empty() && file.score.keys.is_empty());
    use RescueKind::{BadKey, BadMeter, ShortMeta, ZeroTempo};
    assert_eq!(kinds(&file), [ZeroTempo, BadMeter, BadKey, ShortMeta]);
}

#[test]
fn events_later_than_any_piece_lasts_are_left_out() {
    let late = [0xff, 0xff, 0xff, 0x7f, 0x90, 62, 100];
    rescues_the_note(&file(&[QUARTER, &late].concat()), &[RescueKind::TooLong]);
}

#[test]
fn a_length_that_runs_out_of_the_track_ends_it() {
    for event in [[0, 0xff, 1, 0x7f], [0, 0xf0, 0xff, 0x7f], [0, 0xf7, 0x7f, 0]] {
        rescues_the_note(&file(&[QUARTER, &event].concat()), &[RescueKind::EventCut]);
    }
}

#[test]
fn reports_name_the_byte_and_the_track() {
    let file = read_file(&file(&[QUARTER, &[0, 0xff, 0x51, 3, 0, 0, 0, 0, 0xff, 0x51, 3, 0, 0, 0]].concat()));
    assert_eq!(file.rescued[0].to_string(), "byte 30, track 0: a tempo of zero left out (2 times)");
}

#[test]
fn what_is_no_midi_file_is_an_error_that_says_what_it_is() {
    assert_eq!(read(b""), Err(ReadMidiError::Empty));
    for (bytes, expected) in [
        (b"ID3\x03 a song".as_slice(), "MP3"),
        (b"<?xml version='1.0'?><score-partwise/>", "MusicXML"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"some text", "not a MIDI file"),
        (b"MThd", "cut off"),
        (b"MThd\0\0\0\x06\0\0\0\x01\0\x60", "cut off"),
    ] {
        let error = read(bytes).expect_err("no MIDI").to_string();
        assert!(error.starts_with("byte ") && error.contains(expected), "{error}");
    }
}

#[test]
fn huge_files_are_refused_unread() {
    let bytes = vec![0; MAX_BYTES + 1];
    assert_eq!(read(&bytes), Err(ReadMidiError::TooLarge { limit: MAX_BYTES }));
}

#[test]
fn a_million_reasons_to_complain_are_a_short_report() {
    let events: Vec<u8> = (0..50_000_u32).flat_map(|_| [0, 0xff, 0x51, 3, 0, 0, 0]).collect();
    assert_eq!(read_file(&file(&events)).rescued.len(), 1);
    let bytes: Vec<u8> = [header(1, 9, 96), (0..40_000).flat_map(|_| *b"MTrk\0\0\0\x7f").collect()].concat();
    let file = read_file(&bytes);
    assert_eq!(file.rescued.len(), ripieno_score::midi::MAX_RESCUES);
    assert_eq!(file.tracks.len(), 40_000);
}

#[test]
fn a_hundred_thousand_strokes_of_one_key_take_linear_time() {
    let strokes: Vec<u8> = (0..100_000).flat_map(|_| [0, 0x90, 60, 100]).collect();
    assert_eq!(read_file(&file(&strokes)).score.note_count(), 100_000);
    let releases: Vec<u8> = (0..100_000).flat_map(|_| [1, 0x80, 60, 64]).collect();
    assert_eq!(read_file(&file(&[strokes, releases].concat())).score.note_count(), 100_000);
    let pedals: Vec<u8> = (0..100_000).flat_map(|_| [0, 0xb0, 64, 127, 0, 0x90, 60, 1, 1, 0x80, 60, 64]).collect();
    let file = read_file(&file(&pedals));
    assert_eq!(file.score.note_count(), 100_000);
    assert!(file.timeline.events.iter().is_sorted_by_key(|event: &timeline::Event| event.tick));
}
