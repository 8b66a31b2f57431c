//! One write use case: its effect, audit rows, events and idempotency record commit together.

use std::ops::Deref;
use std::time::Duration;

use sea_orm::sea_query::{Alias, CommonTableExpression, ExprTrait, InsertStatement, WithClause, WithQuery};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, IntoActiveModel, Statement};
use serde_json::Value;
use uuid::Uuid;

use fengqiao_entity::kernel::{audit_entry, idempotency_record, outbox_event};
use fengqiao_entity::tenancy::TenantOwned;

use crate::kernel::event::EventDraft;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::place::Visibility;
use crate::kernel::scope::{Claim, Scope};
use crate::store::standing::Forgetting;
use crate::store::{Personal, StoreError, Tx};

/// Where a digest of what was asked is kept.
const INPUT: Personal = Personal { table: "idempotency_records", column: "input_hash" };

/// What a use case did: the row and its version right after.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done {
    /// Bare id of the row.
    pub(crate) id: Uuid,
    /// Its version.
    pub(crate) version: i64,
}

/// A begun use case.
#[expect(clippy::large_enum_variant, reason = "lives on the stack of one use case")]
pub(crate) enum Begun {
    /// Nothing was done with this key yet.
    Fresh(WriteTx),
    /// The key was used: this is what was done then. Nothing more must be done.
    Replay(Done),
}

/// A transaction that writes.
pub(crate) struct WriteTx {
    tx: Tx,
    late: Vec<InsertStatement>,
    late_rows: usize,
    events: Vec<EventDraft>,
    audit: Vec<(&'static str, String, Value)>,
}

impl Deref for WriteTx {
    type Target = Tx;

    fn deref(&self) -> &Tx {
        &self.tx
    }
}

impl WriteTx {
    pub(super) fn new(tx: Tx) -> Self {
        Self { tx, late: vec![], late_rows: 0, events: vec![], audit: vec![] }
    }

    /// Inserts rows right before the commit, in the statement that writes the audit rows and the events. Nothing that
    /// this use case reads or changes later may ask for them.
    pub(crate) fn insert_late<M, E>(&mut self, rows: Vec<M>)
    where
        E: TenantOwned<Model = M>,
        M: sea_orm::ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: Send,
    {
        self.late_rows += rows.len();
        let inserts = self.tx.inserts(rows);
        self.late.extend(inserts);
    }

    /// Waits until nobody else holds a name, and holds it until the transaction ends: what is counted afterwards, whoever else
    /// counts by the name has written. SQLite has one writer, which is lock enough.
    #[expect(clippy::disallowed_methods, reason = "an advisory lock has no query-builder form")]
    pub(crate) async fn hold_alone(&self, name: &str) -> Result<(), StoreError> {
        let wire = self.tx.wire();
        if wire.get_database_backend() == DbBackend::Postgres {
            let lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
            let name = format!("{}/{name}", self.tx.scope().tenant());
            wire.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, lock, [name.into()]))
                .await?;
        }
        Ok(())
    }

    /// Records an event; it commits with the effect.
    pub(crate) fn record(&mut self, event: EventDraft) {
        self.events.push(event);
    }

    /// Writes an audit row: the act, the text form of the target's id, facts without personal data.
    pub(crate) fn audit(&mut self, action: &'static str, target: &impl ToString, detail: Value) {
        self.audit.push((action, target.to_string(), detail));
    }

    /// Goes on in another scope within the same transaction: for the platform, which alone can mint a
    /// scope of another tenant. What was recorded so far is written under the scope it was made in.
    pub(crate) async fn act_in(&mut self, scope: &Scope) -> Result<(), StoreError> {
        self.write_late().await?;
        self.tx.enter(scope).await
    }

    /// Commits everything at once and wakes the relay.
    pub(crate) async fn commit(mut self, done: Done) -> Result<Done, StoreError> {
        let eventful = !self.events.is_empty();
        let unwritten = mutant::active(Mutant::AuditAfterwards)
            .then(|| (self.tx.scope().without_grants(), std::mem::take(&mut self.audit)));
        if let Some(claim) = self.tx.scope().claim().cloned() {
            self.put_claim(&claim, done)?;
        }
        self.write_late().await?;
        let db = self.tx.db().clone();
        let _forgetting = Forgetting::of(&self.tx);
        self.tx.into_wire().commit().await?;
        if let Some((scope, audit)) = unwritten
            && let Begun::Fresh(mut tx) = Box::pin(db.begin(&scope)).await?
        {
            tx.audit = audit;
            // Whether or not it can be written.
            if tx.write_late().await.is_ok() {
                tx.tx.into_wire().commit().await?;
            }
        }
        if eventful {
            db.wake_relay();
        }
        Ok(done)
    }

    /// Writes what waits for the commit: on PostgreSQL in one round trip, unless it is very much.
    async fn write_late(&mut self) -> Result<(), StoreError> {
        self.put_audit();
        self.put_events()?;
        let inserts = std::mem::take(&mut self.late);
        let few = std::mem::take(&mut self.late_rows) <= MOST_TOGETHER;
        let postgres = self.tx.wire().get_database_backend() == DbBackend::Postgres;
        if postgres && few && inserts.len() > 1 {
            return self.tx.run_insert(&together(inserts)).await;
        }
        for insert in &inserts {
            self.tx.run_insert(insert).await?;
        }
        Ok(())
    }

    fn put_audit(&mut self) {
        let scope = self.tx.scope().clone();
        let rows =
            std::mem::take(&mut self.audit).into_iter().map(|(action, target, detail)| audit_entry::Model {
                tenant_id: scope.tenant(),
                id: self.tx.new_id(),
                at: self.tx.now(),
                account_id: scope.account(),
                action: action.to_owned(),
                target,
                request_id: scope.request_id().to_owned(),
                detail: detail.to_string(),
            });
        let rows = rows.collect();
        self.insert_late(rows);
    }

    fn put_events(&mut self) -> Result<(), StoreError> {
        let scope = self.tx.scope().clone();
        let mut rows = vec![];
        for event in std::mem::take(&mut self.events) {
            rows.push(outbox_event::Model {
                tenant_id: scope.tenant(),
                id: self.tx.new_id(),
                aggregate: event.aggregate.to_owned(),
                aggregate_id: event.aggregate_id,
                version: event.version,
                name: event.name.to_owned(),
                occurred_at: self.tx.now(),
                account_id: scope.account(),
                payload: event.payload.to_string(),
                scope_before: event.before.as_ref().map(visibility_text).transpose()?,
                scope_after: visibility_text(&event.after)?,
                position: None,
            });
        }
        self.insert_late(rows);
        Ok(())
    }

    fn put_claim(&mut self, claim: &Claim, done: Done) -> Result<(), StoreError> {
        let Some(account) = self.tx.scope().account() else { return Ok(()) };
        if mutant::active(Mutant::NoIdempotencyRecord) {
            return Ok(());
        }
        let row = idempotency_record::Model {
            tenant_id: self.tx.scope().tenant(),
            account_id: account,
            key: claim.key.clone(),
            field: claim.field.to_owned(),
            input_hash: kept_digest(&self.tx, claim)?,
            result_id: done.id,
            result_version: done.version,
            at: self.tx.now(),
        };
        self.insert_late(vec![row]);
        Ok(())
    }
}

