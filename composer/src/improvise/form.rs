//! The form of endless music: sections of eight bars that come back, changed, with others between them.

use std::collections::VecDeque;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::event::NoteEvent;
use crate::task::{below, unit};

/// Bars of a section.
pub(super) const SECTION: u64 = 8;
/// Sections that are remembered.
const REMEMBERED: usize = 5;
/// How likely new material is after a section that has been heard twice.
const NEW_MATERIAL: f32 = 0.55;
/// How likely a note of a section that comes back, on a beat and between beats, is to stay when the section is varied.
const KEPT: (f32, f32) = (0.85, 0.5);
/// How the density moves from section to section.
const DENSITY_ARC: [i8; 8] = [0, 0, 1, -1, 0, 1, 1, -1];

/// The material of a section: the tune of each bar, and the two chords of each bar.
#[derive(Debug, Clone, Default)]
struct Material {
    letter: u8,
    tune: Vec<Vec<NoteEvent>>,
    chords: Vec<[u8; 2]>,
    heard: u32,
}

/// How a section is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// The material is written now.
    New,
    /// The tune comes back as it was.
    Literal,
    /// Some of its notes come back, the others are written anew.
    Varied,
}

#[derive(Debug, Clone, Copy)]
struct Section {
    material: usize,
    manner: Manner,
    density: i8,
}

/// What the form says about a bar.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct FormBar {
    /// Letter of the section, 0 for A.
    pub(super) letter: u8,
    /// Notes of the tune that come back.
    pub(super) given: Vec<NoteEvent>,
    /// Whether the tune plays nothing else.
    pub(super) is_complete: bool,
    /// The chords of both halves, where they come back.
    pub(super) chords: Option<[u8; 2]>,
    /// Classes by which the density shall differ from the usual one.
    pub(super) density: i8,
}

/// Decides what comes back when.
#[derive(Debug, Clone)]
pub(super) struct Form {
    materials: Vec<Material>,
    /// Sections that bars are still asked or learnt of, with the number of the first.
    sections: VecDeque<Section>,
    first: u64,
    next_letter: u8,
    rng: ChaCha8Rng,
    seed: u64,
}

impl Form {
    /// `theme`: the tune of a seed melody, bar by bar, with its chords; the music begins with it.
    pub(super) fn new(theme: &[(Vec<NoteEvent>, [u8; 2])], seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(1 << 40);
        let mut form = Self { materials: Vec::new(), sections: VecDeque::new(), first: 0, next_letter: 0, rng, seed };
        for bars in theme.chunks(SECTION as usize).take(REMEMBERED) {
            let material = form.new_material();
            form.materials[material].tune = bars.iter().map(|(tune, _)| tune.clone()).collect();
            form.materials[material].chords = bars.iter().map(|&(_, chords)| chords).collect();
            form.sections.push_back(Section { material, manner: Manner::Literal, density: 0 });
        }
        form
    }

    /// What the form says about bar number `bar`; numbers go up by one.
    pub(super) fn bar(&mut self, bar: u64) -> FormBar {
        let (section, index) = (bar / SECTION, (bar % SECTION) as usize);
        while self.first + self.sections.len() as u64 <= section {
            let next = self.next_section();
            self.sections.push_back(next);
        }
        let Section { material, manner, density } = self.sections[(section - self.first) as usize];
        let material = &self.materials[material];
        let mut plan = FormBar { letter: material.letter, density, ..FormBar::default() };
        if manner == Manner::New || index >= material.tune.len() {
            return plan;
        }
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream((2 << 40) + bar);
        let mut stays = |note: &&NoteEvent| {
            let kept = if note.position.is_multiple_of(24) { KEPT.0 } else { KEPT.1 };
            unit(&mut rng) < kept
        };
        plan.given = match manner {
            Manner::Literal => material.tune[index].clone(),
            _ => material.tune[index].iter().filter(&mut stays).copied().collect(),
        };
        plan.is_complete = manner == Manner::Literal;
        plan.chords = material.chords.get(index).copied();
        plan
    }

    /// Remembers what was played in bar number `bar`, which is over.
    pub(super) fn learn(&mut self, bar: u64, tune: Vec<NoteEvent>, chords: [u8; 2]) {
        let section = bar / SECTION;
        while self.first < section && self.sections.len() > 1 {
            self.sections.pop_front();
            self.first += 1;
        }
        let Some(&Section { material, manner, .. }) = self.sections.front().filter(|_| self.first == section) else {
            return;
        };
        let material = &mut self.materials[material];
        if manner == Manner::New && material.tune.len() as u64 == bar % SECTION {
            material.tune.push(tune);
            material.chords.push(chords);
        }
    }

