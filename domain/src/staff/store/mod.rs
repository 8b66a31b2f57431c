//! Rows of the staff slice to values and back.

mod appointment;
mod change;
mod member;
mod plan;
mod post_kind;
mod team;

use std::str::FromStr;

use crate::kernel::id::{AccountId, StaffMemberId, Timestamp};
use crate::store::{StoreError, Tx};

pub(super) use appointment::{
    AppointmentPage, all_in_force, appointment_row, appointments, appointments_count, appointments_of,
    appointments_page, end_appointment, held_at, held_by, locked_appointment, overlapping, set_grant,
    stand_ins_of, tallies,
};
pub(super) use change::{ChangePage, change_row, changes_count, changes_page};
pub(super) use member::{
    MemberPage, linked, locked_member, member_row, members, members_by_code, members_count, members_page,
    phones_of, resealed, seal, update_member, whole,
};
pub(super) use plan::{HEADCOUNTS, RULES, headcount, headcount_row, headcounts, rule, rule_by_id, rule_row};
pub(super) use post_kind::{
    locked_post_kind, locked_post_kinds, post_kind_by_id, post_kind_row, post_kinds, post_kinds_by_id,
    update_post_kind,
};
pub(super) use team::{
    TeamPage, Whose, end_membership, leave_leading, locked_team, membership_by_id, membership_row,
    memberships_count, memberships_of, memberships_page, team_row, teams, teams_count, teams_page,
    update_team,
};

/// Notes whose account everything about somebody is: whoever is not of the staff reads by it.
pub(super) async fn relink(
    tx: &Tx,
    member: StaffMemberId,
    account: Option<AccountId>,
) -> Result<(), StoreError> {
    appointment::relink(tx, member, account).await?;
    team::relink(tx, member, account).await?;
    change::relink(tx, member, account).await
}

/// How a column says "open-ended".
const OPEN_END: Timestamp = Timestamp(i64::MAX);

fn until(at: Timestamp) -> Option<Timestamp> {
    (at != OPEN_END).then_some(at)
}

fn parsed<T: FromStr>(table: &str, column: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::corrupt(table, column, text))
}

fn text(value: impl Into<&'static str>) -> String {
    value.into().to_owned()
}
