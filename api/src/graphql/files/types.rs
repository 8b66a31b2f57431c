//! Attachments.

use async_graphql::{Context, ID, Object};
use fengqiao_domain::files as domain;
use fengqiao_domain::identity::LinkUse;
use fengqiao_domain::kernel::id::{AttachmentId, CaseEntryId, CaseId};
use fengqiao_domain::kernel::page::PageRequest;

use super::enums::AttachmentKind;
use super::loaders::AttachmentsOf;
use crate::graphql::cases::{Case, GeoPoint, case_of};
use crate::graphql::context::member;
use crate::graphql::kit::connection::{Paged, TotalCount, connection, page_request};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::link::link;
use crate::graphql::kit::scalars::DateTime;

/// A photo or a document (附件).
pub struct Attachment(pub domain::Attachment);

/// A photo or a document (附件). Its bringer alone sees it until it is attached to a case; from then on whoever may read the
/// entry of the timeline that it came with. It is brought by `POST /files`.
#[Object]
impl Attachment {
    /// Global id: `attachment_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// The name that it has at whoever brought it.
    async fn file_name(&self) -> &str {
        &self.0.file_name
    }

    /// What its bytes are: `image/jpeg`, `image/png` or `application/pdf`.
    async fn media_type(&self) -> &'static str {
        self.0.media_type.text()
    }

    /// How many bytes it has.
    async fn byte_count(&self) -> u64 {
        self.0.bytes
    }

    /// Pixels across; null for a document.
    async fn width(&self) -> Option<u32> {
        self.0.size.map(|(width, _)| width)
    }

    /// Pixels down; null for a document.
    async fn height(&self) -> Option<u32> {
        self.0.size.map(|(_, height)| height)
    }

    /// When it was taken, as its bringer or the photo says; null when neither does.
    async fn taken_at(&self) -> Option<DateTime> {
        self.0.taken_at.map(DateTime)
    }

    /// Where it was taken, as its bringer says, or the photo where its bringer wants that kept; null otherwise.
    async fn point(&self) -> Option<GeoPoint> {
        self.0.point.map(Into::into)
    }

    /// When it came.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// What it shows; null until it is attached.
    async fn kind(&self) -> Option<AttachmentKind> {
        self.0.attached.map(|attached| attached.kind.into())
    }

    /// The case that it is attached to; null until it is.
    async fn case(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Case>> {
        case_of(ctx, self.0.attached?.case).await.map_err(Into::into).transpose()
    }

    /// Where its bytes are, below the address of this API: `GET` them within 15 minutes, as long as the session lives and
    /// whoever asked sees it. Null for whoever has no session.
    async fn download_path(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<String>> {
        link(ctx, LinkUse::Attachment, self.0.id.uuid()).map_err(Into::into).transpose()
    }

    /// Other attachments that came with the same bytes, for staff, as far as the caller sees them, oldest first: the same
    /// photo proves nothing twice.
    async fn same_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of attachments from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of attachments from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<Attachment>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(same_content(ctx, &self.0, &page).await?)
    }
}

async fn same_content(
    ctx: &Context<'_>,
    of: &domain::Attachment,
    page: &PageRequest,
) -> Outcome<Paged<Attachment>> {
    let member = member(ctx)?;
    let (service, reader, of) = (member.services().files.clone(), member.reader().clone(), of.clone());
    let rows = service.same_content(reader.scope(), &reader, &of, page).await?;
    let total = TotalCount::lazily(move || {
        let (service, reader, of) = (service.clone(), reader.clone(), of.clone());
        async move { Ok(service.count_same_content(reader.scope(), &reader, &of).await?) }
    });
    Ok(connection(rows, Attachment, total))
}

/// An attachment by id; none that the caller does not see.
pub async fn attachment_of(ctx: &Context<'_>, id: AttachmentId) -> Outcome<Option<Attachment>> {
    Ok(member(ctx)?.attachments().load_one(id).await?.map(Attachment))
}

/// What came with an entry of a timeline, in its order.
pub async fn attachments_of_entry(ctx: &Context<'_>, entry: CaseEntryId) -> Outcome<Vec<Attachment>> {
    let found = member(ctx)?.attachments().load_one(AttachmentsOf(entry)).await?;
    Ok(found.unwrap_or_default().into_iter().map(Attachment).collect())
}

/// A page of what is attached to a case.
pub async fn attachments_of_case(
    ctx: &Context<'_>,
    case: CaseId,
    page: &PageRequest,
) -> Outcome<Paged<Attachment>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().files.clone(), member.reader().clone());
    let rows = service.attachments_of_case(reader.scope(), &reader, case, page).await?;
    let total = TotalCount::lazily(move || {
        let (service, reader) = (service.clone(), reader.clone());
        async move { Ok(service.count_attachments_of_case(reader.scope(), &reader, case).await?) }
    });
    Ok(connection(rows, Attachment, total))
}

/// A page of what the caller brought and attached to nothing.
pub async fn waiting_attachments(ctx: &Context<'_>, page: &PageRequest) -> Outcome<Paged<Attachment>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().files.clone(), member.reader().clone());
    let rows = service.waiting_attachments(reader.scope(), &reader, page).await?;
    let total = TotalCount::lazily(move || {
        let (service, reader) = (service.clone(), reader.clone());
        async move { Ok(service.count_waiting_attachments(reader.scope(), &reader).await?) }
    });
    Ok(connection(rows, Attachment, total))
}
