//! Looking people up by their whole telephone number: whoever could do it without end would find the digits that a mask hides.

use crate::identity::service::IdentityService;
use crate::kernel::bucket::{Bucket, Limited};
use crate::kernel::failure::Failure;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;

impl IdentityService {
    /// Counts that the caller looks somebody up by a number, be it found or not.
    pub(crate) async fn count_lookup<E>(&self, scope: &Scope) -> Result<(), Failure<E>> {
        let Some(account) = scope.account() else { return Ok(()) };
        let limited = Limited::NumberLookup;
        let whose = Bucket { limited, tenant: Some(scope.tenant()), whose: account.to_string() };
        let taken = self.buckets().take(&whose, self.settings().lookups, self.db().now()).await;
        let Err(wait) = taken else { return Ok(()) };
        if mutant::active(Mutant::EndlessLookups) {
            return Ok(());
        }
        let limit: &'static str = limited.into();
        metrics::counter!("fengqiao_limited_total", "limit" => limit).increment(1);
        let seconds = wait.as_millis().div_ceil(1_000);
        Err(Failure::Overloaded { retry_after_seconds: u32::try_from(seconds).unwrap_or(u32::MAX) })
    }
}
