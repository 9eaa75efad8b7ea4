//! The few shapes of SVG that a piano roll needs, written out as text.

/// A growing picture. Coordinates are pixels from the top left corner.
#[derive(Debug, Default)]
pub(super) struct Svg {
    body: String,
}

/// How a text lies to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// The text begins at the point.
    Start,
    /// The text ends at the point.
    End,
}

/// The top left corner and the size of a box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Area {
    /// The y coordinate of the lower edge.
    pub(super) fn bottom(self) -> f64 {
        self.y + self.height
    }

    /// The x coordinate of the right edge.
    pub(super) fn right(self) -> f64 {
        self.x + self.width
    }
}

impl Svg {
    /// A box. `style` is written into the tag as it is; `hint` is what a browser shows under the mouse.
    pub(super) fn rect(&mut self, area: Area, style: &str, hint: Option<&str>) {
        let Area { x, y, width, height } = area;
        self.body.push_str(&format!(r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" {style}"#));
        match hint {
            Some(hint) => self.body.push_str(&format!("><title>{}</title></rect>\n", escape(hint))),
            None => self.body.push_str("/>\n"),
        }
    }

    /// A straight line.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), style: &str) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.body.push_str(&format!(r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}" {style}/>"#));
        self.body.push('\n');
    }

    /// One line of text with its baseline at `at`.
    pub(super) fn text(&mut self, at: (f64, f64), anchor: Anchor, style: &str, text: &str) {
        let (x, y) = at;
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::End => "end",
        };
        let text = escape(text);
        self.body.push_str(&format!(r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" {style}>{text}</text>"#));
        self.body.push('\n');
    }

    /// The whole document.
    pub(super) fn finish(self, width: f64, height: f64) -> String {
        format!(
            concat!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="{w:.0}" height="{h:.0}" viewBox="0 0 {w:.0} {h:.0}" "#,
                r#"font-family="Helvetica, Arial, sans-serif">"#,
                "\n",
                r##"<rect width="100%" height="100%" fill="#ffffff"/>"##,
                "\n{body}</svg>\n"
            ),
            w = width,
            h = height,
            body = self.body
        )
    }
}

/// `text` as XML character data. Control characters, which no XML file may hold, become spaces.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push(' '),
            other if other.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_element() {
        assert_eq!(escape("</svg> & \"x\"\u{1b}"), "&lt;/svg&gt; &amp; &quot;x&quot; ");
    }
}
