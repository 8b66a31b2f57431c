//! How often passwords are shown, and by whom: see `docs/adr/0025-a-lock-out-is-no-weapon.md`.
//!
//! In front stands the bucket of the address, behind it the bucket of the account, so that one address empties its own
//! and not the account's. A device that the account knows passes by both and has a bucket of its own.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use fengqiao_entity::identity::{account, refresh_token, session};
use serde_json::json;
use uuid::Uuid;

use crate::identity::client::ClientProof;
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
use crate::store::{CredentialRow, Done, StoreError};

/// How often an emptied bucket is written down.
const TURNED_AWAY: Rate = Rate { burst: 1, every: Duration::from_hours(1) };

/// A drop that showing a password takes.
#[derive(Debug)]
pub(super) struct Cost {
    bucket: Bucket,
    rate: Rate,
}

/// What showing a password took: first of whoever shows it, then of the account.
#[derive(Debug, Default)]
pub(super) struct Taken(Vec<Cost>);

impl Taken {
    /// Whose place in the queue of the hashing pool it needs: the account's, of strangers and known devices apart.
    pub(super) fn whose(&self) -> Option<&Bucket> {
        self.0.last().map(|cost| &cost.bucket)
    }

    /// What a right password does not cost. The account's own drop it does, or one account would fill the hashing pool.
    pub(super) fn of_what_was_right(mut self) -> Self {
        let of_account = |cost: &Cost| matches!(cost.bucket.limited, Limited::SignIn | Limited::Known);
        self.0.retain(|cost| !of_account(cost) || mutant::active(Mutant::FreeWhenRight));
        self
    }

    /// All of it, when no password was looked at.
    pub(super) fn of_what_was_not_looked_at(mut self) -> Self {
        self.0.retain(|_| !mutant::active(Mutant::LostDrops));
        self
    }
}

impl IdentityService {
    /// Takes what showing a password costs. An account that is none costs what one costs.
    pub(super) async fn admit(
        &self,
        asked: &SignIn,
        shown: &Shown<'_>,
        request_id: &str,
    ) -> Result<Taken, Failure<IdentityError>> {
        let device = match &asked.last_refresh_token {
            Some(token) => self.known_device(shown.credential.as_ref(), token, request_id).await?,
            None => None,
        };
        let costs = match device {
            Some(device) if !mutant::active(Mutant::NoKnownDevice) => self.of_device(shown, device),
            _ => self.of_stranger(asked, shown)?,
        };
        let mut taken = Taken::default();
        for cost in costs {
            let limited = cost.bucket.limited;
            match self.buckets().take(&cost.bucket, cost.rate, self.db().now()).await {
                Err(wait) if !is_lifted(limited) => {
                    // No password is looked at: whoever besieges an account takes nothing from the addresses of others.
                    self.give_back(taken).await;
                    self.note_turned_away(shown, (&cost.bucket, "password"), request_id).await;
                    return Err(overloaded(limited, wait));
                }
                _ => taken.0.push(cost),
            }
        }
        Ok(taken)
    }

