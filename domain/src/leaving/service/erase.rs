//! Erase what a district held.
//!
//! First its key, so that what is sealed opens nowhere any more, in no copy of the tables either that has not the key; then every row, some at
//! a time. Whoever breaks it off runs it again: it goes on where it was. What is left is told by counting, not by remembering.

use sea_orm::sea_query::Expr;
use serde_json::json;

use fengqiao_entity::org::tenant;

use crate::kernel::id::{TenantId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::PlatformScope;
use crate::leaving::error::LeavingError;
use crate::leaving::service::{Answer, HandedOver, LeavingService, Settled, refused, state};
use crate::leaving::store;
use crate::org::{Tenant, TenantState};
use crate::store::{Done, Leaving, LeavingTable, Rewrite, Sealer, StoreError};

/// Where the keys of tenants are.
const KEYS: &str = "tenant_keys";

/// What is to be erased.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Code of the district.
    pub code: &'a str,
    /// Its name, as whoever wants it says.
    pub named: &'a str,
    /// How many attachments the storage has of it.
    pub files: u64,
    /// Whether it is known that the storage has fewer than were handed over.
    pub without_missing_files: bool,
}

/// What an erasure did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Rows that were removed.
    pub rows: u64,
    /// Leaves to oversee other districts that people of this one had.
    pub leaves: usize,
}

impl LeavingService {
    /// Begins to erase a district that was handed over, or goes on with one. From here on it does not open again.
    ///
    /// # Errors
    /// [`LeavingError::NotFound`], [`LeavingError::Open`], [`LeavingError::NotExported`], [`LeavingError::OtherName`],
    /// [`LeavingError::Gone`] when nothing is left to erase.
    pub async fn begin_erasure(
        &self,
        platform: &PlatformScope,
        leaving: &Leaving,
        Wanted { code, named, files, without_missing_files }: Wanted<'_>,
    ) -> Answer<Tenant> {
        let tenant = self.district(platform, code).await?;
        if tenant.name != named {
            let (code, name) = (code.to_owned(), tenant.name);
            return Err(refused(LeavingError::OtherName { code, name }));
        }
        let (tx, row) = self.begin(platform, tenant.id).await?;
        // Nobody is kept waiting while it is counted.
        drop(tx);
        let is_begun = match state(&row)? {
            TenantState::Open => return Err(refused(LeavingError::Open(code.to_owned()))),
            TenantState::Erased => return Err(refused(LeavingError::Gone(code.to_owned()))),
            TenantState::Erasing => true,
            TenantState::Closed => false,
        };
        self.is_own(leaving, &tenant, row.closed_at).await?;
        let unasked = mutant::active(Mutant::UnexportedErased);
        match &row.exported_counts {
            Some(counts) if !unasked => {
                let handed_over: HandedOver = serde_json::from_str(counts)
                    .map_err(|error| StoreError::corrupt("tenants", "exported_counts", error))?;
                if !is_begun {
                    has_not_grown(leaving, &tenant, &handed_over).await?;
                }
                let missing =
                    if is_begun { files == 0 && handed_over.files > 0 } else { files < handed_over.files };
                if missing && !without_missing_files {
                    let (code, there, handed_over) = (code.to_owned(), files, handed_over.files);
                    return Err(refused(LeavingError::OtherStorage { code, there, handed_over }));
                }
            }
            // The files of one that is being erased are gone already.
            None if !is_begun && !unasked => {
                return Err(refused(LeavingError::NotExported(code.to_owned())));
            }
            _ => {}
        }
        if is_begun {
            return Ok(tenant);
        }
        let (mut tx, now) = self.begin(platform, tenant.id).await?;
        if now != row {
            return Err(refused(LeavingError::NotExported(code.to_owned())));
        }
        store::turned(&tx, TenantState::Erasing).run().await?;
        tx.audit("tenant.erase_begin", &tenant.id, json!({}));
        tx.commit(Done { id: tenant.id.uuid(), version: 1 }).await?;
        Ok(Tenant { state: TenantState::Erasing, ..tenant })
    }

    /// Notes that the files of a district that is being erased are gone: whoever goes on with it looks for none.
    ///
    /// # Errors
    /// As the database says.
    pub async fn files_gone(&self, platform: &PlatformScope, tenant: &Tenant) -> Answer<()> {
        let (tx, _) = self.begin(platform, tenant.id).await?;
        let noted = store::turned(&tx, TenantState::Erasing);
        noted.set(tenant::Column::ExportedCounts, Expr::cust("NULL")).run().await?;
        tx.commit(Done { id: tenant.id.uuid(), version: 1 }).await?;
        Ok(())
    }

