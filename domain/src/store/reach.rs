//! The application's wall: the tenant and the reach of a table as a predicate, on both databases.
//!
//! `migration/src/walls.rs` states the same rules as policies; the differential test compares them.

use sea_orm::Iden;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, IntoIden, Query, SimpleExpr};
use uuid::Uuid;

use fengqiao_entity::tenancy::{Reach, TenantOwned};

use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::place::Territory;
use crate::kernel::scope::{Held, Scope};
use crate::store::settings::{follows_up, plain_territory, reads_children, ruled};
use crate::store::statement::{any_of, never, one_of};

/// The rows of `E` that `scope` reads.
pub(super) fn predicate<E: TenantOwned>(scope: &Scope) -> Condition {
    let table = E::default().table_name().to_owned();
    let column = |column: E::Column| Expr::col((Alias::new(&table), column.into_iden()));
    let tenant = if mutant::active(Mutant::NoTenant) {
        Condition::all()
    } else {
        Condition::all().add(column(E::tenant()).eq(scope.tenant().uuid()))
    };
    if let (true, Reach::OwnUntilCase { case, .. }) = (scope.is_system(), E::reach()) {
        return tenant.add(column(case).is_not_null());
    }
    // The system reads the tenant, but for what belongs to one account alone.
    let system = scope.is_system() && !matches!(E::reach(), Reach::Own { .. } | Reach::Nobody);
    if system || mutant::active(Mutant::NoReach) {
        return tenant;
    }
    let own = |account: E::Column| match scope.account() {
        Some(id) => column(account).eq(id.uuid()),
        None => never(),
    };
    match E::reach() {
        Reach::Tenant => tenant,
        Reach::StaffOrOwn { account } if scope.is_staff() => {
            let _ = account;
            tenant
        }
        Reach::StaffOrOwn { account } | Reach::Own { account } => tenant.add(own(account)),
        Reach::Case => tenant.add(case(scope, &table)),
        Reach::OfCase { case, audience } => {
            let name = case.unquoted().to_owned();
            let rows = tenant.add(case_exists(scope, &table, &name));
            if scope.is_staff() { rows } else { rows.add(column(audience).eq(0)) }
        }
        Reach::PlaceOrOwn { account, key_person, child } => {
            let of_others = of_somebody(scope, &table, &column(key_person), &column(child));
            tenant.add(any_of([of_others, own(account)]))
        }
        Reach::OwnUntilCase { account, case, audience } => {
            let loose = column(case).is_null().and(own(account));
            let name = case.unquoted().to_owned();
            let attached = case_exists(scope, &table, &name);
            let attached = if scope.is_staff() { attached } else { column(audience).eq(0).and(attached) };
            tenant.add(any_of([loose, attached]))
        }
        Reach::Auditor if scope.permits(Permission::AuditRead) => tenant,
        Reach::Auditor | Reach::Nobody => tenant.add(never()),
    }
}

fn always() -> SimpleExpr {
    Expr::cust("TRUE")
}

fn cell(table: &str, column: &str) -> Expr {
    Expr::col((Alias::new(table), Alias::new(column)))
}

/// The reach of a case whose row is called `table`.
fn case(scope: &Scope, table: &str) -> SimpleExpr {
    let rules = ruled(scope).map(|held| match &held.categories {
        Some(categories) => {
            rule(held, table).and(among(table, "category_id", categories.iter().map(|id| id.uuid())))
        }
        None => rule(held, table),
    });
    any_of(std::iter::once(plain(scope, table)).chain(rules).chain([handed_over(scope, table)]))
}

/// The reach of what has a place and is of somebody: of key persons for whoever follows them up there, of children for whoever reads of them
/// there, and of a child that is a key person by a grant for both.
fn of_somebody(scope: &Scope, table: &str, key_person: &Expr, child: &Expr) -> SimpleExpr {
    let anybody = mutant::active(Mutant::ChildrenAsAnybody);
    let by_age = |all: SimpleExpr, of_children: SimpleExpr| {
        if anybody {
            return all;
        }
        let grown = child.clone().is_null().or(child.clone().eq(false));
        any_of([only(grown, all), only(child.clone().eq(true), of_children)])
    };
    let of_others = by_age(place(scope, table), place_of_children(scope, table));
    let of_key_persons = by_age(
        followed(scope, table, follows_up),
        followed(scope, table, |held| follows_up(held) && reads_children(held)),
    );
    let everybody = mutant::active(Mutant::KeyPersonsByPlace);
    let of_others = if everybody { of_others } else { only(key_person.clone().eq(false), of_others) };
    any_of([of_others, only(key_person.clone().eq(true), of_key_persons)])
}

