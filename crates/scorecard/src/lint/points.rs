//! What the points themselves show: who weighs most, what cannot happen, what
//! pays that should not, and reasons that are missing or never come.

use blindscore_history::scheme::{LineKind, Scheme};

use super::{
    CLAMPED_NOTE, CLAMPED_WARNING, DOMINANT_NOTE, DOMINANT_WARNING, Finding, Measured,
    REASON_CHARS_MIN, Severity, Unit, reach,
};
use crate::lines::LineUse;
use crate::model::{Characteristic, Scorecard};

pub(super) fn look(
    card: &Scorecard,
    scheme: &Scheme,
    used: &[LineUse],
    findings: &mut Vec<Finding>,
) {
    findings.extend(used.iter().filter_map(dominant));
    for characteristic in &card.characteristics {
        let of = Of {
            characteristic,
            scheme,
            rising: !card.points_count_risk(),
        };
        let found = [
            of.not_monotone(),
            of.dead(),
            of.not_known(),
            of.no_reason(),
            of.baseline(),
        ];
        findings.extend(of.unreachable());
        findings.extend(found.into_iter().flatten());
    }
    findings.extend(clamped(card));
}

fn dominant(entry: &LineUse) -> Option<Finding> {
    let share = entry.share_per_mille;
    let severity = match share {
        DOMINANT_WARNING.. => Severity::Warning,
        DOMINANT_NOTE.. => Severity::Note,
        _ => return None,
    };
    Some(Finding {
        severity,
        code: "dominant-line",
        subject: entry.line.clone(),
        message: format!("{} of the card's points hang on this one line", entry.span),
        figure: Some(Measured::per_mille(share)),
    })
}

/// The share of raw totals, each counted once, that are published as the end of
/// the range.
fn clamped(card: &Scorecard) -> Option<Finding> {
    let (min, max) = (card.scaling.min().into(), card.scaling.max().into());
    let beyond = (card.raw_min()..=card.raw_max())
        .filter(|&raw| !(min..=max).contains(&card.scaling.unclamped(raw)))
        .count();
    let totals = card.span as usize + 1;
    let share = u32::try_from(beyond * 1_000 / totals).expect("at most a thousand");
    let severity = match share {
        CLAMPED_WARNING.. => Severity::Warning,
        CLAMPED_NOTE.. => Severity::Note,
        _ => return None,
    };
    Some(Finding {
        severity,
        code: "clamped",
        subject: "scaling".into(),
        message: format!(
            "{beyond} of {totals} totals of points lie beyond the published range and are told apart no more"
        ),
        figure: Some(Measured::per_mille(share)),
    })
}

/// One characteristic, and which way its points count.
struct Of<'a> {
    characteristic: &'a Characteristic,
    scheme: &'a Scheme,
    rising: bool,
}

