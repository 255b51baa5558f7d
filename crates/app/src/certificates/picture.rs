//! A certificate as a picture in SVG. Whoever has only a print reads the code, or lets a camera read it.

use super::{Achievement, Certificate};
use crate::svg::escaped;
use qrcode::{Color, QrCode};
use std::fmt::Write;
use touchstone_domain::Money;

/// Size of the picture.
pub const WIDTH: u32 = 1_200;
pub const HEIGHT: u32 = 850;
/// Beyond it a name is cut.
const NAME_MAX: usize = 60;
const INK: &str = "#16202e";
const QUIET: &str = "#5b6675";
const GOLD: &str = "#a9813b";
/// DejaVu is what the PNG is drawn with; a browser has something like it.
const FONTS: &str = "'DejaVu Sans', Verdana, system-ui, sans-serif";

impl Certificate {
    /// The title, as `Certificate of Achievement`.
    pub const fn title(&self) -> &'static str {
        match self.achievement {
            Achievement::PhasePassed { .. } => "Certificate of Achievement",
            Achievement::Payout { .. } => "Certificate of Payout",
        }
    }

    /// What was done, in words that follow the name.
    pub fn said(&self) -> String {
        let program = &self.program;
        match &self.achievement {
            Achievement::PhasePassed { phase, .. } => format!("has passed {phase} of {program}"),
            Achievement::Payout { .. } => format!("has earned a payout with {program}"),
        }
    }

    /// The figure in large, as `100,000.00 USD`.
    pub fn figure(&self) -> String {
        let money = match self.achievement {
            Achievement::PhasePassed { account, .. } => account,
            Achievement::Payout { amount } => amount,
        };
        grouped(money)
    }

    /// The name on it.
    pub fn name(&self) -> &str {
        match self.holder.as_str() {
            "" => "A trader",
            name => name,
        }
    }

    pub fn svg(&self) -> String {
        let day = self.at.rfc3339();
        let day = day.get(..10).unwrap_or(&day);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
             height=\"{HEIGHT}\" role=\"img\" font-family=\"{FONTS}\" text-anchor=\"middle\">\n\
             <title>{}: {} {}</title>\n\
             <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fdfcf9\"/>\n\
             <rect x=\"28\" y=\"28\" width=\"1144\" height=\"794\" fill=\"none\" stroke=\"{GOLD}\" stroke-width=\"3\"/>\n\
             <rect x=\"40\" y=\"40\" width=\"1120\" height=\"770\" fill=\"none\" stroke=\"{GOLD}\" stroke-width=\"1\"/>\n",
            self.title(),
            escaped(self.name()),
            escaped(&self.said()),
        );
        let mut line = |y: u32, size: usize, fill: &str, text: &str| {
            // A text takes whatever is written.
            let _ = writeln!(
                svg,
                "<text x=\"600\" y=\"{y}\" font-size=\"{size}\" fill=\"{fill}\">{}</text>",
                escaped(text)
            );
        };
        let name = cut(self.name());
        let said = cut(&self.said());
        line(125, fitting(&self.brand, 30, 40), QUIET, &cut(&self.brand));
        line(200, 46, GOLD, self.title());
        line(265, 22, QUIET, "This is to certify that");
        line(355, fitting(&name, 62, 26), INK, &name);
        line(425, fitting(&said, 28, 58), INK, &said);
        line(520, fitting(&self.figure(), 58, 28), INK, &self.figure());
        line(575, 22, QUIET, self.caption());
        line(640, 22, INK, day);
        self.foot(&mut svg);
        svg.push_str("</svg>\n");
        svg
    }

    const fn caption(&self) -> &'static str {
        match self.achievement {
            Achievement::PhasePassed { .. } => "account size",
            Achievement::Payout { .. } => "paid",
        }
    }

    fn foot(&self, svg: &mut String) {
        let page = self.url.split('?').next().unwrap_or_default();
        let _ = writeln!(
            svg,
            "<g text-anchor=\"start\" fill=\"{QUIET}\" font-size=\"18\"><text x=\"80\" y=\"735\">Verify at {}</text>\
             <text x=\"80\" y=\"768\" fill=\"{INK}\" font-size=\"22\" font-family=\"'DejaVu Sans Mono', monospace\">{}</text></g>",
            escaped(page),
            escaped(&self.code)
        );
        if let Ok(code) = QrCode::new(self.url.as_bytes()) {
            squares(svg, &code);
        }
    }
}

/// Dark squares in one path, in the lower right corner.
fn squares(svg: &mut String, code: &QrCode) {
    const SIDE: usize = 150;
    let width = code.width();
    let _ = write!(
        svg,
        "<svg x=\"970\" y=\"640\" width=\"{SIDE}\" height=\"{SIDE}\" viewBox=\"0 0 {width} {width}\">\
         <path shape-rendering=\"crispEdges\" fill=\"{INK}\" d=\""
    );
    for (place, color) in code.to_colors().iter().enumerate() {
        if *color == Color::Dark {
            let _ = write!(svg, "M{} {}h1v1h-1z", place % width, place / width);
        }
    }
    svg.push_str("\"/></svg>\n");
}

fn cut(text: &str) -> String {
    if text.chars().count() <= NAME_MAX {
        return text.to_owned();
    }
    let kept: String = text.chars().take(NAME_MAX - 1).collect();
    format!("{}\u{2026}", kept.trim_end())
}

/// The largest size at which a text has room: `size` up to so many letters, smaller for more.
fn fitting(text: &str, size: usize, letters: usize) -> usize {
    let length = text.chars().count().max(1);
    (size * letters / length).clamp(16, size)
}

/// With a comma before every third digit, as `100,000.00 USD`.
pub(crate) fn grouped(money: Money) -> String {
    let fixed = money.fixed();
    let (whole, rest) = fixed.split_once('.').unwrap_or((&fixed, ""));
    let (sign, digits) = whole
        .strip_prefix('-')
        .map_or(("", whole), |digits| ("-", digits));
    let mut text = sign.to_owned();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if !rest.is_empty() {
        text.push('.');
        text.push_str(rest);
    }
    format!("{text} {}", money.currency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchstone_domain::UnixMicros;

    fn money(minor: i64) -> Money {
        Money::new(minor, "USD".parse().expect("a currency"))
    }

    #[test]
    fn amounts_are_grouped_by_thousands() {
        for (minor, text) in [
            (0, "0.00 USD"),
            (12_345, "123.45 USD"),
            (100_000, "1,000.00 USD"),
            (-123_456_789, "-1,234,567.89 USD"),
        ] {
            assert_eq!(grouped(money(minor)), text);
        }
    }

    #[test]
    fn a_name_cannot_leave_its_place_nor_the_picture() {
        let certificate = Certificate {
            code: "CODE".into(),
            url: "https://prop.example.com/verify?code=CODE".into(),
            brand: "A & B".into(),
            holder: format!("<script>{}</script>", "x".repeat(200)),
            program: "\"Two\" steps".into(),
            achievement: Achievement::Payout {
                amount: money(423_000),
            },
            at: UnixMicros(0),
        };
        let svg = certificate.svg();
        assert!(!svg.contains("<script"), "{svg}");
        assert!(svg.contains("A &amp; B<"), "{svg}");
        assert!(svg.contains("4,230.00 USD<"), "{svg}");
        assert!(svg.contains("1970-01-01<"), "{svg}");
        assert_eq!(svg.matches("\u{2026}</text>").count(), 1, "{svg}");
    }
}
