//! Which parts play, and what they may play.

use ripieno_score::{Instrument, Key};

use super::seed::Seed;
use crate::event::{PartEvent, Role};
use crate::generate::PartLimits;
use crate::habits::{Manner, Seat};
use crate::model::ModelHeader;
use crate::vocabulary::PITCHES;

/// Parts added to a seed when nobody says which: at most this many.
const ADDED_PARTS: usize = 5;

/// A style has a bass where this share of its notes is one's.
const USUAL_BASS: f32 = 0.05;

/// Semitones above the middle of a tune that its accompaniment may reach.
const ABOVE_THE_MIDDLE: u8 = 7;

/// The key up to which any tune may be accompanied: a tune in the bass has chords above it.
const ABOVE_A_LOW_TUNE: u8 = 74;

/// Semitones beyond the range of a seed's part to which it may go on.
const BEYOND_THE_SEED: u8 = 7;

/// Semitones beyond where a part played in one piece to which it may go in another.
const IN_ANOTHER_KEY: u8 = 4;

/// The two hands of a pianist.
const HANDS: [Seat; 2] = [
    Seat { part: PartEvent { instrument: 0, role: Role::Melody }, low: 60, high: 84 },
    Seat { part: PartEvent { instrument: 0, role: Role::Chords }, low: 36, high: 66 },
];

/// The role that an instrument takes when it joins `others`.
pub fn usual_role(instrument: Instrument, others: &[PartEvent]) -> Role {
    let melody_taken = others.iter().any(|part| part.role == Role::Melody);
    match instrument.index() {
        128 => Role::Drums,
        32..=39 | 43 | 58 => Role::Bass,
        _ if !melody_taken => Role::Melody,
        0..=7 | 15..=31 | 46 | 48..=51 | 88..=95 | 104..=108 => Role::Chords,
        _ => Role::Inner,
    }
}

/// What accompanies a seed in a style when nobody says so: the ensemble that most often plays it, without the part that
/// has the tune.
pub fn usual_accompaniment(header: &ModelHeader, style: Option<&str>) -> Vec<PartEvent> {
    let ensembles = style.and_then(|style| header.ensembles.get(style));
    let manner = style.and_then(|style| header.habits.get(style)?.manner.as_ref());
    let is_lead = |instrument: u8| {
        let instrument = Instrument::from_index(instrument).expect("a header's instruments are below 129");
        usual_role(instrument, &[]) == Role::Melody
    };
    let of_index = |index: u8| Instrument::from_index(index).expect("a header's instruments are below 129");
    // As if the seed were a part that has the tune already.
    let tune = PartEvent { instrument: 73, role: Role::Melody };
    let set = ensembles.and_then(|sets| sets.first()).map_or(&[][..], Vec::as_slice);
    let can_accompany = |instrument: u8| usual_role(of_index(instrument), &[tune]) == Role::Chords;
    // In a trio the piano stays when somebody else brings the tune.
    let lead = set.iter().position(|&instrument| is_lead(instrument) && (set.len() < 3 || !can_accompany(instrument)));
    if let &[right @ 0..=7, left] = set
        && right == left
    {
        return hands_of_a_pianist(right, manner);
    }
    let mut parts = vec![tune];
    let others = set.iter().enumerate().filter(|&(place, _)| Some(place) != lead).map(|(_, &instrument)| instrument);
    for instrument in others.take(ADDED_PARTS) {
        parts.push(PartEvent { instrument, role: usual_role(of_index(instrument), &parts) });
    }
    if parts.len() == 1 {
        // What is written as one part is played with two hands, too, on a piano if need be.
        let alone = set.first().copied().filter(|&alone| usual_role(of_index(alone), &[tune]) == Role::Chords);
        let instrument = alone.unwrap_or(0);
        let plays = |role: &Role| manner.is_none_or(|manner| manner.roles[*role as usize].is_some());
        let hands = [Role::Chords, Role::Bass].into_iter().filter(|role| *role == Role::Chords || plays(role));
        parts.extend(hands.map(|role| PartEvent { instrument, role }));
    }
    seat_a_bass(&mut parts, manner);
    parts.split_off(1)
}

