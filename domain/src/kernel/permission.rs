//! What an account may do. Roles are sets of permissions: `identity/roles.csv`.

use strum::{EnumCount, EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

/// One thing that a role may allow at its grant's target.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, EnumString, IntoStaticStr, EnumCount,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[repr(u8)]
pub enum Permission {
    /// Create tenants.
    TenantCreate,
    /// Create, rename, merge and dissolve units.
    UnitManage,
    /// Create grids and draw their boundaries.
    GridManage,
    /// Create unit groups and choose their members.
    GroupManage,
    /// Create organisations.
    OrganisationManage,
    /// See the accounts of the tenant.
    AccountRead,
    /// Create and disable accounts.
    AccountManage,
    /// Grant and revoke roles, never beyond one's own scope.
    GrantManage,
    /// Say whose word counts for who somebody is.
    IdentityProviderManage,
    /// Let somebody of another tenant read this one.
    OversightManage,
    /// Change the category tree.
    CategoryManage,
    /// Draft and publish programmes.
    ProgrammeManage,
    /// Say by which hours and days the district works.
    CalendarManage,
    /// Read the audit trail.
    AuditRead,
    /// Belong to the staff: read internal entries and the staff directory.
    StaffRead,
    /// Keep the roster: people of the force, kinds of posts, plans and teams.
    StaffManage,
    /// Appoint people of the force, and end what they hold; a role that comes along needs [`Self::GrantManage`]
    /// too.
    AppointmentManage,
    /// Bring rows in as a file, each within what the caller may do by hand.
    DataImport,
    /// Take what one sees out as a file.
    DataExport,
    /// Say whether somebody else's file of many people goes out.
    ExportApprove,
    /// Have a place of one's own called when something happens to the cases that one sees.
    WebhookManage,
    /// Have cases exchanged with another system in one's own name, and say how its words are read.
    ExchangeManage,
    /// Read the cases of the target's territory.
    CaseRead,
    /// Be a handler on behalf of the target: its unit or organisation.
    CaseHandle,
    /// Read who reported a case, unless the report is anonymous.
    ReporterRead,
    /// Read the name, the number and the address of a person whole, who is masked in every query: for a purpose, so often a day, and written down.
    PersonalReveal,
    /// Report a case.
    CaseReport,
    /// Bring photos and documents that are to be attached to cases.
    AttachmentUpload,
    /// Record visits that one makes.
    VisitRecord,
    /// Follow up key persons: record visits to them, and read those that others made, in the target's territory.
    KeyPersonFollowUp,
    /// Read what is said of children under fourteen, in the target's territory, whoever recorded it.
    ChildRead,
    /// Read to the door where cases of the target's territory occurred: for systems to which the district reports.
    AddressRead,
    /// Accept a reported case.
    CaseAccept,
    /// Refuse a reported case.
    CaseReject,
    /// Dispatch a case to a worker, station, town or organisation.
    CaseDispatch,
    /// Start handling a case.
    CaseStart,
    /// Pass a case on to another handler of the same level, or from an officer to mediation.
    CaseTransfer,
    /// Return a case to whoever dispatched it.
    CaseReturn,
    /// Hand a case up to the level above.
    CaseHandUp,
    /// Send a case down to a level below.
    CaseSendDown,
    /// Move a case on to the next stage of its state.
    CaseAdvance,
    /// Move a case back to an earlier stage.
    CaseStepBack,
    /// Let a case stand still, so that its time does not count.
    CasePause,
    /// Let a case that stands still go on.
    CaseResume,
    /// Give a case more time.
    CaseExtend,
    /// Ask for more time for a case.
    CaseRequestExtension,
    /// Ask others to assist with a case.
    CaseCoHandle,
    /// Say what one did to assist with a case.
    CaseAssist,
    /// Ask for haste with a case.
    CaseUrge,
    /// Put a case under supervision.
    CaseSupervise,
    /// Write an instruction on a case.
    CaseInstruct,
    /// Take charge of a case.
    CaseTakeCharge,
    /// Comment on a case.
    CaseComment,
    /// Report a case as settled.
    CaseComplete,
    /// Check that a case is settled.
    CaseVerify,
    /// Send a case back because it is not settled.
    CaseSendBack,
    /// Close a case.
    CaseClose,
    /// Rate how a closed case was settled.
    CaseEvaluate,
    /// Ask a reporter what they make of the result.
    CaseReturnVisit,
    /// Draw closed cases at random and check them.
    CaseSample,
    /// Open a closed case again.
    CaseReopen,
    /// Withdraw a case one reported.
    CaseWithdraw,
    /// Give a case another category.
    CaseChangeCategory,
    /// Make a case part of another.
    CaseMerge,
    /// Strike off a case that should not exist.
    CaseVoid,
}

impl Permission {
    /// Whether whoever holds it reads by it, or takes out what they read, and changes nothing.
    #[must_use]
    pub const fn only_reads(self) -> bool {
        matches!(
            self,
            Self::AccountRead
                | Self::AuditRead
                | Self::StaffRead
                | Self::DataExport
                | Self::CaseRead
                | Self::ReporterRead
                | Self::PersonalReveal
                | Self::ChildRead
                | Self::AddressRead
        )
    }
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PermissionSet(u128);

const _: () = assert!(Permission::COUNT <= 128, "PermissionSet holds 128 permissions");

impl PermissionSet {
    /// Whether the set holds `permission`.
    #[must_use]
    pub const fn holds(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u8) != 0
    }

    /// The set with `permission` too.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | (1 << permission as u8))
    }

    /// What is in either set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether every permission of `other` is in this set.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// The permissions, in their declared order.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::iter().filter(move |permission| self.holds(*permission))
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        permissions.into_iter().fold(Self::default(), Self::with)
    }
}
