//! Sealed secrets of which two count while one takes the other's place.

use uuid::Uuid;
use zeroize::Zeroizing;

use fengqiao_entity::value::SealedBytes;

use crate::kernel::id::Timestamp;

use crate::store::{Personal, StoreError, Tx};

/// Where a secret stands, and where the one of before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rotating {
    /// The secret.
    pub(crate) secret: Personal,
    /// The one of before.
    pub(crate) old: Personal,
}

/// What stands there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept<'a> {
    /// The secret.
    pub(crate) secret: &'a SealedBytes,
    /// The one of before, if there was one.
    pub(crate) old: Option<&'a SealedBytes>,
    /// Until when that one counts.
    pub(crate) old_until: Option<Timestamp>,
}

/// What is to stand there once the secret was replaced.
pub(crate) struct Replaced {
    /// The new secret.
    pub(crate) secret: SealedBytes,
    /// The one that was the secret until now.
    pub(crate) old: SealedBytes,
}

impl Rotating {
    /// Seals another secret, and the one whose place it takes.
    pub(crate) fn replace(
        self,
        tx: &Tx,
        row: Uuid,
        (secret, new): (&SealedBytes, &[u8]),
    ) -> Result<Replaced, StoreError> {
        let old = Zeroizing::new(tx.unseal_bytes(self.secret, row, secret)?);
        Ok(Replaced {
            secret: tx.seal_bytes(self.secret, row, new)?,
            old: tx.seal_bytes(self.old, row, &old)?,
        })
    }

    /// What counts now: the secret, and the one of before until its time is over.
    pub(crate) fn live(
        self,
        tx: &Tx,
        row: Uuid,
        kept: &Kept<'_>,
    ) -> Result<Vec<Zeroizing<Vec<u8>>>, StoreError> {
        let open = |at, sealed| tx.unseal_bytes(at, row, sealed).map(Zeroizing::new);
        let mut secrets = vec![open(self.secret, kept.secret)?];
        let lasts = kept.old_until.is_some_and(|until| until > tx.now());
        if let Some(old) = kept.old.filter(|_| lasts) {
            secrets.push(open(self.old, old)?);
        }
        Ok(secrets)
    }
}
