//! `@requires(permission: …)`: the permission that a mutation demands, visible in the schema.

use async_graphql::{Enum, TypeDirective};

/// One thing that a role may allow at its grant's target. `viewer { permissions }` lists the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::kernel::permission::Permission")]
pub enum Permission {
    /// Create tenants (平台运维).
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
    /// Say whose word counts for who somebody is (身份提供方).
    IdentityProviderManage,
    /// Let somebody of another tenant read this one (跨区督查).
    OversightManage,
    /// Change the category tree.
    CategoryManage,
    /// Draft and publish programmes (流程方案).
    ProgrammeManage,
    /// Say by which hours and days the district works (工作日历).
    CalendarManage,
    /// Read the audit trail.
    AuditRead,
    /// Belong to the staff: read internal entries and the staff directory.
    StaffRead,
    /// Keep the roster (台账): people of the force, kinds of posts, plans and teams.
    StaffManage,
    /// Appoint people of the force (任职), and end what they hold; a role that comes along needs `GRANT_MANAGE` too.
    AppointmentManage,
    /// Bring rows in as a file (导入), each within what the caller may do by hand.
    DataImport,
    /// Take what one sees out as a file (导出).
    DataExport,
    /// Say whether somebody else's file of many people goes out (导出审批).
    ExportApprove,
    /// Have a place of one's own called when something happens to the cases that one sees (回调).
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
    /// Report a case (上报).
    CaseReport,
    /// Bring photos and documents that are to be attached to cases (上传附件).
    AttachmentUpload,
    /// Record visits that one makes (走访登记).
    VisitRecord,
    /// Follow up key persons (重点人员走访): record visits to them, and read those that others made, in the target's territory.
    KeyPersonFollowUp,
    /// Read what is said of children under fourteen (不满十四周岁), in the target's territory, whoever recorded it.
    ChildRead,
    /// Read to the door where cases of the target's territory occurred (完整地址): for systems to which the district reports.
    AddressRead,
    /// Accept a reported case (受理).
    CaseAccept,
    /// Refuse a reported case (不予受理).
    CaseReject,
    /// Dispatch a case to a worker, station, town or organisation (分流).
    CaseDispatch,
    /// Start handling a case (处置).
    CaseStart,
    /// Pass a case on to another handler of the same level, or from an officer to mediation (转办、警调衔接).
    CaseTransfer,
    /// Return a case to whoever dispatched it (回退).
    CaseReturn,
    /// Hand a case up to the level above (上报/提级).
    CaseHandUp,
    /// Send a case down to a level below (下派).
    CaseSendDown,
    /// Move a case on to the next stage of its state (推进).
    CaseAdvance,
    /// Move a case back to an earlier stage (回退到前面环节).
    CaseStepBack,
    /// Let a case stand still, so that its time does not count (挂起).
    CasePause,
    /// Let a case that stands still go on (恢复).
    CaseResume,
    /// Give a case more time (延期).
    CaseExtend,
    /// Ask for more time for a case (延期申请).
    CaseRequestExtension,
    /// Ask others to assist with a case (协办).
    CaseCoHandle,
    /// Say what one did to assist with a case (协办反馈).
    CaseAssist,
    /// Ask for haste with a case (催办).
    CaseUrge,
    /// Put a case under supervision (督办).
    CaseSupervise,
    /// Write an instruction on a case (批示).
    CaseInstruct,
    /// Take charge of a case as a leader (包案).
    CaseTakeCharge,
    /// Comment on a case.
    CaseComment,
    /// Report a case as settled (反馈).
    CaseComplete,
    /// Check that a case is settled (核查).
    CaseVerify,
    /// Send a case back because it is not settled (返工).
    CaseSendBack,
    /// Close a case (结案).
    CaseClose,
    /// Rate how a closed case was settled (评价).
    CaseEvaluate,
    /// Ask a reporter what they make of the result (回访).
    CaseReturnVisit,
    /// Draw closed cases at random and check them (抽查).
    CaseSample,
    /// Open a closed case again.
    CaseReopen,
    /// Withdraw a case one reported (撤回).
    CaseWithdraw,
    /// Give a case another category (改类).
    CaseChangeCategory,
    /// Make a case part of another (并案).
    CaseMerge,
    /// Strike off a case that should not exist (作废).
    CaseVoid,
}

/// The field demands this permission at the place it acts on. Without it an act on a case that the caller
/// sees is `NOT_PERMITTED` in the payload, on one they do not see `NOT_FOUND`. Any other mutation is
/// `FORBIDDEN` when no grant of the caller allows it anywhere, and `NOT_PERMITTED` in the payload when one
/// does elsewhere.
#[TypeDirective(location = "FieldDefinition")]
pub(crate) fn requires(
    #[graphql(desc = "What some grant of the caller must allow there.")] permission: Permission,
) {
}
