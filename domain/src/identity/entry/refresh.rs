//! Refreshing a session: the refresh token rotates, and one shown twice ends the session.

use serde_json::json;

use fengqiao_entity::identity::{refresh_token, session};

use crate::identity::entry::authenticate::is_live;
use crate::identity::entry::{bare, issue_refresh};
use crate::identity::error::IdentityError;
use crate::identity::model::SessionTokens;
use crate::identity::service::IdentityService;
use crate::identity::store;
use crate::identity::telling::session_ended;
use crate::identity::token::{Seen, Verdict, hash_of, judge};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, SessionId, TenantId};
use crate::kernel::mutant::{self, Mutant};
use crate::store::{Done, StoreError, Tx, WriteTx};

impl IdentityService {
    /// Gives a new pair of tokens for a refresh token, which is used up by it.
    ///
    /// # Errors
    /// [`IdentityError::RefreshInvalid`] for a token that is not ours, was used before, lay idle for too
    /// long, or whose session or account has ended.
    pub async fn refresh(
        &self,
        refresh_token: &str,
        request_id: &str,
    ) -> Result<SessionTokens, Failure<IdentityError>> {
        let invalid = || Failure::user("", IdentityError::RefreshInvalid);
        let hash = hash_of(refresh_token).ok_or_else(invalid)?;
        let row = self.db().lookup_refresh(&hash).await?.ok_or_else(invalid)?;
        let tenant = TenantId::from_uuid(row.tenant_id);
        let session = SessionId::from_uuid(row.session_id);
        let scope = bare(tenant, Some(AccountId::from_uuid(row.account_id)), Some(session), request_id);
        let tx = match self.begin_bare(&scope).await {
            Err(StoreError::Closed) => return Err(invalid()),
            begun => begun?,
        };
        let Some((session, token)) = live(&tx, session, &hash).await? else { return Err(invalid()) };
        if !self.lasts_at_home(&tx, &session).await? {
            return Err(invalid());
        }
        let successor = match &token.successor_hash {
            Some(hash) => store::refresh_token(&tx, hash).await?,
            None => None,
        };
        let seen = Seen {
            issued_at: token.issued_at,
            used_at: token.used_at,
            repeated_at: token.repeated_at,
            successor_used: successor.as_ref().map(|successor| successor.used_at.is_some()),
        };
        match judge(&seen, self.settings().idle_seconds, tx.now()) {
            Verdict::Idle => Err(invalid()),
            Verdict::Reused => {
                self.end_stolen(tx, &session).await?;
                Err(invalid())
            }
            Verdict::Rotate => {
                let secret = issue_refresh(&tx, &session).await?;
                store::use_refresh(&tx, &hash, &secret.hash, tx.now()).await?;
                let tokens = self.tokens(&tx, &session, secret)?;
                tx.commit(Done { id: session.id.uuid(), version: 1 }).await?;
                Ok(tokens)
            }
            Verdict::Repeat => {
                if let Some(successor) = successor {
                    store::retire_refresh(&tx, &successor.token_hash, tx.now()).await?;
                }
                let secret = issue_refresh(&tx, &session).await?;
                store::repeat_refresh(&tx, &hash, &secret.hash, tx.now()).await?;
                let tokens = self.tokens(&tx, &session, secret)?;
                tx.commit(Done { id: session.id.uuid(), version: 1 }).await?;
                Ok(tokens)
            }
        }
    }

    /// Ends a session whose refresh token was shown twice.
    async fn end_stolen(&self, mut tx: WriteTx, session: &session::Model) -> Result<(), StoreError> {
        store::end_session(&tx, session.id, tx.now()).await?;
        session_ended(&mut tx, session.account_id, session.id.uuid());
        tx.audit("session.reuse", &session.id, json!({ "account": session.account_id.to_string() }));
        tx.commit(Done { id: session.id.uuid(), version: 1 }).await?;
        self.cache().drop_account(session.tenant_id, session.account_id);
        tracing::warn!(session = %session.id, account = %session.account_id, "refresh token used twice");
        Ok(())
    }
}

/// The session, held for this transaction, and the token, when the session still lives.
async fn live(
    tx: &Tx,
    id: SessionId,
    hash: &[u8],
) -> Result<Option<(session::Model, refresh_token::Model)>, StoreError> {
    let held = if mutant::active(Mutant::UnheldSession) {
        store::session(tx, id).await?
    } else {
        store::session_for_update(tx, id).await?
    };
    let Some(session) = held else { return Ok(None) };
    let Some(account) = store::account_row(tx, session.account_id).await? else { return Ok(None) };
    if !is_live(&session, &account, tx.now()) {
        return Ok(None);
    }
    // Read after the session is held: another use of the same token is over by now.
    Ok(store::refresh_token(tx, hash).await?.map(|token| (session, token)))
}
