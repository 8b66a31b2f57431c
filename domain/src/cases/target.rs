//! To whom a case can go: the office where it arrives, the level above, and the targets people name.

use crate::cases::actor::{acting_level, admits, covered_level};
use crate::cases::error::CaseError;
use crate::cases::model::{Assignee, Case, Post};
use crate::identity::{self, Role, TargetKind};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, OrganisationId, UnitId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::place::{Place, Sensitivity};
use crate::kernel::scope::Held;
use crate::org::{Unit, UnitState, directory};
use crate::programmes::SettlementLevel;
use crate::store::{StoreError, Tx};

/// The kind of organisations that mediate, as categories and organisations name it.
const MEDIATION: &str = "mediation";
/// Path of a target in an input.
const PATH: &str = "target";

/// The office of a unit.
pub(super) fn office(unit: &Unit) -> Post {
    Post { assignee: Assignee::Unit(unit.id), level: unit.level.into() }
}

fn station(id: UnitId, level: SettlementLevel) -> Post {
    Post { assignee: Assignee::Unit(id), level }
}

/// Where a new case arrives: the station of its village, else the sub-centre of its town, else the
/// district's centre. A confidential one goes straight to the district.
pub(super) fn arrival(place: &Place, sensitivity: Sensitivity, district: UnitId) -> Post {
    if sensitivity == Sensitivity::Confidential {
        return station(district, SettlementLevel::District);
    }
    place.village.map_or_else(
        || above_place(place, SettlementLevel::Village, district),
        |village| station(village, SettlementLevel::Village),
    )
}

/// The office above a level, as the place has it.
fn above_place(place: &Place, level: SettlementLevel, district: UnitId) -> Post {
    match (level, place.village, place.town) {
        (SettlementLevel::Grid, Some(village), _) => station(village, SettlementLevel::Village),
        (SettlementLevel::Grid | SettlementLevel::Village, _, Some(town)) => {
            station(town, SettlementLevel::Town)
        }
        _ => station(district, SettlementLevel::District),
    }
}

/// The office above where a case lies: of its unit if it lies with one, else of its place.
pub(super) fn above(case: &Case, present: Option<&Unit>, town: Option<&Unit>, district: UnitId) -> Post {
    match (present.and_then(|unit| unit.parent), town) {
        (Some(parent), Some(town)) if town.id == parent => office(town),
        (Some(parent), _) if parent == district => station(district, SettlementLevel::District),
        _ => above_place(&case.place, case.level, district),
    }
}

/// The office above where a case lies, read from the store. A village that another took over lies where
/// its successor lies, be it in another town.
pub(super) async fn office_above(tx: &Tx, case: &Case) -> Result<Post, StoreError> {
    let district = district(tx).await?;
    let unit = match (case.assignee, case.level) {
        (Assignee::Unit(id), _) => Some(id),
        (_, SettlementLevel::Village) => case.place.village,
        _ => None,
    };
    let present = match unit {
        Some(id) => directory::present_unit(tx, id).await?,
        None => None,
    };
    let town = match present.as_ref().and_then(|unit| unit.parent) {
        Some(parent) => directory::unit(tx, parent).await?,
        None => None,
    };
    Ok(above(case, present.as_ref(), town.as_ref(), district.id))
}

/// The district's unit, which every tenant with cases has.
pub(super) async fn district(tx: &Tx) -> Result<Unit, StoreError> {
    let district = directory::district(tx).await?;
    district.ok_or_else(|| StoreError::Corrupt("a tenant with cases has no district unit".to_owned()))
}

/// Where a case goes when the caller gives it to `target`, within what a grant that allows
/// `permission` covers.
pub(super) async fn given_to(
    tx: &Tx,
    case: &Case,
    target: Assignee,
    permission: Permission,
) -> Result<Post, Failure<CaseError>> {
    let post = reached(tx, case, target, permission).await?;
    // Upwards a case is handed, with a reason; it is not sent there by somebody below.
    let reaches = acting_level(tx.scope(), permission, case).is_some_and(|level| post.level <= level);
    if reaches || post.level <= case.level || mutant::active(Mutant::NoSendingLimit) {
        Ok(post)
    } else {
        Err(Failure::user(PATH, CaseError::InvalidTarget))
    }
}

/// A target that the caller may name, at whatever level: not whom the case lies with, within what a grant that allows
/// `permission` covers, and cleared for the case.
pub(super) async fn reached(
    tx: &Tx,
    case: &Case,
    target: Assignee,
    permission: Permission,
) -> Result<Post, Failure<CaseError>> {
    let wrong = || Failure::user(PATH, CaseError::InvalidTarget);
    if target == case.assignee {
        return Err(wrong());
    }
    match target {
        Assignee::Account(account) => worker(tx, case, account).await,
        Assignee::Organisation(id) => organisation(tx, case, id).await,
        Assignee::Unit(id) => {
            let unit = living_unit(tx, id).await?;
            let place = directory::place_of_unit(&unit);
            if !tx.scope().permits_at(permission, &place, case.category, case.sensitivity) {
                return Err(wrong());
            }
            cleared(case, office(&unit))
        }
    }
}

/// An organisation, which works at the level of whoever called it.
async fn organisation(tx: &Tx, case: &Case, id: OrganisationId) -> Result<Post, Failure<CaseError>> {
    match directory::organisation(tx, id).await? {
        Some(_) => cleared(case, Post { assignee: Assignee::Organisation(id), level: case.level }),
        None => Err(Failure::user(PATH, CaseError::NotFound)),
    }
}