    fn new_material(&mut self) -> usize {
        let material = Material { letter: self.next_letter, ..Material::default() };
        self.next_letter = (self.next_letter + 1) % 26;
        let in_use = |index: usize| self.sections.iter().any(|section| section.material == index);
        if self.materials.len() < REMEMBERED {
            self.materials.push(material);
            return self.materials.len() - 1;
        }
        // The first section stays: it is what people remember. Of the others the one that was heard most makes room.
        let oldest = (1..REMEMBERED).filter(|&index| !in_use(index)).max_by_key(|&index| self.materials[index].heard);
        let place = oldest.unwrap_or(REMEMBERED - 1);
        self.materials[place] = material;
        place
    }

    fn next_section(&mut self) -> Section {
        let number = self.first + self.sections.len() as u64;
        let density = DENSITY_ARC[(number % DENSITY_ARC.len() as u64) as usize];
        let last = self.sections.back().map(|section| section.material);
        let heard_once = last.is_some_and(|last| self.materials[last].heard < 2);
        let is_new = match last {
            None => true,
            // New music is said twice before something else comes.
            Some(_) if !heard_once && self.materials.len() < 2 => true,
            Some(_) if heard_once => unit(&mut self.rng) < 0.2,
            Some(_) => unit(&mut self.rng) < NEW_MATERIAL,
        };
        if is_new {
            let material = self.new_material();
            self.materials[material].heard = 1;
            return Section { material, manner: Manner::New, density };
        }
        let material = match last {
            Some(last) if heard_once => last,
            _ => {
                let others: Vec<usize> = (0..self.materials.len()).filter(|&index| Some(index) != last).collect();
                if others.is_empty() { 0 } else { others[below(&mut self.rng, others.len())] }
            }
        };
        let material_heard = &mut self.materials[material].heard;
        *material_heard += 1;
        let literal = *material_heard != 2 && unit(&mut self.rng) < 0.4;
        Section { material, manner: if literal { Manner::Literal } else { Manner::Varied }, density }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_pieces::quarter;

    fn tune(bar: u64) -> Vec<NoteEvent> {
        (0..4).map(|beat| quarter(24 * beat, 0, 60 + (bar % 7) as u8 + beat)).collect()
    }

    /// Plays so many sections and returns letters, and whether the first bar of each brought something back.
    fn play(form: &mut Form, sections: u64) -> Vec<(u8, bool)> {
        let mut heard = Vec::new();
        for bar in 0..sections * SECTION {
            let plan = form.bar(bar);
            if bar % SECTION == 0 {
                heard.push((plan.letter, !plan.given.is_empty()));
            }
            form.learn(bar, if plan.given.is_empty() { tune(bar) } else { plan.given }, [1, 2]);
        }
        heard
    }

    #[test]
    fn material_comes_back_and_new_material_comes() {
        for seed in 0..20 {
            let heard = play(&mut Form::new(&[], seed), 24);
            let letters: std::collections::BTreeSet<u8> = heard.iter().map(|&(letter, _)| letter).collect();
            assert!(letters.len() >= 3, "seed {seed}: {heard:?}");
            let back = heard.iter().filter(|&&(_, back)| back).count();
            assert!((8..22).contains(&back), "seed {seed}: {heard:?}");
            let same = heard.windows(4).filter(|four| four.iter().all(|(letter, _)| *letter == four[0].0)).count();
            assert_eq!(same, 0, "seed {seed}: {heard:?}");
        }
    }

    #[test]
    fn a_theme_comes_first_and_whole() {
        let theme: Vec<_> = (0..12).map(|bar| (tune(bar), [3, 4])).collect();
        let mut form = Form::new(&theme, 1);
        for bar in 0..12 {
            let plan = form.bar(bar);
            assert_eq!((plan.given, plan.is_complete, plan.chords), (tune(bar), true, Some([3, 4])), "bar {bar}");
        }
        assert!(form.bar(13).given.is_empty(), "the theme has ended, its section goes on freely");
    }

    #[test]
    fn hours_need_no_more_memory_than_minutes() {
        let mut form = Form::new(&[], 4);
        play(&mut form, 2000);
        assert!(form.materials.len() <= REMEMBERED && form.sections.len() <= 2);
    }

    #[test]
    fn the_same_seed_makes_the_same_form() {
        assert_eq!(play(&mut Form::new(&[], 9), 12), play(&mut Form::new(&[], 9), 12));
    }
}
