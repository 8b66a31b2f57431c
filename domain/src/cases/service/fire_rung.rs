//! Fire the next rung of a case's ladder (逐级提醒、升级), if one is due: the system does the rung's act, once.

use std::sync::Arc;

use crate::calendars::{self, TenantCalendar};
use crate::cases::ladder::{self, FiredRung};
use crate::cases::model::{Audience, Case};
use crate::cases::service::acting::{Acting, Outcome};
use crate::cases::service::{Answer, CaseService};
use crate::cases::supervision::Supervised;
use crate::cases::{actor, clock, progress, store, target};
use crate::kernel::failure::Failure;
use crate::kernel::id::CaseId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::programmes::{CaseAct, Programme, Refusal, Rung, RungAct, Verdict, directory, judge};
use crate::store::{Begun, Done, StoreError, Tx, WriteTx};

/// A case as its ladder sees it.
struct Watched {
    tx: WriteTx,
    case: Case,
    programme: Arc<Programme>,
    calendar: Arc<TenantCalendar>,
    fired: Vec<FiredRung>,
}

impl CaseService {
    /// Fires the rung of a case that was due first: what was done, none when nothing is due. Whether it is due is asked
    /// of the case itself; what the index says of it is mended where it is wrong. For the system itself only.
    ///
    /// # Errors
    /// As the database says.
    pub async fn fire_rung(&self, scope: &Scope, case: CaseId) -> Answer<Option<CaseAct>> {
        if !scope.is_system() {
            return Err(Failure::Denied);
        }
        let tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            // The system carries no key.
            Begun::Replay(_) => return Ok(None),
        };
        let Some(case) = store::held_by_id(&tx, case).await? else { return Ok(None) };
        let programme = directory::followed(&tx, case.programme).await?;
        let calendar = calendars::directory::calendar(&tx).await?;
        let fired = store::rung::of_case(&tx, case.id, &programme).await?;
        let by = self.settings.by(&calendar);
        let ahead = ladder::ahead(&case, &programme, &by, &fired);
        let due = ahead.first().filter(|ahead| ahead.due_at < tx.now() || mutant::active(Mutant::NoRecheck));
        let due = due.map(|due| (due.rung.clone(), due.visit, due.due_at));
        let mut watched = Watched { tx, case, programme, calendar, fired };
        let Some((rung, visit, due_at)) = due else { return self.mended(watched).await };

        let verdict = self.possible(&watched, rung.act);
        let claim = FiredRung {
            rung: rung.key.clone(),
            visit,
            act: verdict.as_ref().map_or(CaseAct::Urge, |verdict| verdict.act),
            due_at,
            fired_at: watched.tx.now(),
            version: watched.case.version + i64::from(verdict.is_ok()),
        };
        if !store::rung::claim(&watched.tx, watched.case.id, &claim).await? {
            return Ok(None);
        }
        watched.fired.push(claim);
        let Ok(verdict) = verdict else {
            // No programme that is published today is such; the claim stands, so that it does not come back for ever.
            tracing::error!(case = %watched.case.id, rung = rung.key, "a rung could do nothing");
            let after = self.reckoned(&watched);
            return written(watched.tx, &after).await;
        };
        let act = verdict.act;
        let outcome = outcome(&watched.tx, &watched.case, (&watched.programme, &rung), act).await?;
        let Watched { tx, case, programme, calendar, fired } = watched;
        let acting = Acting::by_itself(tx, case, (programme, calendar), verdict, fired).await?;
        self.settle(Box::new(acting), outcome).await?;
        Ok(Some(act))
    }

    /// What the system can do with a case, urging where the rung's own act is not possible: none is passed over in
    /// silence.
    fn possible(&self, watched: &Watched, act: RungAct) -> Result<Verdict, Refusal> {
        let Watched { tx, case, programme, .. } = watched;
        let actor = actor::narrator(case, programme, None, tx.now(), self.settings.bounds());
        let judged = |act| judge((case.state, &case.stage), (act, None), &actor, programme);
        // It urges where it would supervise no more strictly than is done already.
        let supervised = case.supervision.map(|supervision| supervision.level);
        let stricter = act.level().is_none_or(|level| supervised.is_none_or(|present| level > present));
        judged(if stricter { act.act() } else { CaseAct::Urge }).or_else(|_| judged(CaseAct::Urge))
    }

    /// Writes what the case says of its time where the row says otherwise. Several workers find the same case, and one
    /// of them does what is to be done.
    async fn mended(&self, watched: Watched) -> Answer<Option<CaseAct>> {
        let (after, case) = (self.reckoned(&watched), &watched.case);
        if (after.next_due, after.reckoned_by) == (case.next_due, case.reckoned_by) {
            return Ok(None);
        }
        written(watched.tx, &after).await
    }

    fn reckoned(&self, watched: &Watched) -> Case {
        let Watched { case, programme, calendar, fired, .. } = watched;
        clock::timed(case.clone(), programme, &self.settings.by(calendar), fired)
    }
}

/// Nothing was done but to write what the case says of its time.
async fn written(tx: WriteTx, after: &Case) -> Answer<Option<CaseAct>> {
    store::reckoning::write(&tx, after).await?;
    tx.commit(Done { id: after.id.uuid(), version: after.version }).await?;
    Ok(None)
}

/// What the act of a rung adds to the change of the state. Who reads of it are those who would read of a person's act.
async fn outcome(
    tx: &Tx,
    case: &Case,
    (programme, rung): (&Programme, &Rung),
    act: CaseAct,
) -> Result<Outcome, StoreError> {
    let said = Outcome::said(Some(rung.name.zh.clone()));
    Ok(match (act, rung.act) {
        (CaseAct::HandUp, _) => said.going(progress::raised(target::office_above(tx, case).await?)),
        (CaseAct::Supervise, RungAct::Supervise(level)) => {
            let supervised = Some(Supervised::by(programme, level));
            Outcome { supervised, audience: Audience::Staff, ..said }
        }
        _ => said,
    })
}