/// Whether a record is of this input. Those of before digests had a key, a month old at most, are compared as they were made: what is
/// sent again after an upgrade is done once too.
fn is_of(tx: &Tx, row: &idempotency_record::Model, claim: &Claim) -> Result<bool, StoreError> {
    // Nobody can make them anew under another key.
    let known = tx.blinds(INPUT, &hex::encode(&claim.input_hash))?;
    Ok(known.iter().any(|known| known.0 == row.input_hash) || row.input_hash == claim.input_hash)
}

/// What is kept of an input: a digest under a key that is not in the database, for of a telephone number or a password everything that
/// could be one is soon tried out.
fn kept_digest(tx: &Tx, claim: &Claim) -> Result<Vec<u8>, StoreError> {
    if mutant::active(Mutant::PlainDigest) {
        return Ok(claim.input_hash.clone());
    }
    Ok(tx.blind(INPUT, &hex::encode(&claim.input_hash))?.0)
}

/// More rows than these are not written as one statement: it could bind too many values.
const MOST_TOGETHER: usize = 500;

/// Some inserts as one statement. PostgreSQL runs all of them, and checks what their rows refer to at the end.
fn together(mut inserts: Vec<InsertStatement>) -> WithQuery {
    let last = inserts.pop().unwrap_or_default();
    let mut parts = WithClause::new();
    for (number, insert) in inserts.into_iter().enumerate() {
        let mut part = CommonTableExpression::new();
        part.table_name(Alias::new(format!("part_{number}"))).query(insert);
        parts.cte(part);
    }
    last.with(parts)
}

fn visibility_text(visibility: &Visibility) -> Result<String, StoreError> {
    serde_json::to_string(visibility).map_err(|error| StoreError::Internal(error.to_string()))
}

/// Looks whether the key of the scope was used before, and holds it until the transaction ends.
pub(super) async fn claim(tx: Tx) -> Result<Begun, StoreError> {
    let (Some(claim), Some(account)) = (tx.scope().claim().cloned(), tx.scope().account()) else {
        return Ok(Begun::Fresh(WriteTx::new(tx)));
    };
    hold(&tx, &format!("{}/{}/{}", tx.scope().tenant(), account, claim.key)).await?;
    let used = tx
        .select::<idempotency_record::Entity>()
        .filter(
            idempotency_record::Column::AccountId
                .eq(account)
                .and(idempotency_record::Column::Key.eq(claim.key.as_str())),
        )
        .one()
        .await?;
    match used {
        None => Ok(Begun::Fresh(WriteTx::new(tx))),
        Some(row) if row.field == claim.field && is_of(&tx, &row, &claim)? => {
            tx.scope().note_replay();
            Ok(Begun::Replay(Done { id: row.result_id, version: row.result_version }))
        }
        Some(_) => Err(StoreError::KeyReused),
    }
}

/// A refused request is answered before its transaction is rolled back: whoever sends the key again at
/// once must not be told that it is busy.
const HOLD_ATTEMPTS: usize = 10;
/// Between two attempts.
const HOLD_PAUSE: Duration = Duration::from_millis(10);

/// A transaction-scoped lock on PostgreSQL; SQLite has one writer, which is lock enough.
#[expect(clippy::disallowed_methods, reason = "an advisory lock has no query-builder form")]
async fn hold(tx: &Tx, name: &str) -> Result<(), StoreError> {
    if tx.wire().get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let lock = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS held",
        [name.into()],
    );
    for _ in 0..HOLD_ATTEMPTS {
        let row = tx.wire().query_one_raw(lock.clone()).await?;
        if row.map(|row| row.try_get::<bool>("", "held")).transpose()? == Some(true) {
            return Ok(());
        }
        tokio::time::sleep(HOLD_PAUSE).await;
    }
    Err(StoreError::KeyBusy)
}