/// What is left to the two hands of a pianist when somebody else has the tune: chords, or a line where the style has more of them,
/// and a bass where it has one.
fn hands_of_a_pianist(instrument: u8, manner: Option<&Manner>) -> Vec<PartEvent> {
    let share = |role: Role| manner.map_or(0.0, |manner| manner.share(role as usize));
    let mut roles = vec![if share(Role::Inner) > share(Role::Chords) { Role::Inner } else { Role::Chords }];
    if share(Role::Bass) >= USUAL_BASS {
        roles.push(Role::Bass);
    }
    roles.into_iter().map(|role| PartEvent { instrument, role }).collect()
}

/// What plays a piece in a style when nobody says so.
pub fn usual_ensemble(header: &ModelHeader, style: Option<&str>) -> Vec<PartEvent> {
    let sets = style.and_then(|style| header.ensembles.get(style));
    let set = sets.and_then(|sets| sets.first()).cloned().unwrap_or_else(|| vec![0, 0]);
    let mut parts = Vec::new();
    for instrument in set {
        let instrument = Instrument::from_index(instrument).expect("a header's instruments are below 129");
        let role = if instrument.index() <= 7 { Role::Chords } else { usual_role(instrument, &parts) };
        parts.push(PartEvent { instrument: instrument.index(), role });
    }
    seat_a_bass(&mut parts, style.and_then(|style| header.habits.get(style)?.manner.as_ref()));
    parts
}

/// Who plays a piece in a style when nobody says so, as in one of its pieces for the instruments that most often play it; none
/// where no such piece is known. Without a style it is a pianist.
pub(super) fn usual_seats<'a>(header: &'a ModelHeader, style: Option<&str>, unit: f32) -> &'a [Seat] {
    let Some(style) = style else { return &HANDS };
    let seats = header.ensembles.get(style).and_then(|sets| header.habits.get(style)?.seats(sets.first()?, unit));
    seats.unwrap_or_default()
}

/// Of several voices or strings, none of which is a bass by its instrument, the last one is the bass where the style has one.
fn seat_a_bass(parts: &mut [PartEvent], manner: Option<&Manner>) {
    let is_usual = manner.is_some_and(|manner| manner.share(Role::Bass as usize) >= USUAL_BASS)
        && parts.iter().all(|part| part.role != Role::Bass);
    let inner = parts.iter().filter(|part| part.role == Role::Inner).count();
    if is_usual
        && inner >= 2
        && let Some(last) = parts.iter_mut().rev().find(|part| part.role == Role::Inner)
    {
        last.role = Role::Bass;
    }
}

/// Limits of a part that joins: the instrument's range, so many notes at a time, and the key's pitches. What accompanies a
/// tune stays around or below `tune`, the middle of the tune, as far as its instrument has an octave there.
pub(crate) fn limits(part: PartEvent, key: Option<Key>, tune: Option<u8>) -> PartLimits {
    let (low, mut high) = range(part);
    if let Some(tune) = tune.filter(|_| !matches!(part.role, Role::Melody | Role::Drums)) {
        high = high.min(tune.saturating_add(ABOVE_THE_MIDDLE).max(ABOVE_A_LOW_TUNE)).max(low + 12);
    }
    let polyphony = match (part.role, part.instrument) {
        (Role::Drums, _) => 5,
        (Role::Melody | Role::Bass, 0..=7) => 2,
        (Role::Melody | Role::Bass | Role::Inner, _) => 1,
        (Role::Chords | Role::Any, 56..=79) => 1,
        (Role::Chords | Role::Any, _) => 5,
    };
    within(low, high, polyphony, part, key)
}

/// Limits of a part that plays as one did in another piece: where it played, in any key, and as many notes at a time as is usual.
pub(super) fn limits_of_seat(seat: Seat) -> PartLimits {
    let usual = limits(seat.part, None, None);
    if seat.part.is_drums() {
        return usual;
    }
    let (low, high) = (seat.low.saturating_sub(IN_ANOTHER_KEY), seat.high.saturating_add(IN_ANOTHER_KEY).min(127));
    within(low, high, usual.polyphony, seat.part, None)
}