/// What lies within, under a condition; the literal that never holds where nothing does.
fn only(condition: SimpleExpr, within: SimpleExpr) -> SimpleExpr {
    if within == never() { within } else { condition.and(within) }
}

/// The grants that say something about what has a place and a sensitivity and no category: none that is limited to some categories.
fn of_every_category(scope: &Scope) -> impl Iterator<Item = &Held> {
    let all = mutant::active(Mutant::PlaceOfAnyCategory);
    ruled(scope).filter(move |held| all || held.categories.is_none())
}

/// The reach of what has a place and a sensitivity and no category.
fn place(scope: &Scope, table: &str) -> SimpleExpr {
    let rules = of_every_category(scope).map(|held| rule(held, table));
    any_of(std::iter::once(plain(scope, table)).chain(rules))
}

/// The same of children, who are never normal.
fn place_of_children(scope: &Scope, table: &str) -> SimpleExpr {
    any_of(of_every_category(scope).filter(|held| reads_children(held)).map(|held| rule(held, table)))
}

/// The places where the caller follows up key persons by such a grant, whatever its categories.
fn followed(scope: &Scope, table: &str, counts: fn(&Held) -> bool) -> SimpleExpr {
    any_of(ruled(scope).filter(|held| counts(held)).map(|held| rule(held, table)))
}

/// What is normal and lies in the territory of the plain grants.
fn plain(scope: &Scope, table: &str) -> SimpleExpr {
    in_territory(&plain_territory(scope), table, cell(table, "sensitivity").eq(0))
}

/// What lies in the territory of a grant, up to its ceiling.
fn rule(held: &Held, table: &str) -> SimpleExpr {
    in_territory(&held.territory, table, cell(table, "sensitivity").lte(held.ceiling.rank()))
}

fn in_territory(territory: &Territory, table: &str, clear: SimpleExpr) -> SimpleExpr {
    only(clear, within(territory, table))
}

fn within(territory: &Territory, table: &str) -> SimpleExpr {
    if territory.district {
        return always();
    }
    let towns = if !mutant::active(Mutant::NoTierPredicate) {
        among(table, "town_id", territory.towns.iter().map(|id| id.uuid()))
    } else if territory.towns.is_empty() {
        never()
    } else {
        always()
    };
    any_of([
        towns,
        among(table, "village_id", territory.villages.iter().map(|id| id.uuid())),
        among(table, "grid_id", territory.grids.iter().map(|id| id.uuid())),
    ])
}

fn among(table: &str, column: &str, ids: impl Iterator<Item = Uuid>) -> SimpleExpr {
    one_of(cell(table, column), ids)
}

fn handed_over(scope: &Scope, table: &str) -> SimpleExpr {
    let principals = scope.principals();
    if principals.is_empty() {
        return never();
    }
    let access = "case_access";
    Expr::exists(
        Query::select()
            .expr(Expr::val(1))
            .from(Alias::new(access))
            .and_where(cell(access, "tenant_id").equals((Alias::new(table), Alias::new("tenant_id"))))
            .and_where(cell(access, "case_id").equals((Alias::new(table), Alias::new("id"))))
            .and_where(one_of(cell(access, "principal_id"), principals))
            .and_where(cell(access, "until_at").eq(i64::MAX))
            .to_owned(),
    )
}

/// Whether the case that a row of `table` hangs off is in reach.
fn case_exists(scope: &Scope, table: &str, column: &str) -> SimpleExpr {
    let cases = "cases";
    Expr::exists(
        Query::select()
            .expr(Expr::val(1))
            .from(Alias::new(cases))
            .and_where(cell(cases, "tenant_id").equals((Alias::new(table), Alias::new("tenant_id"))))
            .and_where(cell(cases, "id").equals((Alias::new(table), Alias::new(column))))
            .and_where(case(scope, cases))
            .to_owned(),
    )
}
