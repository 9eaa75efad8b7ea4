//! Small pieces and networks that the tests of several modules use.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Distribution, Tensor};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::event::{BarEvents, EventScore, NoteEvent, PartEvent, Role};
use crate::example::{Example, Source};
use crate::model::ModelHeader;
use crate::network::{Network, NetworkConfig, device_randomness};
use crate::task::{Plan, below};
use crate::train::Piece;
use crate::vocabulary::{METER_CLASSES, TEMPOS, duration_class, meter_class};

/// A quarter note.
pub(crate) fn quarter(position: u8, part: u8, pitch: u8) -> NoteEvent {
    NoteEvent { position, part, pitch, duration: duration_class(24), velocity: 20 }
}

/// Parts with these instruments.
pub(crate) fn parts(instruments: &[u8]) -> Vec<PartEvent> {
    let role = |instrument| if instrument == 128 { Role::Drums } else { Role::Any };
    instruments.iter().map(|&instrument| PartEvent { instrument, role: role(instrument) }).collect()
}

/// A bar in common time.
pub(crate) fn common_bar(notes: Vec<NoteEvent>) -> BarEvents {
    BarEvents { meter: meter_class(96, ripieno_score::Meter::COMMON), tempo: 20, notes }
}

/// Any legal piece, however unmusical: one to six parts, up to 14 bars of any length, also empty ones.
pub(crate) fn random_events(seed: u64) -> EventScore {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut draw = |n: usize| below(&mut rng, n) as u16;
    let instruments: Vec<u8> = (0..1 + draw(6)).map(|_| draw(129) as u8).collect();
    let bars = (0..1 + draw(14)).map(|_| {
        let meter = draw(METER_CLASSES);
        let (length, _) = crate::vocabulary::meter_of(meter);
        let mut notes: Vec<NoteEvent> = (0..draw(24))
            .map(|_| NoteEvent {
                // Coarse positions, so that notes meet.
                position: (draw(8) as u32 * length / 8) as u8,
                part: draw(instruments.len()) as u8,
                pitch: [0, 60, 64, 127, draw(128) as u8][usize::from(draw(5))],
                duration: draw(64) as u8,
                velocity: draw(32) as u8,
            })
            .collect();
        notes.sort_unstable();
        notes.dedup_by_key(|note| (note.position, note.part, note.pitch));
        BarEvents { meter, tempo: draw(TEMPOS) as u8, notes }
    });
    EventScore { bars: bars.collect(), parts: parts(&instruments) }
}

/// Eight bars that a network can learn by heart: a scale over a bass.
pub(crate) fn scale_piece() -> Piece {
    let bar = |bar: u8| {
        let tune =
            (0..4).map(|beat| quarter(24 * beat, 0, 60 + [0, 2, 4, 5, 7, 9, 11, 12][usize::from((bar + beat) % 8)]));
        let mut notes: Vec<_> = tune.chain([quarter(0, 1, 36 + bar % 4), quarter(48, 1, 43)]).collect();
        notes.sort_unstable();
        common_bar(notes)
    };
    let events = EventScore { parts: parts(&[73, 32]), bars: (0..8).map(bar).collect() };
    let attributes = crate::attribute::describe(&crate::encode::decode(&events), &events);
    Piece { events, attributes, style: 1 }
}

/// The stream of a plan over `events` about which nothing is said.
pub(crate) fn example(events: &EventScore, plan: &Plan, context: usize) -> Example {
    let attributes = vec![[0; crate::attribute::COUNT]; events.bars.len()];
    Example::build(Source { events, attributes: &attributes, plan, style: 1, context })
}

/// A network of some ten thousand weights.
pub(crate) fn tiny() -> NetworkConfig {
    NetworkConfig {
        width: 32,
        layers: 2,
        attention_heads: 2,
        feed_forward: 48,
        head_width: 16,
        style_width: 8,
        styles: 3,
        context: 64,
    }
}

/// A tiny network in which no parameter is zero or one, as if it had been trained.
pub(crate) fn lively(device: &Device) -> Network {
    struct Shake;
    impl ModuleMapper for Shake {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let (id, value, mapper) = param.consume();
            let noise = value.random_like(Distribution::Normal(0.0, 0.15));
            Param::from_mapped_value(id, value + noise, mapper)
        }
    }
    let network = tiny().init(device, 7);
    let _held = device_randomness();
    device.seed(8);
    network.map(&mut Shake)
}

/// The header of a tiny model.
pub(crate) fn header(corpus: &str) -> ModelHeader {
    ModelHeader {
        version: 1,
        network: tiny(),
        vocabulary: crate::vocabulary::fingerprint(),
        styles: vec!["one".into(), "two".into(), "three".into()],
        ensembles: Default::default(),
        habits: Default::default(),
        started_from: None,
        corpus: corpus.into(),
        licences: Default::default(),
        training: Default::default(),
        steps: 0,
        notes_seen: 0,
        validation: None,
    }
}

/// A tiny network as a file's content, in full precision.
pub(crate) fn saved(network: &Network) -> Vec<u8> {
    crate::model::to_bytes(network, &header("corpus"), crate::model::Precision::Full).unwrap()
}
