//! What came from partners under numbers.

use sea_orm::{ColumnTrait, FromQueryResult, Order, QuerySelect};
use uuid::Uuid;

use fengqiao_entity::exchange::ticket::{Column, Entity, Model};

use crate::exchange::model::{KnownTicket, Partner};
use crate::kernel::id::{CaseId, ExchangePartnerId, Timestamp};
use crate::store::{Personal, StoreError, Tx, one_of};

const FINGERPRINT: Personal = Personal { table: "exchange_tickets", column: "fingerprint" };
const BODY: Personal = Personal { table: "exchange_tickets", column: "body" };

#[derive(FromQueryResult)]
struct Came {
    number: String,
    case_id: CaseId,
}

fn value(row: Model) -> KnownTicket {
    KnownTicket {
        number: row.number,
        fingerprint: row.fingerprint,
        case: row.case_id,
        received_at: row.received_at,
    }
}

/// A ticket as a row; what came is sealed here.
pub(in crate::exchange) fn row(
    tx: &Tx,
    partner: &Partner,
    ticket: &KnownTicket,
    body: &[u8],
) -> Result<Model, StoreError> {
    let at: Uuid = ticket.case.uuid();
    Ok(Model {
        tenant_id: tx.scope().tenant(),
        partner_id: partner.id,
        number: ticket.number.clone(),
        account_id: partner.account,
        fingerprint: ticket.fingerprint.clone(),
        body: tx.seal_bytes(BODY, at, body)?,
        case_id: ticket.case,
        received_at: ticket.received_at,
    })
}

/// What came with a ticket, as it came first.
pub(in crate::exchange) async fn body(tx: &Tx, case: CaseId) -> Result<Option<Vec<u8>>, StoreError> {
    let row = tx.select::<Entity>().filter(Column::CaseId.eq(case)).one().await?;
    row.map(|row| tx.unseal_bytes(BODY, case.uuid(), &row.body)).transpose()
}

/// What a ticket says, so that nobody who does not know the keys can try out what it said: under each key, that which is kept first.
pub(in crate::exchange) fn fingerprints(tx: &Tx, said: &str) -> Result<Vec<Vec<u8>>, StoreError> {
    Ok(tx.blinds(FINGERPRINT, said)?.into_iter().map(|index| index.0).collect())
}

/// What came from a partner under a number.
pub(in crate::exchange) async fn by_number(
    tx: &Tx,
    partner: ExchangePartnerId,
    number: &str,
) -> Result<Option<KnownTicket>, StoreError> {
    let rows = tx.select::<Entity>().filter(Column::PartnerId.eq(partner)).filter(Column::Number.eq(number));
    Ok(rows.one().await?.map(value))
}

/// What came from a partner last and said just this, since an instant.
pub(in crate::exchange) async fn by_fingerprints(
    tx: &Tx,
    partner: ExchangePartnerId,
    (fingerprints, since): (&[Vec<u8>], Timestamp),
) -> Result<Option<KnownTicket>, StoreError> {
    let rows = tx.select::<Entity>().filter(Column::PartnerId.eq(partner));
    let said = one_of(Column::Fingerprint.into_expr(), fingerprints.iter().cloned());
    let rows = rows.filter(said).filter(Column::ReceivedAt.gt(since));
    let latest = rows.order_by(Column::ReceivedAt, Order::Desc).limit(1).one().await?;
    Ok(latest.map(value))
}

/// What came from a partner in a span, oldest first, at most so much.
pub(in crate::exchange) async fn within(
    tx: &Tx,
    partner: ExchangePartnerId,
    (from, until): (Timestamp, Timestamp),
    most: u64,
) -> Result<Vec<(String, CaseId)>, StoreError> {
    let rows = tx.select::<Entity>().filter(Column::PartnerId.eq(partner));
    let rows = rows.filter(Column::ReceivedAt.gte(from)).filter(Column::ReceivedAt.lt(until));
    let rows = rows.order_by(Column::ReceivedAt, Order::Asc).limit(most);
    let came: Vec<Came> = rows.shaped(|rows| rows.columns([Column::Number, Column::CaseId])).await?;
    Ok(came.into_iter().map(|came| (came.number, came.case_id)).collect())
}
