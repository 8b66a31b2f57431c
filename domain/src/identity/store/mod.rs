//! Rows of the identity slice to values and back.

mod account;
mod client_secret;
mod external_identity;
mod grant;
mod password;
mod second_factor;
mod session;

pub(super) use account::{
    AccountPage, account_row, accounts, accounts_count, accounts_page, active_by_login, blind_phone,
    disable_account, held_account_row, known_of, readmit_account, seal, sign_account_out, touch_account,
    whole,
};
pub(super) use client_secret::{
    client_secret, insert_client_secret, live_client_secrets, note_client_use, opened_client_secrets,
    revoke_client_secret, revoke_client_secrets,
};
pub(super) use external_identity::{
    end_external, end_externals, insert_external, live_external, live_externals, note_external_use,
    subject_blinds,
};
pub(super) use grant::{
    GrantPage, accounts_at_grid, category_parents, category_rows, grant_by_id, grant_row, grants_count,
    grants_in_force, grants_of, grants_page, revoke_grant, shorten_grant, was_lent,
};
pub(super) use password::{credential, credential_row, last_hashes, rehash, set_password};
pub(super) use second_factor::{
    begin_factor, confirm_factor, end_factor, factor, keep_recovery_codes, recovery_digest, recovery_digests,
    remove_factor, secret, tenant_code, use_step,
};
pub(super) use session::{
    end_session, end_sessions, open_sessions_count, open_sessions_page, refresh_token, repeat_refresh,
    retire_refresh, session, session_for_update, use_refresh,
};
