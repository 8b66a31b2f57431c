//! Who may read the rows of a table, stated once beside its columns.

use sea_orm::EntityTrait;

/// A table whose rows belong to one tenant.
///
/// The store adds the tenant and the [`Reach`] to every statement on it and stamps the tenant on
/// every insert; PostgreSQL holds the same rule as policies.
pub trait TenantOwned: EntityTrait {
    /// The column with the tenant, first in every key.
    fn tenant() -> Self::Column;

    /// Which rows of the tenant an account reads.
    fn reach() -> Reach<Self::Column>;

    /// Whether it is a standing table: read whole by every account of the tenant, and seldom changed.
    #[must_use]
    fn is_standing() -> bool {
        false
    }
}

/// Which rows of its own tenant an account reads.
#[derive(Clone, Copy, Debug)]
pub enum Reach<C> {
    /// Every row: units, grids, organisations, categories.
    Tenant,
    /// Staff read every row; everyone else only the rows of their own account.
    StaffOrOwn {
        /// Column with the account.
        account: C,
    },
    /// Only the rows of one's own account: sessions, idempotency records.
    Own {
        /// Column with the account.
        account: C,
    },
    /// A case: by its place, its category and its sensitivity, or by an access row.
    Case,
    /// Rows that hang off a case: read when the case is, and when the audience allows.
    OfCase {
        /// Column with the case.
        case: C,
        /// Column that is 0 when residents may read the row too.
        audience: C,
    },
    /// Rows of a place: by the place and the sensitivity as a case, of no category; those of key persons by the place for whoever follows
    /// them up, those of children for whoever reads of them; and one's own.
    PlaceOrOwn {
        /// Column with the account.
        account: C,
        /// Column that says whether it is of a key person.
        key_person: C,
        /// Column that says whether it is of a child; empty where nobody said.
        child: C,
    },
    /// Rows of one's own account until they hang off a case; from then on as [`Reach::OfCase`].
    OwnUntilCase {
        /// Column with the account.
        account: C,
        /// Column with the case, empty until then.
        case: C,
        /// Column that is 0 when residents may read the row too.
        audience: C,
    },
    /// Rows an auditor reads, and nobody else.
    Auditor,
    /// Rows the application role only appends: the outbox.
    Nobody,
}

/// Declares a table as owned by a tenant: `tenant_owned!(Reach::Tenant)` beside its `Entity`, or
/// `tenant_owned!(standing)` for a standing table.
#[macro_export]
macro_rules! tenant_owned {
    (standing) => {
        impl $crate::tenancy::TenantOwned for Entity {
            fn tenant() -> Column {
                Column::TenantId
            }
            fn reach() -> $crate::tenancy::Reach<Column> {
                $crate::tenancy::Reach::Tenant
            }
            fn is_standing() -> bool {
                true
            }
        }
    };
    ($reach:expr) => {
        impl $crate::tenancy::TenantOwned for Entity {
            fn tenant() -> Column {
                Column::TenantId
            }
            fn reach() -> $crate::tenancy::Reach<Column> {
                $reach
            }
        }
    };
}
