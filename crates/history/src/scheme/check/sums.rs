//! Sum lines: members by name, and what must be equal among them.

use super::super::error::{SchemeError, SchemeFault};
use super::super::line::{Line, LineKind, SumLine};
use super::super::measure::PooledMeasure;
use super::super::raw::{RawKind, RawLine};
use super::Place;

/// Gives every sum line its members, unit, windows and cap.
pub(super) fn resolve(raw: &[RawLine], lines: &mut [Line]) -> Result<(), SchemeError> {
    for (index, raw_line) in raw.iter().enumerate() {
        if raw_line.kind != RawKind::Sum {
            continue;
        }
        let at = Place {
            index,
            name: &raw_line.name,
        };
        let members = members(raw, raw_line, lines, at)?;
        refuse_unlike(lines, &members, at)?;
        let first = members[0];
        let mut in_order: Vec<usize> = members.iter().map(|member| member.line).collect();
        in_order.sort_unstable();
        lines[index] = Line {
            name: raw_line.name.clone(),
            unit: lines[first.line].unit,
            cap: in_order.iter().map(|&member| lines[member].cap).sum(),
            windows: lines[first.line].windows.clone(),
            kind: LineKind::Sum(SumLine {
                members: in_order,
                measure: first.measure,
            }),
        };
    }
    Ok(())
}

/// A member: its index in the scheme and what it measures.
#[derive(Clone, Copy)]
struct Member {
    line: usize,
    measure: PooledMeasure,
}

fn members(
    raw: &[RawLine],
    sum: &RawLine,
    lines: &[Line],
    at: Place<'_>,
) -> Result<Vec<Member>, SchemeError> {
    let Some(names) = &sum.members else {
        let kind = sum.kind.name();
        return Err(at.fault("members", SchemeFault::Missing { kind }));
    };
    if !(2..=lines.len()).contains(&names.len()) {
        let fault = SchemeFault::Length {
            got: names.len(),
            least: 2,
            greatest: lines.len(),
        };
        return Err(at.fault("members", fault));
    }
    let mut members: Vec<Member> = Vec::with_capacity(names.len());
    for (position, name) in names.iter().enumerate() {
        let here = |fault| at.fault(&format!("members[{position}]"), fault);
        let short = || name.chars().take(64).collect::<String>();
        let line = lines
            .iter()
            .position(|line| line.name == *name)
            .ok_or_else(|| here(SchemeFault::UnknownMember(short())))?;
        let LineKind::Pooled(pooled) = &lines[line].kind else {
            let kind = raw[line].kind.name();
            return Err(here(SchemeFault::MemberKind {
                member: short(),
                kind,
            }));
        };
        if members.iter().any(|before| before.line == line) {
            return Err(here(SchemeFault::Twice(short())));
        }
        members.push(Member {
            line,
            measure: pooled.measure,
        });
    }
    Ok(members)
}

/// Levels add up only if a level means the same in every member.
fn refuse_unlike(lines: &[Line], members: &[Member], at: Place<'_>) -> Result<(), SchemeError> {
    let first = members[0];
    let one = &lines[first.line];
    for (position, member) in members.iter().enumerate() {
        let other = &lines[member.line];
        let what = if one.unit != other.unit {
            "unit"
        } else if one.windows != other.windows {
            "windows"
        } else if first.measure != member.measure {
            "measure"
        } else {
            continue;
        };
        let fault = SchemeFault::MembersDiffer {
            member: other.name.clone(),
            first: one.name.clone(),
            what,
        };
        return Err(at.fault(&format!("members[{position}]"), fault));
    }
    Ok(())
}
