//! What came from partners under numbers.

use sea_orm::{ColumnTrait, Order};
use uuid::Uuid;

use fengqiao_entity::exchange::ticket::{Column, Entity, Model};

use crate::exchange::model::{KnownTicket, Partner};
use crate::kernel::id::{CaseId, ExchangePartnerId, Timestamp};
use crate::store::{Personal, StoreError, Tx};

const BODY: Personal = Personal { table: "exchange_tickets", column: "body" };

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
pub(in crate::exchange) async fn by_fingerprint(
    tx: &Tx,
    partner: ExchangePartnerId,
    (fingerprint, since): (&[u8], Timestamp),
) -> Result<Option<KnownTicket>, StoreError> {
    let rows = tx.select::<Entity>().filter(Column::PartnerId.eq(partner));
    let rows = rows.filter(Column::Fingerprint.eq(fingerprint)).filter(Column::ReceivedAt.gt(since));
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
    let rows = rows.order_by(Column::ReceivedAt, Order::Asc).limit(most).all().await?;
    Ok(rows.into_iter().map(|row| (row.number, row.case_id)).collect())
}
