//! Which style was asked for and which was heard, as a picture.

use std::fmt::Write;

use ripieno_composer::eval::styles::{Confusion, Hearing, StyleReport};

const CELL: f64 = 24.0;
const LABEL: f64 = 160.0;
const MARGIN: f64 = 24.0;
/// Room for the column names, which are written upwards.
const ABOVE: f64 = 150.0;

/// Real passages to the left, composed pieces to the right, both without what was given.
pub(crate) fn to_svg(report: &StyleReport) -> String {
    let Hearing { real, composed } = &report.written;
    let shown: Vec<usize> =
        (0..report.styles.len()).filter(|&style| real.asked(style) + composed.asked(style) > 0).collect();
    let side = CELL * shown.len() as f64;
    let (width, height) = (2.0 * (LABEL + side + MARGIN) + 4.0 * MARGIN, ABOVE + side + 2.0 * MARGIN);
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/>"##
    );
    for (index, (title, confusion)) in [("real passages", real), ("composed pieces", composed)].into_iter().enumerate()
    {
        let balanced = confusion.balanced(report.compared());
        let left = MARGIN + index as f64 * (LABEL + side + MARGIN);
        let title = format!("{title}: {:.0} % recognised, styles alike", 100.0 * balanced);
        panel(&mut svg, left, &title, confusion, &shown, &report.styles);
    }
    let _ = write!(
        svg,
        r##"<text x="{MARGIN}" y="{:.1}" fill="#555">row: the style that it is, or that was asked for; column: the style heard; numbers: % of the row</text></svg>"##,
        height - MARGIN / 2.0
    );
    svg
}

fn panel(svg: &mut String, left: f64, title: &str, confusion: &Confusion, shown: &[usize], styles: &[String]) {
    let _ = write!(svg, r##"<text x="{left:.1}" y="{MARGIN}" font-size="14" font-weight="bold">{title}</text>"##);
    let grid = left + LABEL;
    for (place, &style) in shown.iter().enumerate() {
        let at = CELL * (place as f64 + 0.5) + 4.0;
        let name = escape(&styles[style]);
        let (x, y) = (grid + at, ABOVE - 6.0);
        let _ = write!(
            svg,
            r##"<text x="{:.1}" y="{:.1}" text-anchor="end">{name}</text><text transform="translate({x:.1} {y:.1}) rotate(-60)">{name}</text>"##,
            grid - 6.0,
            ABOVE + at
        );
    }
    for (row, &asked) in shown.iter().enumerate() {
        let all = confusion.asked(asked);
        for (column, &heard) in shown.iter().enumerate() {
            let share = confusion.counts[asked][heard] as f64 / all.max(1) as f64;
            let (x, y) = (grid + CELL * column as f64, ABOVE + CELL * row as f64);
            let colour = if all == 0 { "#eee".to_owned() } else { shade(share) };
            let frame = if asked == heard { "#000" } else { "#ddd" };
            let _ = write!(
                svg,
                r##"<rect x="{x:.1}" y="{y:.1}" width="{:.1}" height="{:.1}" fill="{colour}" stroke="{frame}"/>"##,
                CELL - 1.0,
                CELL - 1.0
            );
            if share >= 0.005 {
                let ink = if share > 0.5 { "#fff" } else { "#000" };
                let (x, y) = (x + CELL / 2.0 - 0.5, y + CELL / 2.0 + 3.5);
                let _ = write!(
                    svg,
                    r##"<text x="{x:.1}" y="{y:.1}" text-anchor="middle" font-size="10" fill="{ink}">{:.0}</text>"##,
                    100.0 * share
                );
            }
        }
    }
}

/// White for nothing, dark blue for all.
fn shade(share: f64) -> String {
    let mix = |dark: f64| format!("{:.0}", 255.0 + (dark - 255.0) * share);
    format!("rgb({},{},{})", mix(8.0), mix(48.0), mix(107.0))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