    /// Audits that a limit turned a sign-in away, once an hour for each bucket: it says nothing more by being said again. An account that
    /// is none is noted like one that is, so that how long it takes does not tell. They are turned away all the same when it cannot be
    /// written.
    async fn note_turned_away(
        &self,
        shown: &Shown<'_>,
        (emptied, method): (&Bucket, &'static str),
        request_id: &str,
    ) {
        let Some(tenant) = shown.tenant.filter(|_| !mutant::active(Mutant::SilentRefusals)) else { return };
        let limit: &'static str = emptied.limited.into();
        let noted = Bucket {
            limited: Limited::RefusalEntry,
            tenant: Some(tenant),
            whose: format!("{limit}-{}", emptied.whose),
        };
        if self.buckets().take(&noted, TURNED_AWAY, self.db().now()).await.is_err() {
            return;
        }
        let known = shown.credential.as_ref().filter(|_| emptied.limited != Limited::Address);
        let target = known
            .map_or_else(|| "unknown".to_owned(), |row| AccountId::from_uuid(row.account_id).to_string());
        let written = async {
            let mut tx = self.begin_bare(&bare(tenant, None, None::<SessionId>, request_id)).await?;
            tx.audit("session.refuse", &target, json!({ "method": method, "limit": limit }));
            tx.commit(Done { id: tenant.uuid(), version: 1 }).await
        };
        if let Err(error) = written.await {
            tracing::error!(%error, limit, "that a sign-in was turned away could not be written down");
            self.buckets().give_back(&noted, TURNED_AWAY, self.db().now()).await;
        }
    }

    /// Takes what a password costs that is shown by whoever is signed in: whose it is. It costs a right one too, or one account would fill
    /// the hashing pool. A token of a program, and going to another district, cost as much.
    pub(in crate::identity) async fn admit_own(
        &self,
        tenant: TenantId,
        account: AccountId,
    ) -> Result<Bucket, Failure<IdentityError>> {
        let limited = Limited::Known;
        let bucket = Bucket { limited, tenant: Some(tenant), whose: account.to_string() };
        match self.buckets().take(&bucket, self.settings().sign_in.account, self.db().now()).await {
            Err(wait) if !mutant::active(Mutant::FreeWhenRight) => Err(overloaded(limited, wait)),
            _ => Ok(bucket),
        }
    }

    /// Takes what it costs to say that one is a program: of its name at an address, for nobody guesses 256 bits, but each is looked up. So
    /// a program that has the wrong secret holds up itself, and neither people nor other programs behind its address. That it was turned
    /// away is audited as it is of people.
    pub(super) async fn admit_client(
        &self,
        (from, client): (IpAddr, &str),
        by: ClientProof,
        request_id: &str,
    ) -> Result<Taken, Failure<IdentityError>> {
        let whose = self.marked(None, "client", &format!("{} {client}", network(from)))?;
        let bucket = Bucket { limited: Limited::Client, tenant: None, whose };
        let rate = self.settings().sign_in.address;
        match self.buckets().take(&bucket, rate, self.db().now()).await {
            Err(wait) if !is_lifted(Limited::Client) => {
                let shown = self.shown_for(client).await?;
                self.note_turned_away(&shown, (&bucket, by.method()), request_id).await;
                Err(overloaded(Limited::Client, wait))
            }
            _ => Ok(Taken(vec![Cost { bucket, rate }])),
        }
    }

    /// Takes what it costs to be let in from an address by somebody else's word.
    pub(super) async fn admit_address(
        &self,
        tenant: Option<TenantId>,
        from: IpAddr,
    ) -> Result<Taken, Failure<IdentityError>> {
        let cost = self.of_address(tenant, from)?;
        match self.buckets().take(&cost.bucket, cost.rate, self.db().now()).await {
            Err(wait) if !is_lifted(Limited::Address) => Err(overloaded(Limited::Address, wait)),
            _ => Ok(Taken(vec![cost])),
        }
    }

    /// Gives back what was taken for nothing: a hundred people behind one address sign in one after the other.
    pub(super) async fn give_back(&self, taken: Taken) {
        for cost in taken.0 {
            self.buckets().give_back(&cost.bucket, cost.rate, self.db().now()).await;
        }
    }

    fn of_device(&self, shown: &Shown<'_>, (account, device): (AccountId, SessionId)) -> Vec<Cost> {
        let rates = &self.settings().sign_in;
        let cost =
            |limited, whose, rate| Cost { bucket: Bucket { limited, tenant: shown.tenant, whose }, rate };
        // Each sign-in makes a device of its own, so that all of them together count too.
        let device = cost(Limited::Device, device.to_string(), rates.device);
        vec![device, cost(Limited::Known, account.to_string(), rates.account)]
    }

    fn of_stranger(&self, asked: &SignIn, shown: &Shown<'_>) -> Result<Vec<Cost>, StoreError> {
        let rates = &self.settings().sign_in;
        let mut costs = vec![self.of_address(shown.tenant, asked.from)?];
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

    fn of_address(&self, tenant: Option<TenantId>, from: IpAddr) -> Result<Cost, StoreError> {
        let whose = self.marked(tenant, "address", &network(from))?;
        let bucket = Bucket { limited: Limited::Address, tenant, whose };
        Ok(Cost { bucket, rate: self.settings().sign_in.address })
    }

    /// A keyed digest, the same on every server of the deployment: addresses are personal, and people type passwords as
    /// logins.
    fn marked(&self, tenant: Option<TenantId>, what: &str, text: &str) -> Result<String, StoreError> {
        let tenant = tenant.unwrap_or(TenantId::from_uuid(Uuid::nil()));
        let mark = self.db().vault().blind(tenant, "sign_in", what, text);
        mark.map(|mark| hex::encode(mark.0)).map_err(|fault| StoreError::Internal(fault.to_string()))
    }

    /// The account, and the session by which it knows the device that shows this refresh token. The token is looked up whether or not there
    /// is an account: how long it takes does not tell.
    pub(super) async fn known_device(
        &self,
        row: Option<&CredentialRow>,
        token: &str,
        request_id: &str,
    ) -> Result<Option<(AccountId, SessionId)>, StoreError> {
        let Some(hash) = hash_of(token) else { return Ok(None) };
        if row.is_none() && mutant::active(Mutant::TokenTells) {
            return Ok(None);
        }
        let whose = self.db().lookup_refresh(&hash).await?;
        let (Some(whose), Some(row)) = (whose, row) else { return Ok(None) };
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
        let known = is_known(&account, &found, &token) && tx.now() < until;
        Ok(known.then_some((AccountId::from_uuid(row.account_id), session)))
    }
}

/// Whether a device still counts as the account's own: nobody ended its session or shut it out, and it shows the last token
/// that it was given. Whoever signed out, lost the telephone or had the token stolen begins anew.
fn is_known(account: &account::Model, session: &session::Model, token: &refresh_token::Model) -> bool {
    let untouched = session.revoked_at.is_none() && session.created_at > account.sessions_from;
    (untouched && token.used_at.is_none()) || mutant::active(Mutant::AnyDevice)
}

/// Whether a mutant lifts this limit.
pub(super) fn is_lifted(limited: Limited) -> bool {
    match limited {
        Limited::SignIn => mutant::active(Mutant::NoSignInLimit),
        Limited::Address | Limited::Client => mutant::active(Mutant::NoAddressLimit),
        Limited::Device => mutant::active(Mutant::NoDeviceLimit),
        Limited::Known | Limited::RefusalEntry | Limited::AccountCost | Limited::TenantCost => false,
        Limited::SecondFactor => mutant::active(Mutant::NoCodeLimit),
        Limited::NumberLookup => mutant::active(Mutant::EndlessLookups),
    }
}

pub(super) fn overloaded(limited: Limited, wait: Duration) -> Failure<IdentityError> {
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
