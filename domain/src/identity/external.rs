//! Whom somebody else knows an account as (外部身份): what an identity provider vouches for, and what is refused. See `docs/adr/0033`.

use std::fmt;

use crate::identity::model::GrantTarget;
use crate::identity::phone::Phone;
use crate::kernel::id::{AccountId, ExternalIdentityId, IdentityProviderId, Timestamp};

/// An external identity that counts. What the provider calls them is told to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExternalIdentity {
    /// Id.
    pub id: ExternalIdentityId,
    /// Whose it is.
    pub account: AccountId,
    /// Who knows them by it.
    pub provider: IdentityProviderId,
    /// When it was linked.
    pub created_at: Timestamp,
    /// When somebody signed in by it last.
    pub used_at: Option<Timestamp>,
}

/// Somebody whom a provider vouches for at this moment.
pub(crate) struct Vouched {
    /// Who says so.
    pub(crate) provider: IdentityProviderId,
    /// What it calls them.
    pub(crate) subject: String,
    /// How it said so, for the audit trail.
    pub(crate) method: &'static str,
    /// What counts once of it, as a digest; none where the provider itself sees to that.
    pub(crate) once: Option<String>,
}

impl fmt::Debug for Vouched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vouched").field("provider", &self.provider).finish_non_exhaustive()
    }
}

/// A resident who makes an account of their own.
pub(crate) struct Registration<'a> {
    /// What they are called.
    pub(crate) name: &'a str,
    /// Their number, which the provider has verified.
    pub(crate) phone: Phone,
    /// Where they live: a village or a grid.
    pub(crate) home: GrantTarget,
    /// By whom they sign in from now on.
    pub(crate) vouched: &'a Vouched,
}

/// Why a provider's word opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No active account is known so.
    NotLinked,
    /// The account has a second factor, is a separated administrator's, or a program's.
    PasswordRequired,
    /// Another account is known so, or the account is known to the provider as somebody else.
    AlreadyLinked,
    /// It counted before.
    Repeated,
}
