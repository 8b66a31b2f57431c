//! Enums of the catalogue slice, mirrored from the domain.

use async_graphql::Enum;

/// What the hours of a limit count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::catalogue::LimitClock")]
pub enum LimitClock {
    /// Every hour, day and night (自然日, 紧急工作时).
    Calendar,
    /// Working hours only (工作时).
    Work,
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
