//! How often passwords are shown, and by whom: see `docs/adr/0025-a-lock-out-is-no-weapon.md`.
//!
//! In front stands the bucket of the address, behind it the bucket of the account, so that one address empties its own
//! and not the account's. A device that the account knows passes by both and has a bucket of its own.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use fengqiao_entity::identity::{account, refresh_token, session};
use uuid::Uuid;

use crate::identity::command::SignIn;
use crate::identity::entry::bare;
use crate::identity::entry::sign_in::Shown;
use crate::identity::error::IdentityError;
use crate::identity::service::IdentityService;
use crate::identity::store;
use crate::identity::token::hash_of;
use crate::kernel::bucket::{Bucket, Limited, Rate};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, SessionId, TenantId};
use crate::kernel::mutant::{self, Mutant};
use crate::store::{CredentialRow, StoreError};

/// A drop that showing a password takes.
#[derive(Debug)]
pub(super) struct Cost {
    bucket: Bucket,
    rate: Rate,
}

impl IdentityService {
    /// Takes what showing a password costs. An account that is none costs what one costs.
    pub(super) async fn admit(
        &self,
        asked: &SignIn,
        shown: &Shown<'_>,
        request_id: &str,
    ) -> Result<Vec<Cost>, Failure<IdentityError>> {
        let device = match (&shown.credential, &asked.last_refresh_token) {
            (Some(row), Some(token)) => self.known_device(row, token, request_id).await?,
            _ => None,
        };
        let costs = match device {
            Some(device) if !mutant::active(Mutant::NoKnownDevice) => vec![self.of_device(shown, device)],
            _ => self.of_stranger(asked, shown)?,
        };
        let mut taken = vec![];
        for cost in costs {
            let limited = cost.bucket.limited;
            match self.buckets().take(&cost.bucket, cost.rate, self.db().now()).await {
                Err(wait) if !is_lifted(limited) => {
                    // No password is looked at: whoever besieges an account takes nothing from the addresses of others.
                    self.give_back(taken).await;
                    return Err(overloaded(limited, wait));
                }
                _ => taken.push(cost),
            }
        }
        Ok(taken)
    }

    /// Gives back what was taken for nothing. A right password costs nothing: a hundred people behind one address sign in one after the other.
    pub(super) async fn give_back(&self, costs: Vec<Cost>) {
        for cost in costs {
            self.buckets().give_back(&cost.bucket, cost.rate, self.db().now()).await;
        }
    }

    fn of_device(&self, shown: &Shown<'_>, device: SessionId) -> Cost {
        let whose = device.to_string();
        let bucket = Bucket { limited: Limited::Device, tenant: shown.tenant, whose };
        Cost { bucket, rate: self.settings().sign_in.device }
    }

    fn of_stranger(&self, asked: &SignIn, shown: &Shown<'_>) -> Result<Vec<Cost>, StoreError> {
        let rates = &self.settings().sign_in;
        let whose = self.marked(shown.tenant, "address", &network(asked.from))?;
        let bucket = Bucket { limited: Limited::Address, tenant: shown.tenant, whose };
        let mut costs = vec![Cost { bucket, rate: rates.address }];
        if let Some((login, code)) = shown.parts {
            let whose = match &shown.credential {
                Some(row) => AccountId::from_uuid(row.account_id).to_string(),
                None => self.marked(None, "login", &[login, code].join("@"))?,
            };
            let tenant = shown.credential.as_ref().and(shown.tenant);
            let bucket = Bucket { limited: Limited::SignIn, tenant, whose };
            costs.push(Cost { bucket, rate: rates.account });
        }
        Ok(costs)
    }

    /// A keyed digest, the same on every server of the deployment: addresses are personal, and people type passwords as
    /// logins.
    fn marked(&self, tenant: Option<TenantId>, what: &str, text: &str) -> Result<String, StoreError> {
        let tenant = tenant.unwrap_or(TenantId::from_uuid(Uuid::nil()));
        let mark = self.db().vault().blind(tenant, "sign_in", what, text);
        mark.map(|mark| hex::encode(mark.0)).map_err(|fault| StoreError::Internal(fault.to_string()))
    }

    /// The session by which an account knows the device that shows this refresh token.
    async fn known_device(
        &self,
        row: &CredentialRow,
        token: &str,
        request_id: &str,
    ) -> Result<Option<SessionId>, StoreError> {
        let Some(hash) = hash_of(token) else { return Ok(None) };
        let Some(whose) = self.db().lookup_refresh(&hash).await? else { return Ok(None) };
        let of = AccountId::from_uuid(whose.account_id);
        if whose.account_id != row.account_id && !mutant::active(Mutant::AnyDevice) {
            return Ok(None);
        }
        let session = SessionId::from_uuid(whose.session_id);
        let scope = bare(TenantId::from_uuid(whose.tenant_id), Some(of), Some(session), request_id);
        let tx = self.db().reader(&scope).tx().await?;
        let Some(account) = store::account_row(&tx, of).await? else { return Ok(None) };
        let Some(found) = store::session(&tx, session).await? else { return Ok(None) };
        let Some(token) = store::refresh_token(&tx, &hash).await? else { return Ok(None) };
        let until = token.issued_at.plus_seconds(self.settings().sign_in.known_seconds);
        Ok((is_known(&account, &found, &token) && tx.now() < until).then_some(session))
    }
}

/// Whether a device still counts as the account's own: nobody ended its session or shut it out, and it shows the last token
/// that it was given. Whoever signed out, lost the telephone or had the token stolen begins anew.
fn is_known(account: &account::Model, session: &session::Model, token: &refresh_token::Model) -> bool {
    let untouched = session.revoked_at.is_none() && session.created_at > account.sessions_from;
    (untouched && token.used_at.is_none()) || mutant::active(Mutant::AnyDevice)
}

/// Whether a mutant lifts this limit.
fn is_lifted(limited: Limited) -> bool {
    match limited {
        Limited::SignIn => mutant::active(Mutant::NoSignInLimit),
        Limited::Address => mutant::active(Mutant::NoAddressLimit),
        Limited::Device => mutant::active(Mutant::NoDeviceLimit),
    }
}

fn overloaded(limited: Limited, wait: Duration) -> Failure<IdentityError> {
    let limit: &'static str = limited.into();
    metrics::counter!("fengqiao_limited_total", "limit" => limit).increment(1);
    let seconds = wait.as_millis().div_ceil(1_000);
    Failure::Overloaded { retry_after_seconds: u32::try_from(seconds).unwrap_or(u32::MAX) }
}

/// What counts as one address: of IPv6 the /64, which is what one household or one telephone is given.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [first, second, third, fourth, ..] = address.segments();
            Ipv6Addr::new(first, second, third, fourth, 0, 0, 0, 0).to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_address_the_first_half_counts() {
        let of = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(of("203.0.113.7"), "203.0.113.7");
        assert_eq!(of("::ffff:203.0.113.7"), "203.0.113.7", "the same one");
        assert_eq!(of("2001:db8:1:2:aaaa::1"), "2001:db8:1:2::");
        assert_eq!(of("2001:db8:1:2:ffff:1:2:3"), "2001:db8:1:2::");
        assert_ne!(of("2001:db8:1:3::1"), of("2001:db8:1:2::1"));
    }
}