impl Of<'_> {
    fn finding(&self, severity: Severity, code: &'static str, message: String) -> Finding {
        Finding {
            severity,
            code,
            subject: self.characteristic.name.clone(),
            message,
            figure: None,
        }
    }

    /// Points as goodness: more is better whichever way the card counts.
    fn good(&self, points: i64) -> i64 {
        if self.rising { points } else { -points }
    }

    fn not_monotone(&self) -> Option<Finding> {
        let points: Vec<i64> = self
            .characteristic
            .attributes
            .iter()
            .map(|a| a.points)
            .collect();
        let steps: Vec<bool> = points
            .windows(2)
            .filter(|pair| pair[0] != pair[1])
            .map(|pair| pair[0] < pair[1])
            .collect();
        let turns = steps.windows(2).filter(|pair| pair[0] != pair[1]).count();
        if turns == 0 {
            return None;
        }
        // The levels of a column may be codes, which have no order.
        let window = &self.scheme.line_windows()[self.characteristic.line_window];
        let is_column = matches!(self.scheme.lines()[window.line].kind(), LineKind::Column(_));
        let severity = if is_column {
            Severity::Note
        } else {
            Severity::Warning
        };
        let message = "points rise and fall again along the levels; say why, or smooth them";
        Some(Finding {
            figure: Some(Measured {
                value: i64::try_from(turns).expect("at most 254"),
                unit: Unit::Turns,
            }),
            ..self.finding(severity, "not-monotone", message.into())
        })
    }

    fn dead(&self) -> Option<Finding> {
        let c = self.characteristic;
        (c.least() == c.greatest()).then(|| {
            let message = "all its points are equal: it is read and changes nothing";
            self.finding(Severity::Warning, "dead", message.into())
        })
    }

    fn unreachable(&self) -> Option<Finding> {
        let window = &self.scheme.line_windows()[self.characteristic.line_window];
        let reach = reach::levels(self.scheme, window);
        let outside = self
            .characteristic
            .attributes
            .iter()
            .filter(|a| match reach {
                Some((lowest, highest)) => a.from > highest || a.to.is_some_and(|to| to <= lowest),
                None => true,
            });
        let ranges: Vec<String> = outside.map(ToString::to_string).collect();
        if ranges.is_empty() {
            return None;
        }
        let can = match reach {
            Some((lowest, highest)) => format!("levels {lowest} to {highest} can occur"),
            None => "the measure is never known over so short a window".into(),
        };
        let message = format!("no history can have {}; {can}", ranges.join(", "));
        Some(Finding {
            figure: Some(Measured {
                value: i64::try_from(ranges.len()).expect("at most 256"),
                unit: Unit::Attributes,
            }),
            ..self.finding(Severity::Warning, "unreachable", message)
        })
    }

    fn not_known(&self) -> Option<Finding> {
        let not_known = self.good(self.characteristic.not_known?);
        let known = || {
            self.characteristic
                .attributes
                .iter()
                .map(|a| self.good(a.points))
        };
        let (worst, best) = (known().min()?, known().max()?);
        let (severity, code, gain, message) = if not_known > best {
            let message = "keeping the data back gives more points than any data";
            (
                Severity::Warning,
                "not-known-best",
                not_known - best,
                message,
            )
        } else if not_known > worst {
            let message = "keeping bad data back gains points";
            (
                Severity::Note,
                "not-known-shields",
                not_known - worst,
                message,
            )
        } else {
            return None;
        };
        Some(Finding {
            figure: Some(Measured {
                value: gain,
                unit: Unit::Points,
            }),
            ..self.finding(severity, code, message.into())
        })
    }

    fn no_reason(&self) -> Option<Finding> {
        let (code, text) = (
            self.characteristic.reason.code(),
            self.characteristic.reason.text(),
        );
        let says = |name: &str| text.eq_ignore_ascii_case(name);
        let fault = if code == "NONE" {
            "its reason has the code NONE"
        } else if text.chars().count() < REASON_CHARS_MIN {
            "its reason's text is too short to tell anybody anything"
        } else if says(code) || says(&self.characteristic.name) || says(&self.characteristic.line) {
            "its reason's text only repeats a name"
        } else {
            return None;
        };
        Some(self.finding(Severity::Warning, "no-reason", fault.into()))
    }

    fn baseline(&self) -> Option<Finding> {
        let c = self.characteristic;
        if c.least() == c.greatest() {
            return None;
        }
        let (least, greatest) = (self.good(c.least()), self.good(c.greatest()));
        let (worst, best) = (least.min(greatest), least.max(greatest));
        let baseline = self.good(c.baseline);
        let (code, message) = match (baseline <= worst, baseline > best, self.rising) {
            (true, _, true) => (
                "reason-never-given",
                "its baseline is not above its least points: its reason is never given",
            ),
            (true, _, false) => (
                "reason-never-given",
                "its baseline is not below its greatest points, and points count risk: its \
                 reason is never given",
            ),
            (_, true, true) => (
                "reason-always-given",
                "its baseline is above its greatest points: everybody falls short of it",
            ),
            (_, true, false) => (
                "reason-always-given",
                "its baseline is below its least points, and points count risk: everybody falls \
                 short of it",
            ),
            (false, false, _) => return None,
        };
        Some(self.finding(Severity::Warning, code, message.into()))
    }
}
