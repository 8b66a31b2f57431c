//! Ways into the cases, or the visits, of a narrow scope: the arms of its reach, each read in order by an index of its own.
//!
//! No index serves a reach of several arms at once. Left alone, both databases read the district's newest cases until
//! a page is full: for a quiet grid all there are. So the first rows of each way are gathered, and the page is taken
//! from them. The reach itself is asked of every row all the same; a way too few loses rows, and never shows one.

use std::collections::BTreeSet;

use sea_orm::sea_query::{
    Alias, Condition, Expr, ExprTrait, JoinType, Query, SelectStatement, SimpleExpr, UnionType,
};
use sea_orm::{QueryFilter, QuerySelect, QueryTrait, Select as OrmSelect};
use uuid::Uuid;

use fengqiao_entity::tenancy::TenantOwned;

use crate::kernel::id::CategoryId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::place::Territory;
use crate::kernel::scope::Scope;
use crate::store::keyset::Run;
use crate::store::settings::{follows_up, plain_territory, ruled};
use crate::store::statement::never;

/// More ways than these are not worth their statements: a scope of so many places covers enough of its district
/// that its newest cases are soon found among all.
const MOST_WAYS: usize = 16;

const ACCESS: &str = "case_access";

/// One arm of a reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// Rows whose column, one with an index that goes on with the time of the list, has this id.
    Column(&'static str, Uuid),
    /// Cases handed to this principal, or reported by it.
    Handed(Uuid),
}

impl Way {
    /// The ways into the cases that a scope reads; none where it reads too widely for them.
    pub(crate) fn into_scope(scope: &Scope) -> Option<Vec<Self>> {
        let mut ways: BTreeSet<Self> = scope.principals().into_iter().map(Self::Handed).collect();
        ways.extend(Self::into_place(&plain_territory(scope))?);
        for held in ruled(scope) {
            ways.extend(match &held.categories {
                Some(categories) if held.territory.district => Self::into_categories(categories)?,
                _ => Self::into_place(&held.territory)?,
            });
        }
        not_too_many(ways)
    }

    /// The ways into what has a place and no category, and into what belongs to the caller by the column; none where the scope
    /// reads too widely for them.
    pub(crate) fn into_place_or_own(scope: &Scope, account: &'static str) -> Option<Vec<Self>> {
        let own = scope.account().map(|id| Self::Column(account, id.uuid()));
        let mut ways: BTreeSet<Self> = own.into_iter().collect();
        ways.extend(Self::into_place(&plain_territory(scope))?);
        for held in ruled(scope).filter(|held| held.categories.is_none() || follows_up(held)) {
            ways.extend(Self::into_place(&held.territory)?);
        }
        not_too_many(ways)
    }

    /// The ways into what lies in a place and in reach: those of the reach unless one of them is wider than the place, and none
    /// where both are too wide. Each of the two leads to all of it.
    pub(crate) fn into_place_in_reach(
        place: Option<&Territory>,
        scope: &Scope,
        reach: Option<Vec<Self>>,
    ) -> Option<Vec<Self>> {
        let Some(place) = place.and_then(Self::into_place) else { return reach };
        let Some(mut reach) = reach.filter(|_| !mutant::active(Mutant::WidestWay)) else {
            return Some(place);
        };
        if place.iter().all(|way| reach.contains(way)) {
            return Some(place);
        }
        // Nothing lies in one unit and in another of its kind.
        reach.retain(|way| place.contains(way) || !place.iter().all(|one| one.column() == way.column()));
        let widest = |ways: &[Self]| ways.iter().map(|way| way.depth(scope)).min();
        if widest(&reach).is_none_or(|depth| Some(depth) >= widest(&place)) {
            Some(reach)
        } else {
            Some(place)
        }
    }

