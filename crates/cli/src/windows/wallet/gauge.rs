//! A score on its scorecard's range, as a picture that says the same in words.

use maud::{Markup, html};

use super::texts;

const CENTRE: f64 = 120.0;
const RADIUS: f64 = 94.0;

/// The half circle from the lowest to the highest score, filled up to `score`.
pub(super) fn gauge(score: i64, (low, high): (i64, i64)) -> Markup {
    let part = part(score, low, high);
    let angle = std::f64::consts::PI * (1.0 - part);
    let x = CENTRE + RADIUS * angle.cos();
    let y = CENTRE - RADIUS * angle.sin();
    let (from, to) = (CENTRE - RADIUS, CENTRE + RADIUS);
    html! {
        svg.gauge viewBox="0 0 240 150" role="img" aria-label=(texts::gauge(score, low, high)) {
            path.track d=(format!("M {from} {CENTRE} A {RADIUS} {RADIUS} 0 0 1 {to} {CENTRE}"))
                fill="none" stroke-width="20" stroke-linecap="round" {}
            path.value d=(format!("M {from} {CENTRE} A {RADIUS} {RADIUS} 0 0 1 {x:.2} {y:.2}"))
                fill="none" stroke-width="20" stroke-linecap="round" {}
            circle.here cx=(format!("{x:.2}")) cy=(format!("{y:.2}")) r="6" {}
            text.reading x="120" y="112" text-anchor="middle" font-size="46" font-weight="750" { (score) }
            text x=(from) y="145" text-anchor="middle" font-size="13" { (low) }
            text x=(to) y="145" text-anchor="middle" font-size="13" { (high) }
        }
    }
}

/// Where a score lies in its range, 0 to 1.
fn part(score: i64, low: i64, high: i64) -> f64 {
    let (above, span) = (score.saturating_sub(low), high.saturating_sub(low));
    if span <= 0 {
        return 1.0;
    }
    (above as f64 / span as f64).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_lies_between_the_ends_of_its_range() {
        assert!((part(300, 300, 850)).abs() < 1e-9);
        assert!((part(850, 300, 850) - 1.0).abs() < 1e-9);
        assert!((part(575, 300, 850) - 0.5).abs() < 1e-9);
        assert!((part(-10, 0, 0) - 1.0).abs() < 1e-9);
        assert!((part(9, 0, 5) - 1.0).abs() < 1e-9);
        let drawn = gauge(575, (300, 850)).into_string();
        assert!(drawn.contains("120.00 26.00"), "{drawn}");
        assert!(!drawn.contains("style="));
    }
}
