//! From a folder of MIDI files to a corpus on disk, and what happens when something goes wrong on the way.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use ripieno_datasets::{
    Corpus, Licence, OpenCorpusError, PieceSize, PrepareError, PrepareOptions, Rejected, ScanReport, Split,
    SplitShares, StyleSampler, Weighting, prepare,
};
use tempfile::TempDir;

/// Pitches without a pattern, different for every seed.
fn melody(seed: u32, notes: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(99);
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        50 + u8::try_from((state >> 16) % 25).unwrap()
    };
    std::iter::repeat_with(next).take(notes).collect()
}

/// A format 0 file of eighth notes at `bpm`, moved by `semitones`.
fn midi(pitches: &[u8], semitones: u8, bpm: u32) -> Vec<u8> {
    let [_, a, b, c] = (60_000_000 / bpm).to_be_bytes();
    let mut track = vec![0, 0xff, 0x51, 3, a, b, c];
    for pitch in pitches {
        track.extend([0, 0x90, pitch + semitones, 80, 48, 0x80, pitch + semitones, 0]);
    }
    track.extend([0, 0xff, 0x2f, 0]);
    let mut file = b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk".to_vec();
    file.extend(u32::try_from(track.len()).unwrap().to_be_bytes());
    file.extend(track);
    file
}

fn put(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn collection(pieces: u32) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for seed in 0..pieces {
        put(folder.path(), &format!("style{}/{seed:02}.mid", seed % 2), &midi(&melody(seed, 60), 0, 100));
    }
    folder
}

fn open_options() -> PrepareOptions {
    PrepareOptions { allow_unknown_licence: true, ..PrepareOptions::default() }
}

fn run(folder: &Path, out: &Path, options: &PrepareOptions) -> (Corpus, ScanReport) {
    prepare(folder, out, options, &|_| {}, &AtomicBool::new(false)).unwrap()
}

/// The files that make a corpus, by name.
fn corpus_files(out: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(out)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        .filter(|(name, _)| name != "scan.journal")
        .collect();
    files.sort();
    files
}

#[test]
fn pieces_come_back_as_they_were() {
    let (folder, out) = (collection(4), tempfile::tempdir().unwrap());
    let (corpus, report) = run(folder.path(), out.path(), &open_options());
    assert_eq!((report.files, report.files_read, report.pieces, report.notes), (4, 4, 4, 240));
    assert_eq!(corpus.styles(), ["style0", "style1"]);
    let piece = &corpus.pieces()[1];
    assert_eq!((piece.path.as_str(), piece.style, piece.notes), ("style0/02.mid", 0, 60));
    assert_eq!(piece.licence, Licence::Unknown);
    let pitches: Vec<u8> = corpus.load(1).notes.iter().map(|note| note.pitch).collect();
    assert_eq!(pitches, melody(2, 60));
    assert_eq!(corpus.licences().len(), 1);
}

#[test]
fn a_second_scan_reads_only_what_changed() {
    let (folder, out) = (collection(4), tempfile::tempdir().unwrap());
    let (first, _) = run(folder.path(), out.path(), &open_options());
    let (second, report) = run(folder.path(), out.path(), &open_options());
    assert!(report.unchanged && report.files_read == 0);
    assert_eq!(first.manifest_hash(), second.manifest_hash());

    put(folder.path(), "style0/00.mid", &midi(&melody(77, 50), 0, 100));
    put(folder.path(), "style0/new.mid", &midi(&melody(78, 50), 0, 100));
    std::fs::remove_file(folder.path().join("style1/01.mid")).unwrap();
    let (third, report) = run(folder.path(), out.path(), &open_options());
    assert_eq!((report.files_read, report.pieces), (2, 4));
    assert_ne!(third.manifest_hash(), first.manifest_hash());
    assert_eq!(first.load(0).notes.len(), 60, "a corpus that is open stays readable");

    let elsewhere = tempfile::tempdir().unwrap();
    run(folder.path(), elsewhere.path(), &open_options());
    assert_eq!(corpus_files(out.path()), corpus_files(elsewhere.path()), "as if made at once");
}

