//! Fire the next rung of a case's ladder (逐级提醒、升级), if one is due: the system does the rung's act, once.

use crate::calendars;
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
use crate::programmes::{CaseAct, RungAct, directory, judge};
use crate::store::{Begun, Done};

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
        let by = self.settings.by(&calendar);
        let mut fired = store::rung::of_case(&tx, case.id, &programme).await?;
        let ahead = ladder::ahead(&case, &programme, &by, &fired);
        let due = ahead.first().filter(|ahead| ahead.due_at < tx.now() || mutant::active(Mutant::NoRecheck));
        let Some(due) = due else {
            let after = clock::timed(case.clone(), &programme, &by, &fired);
            // Several workers find the same case, and one of them does what is to be done.
            if (after.next_due, after.reckoned_by) != (case.next_due, case.reckoned_by) {
                store::reckoning::write(&tx, &after).await?;
                tx.commit(Done { id: after.id.uuid(), version: after.version }).await?;
            }
            return Ok(None);
        };
        let actor = actor::narrator(&case, &programme, None, tx.now(), self.settings.bounds());
        let judged = |act| judge((case.state, &case.stage), (act, None), &actor, &programme);
        // Urging stands in for what is not possible: a rung is never passed over in silence.
        let wanted = judged(wanted(&case, due.rung.act)).or_else(|_| judged(CaseAct::Urge));
        let act = wanted.as_ref().map_or(CaseAct::Urge, |verdict| verdict.act);
        let claim = FiredRung {
            rung: due.rung.key.clone(),
            visit: due.visit,
            act,
            due_at: due.due_at,
            fired_at: tx.now(),
            version: case.version + i64::from(wanted.is_ok()),
        };
        if !store::rung::claim(&tx, case.id, &claim).await? {
            return Ok(None);
        }
        fired.push(claim);
        let mut outcome = Outcome::said(Some(due.rung.name.zh.clone()));
        match (act, due.rung.act) {
            (CaseAct::HandUp, _) => {
                outcome = outcome.going(progress::raised(target::office_above(&tx, &case).await?));
            }
            (CaseAct::Supervise, RungAct::Supervise(level)) => {
                outcome.supervised = Some(Supervised::by(&programme, level));
                outcome.audience = Audience::Staff;
            }
            _ => {}
        }
        let Ok(verdict) = wanted else {
            // No programme that is published today is such; the claim stands, so that it does not come back for ever.
            tracing::error!(case = %case.id, rung = due.rung.key, "a rung could do nothing");
            let after = clock::timed(case, &programme, &by, &fired);
            store::reckoning::write(&tx, &after).await?;
            tx.commit(Done { id: after.id.uuid(), version: after.version }).await?;
            return Ok(None);
        };
        let acting = Acting::by_itself(tx, case, (programme.clone(), calendar), verdict, fired).await?;
        self.settle(Box::new(acting), outcome).await?;
        Ok(Some(act))
    }
}

/// What a rung is to do with a case: it urges where it would supervise no more strictly than is done already.
fn wanted(case: &Case, act: RungAct) -> CaseAct {
    match act {
        RungAct::Supervise(level) if case.supervision.is_some_and(|present| present.level >= level) => {
            CaseAct::Urge
        }
        RungAct::Urge | RungAct::Supervise(_) | RungAct::HandUp => act.act(),
    }
}
