//! People of the force.

use std::collections::{BTreeSet, HashMap};

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait};

use fengqiao_entity::staff::staff_member;
use fengqiao_entity::value::{BlindIndex, SealedBytes};

use crate::identity::{Phone, masked_phone};
use crate::kernel::change::Change;
use crate::kernel::id::{AccountId, OrganisationId, StaffMemberId, UnitId};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::kernel::whole::Person;
use crate::staff::model::{StaffMember, StaffMemberState};
use crate::staff::store::{parsed, text};
use crate::store::{Keyset, MOST_NAMED, Personal, Select, StoreError, Tx, counted, one_of};

const TABLE: &str = "staff_members";
const NAME: Personal = Personal { table: TABLE, column: "name" };
const PHONE: Personal = Personal { table: TABLE, column: "phone" };

/// The sealed part of a row.
pub(crate) struct Sealed {
    pub(crate) name: SealedBytes,
    pub(crate) phone: Option<SealedBytes>,
    pub(crate) phone_blind: Option<BlindIndex>,
}

/// Seals a name and a telephone number for the row they will stand in.
pub(crate) fn seal(
    tx: &Tx,
    id: StaffMemberId,
    name: &str,
    phone: Option<&Phone>,
) -> Result<Sealed, StoreError> {
    Ok(Sealed {
        name: tx.seal(NAME, id.uuid(), name)?,
        phone: phone.map(|phone| tx.seal(PHONE, id.uuid(), phone.digits())).transpose()?,
        phone_blind: phone.map(|phone| tx.blind(PHONE, phone.digits())).transpose()?,
    })
}

/// The sealed part of a row that exists, with the name the person has now and its telephone number changed.
pub(crate) async fn resealed(
    tx: &Tx,
    member: &StaffMember,
    phone: Change<Phone>,
) -> Result<Sealed, StoreError> {
    let present = match phone {
        Change::Keep => {
            let found = staff_member::Column::Id.eq(member.id);
            // Held, for what is kept is written again: it must not be sealed anew meanwhile.
            tx.select::<staff_member::Entity>().filter(found).lock().one().await?
        }
        Change::Clear | Change::Set(_) => None,
    };
    let sealed = seal(tx, member.id, &member.name, phone.applied(None).as_ref())?;
    Ok(match present {
        Some(row) => Sealed { phone: row.phone, phone_blind: row.phone_blind, ..sealed },
        None => sealed,
    })
}

/// A person as a row; the tenant is stamped on insert.
pub(crate) fn member_row(tx: &Tx, member: &StaffMember, sealed: Sealed) -> staff_member::Model {
    staff_member::Model {
        tenant_id: tx.scope().tenant(),
        id: member.id,
        code: member.code.clone(),
        unit_id: member.unit,
        organisation_id: member.organisation,
        account_id: member.account,
        name: sealed.name,
        phone: sealed.phone,
        phone_blind: sealed.phone_blind,
        state: text(member.state),
        created_at: member.created_at,
        version: member.version,
    }
}

fn value(tx: &Tx, row: staff_member::Model) -> Result<StaffMember, StoreError> {
    let phone = row.phone.as_ref().map(|sealed| tx.unseal(PHONE, row.id.uuid(), sealed)).transpose()?;
    Ok(StaffMember {
        id: row.id,
        name: tx.unseal(NAME, row.id.uuid(), &row.name)?,
        phone: phone.as_deref().map(masked_phone),
        state: parsed(TABLE, "state", &row.state)?,
        code: row.code,
        unit: row.unit_id,
        organisation: row.organisation_id,
        account: row.account_id,
        created_at: row.created_at,
        version: row.version,
    })
}

/// Somebody of the force, whole, and the unit that keeps their file.
pub(crate) async fn whole(tx: &Tx, id: StaffMemberId) -> Result<Option<(UnitId, Person)>, StoreError> {
    let row = tx.select::<staff_member::Entity>().filter(staff_member::Column::Id.eq(id)).one().await?;
    let Some(row) = row else { return Ok(None) };
    let phone = row.phone.as_ref().map(|sealed| tx.unseal(PHONE, row.id.uuid(), sealed)).transpose()?;
    let name = Some(tx.unseal(NAME, row.id.uuid(), &row.name)?);
    Ok(Some((row.unit_id, Person { name, phone, address: None })))
}

/// People by id; those that the caller does not see are left out.
pub(crate) async fn members(tx: &Tx, ids: &[StaffMemberId]) -> Result<Vec<StaffMember>, StoreError> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let found = staff_member::Column::Id.is_in(ids.iter().copied());
    let rows = tx.select::<staff_member::Entity>().filter(found).all().await?;
    rows.into_iter().map(|row| value(tx, row)).collect()
}

/// People by staff number; unknown numbers are left out.
pub(crate) async fn members_by_code(tx: &Tx, codes: &[String]) -> Result<Vec<StaffMember>, StoreError> {
    let mut members = vec![];
    for codes in codes.chunks(MOST_NAMED) {
        let found = staff_member::Column::Code.is_in(codes.iter().map(String::as_str));
        for row in tx.select::<staff_member::Entity>().filter(found).all().await? {
            members.push(value(tx, row)?);
        }
    }
    Ok(members)
}

