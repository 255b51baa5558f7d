//! A picture in SVG that needs nothing from outside: no font, no style sheet, no script.

use crate::svg::escaped;
use std::fmt::{Display, Write};

pub const INK: &str = "#1f2733";
pub const QUIET: &str = "#6b7685";
pub const RULE: &str = "#d7dce3";
pub const GOOD: &str = "#2f7d5b";
pub const BAD: &str = "#b4483c";
pub const CALM: &str = "#3b6ea8";

/// Where a text is held.
#[derive(Clone, Copy)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

pub struct Canvas {
    title: String,
    width: i64,
    height: i64,
    body: String,
}

pub const TITLE_HEIGHT: i64 = 46;

impl Canvas {
    pub fn new(title: &str, width: i64, height: i64) -> Self {
        let mut canvas = Self {
            title: escaped(title),
            width,
            height,
            body: String::new(),
        };
        canvas.put(format_args!(
            "<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\
             <text x=\"20\" y=\"28\" font-size=\"16\" font-weight=\"600\" fill=\"{INK}\">{}</text>\n",
            escaped(title)
        ));
        canvas
    }

    fn put(&mut self, what: impl Display) {
        // A text takes whatever is written.
        let _ = write!(self.body, "{what}");
    }

    pub fn bar(&mut self, (x, y): (i64, i64), (width, height): (i64, i64), fill: &str) {
        self.put(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>\n"
        ));
    }

    pub fn line(&mut self, (x1, y1): (i64, i64), (x2, y2): (i64, i64), stroke: &str) {
        self.put(format_args!(
            "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{stroke}\"/>\n"
        ));
    }

    pub fn path(&mut self, points: &[(i64, i64)], stroke: &str, is_dashed: bool) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let dashes = if is_dashed {
            " stroke-dasharray=\"3 3\" stroke-opacity=\"0.6\""
        } else {
            ""
        };
        self.put(format_args!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"1.5\"{dashes}/>\n",
            points.join(" ")
        ));
    }

    pub fn text(&mut self, (x, y): (i64, i64), anchor: Anchor, fill: &str, text: &str) {
        self.put(format_args!(
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{}\" fill=\"{fill}\">{}</text>\n",
            anchor.name(),
            escaped(text)
        ));
    }

    pub fn finish(self) -> String {
        let Self {
            title,
            width,
            height,
            body,
        } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
             role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"12\">\n<title>{title}</title>\n{body}</svg>\n"
        )
    }
}

/// A part of a length.
pub fn part(of: i64, value: u64, most: u64) -> i64 {
    let scaled = i128::from(of) * i128::from(value) / i128::from(most.max(1));
    i64::try_from(scaled).unwrap_or(of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_place() {
        let mut canvas = Canvas::new("<script>alert(\"1\")</script>", 10, 10);
        canvas.text((1, 2), Anchor::Start, INK, "a & b\u{1}");
        let drawn = canvas.finish();
        assert!(!drawn.contains("<script"), "{drawn}");
        assert!(drawn.contains("a &amp; b </text>"), "{drawn}");
    }
}