#[test]
fn the_same_music_is_kept_once() {
    let (folder, out) = (collection(1), tempfile::tempdir().unwrap());
    put(folder.path(), "copy.mid", &midi(&melody(0, 60), 0, 100));
    put(folder.path(), "transposed.mid", &midi(&melody(0, 60), 5, 100));
    put(folder.path(), "slower.dat", &midi(&melody(0, 60), 2, 50));
    let (corpus, report) = run(folder.path(), out.path(), &open_options());
    assert_eq!(corpus.pieces().len(), 1);
    assert_eq!(report.reasons["duplicate"], 3);
    assert_eq!(report.left_out[0].reason, Rejected::Duplicate { of: "copy.mid".into() });
}

#[test]
fn licences_decide() {
    let (folder, out) = (collection(4), tempfile::tempdir().unwrap());
    let manifest = "path,license,composer\nstyle0/00.mid,CC0-1.0,A\nstyle0/02.mid,CC-BY-NC-4.0,B\n";
    put(folder.path(), "manifest.csv", manifest.as_bytes());
    let (corpus, report) = run(folder.path(), out.path(), &PrepareOptions::default());
    assert_eq!(corpus.pieces().len(), 1);
    assert_eq!((report.reasons["licence unknown"], report.reasons["licence forbids training"]), (2, 1));
    let (corpus, report) = run(folder.path(), out.path(), &open_options());
    assert_eq!((corpus.pieces().len(), report.files_read), (3, 0));

    put(folder.path(), "manifest.csv", b"path,free_for_training\nx,maybe\n");
    let error = prepare(folder.path(), out.path(), &open_options(), &|_| {}, &AtomicBool::new(false)).unwrap_err();
    assert!(error.to_string().contains("manifest.csv, line 2"), "{error}");
}

#[test]
fn bad_files_are_reported_and_skipped() {
    let (folder, out) = (collection(2), tempfile::tempdir().unwrap());
    put(folder.path(), "text.mid", b"not music");
    put(folder.path(), "broken.mid", b"MThd\0\0");
    put(folder.path(), "empty.mid", b"");
    put(folder.path(), "silent.mid", &midi(&[], 0, 100));
    put(folder.path(), "short.mid", &midi(&melody(5, 3), 0, 100));
    put(folder.path(), "large.mid", &vec![0; 100_000]);
    let options = PrepareOptions { max_file_bytes: 50_000, ..open_options() };
    let (corpus, report) = run(folder.path(), out.path(), &options);
    assert_eq!((corpus.pieces().len(), report.files), (2, 8));
    let reason = |path: &str| report.left_out.iter().find(|file| file.path == path).unwrap().reason.clone();
    assert_eq!(reason("text.mid"), Rejected::NotMidi);
    assert_eq!(reason("empty.mid"), Rejected::NotMidi);
    assert!(matches!(reason("broken.mid"), Rejected::Unreadable(_) | Rejected::NoNotes));
    assert_eq!(reason("silent.mid"), Rejected::NoNotes);
    assert_eq!(reason("short.mid"), Rejected::TooFew(3));
    assert_eq!(reason("large.mid"), Rejected::TooLarge(100_000));
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_opened_is_tried_again() {
    let (folder, out) = (collection(3), tempfile::tempdir().unwrap());
    let path = folder.path().join("style0/00.mid");
    let permissions = |mode| std::os::unix::fs::PermissionsExt::from_mode(mode);
    std::fs::set_permissions(&path, permissions(0)).unwrap();
    if std::fs::read(&path).is_ok() {
        return; // Nothing can be kept from root.
    }
    let (_, report) = run(folder.path(), out.path(), &open_options());
    assert_eq!((report.pieces, report.reasons["inaccessible"]), (2, 1));
    std::fs::set_permissions(&path, permissions(0o644)).unwrap();
    let (_, report) = run(folder.path(), out.path(), &open_options());
    assert_eq!((report.pieces, report.files_read), (3, 1));
}

#[test]
fn a_cancelled_scan_goes_on_where_it_stopped() {
    let (folder, out) = (collection(20), tempfile::tempdir().unwrap());
    let (cancel, seen) = (AtomicBool::new(false), AtomicUsize::new(0));
    let stop_at_five = |_| {
        if seen.fetch_add(1, Ordering::Relaxed) >= 4 {
            cancel.store(true, Ordering::Relaxed);
        }
    };
    let result = prepare(folder.path(), out.path(), &open_options(), &stop_at_five, &cancel);
    assert!(matches!(result, Err(PrepareError::Cancelled)));
    assert!(matches!(Corpus::open(out.path()), Err(OpenCorpusError::Missing { .. })));
    let (_, report) = run(folder.path(), out.path(), &open_options());
    assert_eq!(report.pieces, 20);
    assert!((1..=15).contains(&report.files_read), "{}", report.files_read);
}

#[test]
fn a_scan_killed_at_any_byte_ends_in_the_same_corpus() {
    let (folder, out) = (collection(3), tempfile::tempdir().unwrap());
    run(folder.path(), out.path(), &open_options());
    let expected = corpus_files(out.path());
    let journal = std::fs::read(out.path().join("scan.journal")).unwrap();
    for cut in (0..=journal.len()).step_by(13) {
        let fresh = tempfile::tempdir().unwrap();
        std::fs::write(fresh.path().join("scan.journal"), &journal[..cut]).unwrap();
        std::fs::write(fresh.path().join("music.new"), b"half").unwrap();
        run(folder.path(), fresh.path(), &open_options());
        let files = corpus_files(fresh.path());
        assert_eq!(files, expected, "cut at {cut}");
    }
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let folder = collection(12);
    let made = |threads| {
        let out = tempfile::tempdir().unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(folder.path(), out.path(), &open_options()));
        corpus_files(out.path())
    };
    assert_eq!(made(1), made(4));
}

