//! Report a case (上报): it gets a number and goes to the office of its place, or to whoever answers for the matter.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::calendars;
use crate::cases::access::Access;
use crate::cases::clock::CaseLimit;
use crate::cases::command::{Anonymity, ReportCase, ReportTexts, report_texts};
use crate::cases::error::{CaseError, misplaced};
use crate::cases::event::Sight;
use crate::cases::model::{Audience, Case, CasePriority, SealedTexts};
use crate::cases::service::acting::{Outcome, entry, record};
use crate::cases::service::{Answer, CaseService, attaching, giving, routing};
use crate::cases::store::seal::{Column, seal, seal_some};
use crate::cases::value::Takes;
use crate::cases::{access, clock, number, progress, store, target};
use crate::catalogue::EffectiveTerms;
use crate::kernel::failure::{Failure, Problem};
use crate::kernel::id::{AccountId, CaseId};
use crate::kernel::permission::Permission;
use crate::kernel::scope::{Held, Scope};
use crate::org;
use crate::programmes::{self, CaseAct, CaseSource, CaseState, FieldValue, Input, Programme};
use crate::store::{Begun, Done, StoreError, Tx, WriteTx};

impl CaseService {
    /// Reports a case. Needs `CASE_REPORT`. Whoever only reports for themselves, and not as staff or as
    /// a system of the district, says neither another source, nor a priority, nor a programme.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown category or place, `CATEGORY_RETIRED`, `INVALID_PLACE`,
    /// `INVALID_POINT`, `INVALID_TIME`, `NOT_PERMITTED`, `DUPLICATE_EXTERNAL_NUMBER`, `REQUIRED`,
    /// `TOO_LONG`, `INVALID_TEXT`, `INVALID_PROGRAMME`; of fields `UNKNOWN_FIELD`, `INVALID_VALUE`, `FIELD_REQUIRED`,
    /// `TOO_MANY_VALUES`.
    pub async fn report(&self, scope: &Scope, command: ReportCase) -> Answer<Case> {
        self.report_with(scope, command, |_, _| Ok(())).await
    }

    /// The same, with what another slice writes in the same transaction.
    pub(crate) async fn report_with(
        &self,
        scope: &Scope,
        command: ReportCase,
        beside: impl FnOnce(&mut WriteTx, &Case) -> Result<(), StoreError> + Send,
    ) -> Answer<Case> {
        if !scope.permits(Permission::CaseReport) {
            return Err(Failure::Denied);
        }
        let texts = report_texts(&command, self.db.now()).map_err(Failure::User)?;
        within_rights(scope, &command).map_err(Failure::User)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.replayed(scope, done).await,
        };
        let terms = routing::terms(&tx, command.category).await?;
        let programme = programme(&tx, &command).await?;
        let values = given(&tx, &command, &programme).await?;
        let attachments = attaching::taken(&tx, &command.attachments).await?;
        attaching::evidence(&demanded(&programme), &attachments)?;
        let calendar = calendars::directory::calendar(&tx).await?;
        let case = opened(&tx, &command, &texts, (&programme, &terms)).await?;
        let case = clock::timed(case, &programme, &self.settings.by(&calendar), &[]);
        let rows = access::opened(&case, scope.account(), || tx.new_id());
        let at = tx.now();
        let entry = entry(&tx, &case, CaseAct::Report, None, scope.account(), &Outcome::default());
        begin_with(&mut tx, &case, &rows, attachments.len()).await?;
        attaching::keep(&mut tx, &entry, &attachments).await?;
        giving::keep(&mut tx, &case, &programme, &values).await?;
        let sight = Sight { before: None, after: access::visibility(&case, &rows, at, Audience::Everyone) };
        record(&mut tx, &case, (CaseAct::Report, None), sight, (&Outcome::default(), attachments.len()));
        beside(&mut tx, &case)?;
        let done = Done { id: case.id.uuid(), version: case.version };
        tx.commit(done).await.map_err(external_number_taken)?;
        Ok(case)
    }
}

/// Writes a new case and who sees it: with everything else at the end, unless something is attached, which must find it there.
async fn begin_with(tx: &mut WriteTx, case: &Case, access: &[Access], attached: usize) -> Answer<()> {
    let access: Vec<_> = access.iter().map(|row| store::access::row(tx, case, row)).collect();
    let row = store::row(tx, case);
    if attached == 0 {
        tx.insert_late(access);
        tx.insert_late(vec![row]);
        return Ok(());
    }
    tx.insert(row).await.map_err(external_number_taken)?;
    tx.insert_all(access).await?;
    Ok(())
}

/// What the programme demands of the input of a report.
fn demanded(programme: &Programme) -> Vec<Input> {
    programme.rules_of(CaseAct::Report).flat_map(|rule| rule.requires.iter().copied()).collect()
}

/// Whether the caller takes in what others report: staff, or a system for the whole district.
fn takes_in<'a>(scope: &Scope, mut reporting: impl Iterator<Item = &'a Held>) -> bool {
    scope.is_staff() || reporting.any(|held| held.territory.district)
}

