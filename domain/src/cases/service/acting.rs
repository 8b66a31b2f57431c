//! What every act on an existing case has in common: it is loaded and held, judged by the workflow,
//! changed, and written together with its timeline, access rows, event and audit row.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use crate::calendars::{self, TenantCalendar};
use crate::cases::access::{self, Access};
use crate::cases::actor;
use crate::cases::category_change::CategoryChange;
use crate::cases::command::StepCase;
use crate::cases::error::{CaseError, refused};
use crate::cases::evaluation::FilledForm;
use crate::cases::event::{self, Sight};
use crate::cases::ladder::FiredRung;
use crate::cases::model::{Assignee, Audience, Case, CaseRating, Handover, TimelineEntry};
use crate::cases::outcome as counting;
use crate::cases::progress::{self, Step};
use crate::cases::return_visit::VisitChannel;
use crate::cases::service::attaching::{self, Attachments};
use crate::cases::service::giving;
use crate::cases::service::{Answer, CaseService};
use crate::cases::supervision::Supervised;
use crate::cases::value::Takes;
use crate::cases::{Seen, clock, store};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, CaseId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::programmes::{Actor, CaseAct, CaseState, FieldValue, Input, Programme, Verdict, directory, judge};
use crate::store::{Begun, Done, StoreError, Tx, WriteTx};

/// An act that the workflow allows, not yet carried out.
pub(super) struct Acting {
    /// The transaction.
    pub(super) tx: WriteTx,
    /// The case before the act.
    pub(super) case: Case,
    /// Who acts.
    pub(super) actor: Actor,
    pub(super) programme: Arc<Programme>,
    /// By which its times are reckoned.
    pub(super) calendar: Arc<TenantCalendar>,
    pub(super) verdict: Verdict,
    values: BTreeMap<String, FieldValue>,
    attachments: Attachments,
    pub(super) access: Vec<Access>,
    /// What has fired of its ladder, whatever this act is among it.
    pub(super) fired: Vec<FiredRung>,
}

impl Acting {
    /// What the system does by itself, as the programme says: nobody gives it values.
    pub(super) async fn by_itself(
        tx: WriteTx,
        case: Case,
        (programme, calendar): (Arc<Programme>, Arc<TenantCalendar>),
        verdict: Verdict,
        fired: Vec<FiredRung>,
    ) -> Result<Self, StoreError> {
        let access = store::access::of_case(&tx, case.id).await?;
        let (actor, values) = (Actor::default(), BTreeMap::new());
        let attachments = vec![];
        Ok(Self { tx, case, actor, programme, calendar, verdict, values, attachments, access, fired })
    }

    /// Whether the caller gives values to fields with the act.
    pub(super) fn gives_values(&self) -> bool {
        !self.values.is_empty()
    }

    /// Refuses an act that lacks a value which its programme demands.
    pub(super) async fn demanded_values(&self) -> Answer<()> {
        let (fields, optional_fields) = (&self.verdict.fields, &self.verdict.optional_fields);
        let takes = Takes::of(&self.programme, fields, optional_fields, self.tx.scope());
        giving::demanded(&self.tx, Some(self.case.id), &self.values, &takes).await
    }

    /// What the act demands and the caller did not write.
    fn unwritten(&self, outcome: &Outcome) -> Option<Failure<CaseError>> {
        let demanded = self.verdict.inputs.contains(&Input::Reason) && !mutant::active(Mutant::NoReason);
        let path = match self.verdict.act {
            CaseAct::Dispatch | CaseAct::SendDown => "reason",
            _ => "note",
        };
        (demanded && outcome.text.is_none()).then(|| Failure::user(path, CaseError::Required))
    }
}

/// What became of the request to act.
pub(super) enum Opened {
    /// The act may go on.
    Fresh(Box<Acting>),
    /// It was carried out before, under the same idempotency key: the case as the caller sees it now.
    Replayed(Box<Case>),
}

