//! Enums of the exchange slice, mirrored from the domain.

use async_graphql::Enum;

/// By which door another system comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::exchange::Door", name = "ExchangeDoorKind")]
pub enum ExchangeDoorKind {
    /// `POST /exchange/v1/{district}/{key}`: JSON, and every message is signed as Standard Webhooks signs.
    Signed,
    /// `/open311/v2`: `GeoReport` v2 of Open311, with a key.
    #[graphql(name = "OPEN311")]
    Open311,
}

/// What is read of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Enum)]
#[graphql(remote = "fengqiao_domain::exchange::TicketField", name = "ExchangeTicketFieldKind")]
pub enum ExchangeTicketFieldKind {
    /// Its number there (工单编号). Needed.
    Number,
    /// Short text for lists, without personal data; the category's name without it.
    Title,
    /// What was said (诉求内容). Needed.
    Description,
    /// Code of what it is about (事项类别).
    Category,
    /// Code of where it occurred (区划): of a unit or a grid.
    Area,
    /// Where it occurred, as people write it.
    Address,
    /// Longitude in degrees.
    Longitude,
    /// Latitude in degrees.
    Latitude,
    /// Name of the caller.
    ReporterName,
    /// Telephone number of the caller.
    ReporterPhone,
    /// When it occurred, as RFC 3339 or as `2026-11-22 16:00:00` in official Chinese time.
    OccurredAt,
    /// When it was reported there, likewise.
    ReportedAt,
    /// How urgent it is.
    Priority,
}

/// How a case differs between two systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::exchange::DifferenceKind", name = "ExchangeDifferenceKind")]
pub enum ExchangeDifferenceKind {
    /// We have it and they do not.
    MissingThere,
    /// They have it and we do not, or the caller does not see it.
    MissingHere,
    /// It is open on one side only.
    StandingDiffers,
    /// They list the same case twice.
    DoubledThere,
    /// They know it by another number than the one they said.
    NumberDiffers,
}

/// Whether a case is open in another system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::exchange::Standing", name = "ExchangeStandingKind")]
pub enum ExchangeStandingKind {
    /// Somebody still has to do something.
    Open,
    /// Nobody has.
    Closed,
}
