//! Whether a code that is shown is one of the account's second factor. What counted once is used up in the same transaction.

use crate::identity::store;
use crate::identity::totp;
use crate::kernel::id::{AccountId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::store::{StoreError, Tx};

/// What comes of what an account shows besides its password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// It has no second factor.
    NotAsked,
    /// A code of the moment.
    Code,
    /// A recovery code.
    RecoveryCode,
    /// Nothing was shown, and something is asked for.
    Missing,
    /// It counts for nothing, or counted before.
    Wrong,
}

impl Proof {
    /// What the audit trail calls it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::NotAsked => "none",
            Self::Code => "code",
            Self::RecoveryCode => "recovery_code",
            Self::Missing => "missing",
            Self::Wrong => "wrong",
        }
    }
}

/// What comes of a code. The account is held, so that nobody else shows one meanwhile.
pub(super) async fn prove(tx: &Tx, id: AccountId, shown: Option<&str>) -> Result<Proof, StoreError> {
    let account = store::held_account_row(tx, id).await?;
    let account = account.ok_or_else(|| StoreError::corrupt("accounts", "id", id))?;
    let Some(since) = account.second_factor_at else { return Ok(Proof::NotAsked) };
    match shown.map(totp::typed).filter(|code| !code.is_empty()) {
        Some(code) => proved(tx, id, since, &code).await,
        None => Ok(Proof::Missing),
    }
}

async fn proved(tx: &Tx, id: AccountId, since: Timestamp, code: &str) -> Result<Proof, StoreError> {
    // What an administrator ended, or what was begun since, does not count.
    let factor = store::factor(tx, id).await?.filter(|factor| factor.confirmed_at == Some(since));
    let Some(factor) = factor else { return Ok(Proof::Wrong) };
    if let Some(step) =
        store::secret(tx, &factor)?.and_then(|own| own.step_of(code, tx.now(), factor.last_step))
    {
        store::use_step(tx, id, step).await?;
        return Ok(Proof::Code);
    }
    let shown = store::recovery_digests(tx, id, code)?;
    let digests = factor.recovery_codes.chunks(shown.first().map_or(1, Vec::len));
    let is_shown = |one: &[u8]| shown.iter().any(|shown| shown == one);
    let others: Vec<u8> = digests.filter(|one| !is_shown(one)).flatten().copied().collect();
    if others.len() == factor.recovery_codes.len() {
        return Ok(Proof::Wrong);
    }
    if !mutant::active(Mutant::LastingRecovery) {
        store::keep_recovery_codes(tx, id, others).await?;
    }
    Ok(Proof::RecoveryCode)
}
