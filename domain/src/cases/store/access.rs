//! Access rows: who may see a case beyond its place, and the pages of an inbox.

use std::collections::BTreeSet;

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Query, SimpleExpr};
use uuid::Uuid;

use fengqiao_entity::cases::case_access::{Column, Entity, Model};

use crate::cases::access::{Access, Inbox};
use crate::cases::model::Case;
use crate::cases::store::{self, NEVER, parsed, text};
use crate::kernel::id::{CaseId, OrganisationId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::store::{Keyset, Select, StoreError, Tx, counted, one_of};

const TABLE: &str = "case_access";
/// How the column says that a row lies in no box.
const NO_BOX: &str = "none";

fn value(row: &Model) -> Result<Access, StoreError> {
    let inbox = if row.inbox == NO_BOX { None } else { Some(parsed(TABLE, "inbox", &row.inbox)?) };
    Ok(Access {
        id: row.id,
        principal: store::assignee(&row.principal_kind, row.principal_id)?,
        part: parsed(TABLE, "part", &row.part)?,
        inbox,
        since: row.since_at,
        until: (row.until_at != NEVER).then_some(Timestamp(row.until_at)),
    })
}

/// An access as a row; the tenant is stamped on insert.
pub(in crate::cases) fn row(tx: &Tx, case: &Case, access: &Access) -> Model {
    Model {
        tenant_id: tx.scope().tenant(),
        id: access.id,
        case_id: case.id,
        principal_kind: access.principal.kind().to_owned(),
        principal_id: access.principal.uuid(),
        part: text(access.part),
        inbox: access.inbox.map_or_else(|| NO_BOX.to_owned(), text),
        since_at: access.since,
        until_at: access.until.map_or(NEVER, Timestamp::micros),
        opened_at: case.opened_at,
    }
}

/// Every access row of a case.
pub(in crate::cases) async fn of_case(tx: &Tx, case: CaseId) -> Result<Vec<Access>, StoreError> {
    let rows = tx.select::<Entity>().filter(Column::CaseId.eq(case)).all().await?;
    rows.iter().map(value).collect()
}

/// Writes what differs after an act that made the case what it is now. It must be done before the case itself leaves
/// the caller's hands.
pub(in crate::cases) async fn write(
    tx: &Tx,
    case: &Case,
    before: &[Access],
    after: &[Access],
) -> Result<(), StoreError> {
    for access in after.iter().filter(|access| !before.contains(access)) {
        if access.principal == case.assignee && mutant::active(Mutant::NoAccessRow) {
            continue;
        }
        let row = row(tx, case, access);
        if before.iter().any(|known| known.id == access.id) {
            tx.update::<Entity>()
                .set(Column::Inbox, Expr::val(row.inbox))
                .set(Column::SinceAt, Expr::val(row.since_at.micros()))
                .set(Column::UntilAt, Expr::val(row.until_at))
                .filter(Column::Id.eq(row.id))
                .run()
                .await?;
        } else {
            tx.insert(row).await?;
        }
    }
    Ok(())
}

/// Organisations, each with how many open cases lie with it; of one alone nobody counts.
pub(in crate::cases) async fn with_open_cases(
    tx: &Tx,
    organisations: &[OrganisationId],
) -> Result<Vec<(OrganisationId, u64)>, StoreError> {
    if let [only] = organisations {
        return Ok(vec![(*only, 0)]);
    }
    let mut counted = vec![];
    for organisation in organisations {
        counted.push((*organisation, open_with(tx, organisation.uuid()).await?));
    }
    Ok(counted)
}

/// How many open cases lie with a principal, counted no further than the page limit of counts: those that wait for it, and those
/// that it works on.
pub(in crate::cases) async fn open_with(tx: &Tx, principal: Uuid) -> Result<u64, StoreError> {
    let open = Condition::all()
        .add(Column::PrincipalId.eq(principal))
        .add(Column::Inbox.is_in([text(Inbox::Todo), text(Inbox::Doing)]))
        .add(Column::UntilAt.eq(NEVER));
    counted(tx.select::<Entity>().filter(open)).await
}

/// A page of the cases in a box of these principals, what came last first.
pub(in crate::cases) async fn page(
    tx: &Tx,
    principals: &BTreeSet<Uuid>,
    inbox: Inbox,
    request: &PageRequest,
) -> Result<Page<CaseId>, StoreError> {
    let keyset = Keyset {
        column: Column::SinceAt,
        id: Column::Id,
        descending: true,
        cursor: |row: &Model| Cursor::of(SortKey::Number(row.since_at.micros()), row.id.uuid()),
    };
    let page = keyset.page(lying(tx, principals, inbox), request).await?;
    Ok(page.map(|row| row.case_id))
}

/// How many cases lie in a box of these principals.
pub(in crate::cases) async fn count(
    tx: &Tx,
    principals: &BTreeSet<Uuid>,
    inbox: Inbox,
) -> Result<u64, StoreError> {
    counted(lying(tx, principals, inbox)).await
}

/// The newest row of each case in a box of these principals. A case that waits for one of them is not
/// done for another.
fn lying<'a>(tx: &'a Tx, principals: &BTreeSet<Uuid>, inbox: Inbox) -> Select<'a, Entity> {
    let mine = Condition::all()
        .add(one_of(Column::PrincipalId.into_expr(), principals.iter().copied()))
        .add(Column::Inbox.eq(text(inbox)))
        .add(Column::UntilAt.gt(tx.now().micros()));
    tx.select::<Entity>().filter(mine).filter(outdone(principals).is_null())
}

/// Something when another row of the same case says more about where it lies for these principals, else null.
/// Asked row by row, by the key of the case: of `EXISTS` PostgreSQL makes a join, for which it reads the table.
fn outdone(principals: &BTreeSet<Uuid>) -> SimpleExpr {
    let other = |column: &str| Expr::col((Alias::new("other"), Alias::new(column)));
    let this = |column: &str| (Alias::new(TABLE), Alias::new(column));
    let newer = Condition::any().add(other("since_at").gt(Expr::col(this("since_at")))).add(
        Condition::all()
            .add(other("since_at").equals(this("since_at")))
            .add(other("id").gt(Expr::col(this("id")))),
    );
    let open = [text(Inbox::Todo), text(Inbox::Doing)];
    let done_but_open =
        Condition::all().add(Expr::col(this("inbox")).eq(text(Inbox::Done))).add(other("inbox").is_in(open));
    let same_box = Condition::all().add(other("inbox").equals(this("inbox"))).add(newer);
    let more = Query::select()
        .expr(Expr::val(1))
        .from_as(Alias::new(TABLE), Alias::new("other"))
        .and_where(other("tenant_id").equals(this("tenant_id")))
        .and_where(other("case_id").equals(this("case_id")))
        .and_where(one_of(other("principal_id"), principals.iter().copied()))
        .and_where(other("until_at").eq(NEVER))
        .cond_where(Condition::any().add(done_but_open).add(same_box))
        .limit(1)
        .to_owned();
    SimpleExpr::SubQuery(None, Box::new(more.into()))
}
