//! Give a case another category (改类): it is timed by it, goes to whom it would have gone to, and whoever sees it by its category
//! is told, before and after.

use std::sync::Arc;

use crate::cases::category_change::CategoryChange;
use crate::cases::clock::CaseLimit;
use crate::cases::command::{self, ChangeCategory};
use crate::cases::error::CaseError;
use crate::cases::model::{Assignee, Audience, Case, Handover};
use crate::cases::routing::{Arrival, PlaceSource};
use crate::cases::service::acting::{Acting, Opened, Outcome};
use crate::cases::service::routing::{self, Matter, terms};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::cases::{access, progress, store, target};
use crate::catalogue::{self, EffectiveTerms};
use crate::kernel::failure::Failure;
use crate::kernel::id::{CategoryId, UnitId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::place::Sensitivity;
use crate::kernel::scope::Scope;
use crate::programmes::{self, CaseAct, CaseState, Programme};
use crate::store::{StoreError, Tx};

impl CaseService {
    /// Gives a case another category. Needs `CASE_CHANGE_CATEGORY`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED` also for a category by which the caller would not see the
    /// case, `CATEGORY_UNCHANGED`, `CATEGORY_RETIRED`, `CATEGORY_OUTSIDE_PROGRAMME`, `TOO_LONG`, `REQUIRED`.
    pub async fn change_category(&self, scope: &Scope, command: ChangeCategory) -> Answer<Case> {
        self.permit_on(scope, CaseAct::ChangeCategory, command.seen.case).await?;
        let reason = command::reason(&command.reason, "reason").map_err(mistake)?;
        let mut acting = match self.open(scope, CaseAct::ChangeCategory, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        if acting.case.category == command.category {
            return Err(Failure::user("categoryId", CaseError::CategoryUnchanged));
        }
        let terms = terms(&acting.tx, command.category).await?;
        follow(&mut acting, command.category).await?;
        let mut change = CategoryChange {
            former: acting.case.category,
            category: command.category,
            least: terms.sensitivity,
            limit: CaseLimit::of(&acting.programme, &terms),
            programme: acting.programme.version,
            routing: None,
        };
        let handover = rerouted(&acting, &mut change, &terms).await?;
        stays_in_sight(&acting, &change, scope)?;
        self.settle(acting, Outcome { category: Some(change), ..Outcome::said(Some(reason)).going(handover) })
            .await
    }
}

/// The programme for the category, where the one that the case follows is for others. Nobody has begun to work by the old one then,
/// and the case goes on at the first stage of its state.
async fn follow(acting: &mut Acting, category: CategoryId) -> Answer<()> {
    let outside = || Failure::user("categoryId", CaseError::CategoryOutsideProgramme);
    let case = &acting.case;
    if programmes::directory::is_for(&acting.tx, &acting.programme, category).await? {
        return Ok(());
    }
    if !matches!(case.state, CaseState::Reported | CaseState::Accepted | CaseState::Dispatched) {
        return Err(outside());
    }
    let programme = programmes::directory::for_case(&acting.tx, None, category, case.source).await?;
    let programme: Arc<Programme> = programme.ok_or_else(outside)?;
    let stage = programme.stages.iter().find(|stage| stage.state == case.state).ok_or_else(outside)?;
    acting.verdict.stage.clone_from(&stage.key);
    acting.fired = store::rung::of_case(&acting.tx, case.id, &programme).await?;
    acting.programme = programme;
    Ok(())
}

/// Where the case goes by the category, when it still lies where it came in, and when whom it lies with may not have such a case.
async fn rerouted(
    acting: &Acting,
    change: &mut CategoryChange,
    terms: &EffectiveTerms,
) -> Answer<Option<Handover>> {
    let (tx, case) = (&acting.tx, &acting.case);
    let district = target::district(tx).await?.id;
    let sensitivity = change.sensitivity(case);
    let to = arrival(tx, case, (change.category, terms), sensitivity, district).await?;
    let waits = matches!(case.state, CaseState::Reported | CaseState::Accepted);
    let untouched = waits && came_in_here(tx, case, district).await?;
    if to.post.assignee == case.assignee || (!untouched && suits(tx, case, change).await?) {
        return Ok(None);
    }
    change.routing = Some(to.routing);
    Ok(Some(match to.giver {
        Some(giver) => progress::given(to.post, giver),
        None => progress::raised(to.post),
    }))
}

async fn arrival(
    tx: &Tx,
    case: &Case,
    (category, terms): (CategoryId, &EffectiveTerms),
    sensitivity: Sensitivity,
    district: UnitId,
) -> Result<Arrival, StoreError> {
    let unknown = case.place.town.is_none() && case.point.is_some();
    let told = if unknown { PlaceSource::Unknown } else { PlaceSource::Named };
    let source = case.routing.map_or(told, |routing| routing.place);
    routing::arrival(tx, Matter { category, terms, sensitivity, place: (case.place, source) }, district).await
}

/// Whether the case lies where it would come in today.
async fn came_in_here(tx: &Tx, case: &Case, district: UnitId) -> Result<bool, StoreError> {
    let Some((_, terms)) = catalogue::directory::category(tx, case.category).await? else { return Ok(false) };
    let here = arrival(tx, case, (case.category, &terms), case.sensitivity, district).await?;
    Ok(here.post.assignee == case.assignee)
}

/// Whether whom the case lies with may have it with the category.
async fn suits(tx: &Tx, case: &Case, change: &CategoryChange) -> Answer<bool> {
    let mut changed = case.clone();
    change.carry_out(&mut changed);
    let suited = match case.assignee {
        Assignee::Account(account) => target::worker(tx, &changed, account).await,
        Assignee::Unit(_) | Assignee::Organisation(_) => target::cleared(&changed, progress::post(case)),
    };
    match suited {
        Ok(_) => Ok(true),
        Err(Failure::User(_)) => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// Nobody gives a case a category by which they would not see it: they could not tell what became of it.
fn stays_in_sight(acting: &Acting, change: &CategoryChange, scope: &Scope) -> Answer<()> {
    let mut changed = acting.case.clone();
    change.carry_out(&mut changed);
    let sight = access::visibility(&changed, &acting.access, acting.tx.now(), Audience::Everyone);
    if scope.sees(&sight) || mutant::active(Mutant::BlindCategoryChange) {
        Ok(())
    } else {
        Err(Failure::user("categoryId", CaseError::NotPermitted))
    }
}