/// What an act adds to the change of the state.
#[derive(Default)]
pub(super) struct Outcome {
    /// To whom the case goes.
    pub(super) handover: Option<Handover>,
    /// What was written.
    pub(super) text: Option<String>,
    /// Who may read it.
    pub(super) audience: Audience,
    /// The judgement.
    pub(super) rating: Option<CaseRating>,
    /// What was filled in of the form.
    pub(super) filled: FilledForm,
    /// How well it was settled, as whoever verifies it finds.
    pub(super) score: Option<u8>,
    /// How the reporter was visited.
    pub(super) channel: Option<VisitChannel>,
    /// Hours or days more.
    pub(super) more: u32,
    /// Who is asked to assist, or has assisted.
    pub(super) assistants: Vec<Assignee>,
    /// The case that it becomes part of.
    pub(super) master: Option<CaseId>,
    /// At what level and cost it is supervised.
    pub(super) supervised: Option<Supervised>,
    /// What it becomes with another category.
    pub(super) category: Option<CategoryChange>,
}

impl Outcome {
    /// Something was written, or nothing.
    pub(super) fn said(text: Option<String>) -> Self {
        Self { text, ..Self::default() }
    }

    /// The same, and the case goes to somebody.
    pub(super) fn going(self, handover: impl Into<Option<Handover>>) -> Self {
        Self { handover: handover.into(), ..self }
    }
}

impl CaseService {
    /// Loads a case for an act and lets the workflow judge it.
    pub(super) async fn open(&self, scope: &Scope, act: CaseAct, seen: Seen) -> Answer<Opened> {
        self.open_at(scope, (act, None), seen).await
    }

    /// The same for an act that is to lead to a stage.
    pub(super) async fn open_toward(&self, scope: &Scope, act: CaseAct, step: StepCase) -> Answer<Opened> {
        self.open_at(scope, (act, Some(&step.stage)), step.seen).await
    }

    async fn open_at(&self, scope: &Scope, act: (CaseAct, Option<&str>), seen: Seen) -> Answer<Opened> {
        let tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return Ok(Opened::Replayed(Box::new(self.replayed(scope, done).await?))),
        };
        let Some(case) = store::held_by_id(&tx, seen.case).await? else {
            return Err(Failure::user("caseId", CaseError::NotFound));
        };
        self.judged(tx, case, act, seen).await
    }

    /// A case that is held, with what the workflow says of an act on it.
    pub(super) async fn judged(
        &self,
        tx: WriteTx,
        case: Case,
        act: (CaseAct, Option<&str>),
        seen: Seen,
    ) -> Answer<Opened> {
        let scope = tx.scope();
        let stale = seen.version.is_some_and(|version| version != case.version);
        if stale && !mutant::active(Mutant::NoVersionCheck) {
            return Err(conflict(&case));
        }
        let programme = directory::followed(&tx, case.programme).await?;
        let actor = actor::actor(scope, &case, &programme, tx.now(), self.settings.bounds());
        let verdict = judge((case.state, &case.stage), act, &actor, &programme).map_err(refused)?;
        let takes = Takes::of(&programme, &verdict.fields, &verdict.optional_fields, scope);
        let values = match act.0 {
            // It may find another programme, which demands none of what this one does.
            CaseAct::ChangeCategory => giving::offered(&tx, &seen.values, &takes).await?,
            _ => giving::taken(&tx, Some(case.id), &seen.values, &takes).await?,
        };
        let attachments = attaching::taken(&tx, &seen.attachments).await?;
        attaching::evidence(&verdict.inputs, &attachments)?;
        let access = store::access::of_case(&tx, case.id).await?;
        let calendar = calendars::directory::calendar(&tx).await?;
        let fired = store::rung::of_case(&tx, case.id, &programme).await?;
        let acting =
            Acting { tx, case, actor, programme, calendar, verdict, values, attachments, access, fired };
        Ok(Opened::Fresh(Box::new(acting)))
    }

    /// Carries the act out and commits.
    pub(super) async fn settle(&self, acting: Box<Acting>, outcome: Outcome) -> Answer<Case> {
        if let Some(failure) = acting.unwritten(&outcome) {
            return Err(failure);
        }
        let Acting { mut tx, case, programme, calendar, verdict, values, attachments, access, fired, .. } =
            *acting;
        let act = verdict.act;
        let (at, by) = (tx.now(), tx.scope().account());
        let step = Step {
            act,
            to: verdict.state,
            stage: verdict.stage,
            at,
            by,
            handover: outcome.handover,
            rating: outcome.rating,
            filled: outcome.filled.clone(),
            channel: outcome.channel,
            more: outcome.more,
            assistants: outcome.assistants.clone(),
            master: outcome.master,
            supervised: outcome.supervised,
            category: outcome.category,
        };
        let reckoning = self.settings.by(&calendar);
        let counted = counting::counted(progress::advanced(&case, &step), act, &programme, &reckoning);
        let after = clock::timed(counted, &programme, &reckoning, &fired);
        let rows = access::after(&access, &case, &after, act, at, || tx.new_id());
        // First the access, so that whoever hands the case on still sees it in the update that does so.
        store::access::write(&tx, &after, &access, &rows).await?;
        if !store::update(&tx, &after, case.version).await? {
            return Err(conflict(&case));
        }
        // Whoever followed what becomes part of another follows that one and was told of it.
        if after.state != case.state && act != CaseAct::Merge {
            store::follower::tell(&mut tx, &after, &after.followers);
        }
        let entry = entry(&tx, &after, act, Some(case.state), by, &outcome);
        attaching::keep(&mut tx, &entry, &attachments).await?;
        giving::keep(&mut tx, &after, &programme, &values).await?;
        let sight = Sight {
            before: Some(access::visibility(&case, &access, at, outcome.audience)),
            after: access::visibility(&after, &rows, at, outcome.audience),
        };
        record(&mut tx, &after, (act, Some(case.state)), sight, (&outcome, attachments.len()));
        tx.commit(Done { id: after.id.uuid(), version: after.version }).await?;
        Ok(after)
    }

    /// The case that a use case with the same idempotency key wrote, as the caller sees it now.
    pub(super) async fn replayed(&self, scope: &Scope, done: Done) -> Answer<Case> {
        let reader = self.db.reader(scope);
        let case = store::by_id(&*reader.tx().await?, CaseId::from_uuid(done.id)).await?;
        case.ok_or_else(|| Failure::user("caseId", CaseError::NotFound))
    }
}

