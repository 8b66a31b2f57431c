//! Reading the values of fields.

use std::collections::HashMap;

use crate::cases::service::{Answer, CaseService};
use crate::cases::store;
use crate::cases::value::CaseValue;
use crate::kernel::id::CaseId;
use crate::kernel::scope::Scope;
use crate::store::Reader;

impl CaseService {
    /// The present values of some cases, as far as the caller may read them.
    ///
    /// # Errors
    /// As the database says.
    pub async fn values_of(
        &self,
        _scope: &Scope,
        reader: &Reader,
        cases: &[CaseId],
    ) -> Answer<HashMap<CaseId, Vec<CaseValue>>> {
        let mut of: HashMap<CaseId, Vec<CaseValue>> = HashMap::new();
        for (case, value) in store::value::of_cases(&*reader.tx().await?, cases).await? {
            of.entry(case).or_default().push(value);
        }
        Ok(of)
    }
}