/// To whom of the force accounts belong, by staff number.
pub(crate) async fn linked(
    tx: &Tx,
    accounts: &[AccountId],
) -> Result<HashMap<AccountId, String>, StoreError> {
    let mut linked = HashMap::new();
    for accounts in accounts.chunks(MOST_NAMED) {
        let found = staff_member::Column::AccountId.is_in(accounts.iter().copied());
        let rows = tx.select::<staff_member::Entity>().filter(found).all().await?;
        linked.extend(rows.into_iter().filter_map(|row| Some((row.account_id?, row.code))));
    }
    Ok(linked)
}

/// The blind indexes of telephone numbers of people.
pub(crate) async fn phones_of(
    tx: &Tx,
    ids: &[StaffMemberId],
) -> Result<HashMap<StaffMemberId, Option<BlindIndex>>, StoreError> {
    let mut phones = HashMap::new();
    for ids in ids.chunks(MOST_NAMED) {
        let found = staff_member::Column::Id.is_in(ids.iter().copied());
        let rows = tx.select::<staff_member::Entity>().filter(found).all().await?;
        phones.extend(rows.into_iter().map(|row| (row.id, row.phone_blind)));
    }
    Ok(phones)
}

/// Somebody whose row stays locked until the transaction ends: what they hold does not change meanwhile.
pub(crate) async fn locked_member(tx: &Tx, id: StaffMemberId) -> Result<Option<StaffMember>, StoreError> {
    let row = tx.select::<staff_member::Entity>().filter(staff_member::Column::Id.eq(id)).lock().one();
    row.await?.map(|row| value(tx, row)).transpose()
}

/// Writes what an update may change, if the version is still `expected`: whether it was.
pub(crate) async fn update_member(
    tx: &Tx,
    member: &StaffMember,
    sealed: Sealed,
    expected: i64,
) -> Result<bool, StoreError> {
    use staff_member::Column;
    let changed = tx
        .update::<staff_member::Entity>()
        .set(Column::UnitId, Expr::val(member.unit.uuid()))
        .set(Column::OrganisationId, Expr::val(member.organisation.map(OrganisationId::uuid)))
        .set(Column::AccountId, Expr::val(member.account.map(AccountId::uuid)))
        .set(Column::Name, Expr::val(sealed.name))
        .set(Column::Phone, Expr::val(sealed.phone.map(|sealed| sealed.0)))
        .set(Column::PhoneBlind, Expr::val(sealed.phone_blind.map(|blind| blind.0)))
        .set(Column::State, Expr::val(text(member.state)))
        .set(Column::Version, Expr::val(member.version))
        .filter(Column::Id.eq(member.id).and(Column::Version.eq(expected)))
        .run()
        .await?;
    Ok(changed == 1)
}

/// Which people a page shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct MemberPage {
    /// Only of these units; every unit without it.
    pub(crate) units: Option<BTreeSet<UnitId>>,
    pub(crate) state: Option<StaffMemberState>,
    /// Only those with one of these indexes.
    pub(crate) phone_blinds: Option<Vec<BlindIndex>>,
    pub(crate) code: Option<String>,
}

impl MemberPage {
    /// The blind indexes under which a telephone number may be kept.
    pub(crate) fn blinds(tx: &Tx, phone: &Phone) -> Result<Vec<BlindIndex>, StoreError> {
        tx.blinds(PHONE, phone.digits())
    }
}

fn matching<'a>(tx: &'a Tx, wanted: &MemberPage) -> Select<'a, staff_member::Entity> {
    use staff_member::Column;
    let mut rows = tx.select::<staff_member::Entity>();
    if let Some(units) = &wanted.units {
        rows = rows.filter(Column::UnitId.is_in(units.iter().copied()));
    }
    if let Some(state) = wanted.state {
        rows = rows.filter(Column::State.eq(text(state)));
    }
    if let Some(blinds) = &wanted.phone_blinds {
        rows = rows.filter(one_of(Column::PhoneBlind.into_expr(), blinds.iter().cloned())).find_first();
    }
    if let Some(code) = &wanted.code {
        rows = rows.filter(Column::Code.eq(code.as_str()));
    }
    rows
}

/// How many people there are.
pub(crate) async fn members_count(tx: &Tx, wanted: &MemberPage) -> Result<u64, StoreError> {
    counted(matching(tx, wanted)).await
}

/// A page of people by staff number.
pub(crate) async fn members_page(
    tx: &Tx,
    wanted: &MemberPage,
    request: &PageRequest,
) -> Result<Page<StaffMember>, StoreError> {
    let keyset = Keyset::<staff_member::Entity> {
        column: staff_member::Column::Code,
        id: staff_member::Column::Id,
        descending: false,
        cursor: |row| Cursor::of(SortKey::Text(row.code.clone()), row.id.uuid()),
    };
    keyset.page(matching(tx, wanted), request).await?.try_map(|row| value(tx, row))
}