#[test]
fn a_damaged_corpus_is_refused() {
    let (folder, out) = (collection(2), tempfile::tempdir().unwrap());
    run(folder.path(), out.path(), &open_options());
    for (name, bytes) in corpus_files(out.path()) {
        let path = out.path().join(&name);
        for at in (0..bytes.len()).step_by(7) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 4;
            std::fs::write(&path, &damaged).unwrap();
            assert!(Corpus::open(out.path()).is_err(), "{name}, byte {at}");
            std::fs::write(&path, &bytes[..at]).unwrap();
            assert!(Corpus::open(out.path()).is_err(), "{name} cut at {at}");
        }
        std::fs::write(&path, &bytes).unwrap();
    }
    Corpus::open(out.path()).unwrap();
}

#[test]
fn a_sampler_draws_every_piece_of_its_split() {
    let (folder, out) = (collection(30), tempfile::tempdir().unwrap());
    let shares = SplitShares { validation: 0.3, test: 0.3, seed: 1 };
    let (corpus, _) = run(folder.path(), out.path(), &PrepareOptions { shares, ..open_options() });
    for split in Split::ALL {
        let pieces: Vec<_> = corpus.pieces().iter().filter(|piece| piece.split == split).collect();
        let sizes: Vec<_> = pieces.iter().map(|piece| PieceSize { style: piece.style, notes: piece.notes }).collect();
        let sampler = StyleSampler::new(&sizes, &Weighting::default()).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let drawn: HashSet<&str> = (0..500).map(|_| pieces[sampler.draw(&mut rng)].path.as_str()).collect();
        assert_eq!(drawn.len(), pieces.len(), "every piece of the split is drawn, and none from outside");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn versions_never_straddle_the_split(seeds in prop::collection::vec(0u32..1000, 4..12), seed in 0u64..100) {
        let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for seed in &seeds {
            let whole = melody(*seed, 300);
            put(folder.path(), &format!("{seed}/whole.mid"), &midi(&whole, 0, 100));
            put(folder.path(), &format!("{seed}/first_half.mid"), &midi(&whole[..150], 7, 90));
            put(folder.path(), &format!("{seed}/second_half.mid"), &midi(&whole[150..], 3, 120));
        }
        let shares = SplitShares { validation: 0.3, test: 0.3, seed };
        let (corpus, _) = run(folder.path(), out.path(), &PrepareOptions { shares, ..open_options() });
        let mut splits = HashMap::new();
        for piece in corpus.pieces() {
            let origin = piece.path.split('/').next().unwrap();
            prop_assert_eq!(*splits.entry(origin).or_insert((piece.work, piece.split)), (piece.work, piece.split));
        }
        put(folder.path(), "unrelated.mid", &midi(&melody(5000, 200), 0, 100));
        let (after, _) = run(folder.path(), out.path(), &PrepareOptions { shares, ..open_options() });
        for piece in after.pieces().iter().filter(|piece| piece.path != "unrelated.mid") {
            prop_assert_eq!(splits[piece.path.split('/').next().unwrap()], (piece.work, piece.split));
        }
    }
}
