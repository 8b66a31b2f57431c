//! What is told, and what came of it.

use std::collections::HashMap;

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ColumnTrait, FromQueryResult, Order, QuerySelect};

use fengqiao_entity::webhooks::delivery::{Column, Entity, Model};

use crate::kernel::id::{CaseId, Timestamp, WebhookDeliveryId, WebhookId};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::store::{Keyset, Personal, Select, StoreError, Tx, any_of, counted, one_of};
use crate::webhooks::command::ReplayWebhook;
use crate::webhooks::model::{Attempt, DeliveryState, Receipt, WebhookDelivery};
use crate::webhooks::store::{listed, read_list};

const TABLE: &str = "webhook_deliveries";
const REFUSAL: Personal = Personal { table: TABLE, column: "refusal" };
/// Attempts of one delivery that are remembered: twice as many as are made, for what is told again.
const MOST_ATTEMPTS: usize = 20;

fn text(state: DeliveryState) -> String {
    let text: &'static str = state.into();
    text.to_owned()
}

#[derive(FromQueryResult)]
struct TakenUnder {
    case_id: CaseId,
    receipt_number: String,
}

fn value(tx: &Tx, row: &Model) -> Result<WebhookDelivery, StoreError> {
    let state = row.state.parse().map_err(|_| StoreError::corrupt(TABLE, "state", &row.state))?;
    Ok(WebhookDelivery {
        id: row.id,
        webhook: row.webhook_id,
        event_id: row.event_id,
        event: row.event.clone(),
        case: row.case_id,
        state,
        attempts: read_list(TABLE, "attempts", &row.attempts)?,
        next_attempt_at: (state == DeliveryState::Waiting).then_some(row.next_attempt_at),
        receipt: match row.receipt_at {
            Some(at) => Some(Receipt { number: row.receipt_number.clone(), refusal: refusal(tx, row)?, at }),
            None => None,
        },
        created_at: row.created_at,
    })
}

/// Why the receiver did not accept it: people wrote it, so that it is sealed.
fn refusal(tx: &Tx, row: &Model) -> Result<Option<String>, StoreError> {
    let Some(sealed) = &row.refusal else { return Ok(None) };
    let open = tx.unseal_bytes(REFUSAL, row.id.uuid(), sealed)?;
    String::from_utf8(open).map(Some).map_err(|_| StoreError::Corrupt(format!("{TABLE}.refusal is no text")))
}

/// Enqueues deliveries. Whoever calls holds the webhook, so that nobody enqueues the same ones.
pub(in crate::webhooks) async fn enqueue(tx: &Tx, rows: Vec<Model>) -> Result<(), StoreError> {
    if rows.is_empty() { Ok(()) } else { tx.insert_all(rows).await }
}

/// Deliveries by id, in no order; those out of reach are left out.
pub(in crate::webhooks) async fn by_ids(
    tx: &Tx,
    ids: &[WebhookDeliveryId],
) -> Result<Vec<WebhookDelivery>, StoreError> {
    let rows = tx.select::<Entity>().filter(one_of(Column::Id.into_expr(), ids.iter().copied()));
    rows.all().await?.iter().map(|row| value(tx, row)).collect()
}

/// Enqueues again what is not waiting of these deliveries, and of those since an instant: how many.
pub(in crate::webhooks) async fn enqueue_again(tx: &Tx, command: &ReplayWebhook) -> Result<u64, StoreError> {
    let named = one_of(Column::Id.into_expr(), command.deliveries.iter().copied());
    let wanted = any_of([named].into_iter().chain(command.from.map(|from| Column::CreatedAt.gte(from))));
    let over = Column::WebhookId.eq(command.webhook).and(Column::State.ne(text(DeliveryState::Waiting)));
    tx.update::<Entity>()
        .set(Column::State, Expr::val(text(DeliveryState::Waiting)))
        .set(Column::Tries, Expr::val(0))
        .set(Column::NextAttemptAt, Expr::val(tx.now()))
        .set(Column::LeaseUntilAt, Expr::val(0_i64))
        .filter(over.and(wanted))
        .run()
        .await
}

