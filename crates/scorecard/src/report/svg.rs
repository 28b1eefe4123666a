//! A small plot: axes from one value to another, and marks on them. Colours
//! come from the page's style, so one drawing serves light and dark.

use super::markup::{escape, write};

const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 22.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 44.0;

/// A plot under way.
pub(super) struct Plot {
    x: (f64, f64),
    y: (f64, f64),
    marks: String,
}

impl Plot {
    /// An empty plot over the ranges of `x` and `y`; ranges without width are
    /// given some.
    pub(super) fn new(x: (f64, f64), y: (f64, f64)) -> Self {
        let wide = |(low, high): (f64, f64)| {
            if high > low {
                (low, high)
            } else {
                (low, low + 1.0)
            }
        };
        Self {
            x: wide(x),
            y: wide(y),
            marks: String::new(),
        }
    }

    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let part = |value: f64, (low, high): (f64, f64)| (value - low) / (high - low);
        (
            LEFT + part(x, self.x) * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - part(y, self.y) * (HEIGHT - TOP - BOTTOM),
        )
    }

    /// A line through points.
    pub(super) fn line(&mut self, class: &str, points: impl Iterator<Item = (f64, f64)>) {
        let mut path = String::new();
        for (index, (x, y)) in points.enumerate() {
            let (px, py) = self.at(x, y);
            write(
                &mut path,
                format_args!("{}{px:.1} {py:.1}", if index == 0 { "M" } else { "L" }),
            );
        }
        write(
            &mut self.marks,
            format_args!("<path class=\"{class}\" d=\"{path}\"/>"),
        );
    }

    /// A bar from the bottom of the plot.
    pub(super) fn bar(&mut self, class: &str, (from, to): (f64, f64), height: f64, title: &str) {
        let ((left, top), (right, bottom)) = (self.at(from, height), self.at(to, self.y.0));
        write(
            &mut self.marks,
            format_args!(
                "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" \
                 height=\"{:.1}\"><title>{}</title></rect>",
                (right - left).max(0.5),
                (bottom - top).max(0.0),
                escape(title)
            ),
        );
    }

    /// A dot.
    pub(super) fn dot(&mut self, class: &str, x: f64, y: f64, title: &str) {
        let (px, py) = self.at(x, y);
        write(
            &mut self.marks,
            format_args!(
                "<circle class=\"{class}\" cx=\"{px:.1}\" cy=\"{py:.1}\" r=\"4\">\
                 <title>{}</title></circle>",
                escape(title)
            ),
        );
    }

    /// A text at a point.
    pub(super) fn text(&mut self, x: f64, y: f64, anchor: &str, text: &str) {
        let (px, py) = self.at(x, y);
        write(
            &mut self.marks,
            format_args!(
                "<text class=\"note\" x=\"{px:.1}\" y=\"{py:.1}\" text-anchor=\"{anchor}\">{}</text>",
                escape(text)
            ),
        );
    }

    /// The drawing with its axes. Ticks are values with their texts.
    pub(super) fn finish(
        self,
        name: &str,
        x: (&str, Vec<(f64, String)>),
        y: (&str, Vec<(f64, String)>),
    ) -> String {
        let mut svg = String::new();
        write(
            &mut svg,
            format_args!(
                "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">",
                escape(name)
            ),
        );
        for (value, text) in &y.1 {
            let (_, py) = self.at(self.x.0, *value);
            write(
                &mut svg,
                format_args!(
                    "<path class=\"grid\" d=\"M{LEFT} {py:.1}H{:.1}\"/><text class=\"tick\" x=\"{:.1}\" \
                     y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                    WIDTH - RIGHT,
                    LEFT - 6.0,
                    py + 4.0,
                    escape(text)
                ),
            );
        }
        for (value, text) in &x.1 {
            let (px, _) = self.at(*value, self.y.0);
            write(
                &mut svg,
                format_args!(
                    "<text class=\"tick\" x=\"{px:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                    HEIGHT - BOTTOM + 16.0,
                    escape(text)
                ),
            );
        }
        svg.push_str(&self.marks);
        write(
            &mut svg,
            format_args!(
                "<path class=\"axis\" d=\"M{LEFT} {TOP}V{bottom:.1}H{right:.1}\"/>\
                 <text class=\"label\" x=\"{middle:.1}\" y=\"{low:.1}\" text-anchor=\"middle\">{}</text>\
                 <text class=\"label\" x=\"12\" y=\"{half:.1}\" text-anchor=\"middle\" \
                 transform=\"rotate(-90 12 {half:.1})\">{}</text></svg>",
                escape(x.0),
                escape(y.0),
                bottom = HEIGHT - BOTTOM,
                right = WIDTH - RIGHT,
                middle = (LEFT + WIDTH - RIGHT) / 2.0,
                low = HEIGHT - 8.0,
                half = (TOP + HEIGHT - BOTTOM) / 2.0,
            ),
        );
        svg
    }
}

/// Round values over a range, about five of them.
pub(super) fn ticks((low, high): (f64, f64)) -> Vec<f64> {
    let width = (high - low).max(1e-9);
    let rough = width / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|times| times * power)
        .find(|&step| step >= rough * 0.999)
        .unwrap_or(10.0 * power);
    let mut ticks = Vec::new();
    let mut count = (low / step).ceil();
    while count * step <= high + 1e-9 * width && ticks.len() < 20 {
        ticks.push(count * step);
        count += 1.0;
    }
    ticks
}

/// Ticks of shares, in per cent.
pub(super) fn shares(range: (f64, f64)) -> Vec<(f64, String)> {
    let text = |value: f64| {
        let percent = 100.0 * value;
        if (percent - percent.round()).abs() < 1e-6 {
            format!("{percent:.0} %")
        } else {
            format!("{percent:.1} %")
        }
    };
    ticks(range)
        .into_iter()
        .map(|value| (value, text(value)))
        .collect()
}

/// Ticks of whole numbers.
pub(super) fn numbers(range: (f64, f64)) -> Vec<(f64, String)> {
    ticks(range)
        .into_iter()
        .map(|value| (value, format!("{value:.0}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(
            ticks((0.0, 1.0)),
            [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]
        );
        assert_eq!(ticks((310.0, 842.0)), [400.0, 600.0, 800.0]);
        assert!(ticks((0.0, 0.0)).len() < 20);
        assert_eq!(shares((0.0, 1.0))[1].1, "20 %");
    }
}
