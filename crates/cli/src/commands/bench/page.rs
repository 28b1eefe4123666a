//! The figures as a page: tables and plots, without scripts, nothing fetched.

use std::fmt::Write;

use blindscore_benches::curves::Curve;
use svg::Document;
use svg::node::element::{Circle, Line, Polyline, Text, Title};

use super::report::BenchReport;
use super::text;

const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 280.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 46.0;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;\
padding:0 1rem;color:#1a1a1a;background:#fff}pre{overflow-x:auto;background:#f4f4f4;padding:1rem}\
.curves{display:flex;flex-wrap:wrap;gap:1rem}";

pub(super) fn page(report: &BenchReport) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>blindscore bench</title><style>{STYLE}</style></head><body>\n<h1>blindscore bench</h1>\n"
    );
    let machine = &report.machine;
    let processor = machine.processor.as_deref().unwrap_or("unknown processor");
    // A String takes whatever is written.
    let _ = writeln!(
        page,
        "<p>{}, {} cores, {}; blindscore {}.</p>",
        escaped(processor),
        machine.cores,
        escaped(&machine.target),
        machine.version
    );
    page.push_str("<div class=\"curves\">\n");
    for curve in report.curves.iter().filter(|curve| curve.points.len() > 1) {
        page.push_str(&plot(curve).to_string());
        page.push('\n');
    }
    let _ = writeln!(
        page,
        "</div>\n<pre>{}</pre>\n</body></html>",
        escaped(&text::text(report))
    );
    page
}

/// Points on logarithmic axes: what grows in proportion is a straight line.
fn plot(curve: &Curve) -> Document {
    let xs = curve.points.iter().map(|point| point.at as f64);
    let ys = curve.points.iter().map(|point| point.us);
    let (x, y) = (Axis::of(xs), Axis::of(ys));
    let across = |value: f64| LEFT + x.part(value) * (WIDTH - LEFT - RIGHT);
    let up = |value: f64| HEIGHT - BOTTOM - y.part(value) * (HEIGHT - TOP - BOTTOM);
    let title = format!("{}: microseconds a score over {}", curve.of, curve.along);
    let mut plot = Document::new()
        .set("viewBox", (0, 0, WIDTH as i64, HEIGHT as i64))
        .set("width", WIDTH as i64)
        .set("height", HEIGHT as i64)
        .set("role", "img")
        .set("font-family", "sans-serif")
        .set("font-size", 12)
        .add(Title::new(title.clone()))
        .add(label(&title).set("x", 4).set("y", 16).set("font-size", 13));
    for value in [y.low, (y.low * y.high).sqrt(), y.high] {
        let line = Line::new()
            .set("x1", LEFT)
            .set("x2", WIDTH - RIGHT)
            .set("y1", up(value))
            .set("y2", up(value))
            .set("stroke", "#dddddd");
        let at = label(&shortly(value))
            .set("x", LEFT - 6.0)
            .set("y", up(value) + 4.0);
        plot = plot.add(line).add(at.set("text-anchor", "end"));
    }
    let mut path = String::new();
    for point in &curve.points {
        let (px, py) = (across(point.at as f64), up(point.us));
        let _ = write!(path, "{px:.1},{py:.1} ");
        let dot = Circle::new()
            .set("cx", px)
            .set("cy", py)
            .set("r", 3)
            .set("fill", "#0077bb");
        let said = Title::new(format!("{}: {} us", point.at, shortly(point.us)));
        let at = label(&point.at.to_string())
            .set("x", px)
            .set("y", HEIGHT - BOTTOM + 18.0)
            .set("text-anchor", "middle");
        plot = plot.add(dot.add(said)).add(at);
    }
    let line = Polyline::new()
        .set("points", path.trim_end())
        .set("fill", "none")
        .set("stroke", "#0077bb")
        .set("stroke-width", 2);
    plot.add(line)
}

struct Axis {
    low: f64,
    high: f64,
}

impl Axis {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = values.fold((f64::MAX, 0.0_f64), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        let low = low.max(1e-3);
        // A flat curve lies in the middle.
        if high < low * 1.5 {
            return Self {
                low: low / 2.0,
                high: high.max(low) * 2.0,
            };
        }
        Self { low, high }
    }

    fn part(&self, value: f64) -> f64 {
        (value.max(self.low) / self.low).ln() / (self.high / self.low).ln()
    }
}

fn label(text: &str) -> Text {
    Text::new(text).set("fill", "#1a1a1a")
}

fn shortly(value: f64) -> String {
    if value < 100.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