/// A delivery that somebody tries now and has for themselves.
pub(in crate::webhooks) struct Taken {
    pub(in crate::webhooks) row: Model,
    /// Until when.
    pub(in crate::webhooks) lease: Timestamp,
}

/// Takes what is due of a webhook for itself until an instant, the longest due first: of each case the first that waits.
pub(in crate::webhooks) async fn take(
    tx: &Tx,
    webhook: WebhookId,
    lease: Timestamp,
    most: u64,
) -> Result<Vec<Taken>, StoreError> {
    let now = tx.now();
    let due = Column::State.eq(text(DeliveryState::Waiting));
    let due = due.and(Column::NextAttemptAt.lte(now)).and(Column::LeaseUntilAt.lte(now));
    let rows =
        tx.select::<Entity>().filter(Column::WebhookId.eq(webhook).and(due).and(earlier_waits().not()));
    let rows = rows.order_by(Column::NextAttemptAt, Order::Asc).order_by(Column::Position, Order::Asc);
    let rows = rows.limit(most).lock_free().all().await?;
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let ids: Vec<WebhookDeliveryId> = rows.iter().map(|row| row.id).collect();
    let taken = tx.update::<Entity>().set(Column::LeaseUntilAt, Expr::val(lease));
    taken.filter(one_of(Column::Id.into_expr(), ids)).run().await?;
    Ok(rows.into_iter().map(|row| Taken { row, lease }).collect())
}

/// Whether something of the same case waits that happened before.
fn earlier_waits() -> SimpleExpr {
    let earlier = Alias::new("earlier");
    let same = |column: Column| Expr::col((earlier.clone(), column)).equals((Alias::new(TABLE), column));
    let earlier_position = Expr::col((earlier.clone(), Column::Position));
    let select = Query::select()
        .expr(Expr::val(1))
        .from_as(Alias::new(TABLE), earlier.clone())
        .and_where(same(Column::TenantId))
        .and_where(same(Column::WebhookId))
        .and_where(same(Column::CaseId))
        .and_where(Expr::col((earlier.clone(), Column::State)).eq(text(DeliveryState::Waiting)))
        .and_where(earlier_position.lt(Expr::col((Alias::new(TABLE), Column::Position))))
        .to_owned();
    Expr::exists(select)
}

/// The owner may not see it any more.
pub(in crate::webhooks) async fn withhold(tx: &Tx, id: WebhookDeliveryId) -> Result<(), StoreError> {
    let rows = tx.update::<Entity>().set(Column::State, Expr::val(text(DeliveryState::Withheld)));
    rows.filter(Column::Id.eq(id)).run().await.map(drop)
}

/// What becomes of a delivery after an attempt.
pub(in crate::webhooks) struct Fate {
    pub(in crate::webhooks) state: DeliveryState,
    pub(in crate::webhooks) attempt: Attempt,
    /// When it is tried next, if it waits.
    pub(in crate::webhooks) next: Timestamp,
    /// The number under which the receiver took it.
    pub(in crate::webhooks) receipt: Option<String>,
}

/// Writes down what came of an attempt, unless somebody else took the delivery meanwhile: whether nobody did.
pub(in crate::webhooks) async fn mark(tx: &Tx, taken: &Taken, fate: Fate) -> Result<bool, StoreError> {
    // It was sent: that nobody can read what came of it before must not make it be sent for ever.
    let mut attempts: Vec<Attempt> =
        read_list(TABLE, "attempts", &taken.row.attempts).unwrap_or_else(|error| {
            tracing::error!(delivery = %taken.row.id, %error, "attempts are forgotten");
            vec![]
        });
    attempts.push(fate.attempt);
    let late = attempts.len().saturating_sub(MOST_ATTEMPTS);
    let own = Column::Id.eq(taken.row.id).and(Column::LeaseUntilAt.eq(taken.lease));
    let mut rows = tx.update::<Entity>();
    if let Some(number) = fate.receipt {
        // The last word counts.
        rows = rows.set(Column::ReceiptNumber, Expr::val(number)).set(Column::ReceiptAt, Expr::val(tx.now()));
        rows = rows.set(Column::Refusal, Expr::val(None::<Vec<u8>>));
    }
    let rows = rows
        .set(Column::State, Expr::val(text(fate.state)))
        .set(Column::Tries, Expr::val(taken.row.tries + 1))
        .set(Column::Attempts, Expr::val(listed(&attempts[late..])?))
        .set(Column::NextAttemptAt, Expr::val(fate.next))
        .set(Column::LeaseUntilAt, Expr::val(0_i64))
        .filter(own.and(Column::State.eq(text(DeliveryState::Waiting))))
        .run()
        .await?;
    Ok(rows == 1)
}

