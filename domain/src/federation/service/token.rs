//! The token by which WeChat is asked (稳定版接口调用凭据): one for all processes, fetched by one of them at a time.
//!
//! WeChat's rules (`getStableAccessToken`): a token counts for two hours; the next one is given from five minutes before its end on, and both
//! count in these; another one in place of one that counts is given twenty times a day, thirty seconds apart.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::federation::doors::{DoorFault, Fetching, FreshToken, WechatApp};
use crate::federation::entry::wechat_told;
use crate::federation::error::FederationError;
use crate::federation::model::IdentityProvider;
use crate::federation::service::{Answer, FederationService};
use crate::federation::store;
use crate::federation::store::token::KeptToken;
use crate::kernel::failure::Failure;
use crate::kernel::id::Timestamp;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, StoreError, WriteTx};

/// The next one is fetched when this is left.
const MARGIN_SECONDS: i64 = 300;
/// Between two that are forced.
const FORCED_PAUSE_SECONDS: i64 = 30;
/// Most that are forced in a day of China's clock.
const MOST_FORCED: i32 = 20;
/// How long one process may take to fetch before another does: longer than any answer is waited for.
const LEASE_SECONDS: i64 = 30;
/// Between two looks whether another process has fetched it.
const LOOK: Duration = Duration::from_millis(100);
/// How often it is looked: for as long as a lease.
const MOST_LOOKS: usize = 300;
/// Seconds by which the clock of China is ahead of UTC.
const CHINA_SECONDS: i64 = 8 * 3_600;

/// What is to be done about a token.
enum Step {
    /// It counts.
    Have(Zeroizing<String>),
    /// This process fetches the next one.
    Fetch(Fetching),
    /// Another one does.
    Wait,
    /// Nobody may, for so many seconds.
    Refuse(u32),
}

impl FederationService {
    /// The number that WeChat verified of whoever a code is of.
    pub(in crate::federation) async fn verified_phone(
        &self,
        scope: &Scope,
        provider: &IdentityProvider,
        code: &str,
    ) -> Answer<Zeroizing<String>> {
        let mut stale = None;
        // A token may have been replaced elsewhere: once more with another one.
        for _ in 0..2 {
            let token = self.wechat_token(scope, provider, stale.as_deref().map(String::as_str)).await?;
            let turn = self.turn()?;
            let answered = self.doors().phone(&token, code).await;
            drop(turn);
            match answered {
                Ok(number) => return Ok(Zeroizing::new(number)),
                Err(DoorFault::StaleToken) => stale = Some(token),
                Err(fault) => return Err(wechat_told(provider, "phoneCode", fault)),
            }
        }
        Err(wechat_told(provider, "phoneCode", DoorFault::StaleToken))
    }

    /// A token that counts, and is not the one that was refused.
    pub(in crate::federation) async fn wechat_token(
        &self,
        scope: &Scope,
        provider: &IdentityProvider,
        stale: Option<&str>,
    ) -> Answer<Zeroizing<String>> {
        for _ in 0..MOST_LOOKS {
            let step = match self.present(scope, provider, stale).await? {
                Some(token) => return Ok(token),
                None => self.next_step(scope, provider, stale).await?,
            };
            match step {
                Step::Have(token) => return Ok(token),
                Step::Fetch(how) => return self.fetch(scope, provider, how).await,
                Step::Wait => tokio::time::sleep(LOOK).await,
                Step::Refuse(retry_after_seconds) => {
                    return Err(Failure::Overloaded { retry_after_seconds });
                }
            }
        }
        Err(Failure::user("", FederationError::ProviderUnavailable))
    }

    /// The token that is there, if it counts for a while yet: what is so nearly always is read without a lock.
    async fn present(
        &self,
        scope: &Scope,
        provider: &IdentityProvider,
        stale: Option<&str>,
    ) -> Answer<Option<Zeroizing<String>>> {
        let tx = self.db().reader(scope).tx().await?;
        let kept = store::token::kept(&tx, provider.id).await?;
        Ok(kept.and_then(|kept| counting(kept, (stale, tx.now()), MARGIN_SECONDS)))
    }

