//! Twelve-tone rows and their forms.

use super::super::chance::Chance;

/// Twelve pitch classes, each once.
pub(super) type Row = [i32; 12];

/// A row: free, derived from one trichord, or a wedge whose intervals are all different.
pub(super) fn row(chance: &mut Chance) -> Row {
    let first = chance.below(12);
    match chance.below(5) {
        0 => derived(chance).unwrap_or_else(|| free(chance)),
        1 => {
            // 0 11 1 10 2 9 ...: multiplied by 1, 5, 7 or 11 modulo 12 every interval stays unique.
            let factor = chance.pick(&[1, 5, 7, 11]);
            std::array::from_fn(|i| {
                let i = i32::try_from(i).expect("below twelve");
                let wedge = if i % 2 == 0 { i / 2 } else { 11 - i / 2 };
                (first + wedge * factor) % 12
            })
        }
        _ => free(chance),
    }
}

fn free(chance: &mut Chance) -> Row {
    let order = chance.order(12);
    std::array::from_fn(|i| order[i])
}

/// Four forms of one trichord (prime, retrograde inversion, retrograde, inversion as in Webern's op. 24) that fill the
/// twelve tones; `None` when a few random trichords do not.
fn derived(chance: &mut Chance) -> Option<Row> {
    for _ in 0..200 {
        let (a, b) = (chance.between(1, 11), chance.between(1, 11));
        let shift = chance.order(12);
        let cells = [[0, a, b], [-b, -a, 0], [b, a, 0], [0, -a, -b]];
        let tones = cells.iter().zip(&shift).flat_map(|(cell, by)| cell.map(|tone| (tone + by).rem_euclid(12)));
        let row: Vec<i32> = tones.collect();
        if is_row(&row) {
            return row.try_into().ok();
        }
    }
    None
}

pub(super) fn is_row(tones: &[i32]) -> bool {
    let mut sorted = tones.to_vec();
    sorted.sort_unstable();
    sorted.iter().copied().eq(0..12)
}

/// A form of `row`: transposed, and perhaps upside down, backwards or both.
pub(super) fn form(row: &Row, transposition: i32, inverted: bool, backwards: bool) -> Row {
    let mut form = row.map(|tone| {
        let interval = tone - row[0];
        (row[0] + transposition + if inverted { -interval } else { interval }).rem_euclid(12)
    });
    if backwards {
        form.reverse();
    }
    form
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_and_every_form_of_it_has_twelve_tones() {
        for number in 0..200 {
            let mut chance = Chance::new("serial", 3, number);
            let row = row(&mut chance);
            assert!(is_row(&row), "{row:?}");
            let turned = form(&row, chance.below(12), true, true);
            assert!(is_row(&turned), "{turned:?}");
        }
    }

    #[test]
    fn inversion_and_retrograde_undo_themselves() {
        let row = row(&mut Chance::new("serial", 3, 1));
        assert_eq!(form(&form(&row, 0, true, false), 0, true, false), row);
        let mut backwards = form(&row, 0, false, true);
        backwards.reverse();
        assert_eq!(backwards, row);
    }
}
