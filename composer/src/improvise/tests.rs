use std::collections::BTreeSet;

use ripieno_score::Mode;

use super::*;
use crate::attribute;
use crate::compose::harmony::Grammar;
use crate::device::DeviceChoice;
use crate::event::Role;
use crate::generate::{BarRequest, Generated};
use crate::test_pieces::parts;
use crate::vocabulary::meter_class;

/// Writes four notes a bar in every part that is free, and notes what it was asked.
#[derive(Default)]
struct Mock {
    drafts: Vec<Draft>,
    bars: Vec<BarRequest>,
    next: usize,
    pending: VecDeque<Generated>,
    from: u8,
    taken_in: Vec<BarEvents>,
    parts: u8,
}

impl Writer for Mock {
    fn take_in(&mut self, bar: &BarEvents, _locked: u64) {
        self.taken_in.push(bar.clone());
    }

    fn begin(&mut self, draft: Draft) {
        (self.bars, self.from, self.next) = (draft.bars.clone(), draft.from, 0);
        self.pending.clear();
        self.drafts.push(draft);
    }

    fn ask_more(&mut self, bar: BarRequest) {
        self.bars.push(bar);
    }

    fn write(&mut self) -> Option<Generated> {
        if self.pending.is_empty() {
            let bar = self.next;
            let request = self.bars.get(bar)?;
            let from = if bar == 0 { self.from } else { 0 };
            self.next += 1;
            // The first bar is open already.
            if bar > 0 {
                self.pending.push_back(Generated::Bar { bar });
            }
            let chord = request.attributes[attribute::CHORD_1].checked_sub(1).and_then(Chord::from_index);
            let root = chord.map_or(0, |chord| chord.root);
            for position in [0, 24, 48, 72].into_iter().filter(|&position| position >= from) {
                for part in (0..self.parts).filter(|part| request.locked >> part & 1 == 0) {
                    let note = NoteEvent { position, part, pitch: 48 + root, duration: 21, velocity: 20 };
                    let is_given = |given: &NoteEvent| (given.position, given.part) == (position, part);
                    if !request.given.iter().any(is_given) {
                        self.pending.push_back(Generated::Note { bar, note, nats: 0.0 });
                    }
                }
            }
        }
        self.pending.pop_front()
    }

    fn restyle(&mut self, _style: Vec<f32>, _strength: f32) {}
    fn set_sampling(&mut self, _sampling: Sampling) {}
    fn set_limits(&mut self, _limits: Vec<crate::generate::PartLimits>) {}
}

fn improviser(playing: Playing) -> Improviser<Mock> {
    let settings = Settings { playing, seed: 3, ..Settings::default() };
    let mut parts = parts(&[73, 0, 32]);
    (parts[0].role, parts[2].role) = (Role::Melody, Role::Bass);
    let prepared = Prepared {
        meter_class: meter_class(96, ripieno_score::Meter::COMMON),
        bar_steps: 96,
        key: "C major".parse().unwrap(),
        tempo_bpm: 120.0,
        is_tonal: true,
        grammars: [Mode::Major, Mode::Minor].map(Grammar::usual),
        theme: Vec::new(),
        look_ahead: 4,
        commit: 1,
        parts,
    };
    Improviser::with_writer(Mock { parts: 3, ..Mock::default() }, prepared, &settings)
}

/// Lets time pass in steps of a 192nd note; `thoughts` calls of `think` fit into each. Returns what was settled and when.
fn play(
    improviser: &mut Improviser<Mock>,
    from: f64,
    until: f64,
    thoughts: usize,
    mut person: impl FnMut(&mut Improviser<Mock>, f64),
) -> Vec<(f64, PlannedNote)> {
    let mut heard = Vec::new();
    let mut now = from;
    while now < until {
        person(improviser, now);
        for _ in 0..thoughts {
            if !improviser.think(now) {
                break;
            }
        }
        heard.extend(improviser.commit(now).into_iter().map(|note| (now, note)));
        now += 0.5;
    }
    heard
}

fn nobody(_: &mut Improviser<Mock>, _: f64) {}

#[test]
fn every_note_is_settled_once_in_order_and_ahead_of_its_time() {
    let mut alone = improviser(Playing::Alone);
    alone.prepare();
    let heard = play(&mut alone, 0.0, 96.0 * 40.0, 50, nobody);
    assert_eq!(alone.fallbacks(), 0);
    assert!(heard.is_sorted_by_key(|(_, note)| *note));
    assert_eq!(heard.iter().map(|(_, note)| note).collect::<BTreeSet<_>>().len(), heard.len());
    // The first beat is settled when the music begins.
    assert!(heard.iter().filter(|(_, note)| note.onset > 0).all(|(now, note)| *now < note.onset as f64));
    let bars: BTreeSet<u64> = heard.iter().map(|(_, note)| note.onset / 96).collect();
    assert_eq!(bars.len(), 41, "no bar is silent");
}