/// Staff enter what they are told, of whatever category and place; everyone else reports within the
/// categories of their grant.
fn within_rights(scope: &Scope, command: &ReportCase) -> Result<(), Vec<Problem<CaseError>>> {
    let mut reporting = scope.held().iter().filter(|held| {
        held.permissions.holds(Permission::CaseReport)
            && held.categories.as_ref().is_none_or(|set| set.contains(&command.category))
    });
    if !scope.is_staff() && reporting.clone().next().is_none() {
        return Err(vec![Problem::at("categoryId", CaseError::NotPermitted)]);
    }
    if takes_in(scope, &mut reporting) {
        return Ok(());
    }
    let forbidden = [
        (command.source != CaseSource::Resident).then_some("source"),
        (command.priority != CasePriority::Normal).then_some("priority"),
        command.external.as_ref().map(|_| "external"),
        command.reported_unit.map(|_| "reportedUnitId"),
        command.programme.as_ref().map(|_| "programmeKey"),
    ];
    let problems: Vec<_> =
        forbidden.into_iter().flatten().map(|path| Problem::at(path, CaseError::NotPermitted)).collect();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Staff report what they find on patrol themselves; everything else they enter for somebody.
fn reporter_account(scope: &Scope, source: CaseSource) -> Option<AccountId> {
    scope.account().filter(|_| !scope.is_staff() || source == CaseSource::Patrol)
}

#[expect(clippy::too_many_lines, reason = "one line for each field")]
async fn opened(
    tx: &Tx,
    command: &ReportCase,
    texts: &ReportTexts,
    (programme, terms): (&Programme, &EffectiveTerms),
) -> Answer<Case> {
    let district = target::district(tx).await?;
    let (place, source) = org::located(tx, command.place, command.point).await.map_err(misplaced)?;
    if let Some(unit) = command.reported_unit {
        org::living_unit(tx, unit, "reportedUnitId").await.map_err(misplaced)?;
    }
    let sensitivity = terms.sensitivity.max(command.sensitivity);
    let limit = CaseLimit::of(programme, terms);
    let now = tx.now();
    let (state, visit) = progress::beginning(programme, now);
    let matter = routing::Matter {
        category: command.category,
        terms,
        sensitivity,
        place: (place, source),
        opens: (programme, &visit.stage),
    };
    let (arrival, _) = routing::arrival(tx, matter, district.id).await?;
    let year = number::year(now);
    let serial = tx.take_serials(&number::serial_name(year), 1).await?;
    let id: CaseId = tx.new_id();
    let case = Case {
        id,
        number: number::number(&district.code, year, serial),
        state,
        programme: programme.version,
        stage: visit.stage.clone(),
        category: command.category,
        sensitivity,
        priority: command.priority,
        source: command.source,
        external: texts.external.clone(),
        title: texts.title.clone(),
        place,
        point: command.point,
        occurred_at: command.occurred_at,
        reported_at: command.reported_at.unwrap_or(now),
        reported_unit: command.reported_unit,
        anonymous: command.reporter.anonymity == Anonymity::Anonymous,
        routing: Some(arrival.routing),
        assignee: arrival.post.assignee,
        level: arrival.post.level,
        settled_level: None,
        limit,
        due_at: None,
        accepted_at: (state == CaseState::Accepted).then_some(now),
        closed_at: None,
        judgement: None,
        reworks: 0,
        evaluation: None,
        evaluable_until: None,
        return_visits: vec![],
        visited_at: None,
        opened_at: now,
        version: 1,
        reckoned_by: 0,
        next_due: None,
        rungs_since: now,
        retimed: 0,
        followers: vec![],
        visits: vec![visit],
        extensions: 0,
        request: None,
        assistants: vec![],
        master: None,
        urgings: 0,
        supervision: None,
        leader: None,
        pauses: vec![],
        givers: arrival.giver.into_iter().collect(),
        resolution: None,
        reporter_account: reporter_account(tx.scope(), command.source),
        sealed: sealed(tx, id, texts)?,
    };
    Ok(case)
}

/// Seals what was typed for the row it belongs to.
pub(super) fn sealed(tx: &Tx, id: CaseId, texts: &ReportTexts) -> Result<SealedTexts, StoreError> {
    let row = id.uuid();
    Ok(SealedTexts {
        description: seal(tx, Column::Description, row, &texts.description)?,
        address: seal_some(tx, Column::Address, row, texts.address.as_deref())?,
        reporter_name: seal_some(tx, Column::ReporterName, row, texts.name.as_deref())?,
        reporter_phone: seal_some(tx, Column::ReporterPhone, row, texts.phone.as_deref())?,
    })
}

/// The programme that is named, else the one for such cases.
async fn programme(tx: &Tx, command: &ReportCase) -> Answer<Arc<Programme>> {
    let named = command.programme.as_deref();
    let programme = programmes::directory::for_case(tx, named, command.category, command.source).await?;
    programme.ok_or_else(|| Failure::user("programmeKey", CaseError::InvalidProgramme))
}

/// What the report gives to the fields that its programme takes.
async fn given(tx: &Tx, command: &ReportCase, programme: &Programme) -> Answer<BTreeMap<String, FieldValue>> {
    let nothing = BTreeSet::new();
    let report = programme.rules_of(CaseAct::Report).next();
    let (fields, optional_fields) =
        report.map_or((&nothing, &nothing), |rule| (&rule.fields, &rule.optional_fields));
    let takes = Takes::of(programme, fields, optional_fields, tx.scope());
    giving::taken(tx, None, &command.values, &takes).await
}

/// Of the unique constraints of the table only the one on the external number depends on the caller.
fn external_number_taken(error: StoreError) -> Failure<CaseError> {
    match error {
        StoreError::Conflict { constraint } if constraint.contains("external_number") => {
            Failure::user("external.number", CaseError::DuplicateExternalNumber)
        }
        other => other.into(),
    }
}
