//! Programs that prove who they are: what they prove it by, and what they say with it. See `docs/adr/0030`.

use std::fmt;
use std::net::IpAddr;

use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::identity::command;
use crate::identity::error::IdentityError;
use crate::identity::settings::ClientRules;
use crate::kernel::failure::Problem;
use crate::kernel::id::{AccountId, ClientSecretId, TenantId, Timestamp};
use crate::kernel::permission::PermissionSet;

/// Secrets of one account that count at a time: the one in use, and the one that takes its place (requirement A8).
pub(super) const MOST_LIVE: usize = 2;
/// Microseconds after which it is written down again that a secret is in use.
const USE_NOTED_MICROS: i64 = 5 * 60 * 1_000_000;

/// How a secret proves who holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ClientProof {
    /// It is shown for an access token.
    Secret,
    /// It signs each request, and is never sent.
    Signature,
}

impl ClientProof {
    /// What the audit trail calls it.
    pub(in crate::identity) const fn method(self) -> &'static str {
        match self {
            Self::Secret => "client_secret",
            Self::Signature => "client_signature",
        }
    }
}

/// A secret of a program (接口密钥), without the secret itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSecret {
    /// Id.
    pub id: ClientSecretId,
    /// Whose it is.
    pub account: AccountId,
    /// What people call it.
    pub name: String,
    /// How it proves something.
    pub proof: ClientProof,
    /// What may be done with it of what the account may do; none is all of it.
    pub permissions: Option<PermissionSet>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it counts no more.
    pub expires_at: Timestamp,
    /// When it was used last, give or take five minutes.
    pub used_at: Option<Timestamp>,
    /// When somebody ended it.
    pub revoked_at: Option<Timestamp>,
}

impl ClientSecret {
    /// Whether it counts at an instant.
    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }

    /// Whether it was written down lately that it is used.
    pub(super) fn is_use_noted(&self, now: Timestamp) -> bool {
        self.used_at.is_some_and(|at| now.micros() - at.micros() < USE_NOTED_MICROS)
    }
}

/// A secret that was just made, with what its holder is told this once.
#[derive(Clone)]
pub struct IssuedClientSecret {
    /// What it is.
    pub secret: ClientSecret,
    /// `whsec_…`, for whoever runs the program.
    pub text: String,
    /// `login@district`, which goes with it.
    pub client: String,
}

impl fmt::Debug for IssuedClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedClientSecret").field("secret", &self.secret.id).finish_non_exhaustive()
    }
}

/// Make a secret for a program.
#[derive(Clone, Debug)]
pub struct CreateClientSecret {
    /// Whose it shall be.
    pub account: AccountId,
    /// What people call it.
    pub name: String,
    /// How it proves something.
    pub proof: ClientProof,
    /// What may be done with it of what the account may do; none is all of it.
    pub permissions: Option<PermissionSet>,
    /// From when on it counts no more; none is as late as may be.
    pub expires_at: Option<Timestamp>,
}

impl CreateClientSecret {
    /// The command with its values parsed, or every mistake in them.
    pub(super) fn parsed(
        &self,
        rules: &ClientRules,
        now: Timestamp,
    ) -> Result<(String, Timestamp), Vec<Problem<IdentityError>>> {
        let latest = now.plus_seconds(rules.secret_seconds);
        let expires_at = self.expires_at.unwrap_or(latest);
        let timely = now < expires_at && expires_at <= latest;
        let name = command::label(&self.name).map_err(|error| Problem::at("name", error));
        let late = (!timely).then(|| Problem::at("expiresAt", IdentityError::InvalidPeriod));
        let nothing = self.permissions == Some(PermissionSet::default());
        let nothing = nothing.then(|| Problem::at("permissions", IdentityError::Required));
        match (name, late, nothing) {
            (Ok(name), None, None) => Ok((name, expires_at)),
            (name, late, nothing) => Err([name.err(), late, nothing].into_iter().flatten().collect()),
        }
    }
}

/// A program that shows its secret for an access token.
#[derive(Clone)]
pub struct ClientSignIn {
    /// `login@district`.
    pub client: String,
    /// The secret.
    pub secret: String,
    /// Where it comes from.
    pub from: IpAddr,
}

impl fmt::Debug for ClientSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSignIn").finish_non_exhaustive()
    }
}

/// The access token of a program. There is nothing to refresh: it shows its secret again.
#[derive(Clone)]
pub struct ClientToken {
    /// Short-lived bearer token.
    pub access_token: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Seconds until then.
    pub seconds: i64,
    /// What may be done with it somewhere.
    pub permissions: PermissionSet,
}

impl fmt::Debug for ClientToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientToken").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// A request that a program signed, as Standard Webhooks signs.
#[derive(Clone, Copy)]
pub struct SignedRequest<'a> {
    /// `login@district`.
    pub client: &'a str,
    /// Its id: counts once.
    pub id: &'a str,
    /// Seconds since 1970 at which it was signed.
    pub timestamp: i64,
    /// Its signatures, apart by spaces.
    pub signature: &'a str,
    /// What it says.
    pub body: &'a [u8],
    /// Where it comes from.
    pub from: IpAddr,
}

/// Who signed a request, for asking again whether they still count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signer {
    /// Tenant.
    pub tenant: TenantId,
    /// The program.
    pub account: AccountId,
    /// By which of its secrets.
    pub secret: ClientSecretId,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const RULES: ClientRules = ClientRules { secret_seconds: 100, window_seconds: 300 };

    fn asked(name: &str, expires_at: Option<i64>) -> CreateClientSecret {
        CreateClientSecret {
            account: AccountId::from_uuid(Uuid::from_u128(1)),
            name: name.to_owned(),
            proof: ClientProof::Secret,
            permissions: None,
            expires_at: expires_at.map(|seconds| Timestamp(0).plus_seconds(seconds)),
        }
    }

    #[test]
    fn a_secret_ends_in_time_and_is_called_something() {
        let now = Timestamp(0).plus_seconds(10);
        let parsed = |asked: CreateClientSecret| asked.parsed(&RULES, now).map_err(|problems| problems.len());
        let at = |seconds| Timestamp(0).plus_seconds(seconds);
        assert_eq!(parsed(asked(" hotline ", None)), Ok(("hotline".to_owned(), at(110))));
        assert_eq!(parsed(asked("hotline", Some(110))), Ok(("hotline".to_owned(), at(110))));
        assert_eq!(parsed(asked("hotline", Some(11))), Ok(("hotline".to_owned(), at(11))));
        for late in [111, 10, 9] {
            assert_eq!(parsed(asked("hotline", Some(late))), Err(1), "{late}");
        }
        assert_eq!(parsed(asked(" ", Some(10))), Err(2), "every mistake at once");
        let nothing = CreateClientSecret { permissions: Some(PermissionSet::default()), ..asked("a", None) };
        assert_eq!(parsed(nothing), Err(1), "what allows nothing is none");
    }
}
