//! `interface UserError`: what the caller can mend, with the input at fault.

#![expect(missing_docs, reason = "the library's derive makes methods without documentation")]

use async_graphql::Interface;

use crate::graphql::calendars::CalendarUserError;
use crate::graphql::cases::CaseUserError;
use crate::graphql::catalogue::CatalogueUserError;
use crate::graphql::exchange::ExchangeUserError;
use crate::graphql::federation::FederationUserError;
use crate::graphql::fieldwork::VisitUserError;
use crate::graphql::files::FileUserError;
use crate::graphql::identity::IdentityUserError;
use crate::graphql::org::OrgUserError;
use crate::graphql::oversight::OversightUserError;
use crate::graphql::personal::PersonUserError;
use crate::graphql::programmes::ProgrammeUserError;
use crate::graphql::sheets::SheetUserError;
use crate::graphql::staff::StaffUserError;
use crate::graphql::webhooks::WebhookUserError;

/// A mistake that the caller can mend. Each slice adds its own typed `code`.
#[derive(Interface)]
#[graphql(
    field(name = "message", ty = "&String", desc = "What is wrong, for people, in the request's language."),
    field(
        name = "path",
        ty = "&Vec<String>",
        desc = "Path of the input at fault below `input`; empty for the whole."
    )
)]
pub enum UserError {
    /// From the calendars slice.
    Calendar(CalendarUserError),
    /// From the case slice.
    Case(CaseUserError),
    /// From the catalogue slice.
    Catalogue(CatalogueUserError),
    /// From the exchange slice.
    Exchange(ExchangeUserError),
    /// From the federation slice.
    Federation(FederationUserError),
    /// From the files slice.
    File(FileUserError),
    /// From the identity slice.
    Identity(IdentityUserError),
    /// From the org slice.
    Org(OrgUserError),
    /// From the oversight slice.
    Oversight(OversightUserError),
    /// From the personal slice.
    Person(PersonUserError),
    /// From the programmes slice.
    Programme(ProgrammeUserError),
    /// From the sheets slice.
    Sheet(SheetUserError),
    /// From the staff slice.
    Staff(StaffUserError),
    /// From the fieldwork slice.
    Visit(VisitUserError),
    /// From the webhooks slice.
    Webhook(WebhookUserError),
}