    /// What is to be done, by the row of the token, which is held meanwhile.
    async fn next_step(
        &self,
        scope: &Scope,
        provider: &IdentityProvider,
        stale: Option<&str>,
    ) -> Answer<Step> {
        let tx = self.begin_system(scope).await?;
        let Some(mut kept) = store::token::held(&tx, provider.id).await? else {
            return match store::token::begin(&tx, provider.id).await {
                Ok(()) => self.end(tx, provider).await.map(|()| Step::Wait),
                // Somebody else made it at this moment.
                Err(StoreError::Conflict { .. }) => Ok(Step::Wait),
                Err(fault) => Err(fault.into()),
            };
        };
        let now = tx.now();
        let refused = stale.is_some() && stale == kept.token.as_deref().map(String::as_str);
        let leased = now < kept.lease_until && !mutant::active(Mutant::CrowdedToken);
        let how = if refused { Fetching::Forced } else { Fetching::Usual };
        if leased {
            // In the last five minutes the old one counts beside the new one.
            let old = counting(kept, (stale, now), 0);
            return Ok(old.map_or(Step::Wait, Step::Have));
        }
        if refused {
            if let Some(seconds) = forced(&mut kept, now) {
                return Ok(Step::Refuse(seconds));
            }
        } else if kept.token.is_some() && now.plus_seconds(MARGIN_SECONDS) < kept.expires_at {
            // Somebody else fetched it since it was looked at.
            return Ok(counting(kept, (stale, now), MARGIN_SECONDS).map_or(Step::Wait, Step::Have));
        }
        kept.lease_until = now.plus_seconds(LEASE_SECONDS);
        store::token::lease(&tx, provider.id, &kept).await?;
        self.end(tx, provider).await?;
        Ok(Step::Fetch(how))
    }

    async fn fetch(
        &self,
        scope: &Scope,
        provider: &IdentityProvider,
        how: Fetching,
    ) -> Answer<Zeroizing<String>> {
        let fetched = self.ask_for_token(scope, provider, how).await;
        let tx = self.begin_system(scope).await?;
        store::token::end_lease(&tx, provider.id, fetched.as_ref().ok()).await?;
        self.end(tx, provider).await?;
        fetched.map(|fresh| fresh.token)
    }

    async fn ask_for_token(
        &self,
        scope: &Scope,
        provider: &IdentityProvider,
        how: Fetching,
    ) -> Answer<FreshToken> {
        let secret = store::provider::secret(&*self.db().reader(scope).tx().await?, provider.id).await?;
        let Some(secret) = secret else {
            return Err(Failure::user("", FederationError::ProviderUnavailable));
        };
        let app = WechatApp { id: &provider.audience, secret: &secret.0 };
        let fetched = self.doors().token(app, how).await;
        fetched.map_err(|fault| wechat_told(provider, "", fault))
    }

    /// Begins what no caller asked for.
    async fn begin_system(&self, scope: &Scope) -> Answer<WriteTx> {
        match self.db().begin(scope).await? {
            Begun::Fresh(tx) => Ok(tx),
            Begun::Replay(_) => Err(StoreError::Internal("nobody carries a key".to_owned()).into()),
        }
    }

    async fn end(&self, tx: WriteTx, provider: &IdentityProvider) -> Answer<()> {
        tx.commit(Done { id: provider.id.uuid(), version: provider.version }).await?;
        Ok(())
    }
}

/// The token, if it counts for so many seconds yet and is not the one that was refused.
fn counting(
    kept: KeptToken,
    (stale, now): (Option<&str>, Timestamp),
    seconds: i64,
) -> Option<Zeroizing<String>> {
    let lasts = now.plus_seconds(seconds) < kept.expires_at;
    kept.token.filter(|token| lasts && stale != Some(token.as_str()))
}

/// Counts one that is forced; the seconds to wait when none may be.
fn forced(kept: &mut KeptToken, now: Timestamp) -> Option<u32> {
    if mutant::active(Mutant::HastyForce) {
        return None;
    }
    let seconds = now.micros().div_euclid(1_000_000);
    let china = seconds + CHINA_SECONDS;
    let (day, left) = (china.div_euclid(86_400), 86_400 - china.rem_euclid(86_400));
    let since = (now.micros() - kept.forced_at.micros()).abs().div_euclid(1_000_000);
    if since < FORCED_PAUSE_SECONDS {
        return Some(u32::try_from(FORCED_PAUSE_SECONDS - since).unwrap_or(1));
    }
    let count = if kept.forced_day == day { kept.forced_count } else { 0 };
    if count >= MOST_FORCED {
        return Some(u32::try_from(left).unwrap_or(u32::MAX));
    }
    (kept.forced_at, kept.forced_day, kept.forced_count) = (now, day, count + 1);
    None
}