    /// Removes every row of a district whose erasure began. `said` is told how many rows went of which table.
    ///
    /// # Errors
    /// [`LeavingError::StillWritten`] when rows came meanwhile.
    pub async fn erase(
        &self,
        platform: &PlatformScope,
        leaving: &Leaving,
        (tenant, rewrite): (&Tenant, Rewrite),
        said: impl Fn(&str, u64) + Send,
    ) -> Answer<Erased> {
        let mut erased = Erased { leaves: self.forget_elsewhere(platform, tenant.id).await?, rows: 0 };
        let tables = leaving.tables().await?;
        let goes = |table: &&LeavingTable| {
            !table.kept && (table.name != KEYS || !mutant::active(Mutant::KeptTenantKey))
        };
        let (keys, others): (Vec<_>, Vec<_>) =
            tables.iter().filter(goes).partition(|table| table.name == KEYS);
        for table in keys.into_iter().chain(others) {
            let mut rows = 0;
            loop {
                let some = leaving.remove(tenant.id, table).await?;
                rows += some;
                if some == 0 || mutant::active(Mutant::HalfErased) {
                    break;
                }
            }
            leaving.emptied(table).await?;
            if rows > 0 {
                said(&table.name, rows);
            }
            erased.rows += rows;
        }
        for table in tables.iter().filter(goes) {
            let rows = leaving.count(tenant.id, table).await?;
            if rows > 0 && !mutant::active(Mutant::HalfErased) {
                let table = table.name.clone();
                return Err(refused(LeavingError::StillWritten { table, rows }));
            }
        }
        if rewrite == Rewrite::Whole {
            leaving.rewrite(&tables).await?;
        }
        Ok(erased)
    }

    /// Takes back what other tenants gave to people of this one, and has them forget who they were.
    async fn forget_elsewhere(&self, platform: &PlatformScope, home: TenantId) -> Answer<usize> {
        let mut leaves = 0;
        for known in self.db.lookup_tenants().await? {
            let other = TenantId::from_uuid(known.tenant.tenant_id);
            // What is being erased itself forgets everybody.
            if other == home || ["erasing", "erased"].contains(&known.state.as_str()) {
                continue;
            }
            let mut tx = self.db.begin_platform(platform, other).await?;
            let here = store::forget_overseers(&mut tx, platform, home).await?;
            if here == 0 {
                continue;
            }
            tx.audit("oversight_grant.home_erased", &other, json!({ "leaves": here }));
            tx.commit(Done { id: other.uuid(), version: 1 }).await?;
            leaves += here;
        }
        Ok(leaves)
    }

    /// Notes that nothing is left of a district but its audit trail. Its code is free for another one.
    ///
    /// # Errors
    /// As the database says.
    pub async fn erased(
        &self,
        platform: &PlatformScope,
        tenant: &Tenant,
        erased: Erased,
        files: u64,
    ) -> Answer<()> {
        let (mut tx, row) = self.begin(platform, tenant.id).await?;
        if state(&row)? == TenantState::Erasing {
            let (now, id) = (tx.now(), tenant.id.uuid().simple().to_string());
            let code = format!("{}-erased-{}", tenant.code, id.get(20..).unwrap_or_default());
            let gone = store::turned(&tx, TenantState::Erased);
            gone.set(tenant::Column::ErasedAt, Expr::val(now))
                .set(tenant::Column::Code, Expr::val(code))
                .run()
                .await?;
            tx.audit("tenant.erase", &tenant.id, json!({ "rows": erased.rows, "files": files }));
            tx.commit(Done { id: tenant.id.uuid(), version: 1 }).await?;
        }
        Ok(())
    }

    /// Seals what was written last of a district's trail, which a server does too: whether that is done.
    pub async fn seal(&self, _platform: &PlatformScope, tenant: TenantId) -> bool {
        let finished = Sealer::new(self.db.clone()).finish(tenant).await;
        finished
            .inspect_err(|error| tracing::warn!(%tenant, %error, "the end of its audit trail is not sealed"))
            .is_ok()
    }

    /// Whether the owner's address leads to the tables of this store.
    async fn is_own(&self, leaving: &Leaving, tenant: &Tenant, closed_at: Option<Timestamp>) -> Answer<()> {
        let closed_at = closed_at.unwrap_or(Timestamp(0));
        if leaving.sees(tenant.id, closed_at).await? {
            return Ok(());
        }
        Err(refused(LeavingError::OtherDatabase(tenant.code.clone())))
    }

    /// The same for one that is about to be handed over.
    ///
    /// # Errors
    /// [`LeavingError::OtherDatabase`].
    pub async fn sees(&self, _platform: &PlatformScope, leaving: &Leaving, settled: &Settled) -> Answer<()> {
        self.is_own(leaving, &settled.tenant, Some(settled.closed_at)).await
    }
}

/// Whether each table has no more rows than were handed over. The trail goes on, and some tables are swept.
async fn has_not_grown(leaving: &Leaving, tenant: &Tenant, handed_over: &HandedOver) -> Answer<()> {
    for table in leaving.tables().await?.iter().filter(|table| !table.kept) {
        let before = handed_over.tables.get(&table.name).copied().unwrap_or_default();
        let rows = leaving.count(tenant.id, table).await?;
        if rows > before {
            let (code, table, rows) = (tenant.code.clone(), table.name.clone(), rows - before);
            return Err(refused(LeavingError::GrownSince { code, table, rows }));
        }
    }
    Ok(())
}
