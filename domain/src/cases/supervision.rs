//! How a case is supervised (督办): the level rises and never falls, and each time costs whoever it lies with. Pure.

use crate::kernel::id::Timestamp;
use crate::kernel::mutant::{self, Mutant};
use crate::programmes::{Programme, SupervisionLevel};

/// How a case is supervised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Supervision {
    /// The sternest level that it came to.
    pub level: SupervisionLevel,
    /// Since when: the first time.
    pub since: Timestamp,
    /// Points of all times together.
    pub cost: u32,
}

/// One time that a case was supervised, and what that costs whoever it lies with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Supervised {
    /// At what level.
    pub level: SupervisionLevel,
    /// Points.
    pub cost: u32,
}

impl Supervised {
    /// Supervision of a case that follows a programme.
    pub(super) const fn by(programme: &Programme, level: SupervisionLevel) -> Self {
        Self { level, cost: programme.supervision.of(level) }
    }
}

/// Whether a case can be supervised at a level: at the present one again, or at a sterner one.
pub(super) fn rises(present: Option<Supervision>, level: SupervisionLevel) -> bool {
    present.is_none_or(|present| present.level <= level) || mutant::active(Mutant::NoLevelOrder)
}

/// How a case is supervised after one time more.
pub(super) const fn after(present: Option<Supervision>, once: Supervised, at: Timestamp) -> Supervision {
    match present {
        None => Supervision { level: once.level, since: at, cost: once.cost },
        Some(known) => {
            Supervision { level: once.level, since: known.since, cost: known.cost.saturating_add(once.cost) }
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::{Supervised, Supervision, after, rises};
    use crate::kernel::id::Timestamp;
    use crate::programmes::SupervisionLevel;

    #[test]
    fn the_level_rises_or_stays_and_the_points_add_up() {
        let once = |level, cost| Supervised { level, cost };
        let first = after(None, once(SupervisionLevel::Yellow, 5), Timestamp(10));
        assert_eq!(first, Supervision { level: SupervisionLevel::Yellow, since: Timestamp(10), cost: 5 });
        let second = after(Some(first), once(SupervisionLevel::Red, 10), Timestamp(20));
        assert_eq!(second, Supervision { level: SupervisionLevel::Red, since: Timestamp(10), cost: 15 });
        let allowed = |present| SupervisionLevel::iter().filter(|level| rises(present, *level)).count();
        assert_eq!((allowed(None), allowed(Some(first)), allowed(Some(second))), (3, 2, 1));
    }
}
