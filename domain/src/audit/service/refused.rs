//! What somebody asked for and may not have is written down.

use std::time::Duration;

use serde_json::json;

use crate::audit::model::Refused;
use crate::audit::service::{Answer, AuditService};
use crate::audit::store;
use crate::kernel::bucket::{Bucket, Limited, Rate};
use crate::kernel::id::AccountId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, StoreError};

/// Of what an account makes entries by, so much at most is about one field: whoever repeats one attempt hides no other by it.
const FIELDS: u32 = 6;
/// How often it is said that of an account no more is written down.
const TOLD: Rate = Rate { burst: 1, every: Duration::from_hours(1) };

impl AuditService {
    /// Writes down what the caller was refused, before they are told. Whoever tries without end makes no more entries than the
    /// service was given: the first that is too many is the last, and says so; `fengqiao_limited_total` counts the rest.
    ///
    /// # Errors
    /// As the database says.
    pub async fn note_refused(&self, scope: &Scope, refused: &Refused) -> Answer<()> {
        let Some(account) = scope.account().filter(|_| !mutant::active(Mutant::SilentRefusals)) else {
            return Ok(());
        };
        let mut detail = json!({ "field": refused.field, "code": refused.code });
        if !self.is_noted(scope, account, &refused.field) && !mutant::active(Mutant::EndlessRefusals) {
            let limit: &'static str = Limited::RefusalEntry.into();
            metrics::counter!("fengqiao_limited_total", "limit" => limit).increment(1);
            if !self.takes(scope, format!("{account} told"), TOLD) {
                return Ok(());
            }
            detail["more"] = json!("not written down");
        }
        let mut tx = match self.db.begin(&scope.without_grants()).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(_) => return Err(StoreError::Internal("no grants, and a key".to_owned()).into()),
        };
        let target = refused.target.clone().unwrap_or_else(|| scope.tenant().to_string());
        tx.audit(store::REFUSED, &target, detail);
        tx.commit(Done { id: account.uuid(), version: 0 }).await?;
        Ok(())
    }

    /// Whether there is room for one more entry about a field, and about its caller.
    fn is_noted(&self, scope: &Scope, account: AccountId, field: &str) -> bool {
        let Rate { burst, every } = self.refusals;
        let of_field = Rate { burst: burst.div_ceil(FIELDS), every: every * FIELDS };
        self.takes(scope, format!("{account} {field}"), of_field)
            && self.takes(scope, account.to_string(), self.refusals)
    }

    fn takes(&self, scope: &Scope, whose: String, rate: Rate) -> bool {
        let bucket = Bucket { limited: Limited::RefusalEntry, tenant: Some(scope.tenant()), whose };
        self.made.take_now(&bucket, rate, self.db.now()).is_ok()
    }
}