/// Limits of a part of the seed where it goes on: its own range, and beyond it some notes that its instrument has, as many at a
/// time as it plays.
pub(super) fn limits_of_seed(seed: &Seed, slot: usize, part: PartEvent, key: Option<Key>) -> PartLimits {
    let notes = || seed.events.bars.iter().flat_map(|bar| &bar.notes).filter(|note| usize::from(note.part) == slot);
    let low = notes().map(|note| note.pitch).min().unwrap_or(0);
    let high = notes().map(|note| note.pitch).max().unwrap_or(127);
    let together = seed.events.bars.iter().flat_map(|bar| {
        let positions = bar.notes.iter().filter(|note| usize::from(note.part) == slot).map(|note| note.position);
        positions.clone().map(move |position| positions.clone().filter(|&other| other == position).count())
    });
    let polyphony = u8::try_from(together.max().unwrap_or(1).clamp(1, 12)).expect("clamped to 12");
    let (low, high) = beyond(low, high, part);
    within(low, high, polyphony, part, key)
}

/// A range widened by what a tune may go beyond it, as far as the instrument goes.
fn beyond(low: u8, high: u8, part: PartEvent) -> (u8, u8) {
    let (lowest, highest) = range(part);
    let margin = if part.is_drums() { 0 } else { BEYOND_THE_SEED };
    (low.saturating_sub(margin).max(lowest.min(low)), high.saturating_add(margin).min(highest.max(high)))
}

fn within(low: u8, high: u8, polyphony: u8, part: PartEvent, key: Option<Key>) -> PartLimits {
    let scale = key.filter(|_| !part.is_drums()).map(|key| key.pitch_classes());
    let mut pitches = [false; PITCHES];
    for (pitch, allowed) in pitches.iter_mut().enumerate() {
        let in_range = (usize::from(low)..=usize::from(high)).contains(&pitch);
        *allowed = in_range && scale.is_none_or(|scale| scale[pitch % 12]);
    }
    PartLimits { pitches, polyphony, sounding: u8::MAX }
}

