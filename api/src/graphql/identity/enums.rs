//! Enums of the identity slice, mirrored from the domain.

use async_graphql::Enum;

/// A named set of permissions; `roles` tells what each allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::identity::Role")]
pub enum RoleKind {
    /// Platform operator (平台运维员): creates tenants, sees no cases.
    PlatformOperator,
    /// System administrator (系统管理员): units, accounts, categories; grants nothing.
    SystemAdministrator,
    /// Security administrator (安全管理员): grants roles it does not hold itself.
    SecurityAdministrator,
    /// Audit administrator (审计管理员): reads the audit trail, changes nothing.
    AuditAdministrator,
    /// District commander (区指挥长).
    DistrictCommander,
    /// District dispatcher (区调度员).
    DistrictDispatcher,
    /// District leader (区领导): reads, comments, instructs and takes charge.
    DistrictLeader,
    /// Department handler (部门承办员): works what was handed to its organisation.
    DepartmentHandler,
    /// Town administrator (镇街管理员): runs a town, its accounts and its grants.
    TownAdministrator,
    /// Town dispatcher (镇街调度员).
    TownDispatcher,
    /// Town handler (镇街承办员).
    TownHandler,
    /// Station chief (站长): heads a village's station.
    StationChief,
    /// Grid chief (网格长): answers for one grid or several.
    GridChief,
    /// Grid instructor (网格指导员): checks, never closes.
    GridInstructor,
    /// Embedded police (驻派警员): public order and disputes of a police grid.
    EmbeddedPolice,
    /// Full-time grid worker (专职网格员).
    FullTimeWorker,
    /// Part-time grid worker (兼职网格员).
    PartTimeWorker,
    /// Mediator (调解员): works what was handed to them or their organisation.
    Mediator,
    /// Volunteer (志愿者): works what was handed to them.
    Volunteer,
    /// Resident (居民): reports, and follows their own cases.
    Resident,
    /// API client (接口账号): a program, such as the hotline's.
    ApiClient,
    /// Auditor (审阅员): reads the audit trail.
    Auditor,
    /// Overseer (督查员): somebody of another district who reads this one by its leave, and changes nothing. Nobody is granted it: `oversightGrantCreate` lends it.
    Overseer,
}

/// Whether an account may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::identity::AccountState")]
pub enum AccountState {
    /// It may (启用).
    Active,
    /// It may not, and its sessions have ended (停用).
    Disabled,
}

/// How a secret proves who holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::identity::ClientProof")]
pub enum ClientProofKind {
    /// It is shown at `/oauth/token` for an access token (出示换取令牌).
    Secret,
    /// It signs each request and is never sent (请求签名).
    Signature,
}

/// What a role can be held at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::identity::TargetKind")]
pub enum RoleTargetKind {
    /// The installation itself.
    Platform,
    /// The district: everything in it.
    District,
    /// A town and its villages.
    Town,
    /// A village and its grids.
    Village,
    /// A single grid.
    Grid,
    /// A unit group: its units and grids.
    Group,
    /// A department or partner: the cases that lie with it.
    Organisation,
}