#[test]
fn nothing_is_asked_for_when_the_end_was_slept_through() {
    let mut alone = improviser(Playing::Alone);
    alone.prepare();
    play(&mut alone, 0.0, 96.0 * 2.0, 50, nobody);
    alone.change(96.0 * 2.0, Change::Finish);
    play(&mut alone, 96.0 * 40.0, 96.0 * 41.0, 50, nobody);
    assert!(alone.is_over());
    assert!(alone.writer.drafts.iter().all(|draft| !draft.bars.is_empty()), "a draft of no bars");
}

#[test]
fn no_more_is_settled_than_a_beat_and_the_lead() {
    let mut alone = improviser(Playing::Alone);
    alone.prepare();
    let heard = play(&mut alone, 0.0, 96.0 * 8.0, 50, nobody);
    let lead = LEAD_S * 2.0 * 24.0;
    assert!(heard.iter().all(|(now, note)| note.onset as f64 <= now + lead + BEAT as f64));
}

#[test]
fn what_was_played_is_what_the_writer_reads() {
    let mut alone = improviser(Playing::Alone);
    alone.prepare();
    let heard = play(&mut alone, 0.0, 96.0 * 20.0, 50, nobody);
    let read: usize = alone.writer.taken_in.iter().map(|bar| bar.notes.len()).sum();
    let played = heard.iter().filter(|(_, note)| note.onset < 96 * alone.writer.taken_in.len() as u64).count();
    assert_eq!((read, alone.writer.taken_in.len()), (played, 19));
}

#[test]
fn music_goes_on_when_the_writer_stops() {
    let mut alone = improviser(Playing::Alone);
    alone.prepare();
    play(&mut alone, 0.0, 96.0 * 6.0, 50, nobody);
    let starved = play(&mut alone, 96.0 * 6.0, 96.0 * 12.0, 0, nobody);
    assert!(alone.fallbacks() >= 20, "{}", alone.fallbacks());
    let beats: BTreeSet<u64> = starved.iter().map(|(_, note)| note.onset / 24).collect();
    assert!(beats.len() >= 22, "{beats:?}");
    let before = alone.fallbacks();
    play(&mut alone, 96.0 * 12.0, 96.0 * 20.0, 50, nobody);
    assert!(alone.fallbacks() <= before + 1, "it recovers at once");
}

#[test]
fn a_new_chord_is_heard_at_the_next_beat() {
    let mut band = improviser(Playing::Accompany);
    band.prepare();
    let press = |pitches: &'static [u8], at: f64| {
        move |band: &mut Improviser<Mock>, now: f64| {
            if (now - at).abs() < 0.1 {
                (0..128).for_each(|pitch| band.note_off(now, pitch));
                pitches.iter().for_each(|&pitch| band.note_on(now, pitch, 80));
            }
        }
    };
    play(&mut band, 0.0, 96.0 * 2.0, 50, press(&[60, 64, 67], 1.0));
    band.writer.drafts.clear();
    for (bar, chord, root) in [(2u64, &[65, 69, 72][..], 5), (3, &[67, 71, 74], 7), (4, &[57, 60, 64], 9)] {
        let at = bar as f64 * 96.0;
        let chord: &'static [u8] = chord.to_vec().leak();
        let heard = play(&mut band, at, at + 96.0, 50, press(chord, at + 1.0));
        let late: Vec<u64> = heard
            .iter()
            .filter(|(_, note)| note.pitch % 12 != root && (bar * 96 + 24..(bar + 1) * 96).contains(&note.onset))
            .map(|(_, note)| note.onset - bar * 96)
            .collect();
        assert_eq!(late, Vec::<u64>::new(), "bar {bar} still plays the old chord");
        let strikes = |draft: &Draft| draft.bars[0].strike.map(|strike| (strike.position, strike.chord.root));
        let asked: BTreeSet<(u8, u8)> = band.writer.drafts.drain(..).filter_map(|draft| strikes(&draft)).collect();
        assert_eq!(asked, BTreeSet::from([(24, root)]), "bar {bar} strikes it once, on the next beat");
    }
}

#[test]
fn the_machine_keeps_out_of_the_tune_while_the_person_has_it() {
    let mut band = improviser(Playing::Accompany);
    band.prepare();
    let heard = play(&mut band, 0.0, 96.0 * 10.0, 50, nobody);
    assert!(heard.iter().all(|(_, note)| note.part != TUNE));
}

