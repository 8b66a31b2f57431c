//! The second factor of whoever signs in, and how often codes are shown: see `docs/adr/0027-a-code-besides-the-password.md`.

use serde_json::{Value, json};

use crate::identity::command::SignIn;
use crate::identity::entry::admission::{is_lifted, overloaded};
use crate::identity::entry::bare;
use crate::identity::error::IdentityError;
use crate::identity::model::SessionTokens;
use crate::identity::proving::{Proof, prove};
use crate::identity::service::IdentityService;
use crate::kernel::bucket::{Bucket, Limited};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, TenantId};
use crate::store::{CredentialRow, Done, WriteTx};

/// A drop that showing a code takes.
#[derive(Debug)]
pub(in crate::identity) struct Guess(Bucket);

impl IdentityService {
    /// Takes what showing a code costs out of the bucket of an account, or of a session of it.
    pub(in crate::identity) async fn admit_guess(
        &self,
        tenant: TenantId,
        whose: String,
    ) -> Result<Guess, Failure<IdentityError>> {
        let limited = Limited::SecondFactor;
        let bucket = Bucket { limited, tenant: Some(tenant), whose };
        match self.buckets().take(&bucket, self.settings().second_factor.guesses, self.db().now()).await {
            Err(wait) if !is_lifted(limited) => Err(overloaded(limited, wait)),
            _ => Ok(Guess(bucket)),
        }
    }

    /// Gives back what was taken for a code that was right.
    pub(in crate::identity) async fn give_back_guess(&self, guess: Guess) {
        let rate = self.settings().second_factor.guesses;
        self.buckets().give_back(&guess.0, rate, self.db().now()).await;
    }

    /// Takes what a code costs that comes with a password: on a device that the account knows out of the device's own bucket, so that
    /// whoever has the password and not the telephone does not keep the owner out.
    pub(super) async fn admit_code(
        &self,
        asked: &SignIn,
        row: &CredentialRow,
        request_id: &str,
    ) -> Result<Option<Guess>, Failure<IdentityError>> {
        if asked.second_factor_code.is_none() {
            return Ok(None);
        }
        let device = match &asked.last_refresh_token {
            Some(token) => self.known_device(Some(row), token, request_id).await?.map(|(_, session)| session),
            None => None,
        };
        let account = AccountId::from_uuid(row.account_id).to_string();
        let whose = device.map_or(account, |device| device.to_string());
        self.admit_guess(TenantId::from_uuid(row.tenant_id), whose).await.map(Some)
    }

    /// Opens a session for whoever showed the password, if they show what else is asked for.
    pub(super) async fn open_with_code(
        &self,
        tx: WriteTx,
        account: AccountId,
        asked: &SignIn,
        guess: Option<Guess>,
    ) -> Result<SessionTokens, Failure<IdentityError>> {
        let proof = prove(&tx, account, asked.second_factor_code.as_deref()).await?;
        let error = match proof {
            Proof::Missing => IdentityError::SecondFactorRequired,
            Proof::Wrong => IdentityError::InvalidCode,
            Proof::NotAsked | Proof::Code | Proof::RecoveryCode => {
                if let Some(guess) = guess {
                    self.give_back_guess(guess).await;
                }
                return self.open_session(tx, account, by_password(proof)).await;
            }
        };
        let scope = bare(tx.scope().tenant(), None, None, tx.scope().request_id());
        drop(tx);
        let mut tx = self.begin_bare(&scope).await?;
        tx.audit("session.refuse", &account, by_password(proof));
        tx.commit(Done { id: scope.tenant().uuid(), version: 1 }).await?;
        Err(Failure::user("secondFactorCode", error))
    }
}

/// What the audit trail says about how a password was shown.
fn by_password(proof: Proof) -> Value {
    json!({ "method": "password", "second_factor": proof.name() })
}
