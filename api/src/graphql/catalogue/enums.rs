//! Enums of the catalogue slice, mirrored from the domain.

use async_graphql::Enum;

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::kernel::calendar::LimitKind")]
pub enum LimitKind {
    /// Hours, day and night, holidays too (紧急工作时).
    UrgentHour,
    /// Hours at which the offices are open (工作时).
    WorkingHour,
    /// Days that are worked on, from the next one after the beginning until the offices close on the last (工作日).
    WorkingDay,
    /// Days from the next one after the beginning until the offices close on the last, or on the next one that is
    /// worked on when that is off (自然日).
    CalendarDay,
}

/// Who is asked first about a matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::catalogue::RoutingKind")]
pub enum CategoryRoutingKind {
    /// Events (事件): the office of the place, then the organisation that answers for the matter (先属地后属主).
    TerritoryFirst,
    /// Components (部件) such as lamps and covers: the organisation that owns them, then the office of the place
    /// (先属主后属地).
    OwnerFirst,
}

/// How guarded a matter is: a case is shown only to those whose grant reaches as high.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::kernel::place::Sensitivity")]
pub enum Sensitivity {
    /// Everyday matters (一般).
    Normal,
    /// Minors, domestic violence, key persons (敏感).
    Sensitive,
    /// Only for those who lead (涉密).
    Confidential,
}
