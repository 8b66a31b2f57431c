//! The second factor of whoever signs in, and how often codes are shown: see `docs/adr/0027-a-code-besides-the-password.md`.

use fengqiao_entity::identity::credential;
use serde_json::{Value, json};

use crate::identity::command::SignIn;
use crate::identity::entry::admission::{is_lifted, overloaded};
use crate::identity::entry::bare;
use crate::identity::error::IdentityError;
use crate::identity::model::SessionTokens;
use crate::identity::password::PasswordDigest;
use crate::identity::proving::{Proof, prove};
use crate::identity::service::IdentityService;
use crate::identity::totp::is_guessable;
use crate::kernel::bucket::{Bucket, Limited};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, TenantId};
use crate::kernel::mutant::{self, Mutant};
use crate::store::{CredentialRow, Done, WriteTx};

/// A drop that showing a code takes.
#[derive(Debug)]
pub(in crate::identity) struct Guess(Bucket);

/// A session that is to be opened for a right password.
pub(super) struct Opening<'a> {
    /// What was shown.
    pub(super) asked: &'a SignIn,
    /// The account's password, held.
    pub(super) present: credential::Model,
    /// What shall take its place.
    pub(super) new: Option<Result<PasswordDigest, IdentityError>>,
    /// What the code took.
    pub(super) guess: Option<Guess>,
}

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

    /// The same for one that came with a password, if it took anything.
    pub(super) async fn give_back_code(&self, guess: Option<Guess>) {
        if let Some(guess) = guess {
            self.give_back_guess(guess).await;
        }
    }

    /// Takes what a code costs that comes with a password: on a device that the account knows out of the device's own bucket, so that
    /// whoever has the password and not the telephone does not keep the owner out. A recovery code is not guessed, and costs nothing: it is
    /// what an owner with a new telephone has.
    pub(super) async fn admit_code(
        &self,
        asked: &SignIn,
        row: &CredentialRow,
        request_id: &str,
    ) -> Result<Option<Guess>, Failure<IdentityError>> {
        let guessed = asked.second_factor_code.as_deref().is_some_and(is_guessable);
        if !guessed && !mutant::active(Mutant::CountedRecovery) {
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
        Opening { asked, present, new, guess }: Opening<'_>,
    ) -> Result<SessionTokens, Failure<IdentityError>> {
        let account = present.account_id;
        let proof = prove(&tx, account, asked.second_factor_code.as_deref()).await?;
        let wrong = match proof {
            Proof::Missing => ("secondFactorCode", IdentityError::SecondFactorRequired),
            Proof::Wrong => ("secondFactorCode", IdentityError::InvalidCode),
            Proof::NotAsked | Proof::Code | Proof::RecoveryCode => {
                self.give_back_code(guess).await;
                match self.stands(&tx, (&present, asked), new).await? {
                    Ok(new) => return self.open_by_password((tx, account), new, by_password(proof)).await,
                    Err(wrong) => wrong,
                }
            }
        };
        let (path, error) = wrong;
        let scope = bare(tx.scope().tenant(), None, None, tx.scope().request_id());
        drop(tx);
        let mut tx = self.begin_bare(&scope).await?;
        let mut how = by_password(proof);
        how["refusal"] = json!(<&str>::from(error.code()));
        tx.audit("session.refuse", &account, how);
        tx.commit(Done { id: scope.tenant().uuid(), version: 1 }).await?;
        Err(Failure::user(path, error))
    }
}

/// What the audit trail says about how a password was shown.
fn by_password(proof: Proof) -> Value {
    json!({ "method": "password", "second_factor": proof.name() })
}
