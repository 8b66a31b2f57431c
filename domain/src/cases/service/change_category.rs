//! Give a case another category (改类): it is timed by it, goes to whom it would have gone to, and whoever sees it by its category
//! is told, before and after.

use std::sync::Arc;

use crate::cases::category_change::CategoryChange;
use crate::cases::clock::CaseLimit;
use crate::cases::command::{self, ChangeCategory};
use crate::cases::error::CaseError;
use crate::cases::model::{Assignee, Audience, Case, Handover};
use crate::cases::service::acting::{Acting, Opened, Outcome};
use crate::cases::service::routing::{self, Matter, terms};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::cases::{access, progress, store, target};
use crate::catalogue::{self, EffectiveTerms};
use crate::kernel::failure::Failure;
use crate::kernel::id::{CategoryId, UnitId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::org::PlaceSource;
use crate::programmes::{self, CaseAct, CaseState};
use crate::store::StoreError;

impl CaseService {
    /// Gives a case another category. Needs `CASE_CHANGE_CATEGORY`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED` also for a category by which the caller would not see the
    /// case, `CATEGORY_UNCHANGED`, `CATEGORY_RETIRED`, `CATEGORY_OUTSIDE_PROGRAMME`, `TOO_LONG`, `REQUIRED`; of fields
    /// `UNKNOWN_FIELD`, `INVALID_VALUE`, `TOO_MANY_VALUES`, and `FIELD_REQUIRED` where it follows the same programme.
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
        // What a programme that is left demands of fields falls away with it: the next one has no such fields.
        if acting.programme.version == acting.case.programme {
            acting.demanded_values().await?;
        }
        let mut change = CategoryChange {
            former: acting.case.category,
            category: command.category,
            least: terms.sensitivity,
            limit: CaseLimit::of(&acting.programme, &terms),
            programme: acting.programme.version,
            routing: None,
        };
        let handover = rerouted(&acting, &mut change, &terms).await?;
        stays_in_sight(&acting, (&change, handover), scope)?;
        self.settle(acting, Outcome { category: Some(change), ..Outcome::said(Some(reason)).going(handover) })
            .await
    }
}

/// The programme that the case would follow with the category, as long as nobody has begun to work by the one that it follows: it goes
/// on at the first stage of its state. Whoever named its programme meant that one, where it is for the category.
async fn follow(acting: &mut Acting, category: CategoryId) -> Answer<()> {
    let (tx, case) = (&acting.tx, &acting.case);
    let begun = !matches!(case.state, CaseState::Reported | CaseState::Accepted | CaseState::Dispatched);
    let fits = programmes::directory::is_for(tx, &acting.programme, category).await?;
    let usual = programmes::directory::for_case(tx, None, case.category, case.source).await?;
    let named = usual.is_none_or(|usual| usual.key != acting.programme.key);
    if fits && (begun || named) {
        return Ok(());
    }
    let outside = || Failure::user("categoryId", CaseError::CategoryOutsideProgramme);
    if begun {
        return Err(outside());
    }
    let programme = programmes::directory::for_case(tx, None, category, case.source).await?;
    let other = programme.filter(|programme| programme.key != acting.programme.key);
    let stage = other.as_ref().and_then(|other| other.stages.iter().find(|stage| stage.state == case.state));
    let (Some(programme), Some(stage)) = (&other, stage) else {
        return if fits { Ok(()) } else { Err(outside()) };
    };
    if acting.gives_values() && !mutant::active(Mutant::ForeignValues) {
        // They were asked for by the programme that the case leaves.
        return Err(Failure::user("fields.0.key", CaseError::UnknownField));
    }
    acting.verdict.stage.clone_from(&stage.key);
    acting.fired = store::rung::of_case(tx, case.id, programme).await?;
    acting.programme = Arc::clone(programme);
    Ok(())
}

/// Where the case goes by the category, when it still lies where it could have come in, and when whom it lies with may not have such a case.
async fn rerouted(
    acting: &Acting,
    change: &mut CategoryChange,
    terms: &EffectiveTerms,
) -> Answer<Option<Handover>> {
    let (tx, case) = (&acting.tx, &acting.case);
    let district = target::district(tx).await?.id;
    let opens = (&*acting.programme, acting.verdict.stage.as_str());
    let place = (case.place, case.routing.map_or(PlaceSource::Named, |routing| routing.place));
    let sensitivity = change.sensitivity(case);
    let matter = Matter { category: change.category, terms, sensitivity, place, opens };
    let (to, candidates) = routing::arrival(tx, matter, district).await?;
    let stays = candidates.include(case.assignee, &to);
    let waits = matches!(case.state, CaseState::Reported | CaseState::Accepted);
    let untouched = waits && came_in_here(acting, district).await?;
    if stays || (!untouched && suits(acting, change).await?) {
        return Ok(None);
    }
    change.routing = Some(to.routing);
    Ok(Some(match to.giver {
        Some(giver) => progress::given(to.post, giver),
        None => progress::raised(to.post),
    }))
}

/// Whether the case lies where one of its present category comes in.
async fn came_in_here(acting: &Acting, district: UnitId) -> Result<bool, StoreError> {
    let (tx, case) = (&acting.tx, &acting.case);
    let Some((_, terms)) = catalogue::directory::category(tx, case.category).await? else { return Ok(false) };
    let opens = (&*acting.programme, acting.verdict.stage.as_str());
    let place = (case.place, case.routing.map_or(PlaceSource::Named, |routing| routing.place));
    let sensitivity = case.sensitivity;
    let matter = Matter { category: case.category, terms: &terms, sensitivity, place, opens };
    let (_, candidates) = routing::arrival(tx, matter, district).await?;
    Ok(candidates.could_have(case.assignee))
}

/// Whether whom the case lies with may have it with the category.
async fn suits(acting: &Acting, change: &CategoryChange) -> Answer<bool> {
    let mut changed = acting.case.clone();
    change.carry_out(&mut changed, acting.tx.now());
    let suited = match changed.assignee {
        Assignee::Account(account) => target::worker(&acting.tx, &changed, account).await,
        Assignee::Unit(_) | Assignee::Organisation(_) => target::cleared(&changed, progress::post(&changed)),
    };
    match suited {
        Ok(_) => Ok(true),
        Err(Failure::User(_)) => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// Nobody gives a case a category by which they would not see it: they could not tell what became of it.
fn stays_in_sight(
    acting: &Acting,
    (change, handover): (&CategoryChange, Option<Handover>),
    scope: &Scope,
) -> Answer<()> {
    let at = acting.tx.now();
    let mut changed = acting.case.clone();
    change.carry_out(&mut changed, at);
    changed.assignee = handover.map_or(changed.assignee, |handover| handover.to.assignee);
    let rows = access::narrowed(acting.access.clone(), &acting.case, &changed, at);
    let sight = access::visibility(&changed, &rows, at, Audience::Staff);
    if scope.sees(&sight) || mutant::active(Mutant::BlindCategoryChange) {
        Ok(())
    } else {
        Err(Failure::user("categoryId", CaseError::NotPermitted))
    }
}
