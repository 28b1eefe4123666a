//! Who takes part in an evaluation, and as what.

use std::collections::BTreeSet;

use blindscore_history::form::Form;
use blindscore_history::levels::Role;
use blindscore_history::scheme::{LineKind, LineWindow, Scheme};
use blindscore_protocol::id::PartyId;

use crate::error::PlanError;
use crate::history::SealedHistory;

/// One source of a lineup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// The source.
    pub source: PartyId,
    /// Roles that the application assigns to it: its single lines count.
    pub roles: BTreeSet<Role>,
}

impl Participant {
    /// The line-windows whose cells this source sends in composable form,
    /// ascending: all pooled lines, single lines that it has the role for, and
    /// columns, since a table has one source. Sums are made of their members.
    pub fn cells(&self, scheme: &Scheme) -> Vec<usize> {
        let sends = |window: &LineWindow| match scheme.lines()[window.line].kind() {
            LineKind::Pooled(_) | LineKind::Column(_) => true,
            LineKind::Sum(_) => false,
            LineKind::Single(single) => self.roles.contains(single.role()),
        };
        let windows = scheme.line_windows().iter().enumerate();
        windows
            .filter(|(_, window)| sends(window))
            .map(|(index, _)| index)
            .collect()
    }
}

/// The sources of an evaluation, ordered by the bytes of their names, and the
/// form in which they seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lineup {
    form: Form,
    participants: Vec<Participant>,
}

impl Lineup {
    /// A lineup; the order in which sources are given does not matter.
    ///
    /// # Errors
    /// No source; more than one in packed form; a source twice; a role that
    /// two sources have.
    pub fn new(form: Form, mut participants: Vec<Participant>) -> Result<Self, PlanError> {
        participants.sort_by(|a, b| a.source.cmp(&b.source));
        if participants.is_empty() {
            return Err(PlanError::NoSource);
        }
        if form == Form::Packed && participants.len() > 1 {
            return Err(PlanError::PackedWithSeveral {
                sources: participants.len(),
            });
        }
        if let Some(pair) = participants
            .windows(2)
            .find(|pair| pair[0].source == pair[1].source)
        {
            return Err(PlanError::SourceTwice {
                source_id: pair[0].source.clone(),
            });
        }
        let mut seen = BTreeSet::new();
        for role in participants
            .iter()
            .flat_map(|participant| &participant.roles)
        {
            if !seen.insert(role) {
                return Err(PlanError::RoleTwice { role: role.clone() });
            }
        }
        Ok(Self { form, participants })
    }

    /// The lineup of histories that were admitted.
    ///
    /// # Errors
    /// As [`Lineup::new`]; histories of both forms.
    pub fn of(histories: &[&SealedHistory]) -> Result<Self, PlanError> {
        let first = histories.first().ok_or(PlanError::NoSource)?.header();
        if let Some(other) = histories.iter().find(|h| h.header().form != first.form) {
            let (one, other) = (first.source.clone(), other.header().source.clone());
            return Err(PlanError::MixedForms { one, other });
        }
        Self::new(
            first.form,
            histories
                .iter()
                .map(|history| history.participant())
                .collect(),
        )
    }

    /// The form in which these sources seal.
    pub fn form(&self) -> Form {
        self.form
    }

    /// The sources, in plan order.
    pub fn participants(&self) -> &[Participant] {
        &self.participants
    }

    /// Position of the source that has a role.
    pub(crate) fn holder_of(&self, role: &Role) -> Option<usize> {
        self.participants
            .iter()
            .position(|participant| participant.roles.contains(role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn participant(source: &str, roles: &[&str]) -> Participant {
        Participant {
            source: source.parse().unwrap(),
            roles: roles.iter().map(|role| Role::new(role).unwrap()).collect(),
        }
    }

    #[test]
    fn order_of_naming_does_not_matter() {
        let (a, b) = (participant("a", &["main_account"]), participant("b", &[]));
        let one = Lineup::new(Form::Composable, vec![a.clone(), b.clone()]).unwrap();
        let two = Lineup::new(Form::Composable, vec![b, a]).unwrap();
        assert_eq!(one, two);
    }

    #[test]
    fn bad_lineups_are_refused() {
        let a = participant("a", &["main_account"]);
        let refuse = |form, list: &[Participant]| Lineup::new(form, list.to_vec()).unwrap_err();
        assert!(matches!(refuse(Form::Packed, &[]), PlanError::NoSource));
        let twice = [a.clone(), a.clone()];
        assert!(matches!(
            refuse(Form::Composable, &twice),
            PlanError::SourceTwice { .. }
        ));
        let two = [a, participant("b", &["main_account"])];
        assert!(matches!(
            refuse(Form::Packed, &two),
            PlanError::PackedWithSeveral { .. }
        ));
        assert!(matches!(
            refuse(Form::Composable, &two),
            PlanError::RoleTwice { .. }
        ));
    }
}