/// Writes down what a receiver made of a delivery: whether there is such a one of the webhook.
pub(in crate::webhooks) async fn acknowledge(
    tx: &Tx,
    (webhook, id): (WebhookId, WebhookDeliveryId),
    receipt: &Receipt,
) -> Result<bool, StoreError> {
    let refusal =
        receipt.refusal.as_ref().map(|why| tx.seal_bytes(REFUSAL, id.uuid(), why.as_bytes())).transpose()?;
    let rows = tx
        .update::<Entity>()
        .set(Column::ReceiptNumber, Expr::val(receipt.number.clone()))
        .set(Column::Refusal, Expr::val(refusal))
        .set(Column::ReceiptAt, Expr::val(receipt.at))
        .filter(Column::Id.eq(id).and(Column::WebhookId.eq(webhook)))
        .run()
        .await?;
    Ok(rows == 1)
}

/// The number under which the receiver of a webhook took each of some cases last.
pub(in crate::webhooks) async fn receipts(
    tx: &Tx,
    webhook: WebhookId,
    cases: &[CaseId],
) -> Result<HashMap<CaseId, String>, StoreError> {
    let told = Column::WebhookId.eq(webhook).and(Column::ReceiptNumber.is_not_null());
    let told = told.and(one_of(Column::CaseId.into_expr(), cases.iter().copied()));
    let rows = tx.select::<Entity>().filter(told).order_by(Column::Position, Order::Asc);
    let taken: Vec<TakenUnder> =
        rows.shaped(|rows| rows.columns([Column::CaseId, Column::ReceiptNumber])).await?;
    Ok(taken.into_iter().map(|taken| (taken.case_id, taken.receipt_number)).collect())
}

/// What was told of some cases to some webhooks, newest first: no more than so much of each on average, so that what was told of one
/// case very often hides what was told of the others before the list grows without end.
pub(in crate::webhooks) async fn of_cases(
    tx: &Tx,
    cases: &[CaseId],
    (webhooks, each): (&[WebhookId], usize),
) -> Result<Vec<WebhookDelivery>, StoreError> {
    let told = one_of(Column::CaseId.into_expr(), cases.iter().copied());
    let told = told.and(one_of(Column::WebhookId.into_expr(), webhooks.iter().copied()));
    let rows = tx.select::<Entity>().filter(told).order_by(Column::Position, Order::Desc);
    let most = u64::try_from(cases.len().saturating_mul(each)).unwrap_or(u64::MAX);
    let rows = rows.order_by(Column::Id, Order::Desc).limit(most).all().await?;
    rows.iter().map(|row| value(tx, row)).collect()
}

/// The deliveries of a webhook.
#[derive(Clone, Copy, Debug)]
pub(in crate::webhooks) struct List(pub(in crate::webhooks) WebhookId);

impl List {
    fn rows(self, tx: &Tx) -> Select<'_, Entity> {
        tx.select::<Entity>().filter(Column::WebhookId.eq(self.0))
    }

    /// A page of them, newest first.
    pub(in crate::webhooks) async fn page(
        self,
        tx: &Tx,
        request: &PageRequest,
    ) -> Result<Page<WebhookDelivery>, StoreError> {
        let keyset = Keyset {
            column: Column::CreatedAt,
            id: Column::Id,
            descending: true,
            cursor: |row: &Model| Cursor::of(SortKey::Number(row.created_at.micros()), row.id.uuid()),
        };
        keyset.page(self.rows(tx), request).await?.try_map(|row| value(tx, &row))
    }

    /// How many there are.
    pub(in crate::webhooks) async fn count(self, tx: &Tx) -> Result<u64, StoreError> {
        counted(self.rows(tx)).await
    }
}
