//! Children among whom is visited (儿童): who counts as one, and on what ground anything is kept of them.

use chrono::NaiveDate;
use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::fieldwork::command::unmasked_name;
use crate::fieldwork::error::VisitError;
use crate::fieldwork::model::VisitSubject;
use crate::kernel::age;
use crate::kernel::failure::Problem;
use crate::kernel::mutant::{self, Mutant};

/// On what ground data of a child is collected (处理依据): 个人信息保护法第十三条、第三十一条.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ChildDataBasis {
    /// A parent or another guardian consented (监护人同意).
    GuardianConsent,
    /// A statutory duty cannot be done without it (履行法定职责).
    StatutoryDuty,
    /// Somebody's life, health or property is in danger (紧急情况).
    Emergency,
}

/// What whoever records a visit says of the age of who was visited.
#[derive(Clone, Debug, Default)]
pub struct GivenChild {
    /// The day of birth.
    pub born_on: Option<NaiveDate>,
    /// Whether they are under fourteen, where no day of birth is given.
    pub is_under_fourteen: Option<bool>,
    /// On what ground their data is collected.
    pub basis: Option<ChildDataBasis>,
    /// The name of the guardian who consented.
    pub guardian: Option<String>,
}

/// What is kept of it: of somebody who is no child that they are none, and no more.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct KeptChild {
    /// Whether they were under fourteen when they were visited, if anybody said so.
    pub(super) is_child: Option<bool>,
    pub(super) born_on: Option<NaiveDate>,
    pub(super) basis: Option<ChildDataBasis>,
    pub(super) guardian: Option<String>,
}

/// Whether who was visited counts as a child: a person of whom nobody said how old they are does.
pub(super) const fn counts_as_child(is_child: Option<bool>, subject: VisitSubject) -> bool {
    matches!((is_child, subject), (Some(true), _) | (None, VisitSubject::Person))
}

impl GivenChild {
    /// What is kept of who was visited on a day, or everything that is wrong with it.
    pub(super) fn kept(&self, visited_on: NaiveDate) -> Result<KeptChild, Vec<Problem<VisitError>>> {
        let mut problems = vec![];
        if self.born_on.is_some_and(|born| !age::can_be_born(born, visited_on)) {
            problems.push(Problem::at("subject.bornOn", VisitError::InvalidBirthDate));
        }
        let named = unmasked_name(self.guardian.as_deref(), "subject.guardianName");
        let guardian = named.unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        // Who names a ground or a guardian speaks of a child.
        let implied = (self.basis.is_some() || guardian.is_some()).then_some(true);
        let by_birth = self.born_on.map(|born| age::is_under_fourteen(born, visited_on));
        let is_child = by_birth.or(self.is_under_fourteen).or(implied);
        let kept = if is_child == Some(true) {
            let (born_on, basis) = (self.born_on, self.basis);
            KeptChild { is_child, born_on, basis, guardian }
        } else {
            KeptChild { is_child, ..KeptChild::default() }
        };
        problems.extend(kept.unfounded().filter(|_| problems.is_empty()));
        if problems.is_empty() { Ok(kept) } else { Err(problems) }
    }
}

impl KeptChild {
    /// What is wanting of the ground on which something is kept of a child.
    fn unfounded(&self) -> Option<Problem<VisitError>> {
        if self.is_child != Some(true) || mutant::active(Mutant::UnfoundedChild) {
            return None;
        }
        match (self.basis, &self.guardian) {
            (None, _) => Some(Problem::at("subject.childDataBasisKind", VisitError::ChildDataUnfounded)),
            (Some(ChildDataBasis::GuardianConsent), None) => {
                Some(Problem::at("subject.guardianName", VisitError::Required))
            }
            (Some(_), _) => None,
        }
    }

    /// Whether who was visited on a day counts as under fourteen on another one. Where the day of birth is not known they may have been born on the day of
    /// the visit.
    pub(super) fn is_under_fourteen(&self, subject: VisitSubject, visited: NaiveDate, on: NaiveDate) -> bool {
        counts_as_child(self.is_child, subject) && age::is_under_fourteen(self.born_on.unwrap_or(visited), on)
    }
}