/// Refuses an office none of whose roles is cleared for the case: it would read a case that it must not
/// know of, and could do nothing with it.
pub(super) fn cleared(case: &Case, post: Post) -> Result<Post, Failure<CaseError>> {
    if is_cleared(post, case.sensitivity) || mutant::active(Mutant::NoClearance) {
        Ok(post)
    } else {
        Err(Failure::user(PATH, CaseError::InvalidTarget))
    }
}

/// Whether one of the roles of an office is cleared for so sensitive a case.
pub(super) fn is_cleared(post: Post, sensitivity: Sensitivity) -> bool {
    let kind = match (post.assignee, post.level) {
        (Assignee::Organisation(_), _) => TargetKind::Organisation,
        (_, SettlementLevel::District) => TargetKind::District,
        (_, SettlementLevel::Town) => TargetKind::Town,
        (_, SettlementLevel::Village | SettlementLevel::Grid) => TargetKind::Village,
    };
    Role::all().any(|role| role.acts_for(kind) && role.ceiling() >= sensitivity)
}

/// Where a case goes when it is transferred: to another of the same kind and level, and for units under
/// the same parent; from an officer to mediation.
pub(super) async fn transferred_to(
    tx: &Tx,
    case: &Case,
    target: Assignee,
) -> Result<Post, Failure<CaseError>> {
    let wrong = || Failure::user(PATH, CaseError::InvalidTarget);
    if case.assignee == target && !mutant::active(Mutant::ToOneself) {
        return Err(wrong());
    }
    if let Some(post) = to_mediation(tx, case, target).await? {
        return Ok(post);
    }
    let post = match (case.assignee, target) {
        (Assignee::Account(_), Assignee::Account(account)) => worker(tx, case, account).await?,
        (Assignee::Organisation(_), Assignee::Organisation(id)) => organisation(tx, case, id).await?,
        (Assignee::Unit(present), Assignee::Unit(id)) => {
            let unit = living_unit(tx, id).await?;
            let present = directory::unit(tx, present).await?;
            if present.is_none_or(|present| present.parent != unit.parent) {
                return Err(wrong());
            }
            cleared(case, office(&unit))?
        }
        _ => return Err(wrong()),
    };
    if post.level == case.level { Ok(post) } else { Err(wrong()) }
}

/// Where a case goes from the officer it lies with to mediation (警调衔接), which works at the level of whoever called it: a mediator of
/// the place, or a mediation committee. None for any other two.
async fn to_mediation(tx: &Tx, case: &Case, target: Assignee) -> Result<Option<Post>, Failure<CaseError>> {
    let Assignee::Account(officer) = case.assignee else { return Ok(None) };
    if mutant::active(Mutant::NoLinkage) || !works_as(tx, case, (officer, Role::EmbeddedPolice)).await? {
        return Ok(None);
    }
    let post = Post { assignee: target, level: case.level };
    match target {
        Assignee::Account(account) if works_as(tx, case, (account, Role::Mediator)).await? => Ok(Some(post)),
        Assignee::Organisation(id) => {
            let organisation = directory::organisation(tx, id).await?;
            match organisation.filter(|organisation| organisation.kind == MEDIATION) {
                // Its mediators work it, whatever others of the organisation may read.
                Some(_)
                    if case.sensitivity > Role::Mediator.ceiling()
                        && !mutant::active(Mutant::NoClearance) =>
                {
                    Err(Failure::user(PATH, CaseError::InvalidTarget))
                }
                Some(_) => cleared(case, post).map(Some),
                None => Ok(None),
            }
        }
        Assignee::Account(_) | Assignee::Unit(_) => Ok(None),
    }
}

/// Whether somebody holds a role by a grant that covers the case.
async fn works_as(tx: &Tx, case: &Case, (account, role): (AccountId, Role)) -> Result<bool, StoreError> {
    let held = identity::directory::held_by(tx, account).await?.unwrap_or_default();
    let covers = |held: &Held| admits(held, case) && covered_level(held, &case.place).is_some();
    Ok(held.iter().any(|held| held.role == role.key() && covers(held)))
}

async fn living_unit(tx: &Tx, id: UnitId) -> Result<Unit, Failure<CaseError>> {
    match directory::unit(tx, id).await? {
        None => Err(Failure::user(PATH, CaseError::NotFound)),
        Some(unit) if unit.state == UnitState::Dissolved => {
            Err(Failure::user(PATH, CaseError::InvalidTarget))
        }
        Some(unit) => Ok(unit),
    }
}

/// A worker: an active account with a role that works cases, and covers this one.
pub(super) async fn worker(tx: &Tx, case: &Case, account: AccountId) -> Result<Post, Failure<CaseError>> {
    let Some(held) = identity::directory::held_by(tx, account).await? else {
        return Err(Failure::user(PATH, CaseError::NotFound));
    };
    let level = held
        .iter()
        .filter(|held| held.permissions.holds(Permission::CaseStart) && admits(held, case))
        .filter_map(|held| covered_level(held, &case.place))
        .min();
    match level {
        Some(level) => Ok(Post { assignee: Assignee::Account(account), level }),
        None => Err(Failure::user(PATH, CaseError::InvalidTarget)),
    }
}