    const fn column(&self) -> Option<&'static str> {
        match self {
            Self::Column(column, _) => Some(column),
            Self::Handed(_) => None,
        }
    }

    /// How narrow a way is: a category's is as wide as the district, an organisation's as a town, and an account's is the narrowest.
    fn depth(&self, scope: &Scope) -> u8 {
        match self {
            Self::Column("category_id", _) => 0,
            Self::Column("town_id", _) => 1,
            Self::Column("village_id", _) => 2,
            Self::Column("grid_id", _) => 3,
            Self::Handed(id) if scope.handles_organisation(*id) => 1,
            Self::Column(..) | Self::Handed(_) => 4,
        }
    }

    /// The ways into the cases of a territory; none when it is too wide for them.
    pub(crate) fn into_place(territory: &Territory) -> Option<Vec<Self>> {
        if territory.district {
            return None;
        }
        let towns = territory.towns.iter().map(|id| Self::Column("town_id", id.uuid()));
        let villages = territory.villages.iter().map(|id| Self::Column("village_id", id.uuid()));
        let grids = territory.grids.iter().map(|id| Self::Column("grid_id", id.uuid()));
        not_too_many(towns.chain(villages).chain(grids))
    }

    /// The ways into the cases of some categories; none when they are too many.
    pub(crate) fn into_categories(categories: &BTreeSet<CategoryId>) -> Option<Vec<Self>> {
        not_too_many(categories.iter().map(|id| Self::Column("category_id", id.uuid())))
    }
}

fn not_too_many(ways: impl IntoIterator<Item = Way>) -> Option<Vec<Way>> {
    let ways: Vec<Way> = ways.into_iter().take(MOST_WAYS + 1).collect();
    (ways.len() <= MOST_WAYS).then_some(ways)
}

/// Being among the first rows of some way into `rows`, which are filtered and not yet sorted.
pub(super) fn first_of<E: TenantOwned>(
    rows: &OrmSelect<E>,
    (ways, time): (&[Way], &str),
    run: &Run<'_>,
) -> SimpleExpr {
    let mut arms = ways.iter().enumerate().map(|(number, way)| {
        let name = format!("way_{number}");
        let mut ids = Query::select();
        ids.column((Alias::new(&name), Alias::new("id")))
            .from_subquery(arm(rows, (*way, time), run), Alias::new(&name));
        ids
    });
    let Some(mut all) = arms.next() else { return never() };
    for arm in arms {
        all.union(UnionType::All, arm);
    }
    cell::<E>("id").in_subquery(all)
}

/// A column of the table.
pub(super) fn cell<E: TenantOwned>(column: &str) -> Expr {
    at(E::default().table_name(), column)
}

fn at(table: &str, column: &str) -> Expr {
    Expr::col((Alias::new(table), Alias::new(column)))
}

fn arm<E: TenantOwned>(rows: &OrmSelect<E>, (way, time): (Way, &str), run: &Run<'_>) -> SelectStatement {
    let table = E::default().table_name().to_owned();
    let (from, id, time) = match way {
        Way::Handed(_) => (ACCESS, "case_id", "opened_at"),
        Way::Column(..) => (table.as_str(), "id", time),
    };
    let mut rows = rows.clone().select_only();
    if let Some(beyond) = run.beyond(&at(from, time), &at(from, id)) {
        rows = rows.filter(beyond);
    }
    let mut arm = rows.into_query();
    match way {
        Way::Column(column, value) => {
            arm.and_where(at(&table, column).eq(value));
        }
        Way::Handed(principal) => {
            let on = Condition::all()
                .add(at(ACCESS, "tenant_id").equals((Alias::new(&table), Alias::new("tenant_id"))))
                .add(at(ACCESS, "case_id").equals((Alias::new(&table), Alias::new("id"))));
            // Whoever reported a case and holds it has two rows of it.
            arm.join(JoinType::InnerJoin, Alias::new(ACCESS), on)
                .and_where(at(ACCESS, "principal_id").eq(principal))
                .and_where(at(ACCESS, "until_at").eq(i64::MAX))
                .distinct();
        }
    }
    arm.expr(at(from, time))
        .expr_as(at(from, id), Alias::new("id"))
        .order_by((Alias::new(from), Alias::new(time)), run.order.clone())
        .order_by((Alias::new(from), Alias::new(id)), run.order.clone())
        .limit(run.rows)
        .to_owned()
}
