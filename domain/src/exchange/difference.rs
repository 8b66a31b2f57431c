//! What two sides have of the same cases (对账). Pure.

use std::collections::{HashMap, HashSet};

use strum::{EnumIter, IntoStaticStr};

use crate::cases::Case;
use crate::exchange::command::{Standing, TheirCase};

/// How a case differs between two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, IntoStaticStr)]
pub enum DifferenceKind {
    /// We have it and they do not.
    MissingThere,
    /// They have it and we do not.
    MissingHere,
    /// It is open on one side only.
    StandingDiffers,
    /// They list the same case twice.
    DoubledThere,
    /// They know it by another number than the one they said.
    NumberDiffers,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What differs.
    pub kind: DifferenceKind,
    /// Our number of it, as far as anybody knows.
    pub case_number: Option<String>,
    /// Their number of it, as far as anybody knows.
    pub number: Option<String>,
}

/// What both sides have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// How many we have.
    pub ours: usize,
    /// How many they have.
    pub theirs: usize,
    /// How many are the same on both sides.
    pub same: usize,
    /// What is not.
    pub differences: Vec<Difference>,
}

/// One of our cases, with the number by which they are known to have it.
#[derive(Clone, Debug)]
pub(super) struct OurCase {
    pub(super) case: Case,
    pub(super) number: Option<String>,
}

/// Compares two sides: by our number where they know it, else by theirs.
pub(super) fn compare(ours: &[OurCase], theirs: &[TheirCase]) -> Reconciliation {
    let by_case: HashMap<&str, usize> =
        ours.iter().enumerate().map(|(at, our)| (our.case.number.as_str(), at)).collect();
    let by_number: HashMap<&str, usize> =
        ours.iter().enumerate().filter_map(|(at, our)| Some((our.number.as_deref()?, at))).collect();
    let (mut met, mut same, mut differences) = (HashSet::new(), 0, vec![]);
    for their in theirs {
        let named = their.case_number.as_deref();
        let at = match named {
            Some(number) => by_case.get(number),
            None => their.number.as_deref().and_then(|number| by_number.get(number)),
        };
        let our = at.and_then(|at| Some((*at, ours.get(*at)?)));
        let kind = match our {
            None => Some(DifferenceKind::MissingHere),
            Some((at, _)) if !met.insert(at) => Some(DifferenceKind::DoubledThere),
            Some((_, our)) => differs(our, their),
        };
        match kind {
            None => same += 1,
            Some(kind) => differences.push(Difference {
                kind,
                case_number: our
                    .map_or_else(|| their.case_number.clone(), |(_, our)| Some(our.case.number.clone())),
                number: their.number.clone(),
            }),
        }
    }
    let missing = ours.iter().enumerate().filter(|(at, _)| !met.contains(at));
    differences.extend(missing.map(|(_, our)| Difference {
        kind: DifferenceKind::MissingThere,
        case_number: Some(our.case.number.clone()),
        number: our.number.clone(),
    }));
    Reconciliation { ours: ours.len(), theirs: theirs.len(), same, differences }
}

fn differs(our: &OurCase, their: &TheirCase) -> Option<DifferenceKind> {
    let standing = if our.case.state.is_open() { Standing::Open } else { Standing::Closed };
    if standing != their.standing {
        return Some(DifferenceKind::StandingDiffers);
    }
    let both = our.number.as_ref().zip(their.number.as_ref());
    both.is_some_and(|(ours, theirs)| ours != theirs).then_some(DifferenceKind::NumberDiffers)
}