pub(super) fn conflict(case: &Case) -> Failure<CaseError> {
    Failure::user("expectedVersion", CaseError::Conflict { current_version: case.version })
}

/// The entry of the timeline that tells of an act.
pub(super) fn entry(
    tx: &Tx,
    after: &Case,
    act: CaseAct,
    from: Option<CaseState>,
    by: Option<AccountId>,
    outcome: &Outcome,
) -> TimelineEntry {
    TimelineEntry {
        id: tx.new_id(),
        case: after.id,
        version: after.version,
        at: tx.now(),
        act,
        from,
        to: after.state,
        stage: Some(after.stage.clone()),
        account: by,
        audience: outcome.audience,
        text: outcome.text.clone(),
        assignee: after.assignee,
        level: after.level,
        rating: outcome.rating,
        score: outcome.score,
        supervised: outcome.supervised,
        category: outcome.category.map(|change| (change.former, change.category)),
        anonymous: event::hides_actor(after, act, by),
    }
}

/// Records the event and the audit row of an act.
pub(super) fn record(
    tx: &mut WriteTx,
    after: &Case,
    (act, from): (CaseAct, Option<CaseState>),
    sight: Sight,
    (outcome, attachments): (&Outcome, usize),
) {
    let by = tx.scope().account();
    tx.record(event::draft(after, act, from, by, sight));
    let detail = json!({
        "number": after.number,
        "version": after.version,
        "from": from.map(<&'static str>::from),
        "to": <&'static str>::from(after.state),
        "assignee": after.assignee.text(),
        "assistants": outcome.assistants.iter().map(|assistant| assistant.text()).collect::<Vec<_>>(),
        "master": outcome.master.map(|master| master.to_string()),
        "category": outcome.category.map(|change| change.category.to_string()),
        "attachments": attachments,
    });
    tx.audit(act.words().action, &after.id, detail);
}