#[test]
fn a_pause_is_answered_within_a_bar_and_the_answer_gives_way() {
    let mut duo = improviser(Playing::Answer);
    duo.prepare();
    let person = |duo: &mut Improviser<Mock>, now: f64| {
        // Two bars of quarter notes, from the third and from the ninth bar on.
        let playing = (192.0..384.0).contains(&now) || (768.0..960.0).contains(&now);
        if playing && now % 24.0 == 1.0 {
            duo.note_on(now, 72, 90);
        } else if playing && now % 24.0 == 20.0 {
            duo.note_off(now, 72);
        }
    };
    let heard = play(&mut duo, 0.0, 96.0 * 12.0, 50, person);
    let tune: Vec<u64> = heard.iter().filter(|(_, note)| note.part == TUNE).map(|(_, note)| note.onset).collect();
    let first = *tune.first().unwrap();
    // The last note is let go at step 380.
    assert!((384..=380 + 96).contains(&first), "the answer begins at {first}");
    let disturbs = tune.iter().filter(|&&onset| (792 + 24..960).contains(&onset)).count();
    assert_eq!(disturbs, 0, "{tune:?}");
}

#[test]
fn a_person_who_takes_the_tune_has_it_from_what_is_not_settled_on() {
    let mut duo = improviser(Playing::Alone);
    duo.prepare();
    // By now a section comes back, and its tune is planned.
    play(&mut duo, 0.0, 96.0 * 12.0, 50, nobody);
    duo.change(96.0 * 12.0, Change::Playing(Playing::Accompany));
    let settled = duo.committed();
    let heard = play(&mut duo, 96.0 * 12.0, 96.0 * 20.0, 50, nobody);
    assert!(heard.iter().all(|(_, note)| note.part != TUNE || note.onset < settled));
    assert!(heard.iter().any(|(_, note)| note.part != TUNE));
}

#[test]
fn turns_are_traded_by_the_bar() {
    let mut duo = improviser(Playing::Trade { bars: 4 });
    duo.prepare();
    let heard = play(&mut duo, 0.0, 96.0 * 16.0, 50, nobody);
    for (_, note) in heard.iter().filter(|(_, note)| note.part == TUNE) {
        assert_eq!(note.onset / 96 / 4 % 2, 1, "{note:?}");
    }
    assert!(heard.iter().any(|(_, note)| note.part == TUNE));
}

#[test]
fn the_end_is_a_cadence_on_the_tonic() {
    let mut alone = improviser(Playing::Alone);
    alone.prepare();
    play(&mut alone, 0.0, 96.0 * 4.0, 50, nobody);
    alone.change(96.0 * 4.0, Change::Finish);
    let heard = play(&mut alone, 96.0 * 4.0, 96.0 * 12.0, 50, nobody);
    assert!(alone.is_over());
    assert!(!alone.think(96.0 * 12.0), "nothing is left to do");
    let last = heard.last().unwrap().1;
    assert!(last.onset < 96 * 7, "{last:?}");
    assert_eq!(last.pitch % 12, 0);
}

#[test]
fn a_machine_that_slept_takes_the_music_up_again() {
    let mut alone = improviser(Playing::Alone);
    alone.prepare();
    play(&mut alone, 0.0, 96.0 * 4.0, 50, nobody);
    let heard = play(&mut alone, 96.0 * 1000.5, 96.0 * 1004.0, 50, nobody);
    assert!(heard.len() < 100, "what was missed is not made up for: {}", heard.len());
    assert!(heard.iter().all(|(now, note)| note.onset as f64 >= *now));
    assert!(heard.iter().any(|(_, note)| note.onset >= 96 * 1002));
}

#[test]
fn thousands_of_keys_a_second_do_no_harm() {
    let mut band = improviser(Playing::Accompany);
    band.prepare();
    let mut key = 0u32;
    let storm = |band: &mut Improviser<Mock>, now: f64| {
        for _ in 0..40 {
            key = key.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let pitch = (key >> 24) as u8 & 127;
            if key & 1 == 0 { band.note_on(now, pitch, 80) } else { band.note_off(now, pitch) }
        }
    };
    let heard = play(&mut band, 0.0, 96.0 * 10.0, 50, storm);
    let beats: BTreeSet<u64> = heard.iter().map(|(_, note)| note.onset / 24).collect();
    assert!(beats.len() >= 40, "the band plays on");
    assert!(band.bars.len() < 20 && band.held.len() < 20_000);
}

#[test]
fn the_base_model_improvises_the_same_music_for_the_same_seed() {
    let model = crate::base::load(&DeviceChoice::Flex.device()).unwrap();
    let music = |seed: u64| {
        let settings = Settings { seed, tempo_bpm: Some(120.0), ..Settings::default() };
        let mut improviser = Improviser::new(&model, &settings).unwrap();
        improviser.prepare();
        let mut notes = Vec::new();
        let mut now = 0.0;
        while now < 96.0 * 20.0 {
            while improviser.think(now) {}
            notes.extend(improviser.commit(now));
            now += 4.0;
        }
        assert_eq!(improviser.fallbacks(), 0);
        notes
    };
    let (first, again, other) = (music(5), music(5), music(6));
    assert_eq!(first, again);
    assert_ne!(first, other);
    assert!(first.len() > 100, "{}", first.len());
}
