//! Enums of the personal slice, mirrored from the domain.

use async_graphql::Enum;

/// What somebody is read whole for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::personal::RevealPurpose")]
pub enum RevealPurposeKind {
    /// To call or to meet them (联系当事人).
    Contact,
    /// To find out whether they are who they say (核实身份).
    Verification,
    /// To help them at once (紧急救助).
    Assistance,
    /// Something else, which the note says (其他).
    Other,
}
