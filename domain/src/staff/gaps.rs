//! Where a tenant's staffing rule is not met. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::id::{GridId, PostKindId, StaffMemberId};
use crate::org::Grid;
use crate::staff::model::Requirement;

/// A grid that lacks people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The grid.
    pub grid: Grid,
    /// What is not met, in the order of the rule.
    pub shortfalls: Vec<Shortfall>,
}

/// One demand that is not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// The demand.
    pub requirement: Requirement,
    /// People who count for it, each once.
    pub present: u32,
}

/// Who serves each grid: by their appointment there, or at a group, or at the village it is part of.
pub(super) type Serving = BTreeMap<GridId, Vec<(PostKindId, StaffMemberId)>>;

/// The grids that lack people, in the order given.
pub(super) fn gaps(
    grids: Vec<Grid>,
    requirements: &[Requirement],
    posts: &BTreeMap<String, PostKindId>,
    serving: &Serving,
) -> Vec<Gap> {
    let short = |grid: Grid| {
        let here = serving.get(&grid.id).map_or(&[][..], Vec::as_slice);
        let asked =
            requirements.iter().filter(|demand| demand.grid_kind.is_none_or(|kind| kind == grid.kind));
        let shortfalls: Vec<Shortfall> = asked
            .filter_map(|demand| {
                let present = people(demand, posts, here);
                (present < demand.minimum).then(|| Shortfall { requirement: demand.clone(), present })
            })
            .collect();
        (!shortfalls.is_empty()).then_some(Gap { grid, shortfalls })
    };
    grids.into_iter().filter_map(short).collect()
}

fn people(
    demand: &Requirement,
    posts: &BTreeMap<String, PostKindId>,
    here: &[(PostKindId, StaffMemberId)],
) -> u32 {
    let counted: BTreeSet<PostKindId> =
        demand.posts.iter().filter_map(|code| posts.get(code).copied()).collect();
    let people: BTreeSet<StaffMemberId> =
        here.iter().filter(|(post, _)| counted.contains(post)).map(|(_, member)| *member).collect();
    u32::try_from(people.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::kernel::id::UnitId;
    use crate::org::{GridKind, GridState};
    use crate::staff::template;

    fn grid(number: u128, kind: GridKind) -> Grid {
        Grid {
            id: GridId::from_uuid(Uuid::from_u128(number)),
            town: UnitId::from_uuid(Uuid::from_u128(1)),
            village: UnitId::from_uuid(Uuid::from_u128(2)),
            code: format!("{number:03}"),
            name: "格".to_owned(),
            kind,
            state: GridState::Live,
            boundary: None,
            version: 1,
        }
    }

    fn post(number: u128) -> PostKindId {
        PostKindId::from_uuid(Uuid::from_u128(number))
    }

    fn person(number: u128) -> StaffMemberId {
        StaffMemberId::from_uuid(Uuid::from_u128(number))
    }

    fn posts() -> BTreeMap<String, PostKindId> {
        ["grid_chief", "embedded_police", "full_time_worker", "part_time_worker", "grid_instructor"]
            .into_iter()
            .zip(1..)
            .map(|(code, number)| (code.to_owned(), post(number)))
            .collect()
    }

    fn missing(gap: &Gap) -> Vec<(&str, u32)> {
        gap.shortfalls.iter().map(|short| (short.requirement.name_en.as_str(), short.present)).collect()
    }

    #[test]
    fn a_grid_with_everybody_is_no_gap_and_one_with_nobody_lacks_all() {
        let everybody = vec![
            (post(1), person(1)),
            (post(2), person(2)),
            (post(3), person(3)),
            (post(4), person(4)),
            (post(4), person(5)),
            (post(5), person(6)),
        ];
        let serving = Serving::from([(grid(1, GridKind::Basic).id, everybody)]);
        let found = gaps(
            vec![grid(1, GridKind::Basic), grid(2, GridKind::Basic)],
            &template::requirements(),
            &posts(),
            &serving,
        );
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grid.id, grid(2, GridKind::Basic).id);
        assert_eq!(found[0].shortfalls.len(), template::requirements().len());
    }

    #[test]
    fn somebody_who_holds_two_posts_counts_once_in_a_demand() {
        let here = vec![(post(4), person(1)), (post(4), person(1)), (post(1), person(1))];
        let serving = Serving::from([(grid(1, GridKind::Basic).id, here)]);
        let found = gaps(vec![grid(1, GridKind::Basic)], &template::requirements(), &posts(), &serving);
        assert_eq!(
            missing(&found[0]),
            [
                ("One police officer", 0),
                ("One full-time worker", 0),
                ("Several part-time workers", 1),
                ("The three of 1+3+N", 0)
            ]
        );
    }

    #[test]
    fn a_demand_for_one_kind_of_grid_asks_nothing_of_the_others() {
        let mut demand = template::requirements().remove(0);
        demand.grid_kind = Some(GridKind::Dedicated);
        let grids = vec![grid(1, GridKind::Basic), grid(2, GridKind::Dedicated)];
        let found = gaps(grids, &[demand], &posts(), &Serving::new());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grid.kind, GridKind::Dedicated);
    }

    #[test]
    fn a_rule_survives_its_column() {
        let mut rule = template::requirements();
        rule[0].grid_kind = Some(GridKind::Basic);
        let text = serde_json::to_string(&rule).expect("text");
        assert_eq!(serde_json::from_str::<Vec<Requirement>>(&text).expect("the rule"), rule);
    }
}
