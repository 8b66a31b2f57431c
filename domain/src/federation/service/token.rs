//! The token by which WeChat is asked (稳定版接口调用凭据): one for all processes, fetched by one of them at a time.
//!
//! WeChat's rules (`getStableAccessToken`): a token counts for two hours; the next one is given from five minutes before its end on, and both
//! count in these; another one in place of one that counts is given twenty times a day, thirty seconds apart.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::federation::doors::{DoorFault, Fetching, FreshToken, WechatApp};
use crate::federation::entry::{is_code, wechat_told};
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
/// How long one process may take to fetch before another does: longer than two answers are waited for.
const LEASE_SECONDS: i64 = 60;
/// For how long nobody asks after one that asked was given none.
const FAILED_PAUSE_SECONDS: i64 = 2;
/// Before it is looked again whether another process has fetched it.
const LOOK: Duration = Duration::from_millis(100);
/// At most; twice as long each time.
const LONGEST_LOOK: Duration = Duration::from_secs(1);
/// How often it is looked: for as long as a lease.
const MOST_LOOKS: usize = 64;
/// Seconds by which the clock of China is ahead of UTC.
const CHINA_SECONDS: i64 = 8 * 3_600;

/// What is to be done about a token.
enum Step {
    /// It counts.
    Have(Zeroizing<String>),
    /// Another process fetches the next one, or nobody may for a moment.
    Wait,
    /// Somebody must fetch the next one.
    Ask,
    /// This process fetches it, by a lease until then.
    Fetch(Timestamp),
}

impl FederationService {
    /// The number that WeChat verified of whoever a code is of.
    pub(in crate::federation) async fn verified_phone(
        &self,
        scope: &Scope,
        provider: &IdentityProvider,
        code: &str,
    ) -> Answer<Zeroizing<String>> {
        if !is_code(code) {
            return Err(Failure::user("phoneCode", FederationError::InvalidProof));
        }
        let mut stale = None;
        // A token may have been replaced elsewhere: once more with another one.
        for _ in 0..2 {
            let refused = stale.as_deref().map(String::as_str);
            let token = self.wechat_token(scope, provider, refused).await?;
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
    async fn wechat_token(
        &self,
        scope: &Scope,
        provider: &IdentityProvider,
        stale: Option<&str>,
    ) -> Answer<Zeroizing<String>> {
        let mut pause = LOOK;
        for _ in 0..MOST_LOOKS {
            let step = match self.look(scope, provider, stale).await? {
                Step::Ask => self.lease(scope, provider, stale).await?,
                step => step,
            };
            match step {
                Step::Have(token) => return Ok(token),
                Step::Fetch(lease) => return self.fetch(scope, provider, (lease, stale)).await,
                Step::Ask => {}
                Step::Wait => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_LOOK);
                }
            }
        }
        Err(Failure::user("", FederationError::ProviderUnavailable))
    }

    /// What there is to do, read without a lock: nearly always there is a token.
    async fn look(&self, scope: &Scope, provider: &IdentityProvider, stale: Option<&str>) -> Answer<Step> {
        let tx = self.db().reader(scope).tx().await?;
        let kept = store::token::kept(&tx, provider.id).await?;
        Ok(kept.map_or(Step::Ask, |kept| step(kept, (stale, tx.now()))))
    }

    /// The same with the row of the token held: whoever has to ask takes the lease.
    async fn lease(&self, scope: &Scope, provider: &IdentityProvider, stale: Option<&str>) -> Answer<Step> {
        let tx = self.begin_system(scope).await?;
        let Some(mut kept) = store::token::held(&tx, provider.id).await? else {
            return match store::token::begin(&tx, provider.id).await {
                Ok(()) => self.end(tx, provider).await.map(|()| Step::Ask),
                // Somebody else made it at this moment.
                Err(StoreError::Conflict { .. }) => Ok(Step::Ask),
                Err(fault) => Err(fault.into()),
            };
        };
        let until = tx.now().plus_seconds(LEASE_SECONDS);
        kept.lease_until = match step(kept.clone(), (stale, tx.now())) {
            Step::Ask => until,
            step => return Ok(step),
        };
        store::token::lease(&tx, provider.id, &kept).await?;
        self.end(tx, provider).await?;
        Ok(Step::Fetch(until))
    }

    /// Fetches the next one, and lets the lease go.
    async fn fetch(
        &self,
        scope: &Scope,
        provider: &IdentityProvider,
        (lease, stale): (Timestamp, Option<&str>),
    ) -> Answer<Zeroizing<String>> {
        let is_refused = |fresh: &FreshToken| stale == Some(fresh.token.as_str());
        // Somebody else may have had another one forced: that is the one to have, and not a third.
        let mut fetched = self.ask_for_token(scope, provider, Fetching::Usual).await;
        if fetched.as_ref().is_ok_and(is_refused) {
            fetched = match self.force(scope, provider, lease).await {
                Ok(()) => self.ask_for_token(scope, provider, Fetching::Forced).await,
                Err(failure) => Err(failure),
            };
        }
        if fetched.as_ref().is_ok_and(is_refused) {
            fetched = Err(wechat_told(provider, "", DoorFault::StaleToken));
        }
        let tx = self.begin_system(scope).await?;
        let next = if fetched.is_ok() { Timestamp(0) } else { tx.now().plus_seconds(FAILED_PAUSE_SECONDS) };
        store::token::end_lease(&tx, (provider.id, lease, next), fetched.as_ref().ok()).await?;
        self.end(tx, provider).await?;
        match fetched {
            Ok(fresh) => Ok(fresh.token),
            Err(failure) => {
                // What is there may count for some minutes yet.
                let tx = self.db().reader(scope).tx().await?;
                let kept =
                    store::token::kept(&tx, provider.id).await?.filter(|kept| tx.now() < kept.expires_at);
                let token = kept.and_then(|kept| kept.token).filter(|token| stale != Some(token.as_str()));
                token.ok_or(failure)
            }
        }
    }

    /// Counts one that is forced, before it is.
    async fn force(&self, scope: &Scope, provider: &IdentityProvider, lease: Timestamp) -> Answer<()> {
        let tx = self.begin_system(scope).await?;
        let kept = store::token::held(&tx, provider.id).await?;
        let Some(mut kept) = kept.filter(|kept| kept.lease_until == lease) else {
            return Err(Failure::user("", FederationError::ProviderUnavailable));
        };
        if let Some(retry_after_seconds) = forced(&mut kept, tx.now()) {
            return Err(Failure::Overloaded { retry_after_seconds });
        }
        store::token::lease(&tx, provider.id, &kept).await?;
        self.end(tx, provider).await
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

/// What is to be done, by what is kept.
fn step(kept: KeptToken, (stale, now): (Option<&str>, Timestamp)) -> Step {
    // A lease of a clock that runs far ahead is none.
    let leased = now < kept.lease_until && kept.lease_until <= now.plus_seconds(2 * LEASE_SECONDS);
    let counts = |seconds: i64| now.plus_seconds(seconds) < kept.expires_at;
    let lasting = counts(MARGIN_SECONDS);
    // While somebody fetches the next one the old one counts beside it.
    let counting = lasting || leased && counts(0);
    match kept.token.filter(|token| counting && stale != Some(token.as_str())) {
        Some(token) => Step::Have(token),
        None if leased && !mutant::active(Mutant::CrowdedToken) => Step::Wait,
        None => Step::Ask,
    }
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
