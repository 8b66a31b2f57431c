//! Rows of the files slice to values and back.

use std::str::FromStr;

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, Order};

use fengqiao_entity::files::attachment::{Column, Entity, Model};

use crate::files::model::{Attached, Attachment};
use crate::kernel::id::{AccountId, AttachmentId, CaseEntryId, CaseId};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::org::GeoPoint;
use crate::store::{Keyset, Personal, Select, StoreError, Tx, counted, one_of};

const TABLE: &str = "attachments";
const FILE_NAME: Personal = Personal { table: TABLE, column: "file_name" };

fn parsed<T: FromStr>(column: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::corrupt(TABLE, column, text))
}

fn text(value: impl Into<&'static str>) -> String {
    value.into().to_owned()
}

/// An attachment that nobody attached yet, as a row; its name is sealed here.
pub(super) fn row(tx: &Tx, new: &Attachment) -> Result<Model, StoreError> {
    let (width, height) = new.size.map(|(width, height)| (pixels(width), pixels(height))).unzip();
    Ok(Model {
        tenant_id: tx.scope().tenant(),
        id: new.id,
        account_id: new.by,
        file_name: tx.seal(FILE_NAME, new.id.uuid(), &new.file_name)?,
        media_type: text(new.media_type),
        byte_count: i64::try_from(new.bytes).unwrap_or(i64::MAX),
        width,
        height,
        content_hash: new.content_hash.clone(),
        taken_at: new.taken_at,
        longitude: new.point.map(|point| point.longitude),
        latitude: new.point.map(|point| point.latitude),
        coordinate_system: new.point.map(|point| text(point.system)),
        created_at: new.created_at,
        case_id: None,
        entry_id: None,
        audience: None,
        kind: None,
        position: None,
    })
}

fn pixels(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn value(tx: &Tx, row: Model) -> Result<Attachment, StoreError> {
    let count = |number: i32| u32::try_from(number).unwrap_or_default();
    let attached = match (row.case_id, row.entry_id, &row.kind) {
        (Some(case), Some(entry), Some(kind)) => Some(Attached { case, entry, kind: parsed("kind", kind)? }),
        _ => None,
    };
    Ok(Attachment {
        id: row.id,
        file_name: tx.unseal(FILE_NAME, row.id.uuid(), &row.file_name)?,
        media_type: parsed("media_type", &row.media_type)?,
        bytes: u64::try_from(row.byte_count).unwrap_or_default(),
        size: row.width.map(count).zip(row.height.map(count)),
        taken_at: row.taken_at,
        point: point(&row)?,
        created_at: row.created_at,
        attached,
        by: row.account_id,
        content_hash: row.content_hash,
    })
}

fn point(row: &Model) -> Result<Option<GeoPoint>, StoreError> {
    let (Some(longitude), Some(latitude), Some(system)) =
        (row.longitude, row.latitude, &row.coordinate_system)
    else {
        return Ok(None);
    };
    Ok(Some(GeoPoint { longitude, latitude, system: parsed("coordinate_system", system)? }))
}

/// Attachments by id, in no order; those out of reach are left out.
pub(super) async fn by_ids(tx: &Tx, ids: &[AttachmentId]) -> Result<Vec<Attachment>, StoreError> {
    values(tx, tx.select::<Entity>().filter(one_of(Column::Id.into_expr(), ids.iter().copied()))).await
}

/// The same, kept from being attached or swept until the transaction ends.
pub(super) async fn held_by_ids(tx: &Tx, ids: &[AttachmentId]) -> Result<Vec<Attachment>, StoreError> {
    let wanted = one_of(Column::Id.into_expr(), ids.iter().copied());
    // Always in one order, so that two acts that name the same ones do not wait for each other.
    let rows = tx.select::<Entity>().filter(wanted).order_by(Column::Id, Order::Asc);
    values(tx, rows.lock()).await
}

async fn values(tx: &Tx, rows: Select<'_, Entity>) -> Result<Vec<Attachment>, StoreError> {
    rows.all().await?.into_iter().map(|row| value(tx, row)).collect()
}

/// How many of an account's wait to be attached, counted to a limit.
pub(super) async fn waiting(tx: &Tx, account: AccountId, limit: u64) -> Result<u64, StoreError> {
    let own = Column::AccountId.eq(account).and(Column::CaseId.is_null());
    tx.select::<Entity>().filter(own).count_to(limit).await
}

/// To what an attachment is attached, and who may read it.
pub(super) struct Place {
    pub(super) attached: Attached,
    pub(super) audience: i32,
    /// Among what came with the entry, from 0.
    pub(super) position: i32,
}

/// Attaches one that nobody attached yet: whether it was so.
pub(super) async fn attach(tx: &Tx, id: AttachmentId, place: &Place) -> Result<bool, StoreError> {
    let changed = tx
        .update::<Entity>()
        .set(Column::CaseId, Expr::val(place.attached.case))
        .set(Column::EntryId, Expr::val(place.attached.entry))
        .set(Column::Kind, Expr::val(text(place.attached.kind)))
        .set(Column::Audience, Expr::val(place.audience))
        .set(Column::Position, Expr::val(place.position))
        .filter(Column::Id.eq(id).and(Column::CaseId.is_null()))
        .run()
        .await?;
    Ok(changed == 1)
}

/// What came with some entries, each in its order.
pub(super) async fn of_entries(tx: &Tx, entries: &[CaseEntryId]) -> Result<Vec<Attachment>, StoreError> {
    let wanted = one_of(Column::EntryId.into_expr(), entries.iter().copied());
    values(tx, tx.select::<Entity>().filter(wanted).order_by(Column::Position, Order::Asc)).await
}

/// Which attachments a list is of.
#[derive(Clone, Debug)]
pub(super) enum List {
    /// What is attached to a case.
    Case(CaseId),
    /// What an account brought and attached to nothing.
    Waiting(AccountId),
    /// What came with the same bytes as one, but for itself.
    SameContent(AttachmentId, String),
}

impl List {
    fn rows<'a>(&self, tx: &'a Tx) -> Select<'a, Entity> {
        let rows = tx.select::<Entity>();
        match self {
            Self::Case(case) => rows.filter(Column::CaseId.eq(*case)),
            Self::Waiting(account) => {
                rows.filter(Column::AccountId.eq(*account).and(Column::CaseId.is_null()))
            }
            Self::SameContent(own, hash) => {
                rows.filter(Column::ContentHash.eq(hash.as_str()).and(Column::Id.ne(*own)))
            }
        }
    }

    /// A page of it, in the order in which they came; what waits, the newest first.
    pub(super) async fn page(&self, tx: &Tx, request: &PageRequest) -> Result<Page<Attachment>, StoreError> {
        let keyset = Keyset {
            column: Column::CreatedAt,
            id: Column::Id,
            descending: matches!(self, Self::Waiting(_)),
            cursor: |row: &Model| Cursor::of(SortKey::Number(row.created_at.micros()), row.id.uuid()),
        };
        let Page { rows, has_previous, has_next } = keyset.page(self.rows(tx), request).await?;
        let rows = rows.into_iter().map(|(cursor, row)| Ok((cursor, value(tx, row)?)));
        Ok(Page { rows: rows.collect::<Result<_, StoreError>>()?, has_previous, has_next })
    }

    /// How many it holds.
    pub(super) async fn count(&self, tx: &Tx) -> Result<u64, StoreError> {
        counted(self.rows(tx)).await
    }
}