/// Comfortable range of a part: lowest and highest key.
#[rustfmt::skip]
fn range(part: PartEvent) -> (u8, u8) {
    match (part.instrument, part.role) {
        // The drums of General MIDI 2: a shaker and a clave are as usual in some styles as a snare is in others.
        (128, _) => (27, 87),
        (0..=7, Role::Bass) => (21, 60),
        (0..=7, Role::Melody) => (55, 96),
        (0..=7, _) => (28, 88),
        (8..=14, _) => (53, 96),
        (16..=23, Role::Bass) => (31, 60),
        (16..=23, _) => (36, 90),
        (24..=31, _) => (40, 83),
        (32..=39 | 43 | 58, _) => (28, 60),
        (40 | 110, _) => (55, 93),
        (41, _) => (48, 81),
        (42, _) => (36, 72),
        (46, _) => (30, 96),
        (47, _) => (40, 57),
        (52..=54, Role::Bass) => (40, 62),
        (52..=54, _) => (48, 79),
        (44 | 45 | 48..=51 | 55, _) => (36, 88),
        (56 | 59, _) => (55, 82),
        (57, _) => (40, 70),
        (60..=63, _) => (41, 77),
        (64..=67, _) => (49, 80),
        (68 | 69, _) => (52, 86),
        (70, _) => (34, 70),
        (71, _) => (50, 89),
        (72..=79, _) => (60, 96),
        _ => (40, 88),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Wishes;
    use super::super::plan::Plan;
    use super::*;
    use crate::generate::Player;
    use crate::habits::Habits;
    use crate::habits::manner::RoleManner;
    use crate::test_pieces::{header, scale_piece};

    fn roles(set: &[u8], bass: Option<u16>) -> Vec<Role> {
        let mut header = header("corpus");
        header.ensembles.insert("one".into(), vec![set.to_vec()]);
        let bass = bass.map(|share| RoleManner { share, ..RoleManner::default() });
        let manner = Manner { roles: vec![None, bass, None, None, None, None], ..Manner::default() };
        header.habits.insert("one".into(), Habits { manner: Some(manner), ..Habits::default() });
        usual_accompaniment(&header, Some("one")).iter().map(|part| part.role).collect()
    }

    #[test]
    fn the_last_of_several_voices_is_the_bass_where_the_style_has_one() {
        assert_eq!(roles(&[52, 52, 52, 52], Some(190)), [Role::Inner, Role::Inner, Role::Bass]);
        assert_eq!(roles(&[52, 52, 52, 52], Some(10)), [Role::Inner; 3]);
        assert_eq!(roles(&[52, 52], Some(190)), [Role::Inner]);
    }

    #[test]
    fn a_trio_keeps_its_piano_and_lets_its_horn_go() {
        assert_eq!(roles(&[0, 32, 128], Some(125)), [Role::Chords, Role::Bass, Role::Drums]);
        assert_eq!(roles(&[56, 0, 32, 128], Some(125)), [Role::Chords, Role::Bass, Role::Drums]);
    }

    #[test]
    fn a_pianist_accompanies_with_a_bass_where_the_style_has_one_and_with_lines_where_it_has_more_of_them() {
        let hands = |chords: u16, inner: u16, bass: u16| {
            let mut header = header("corpus");
            header.ensembles.insert("one".into(), vec![vec![0, 0]]);
            let role = |share| Some(RoleManner { share, ..RoleManner::default() });
            let roles = vec![None, role(bass), role(chords), role(inner), None, None];
            let manner = Manner { roles, ..Manner::default() };
            header.habits.insert("one".into(), Habits { manner: Some(manner), ..Habits::default() });
            usual_accompaniment(&header, Some("one")).iter().map(|part| part.role).collect::<Vec<_>>()
        };
        assert_eq!(hands(400, 300, 85), [Role::Chords, Role::Bass]);
        assert_eq!(hands(60, 430, 160), [Role::Inner, Role::Bass]);
        assert_eq!(hands(530, 200, 36), [Role::Chords]);
        assert_eq!(roles(&[12, 12], Some(100)), [Role::Inner]);
    }

    #[test]
    fn a_piece_from_nothing_is_seated_like_one_of_its_style() {
        let mut piece = scale_piece();
        piece.events.parts = [Role::Melody, Role::Bass].map(|role| PartEvent { instrument: 0, role }).to_vec();
        let mut header = header("corpus");
        header.ensembles.insert("one".into(), vec![vec![0, 0]]);
        let plan = |header: &ModelHeader| {
            let wishes = Wishes { styles: vec![("one".into(), 1.0)], bars: Some(4), ..Wishes::default() };
            Plan::new(Player::Dice(header), None, &wishes).unwrap().request
        };
        let unknown = plan(&header);
        assert!(unknown.parts.iter().all(|part| part.role == Role::Chords));
        header.habits.insert("one".into(), Habits::of(&[&piece]));
        let request = plan(&header);
        assert_eq!(request.parts, piece.events.parts);
        let range = |limits: &PartLimits| {
            let allowed = |&pitch: &usize| limits.pitches[pitch];
            ((0..128).find(allowed).unwrap(), (0..128).rfind(allowed).unwrap())
        };
        assert_eq!([range(&request.limits[0]), range(&request.limits[1])], [(56, 76), (32, 47)]);
    }

    #[test]
    fn a_tune_goes_a_fifth_beyond_its_seed_where_its_instrument_has_the_notes() {
        let of = |instrument, role| PartEvent { instrument, role };
        let violin = of(40, Role::Melody);
        assert_eq!(beyond(70, 80, violin), (63, 87));
        assert_eq!(beyond(57, 90, violin), (55, 93));
        assert_eq!(beyond(50, 100, violin), (50, 100), "what the seed plays stays playable");
        assert_eq!(beyond(36, 42, of(128, Role::Drums)), (36, 42));
    }

    #[test]
    fn a_low_tune_has_its_accompaniment_above_it() {
        let chords = PartEvent { instrument: 0, role: Role::Chords };
        let highest = |tune| limits(chords, None, Some(tune)).pitches.iter().rposition(|&allowed| allowed);
        assert_eq!([48, 60, 72].map(highest), [Some(74), Some(74), Some(79)]);
    }

    #[test]
    fn one_pianist_has_two_hands_unless_the_style_has_no_bass() {
        assert_eq!(roles(&[0], Some(100)), [Role::Chords, Role::Bass]);
        assert_eq!(roles(&[0], None), [Role::Chords]);
    }
}
