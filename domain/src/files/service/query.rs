//! Reads of attachments: by id, by case, by entry, and by their content.

use std::collections::HashMap;

use crate::files::model::Attachment;
use crate::files::service::{Answer, FileService};
use crate::files::store::{self, List};
use crate::kernel::id::{AttachmentId, CaseEntryId, CaseId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::scope::Scope;
use crate::store::Reader;

impl FileService {
    /// Attachments by id; those that the caller does not see are left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn attachments_by_id(
        &self,
        _scope: &Scope,
        reader: &Reader,
        ids: &[AttachmentId],
    ) -> Answer<HashMap<AttachmentId, Attachment>> {
        let found = store::by_ids(&*reader.tx().await?, ids).await?;
        Ok(found.into_iter().map(|found| (found.id, found)).collect())
    }

    /// What came with some entries of timelines, each in its order, as far as the caller sees it.
    ///
    /// # Errors
    /// As the database says.
    pub async fn attachments_of_entries(
        &self,
        _scope: &Scope,
        reader: &Reader,
        entries: &[CaseEntryId],
    ) -> Answer<HashMap<CaseEntryId, Vec<Attachment>>> {
        let mut of: HashMap<CaseEntryId, Vec<Attachment>> = HashMap::new();
        for found in store::of_entries(&*reader.tx().await?, entries).await? {
            if let Some(attached) = found.attached {
                of.entry(attached.entry).or_default().push(found);
            }
        }
        Ok(of)
    }

    /// A page of what is attached to a case, in the order in which it came, as far as the caller sees it.
    ///
    /// # Errors
    /// As the database says.
    pub async fn attachments_of_case(
        &self,
        _scope: &Scope,
        reader: &Reader,
        case: CaseId,
        page: &PageRequest,
    ) -> Answer<Page<Attachment>> {
        Ok(List::Case(case).page(&*reader.tx().await?, page).await?)
    }

    /// How many attachments of a case the caller sees.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_attachments_of_case(
        &self,
        _scope: &Scope,
        reader: &Reader,
        case: CaseId,
    ) -> Answer<u64> {
        Ok(List::Case(case).count(&*reader.tx().await?).await?)
    }

    /// A page of what the caller brought and attached to nothing, newest first.
    ///
    /// # Errors
    /// As the database says.
    pub async fn waiting_attachments(
        &self,
        scope: &Scope,
        reader: &Reader,
        page: &PageRequest,
    ) -> Answer<Page<Attachment>> {
        let Some(account) = scope.account() else {
            return Ok(Page { rows: vec![], has_previous: false, has_next: false });
        };
        Ok(List::Waiting(account).page(&*reader.tx().await?, page).await?)
    }

    /// How many these are.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_waiting_attachments(&self, scope: &Scope, reader: &Reader) -> Answer<u64> {
        match scope.account() {
            Some(account) => Ok(List::Waiting(account).count(&*reader.tx().await?).await?),
            None => Ok(0),
        }
    }

    /// A page of what came with the same bytes, in the order in which it came, as far as the caller sees it: the same photo
    /// twice proves nothing twice. Nothing for whoever is not of the staff.
    ///
    /// # Errors
    /// As the database says.
    pub async fn same_content(
        &self,
        scope: &Scope,
        reader: &Reader,
        of: &Attachment,
        page: &PageRequest,
    ) -> Answer<Page<Attachment>> {
        if !scope.is_staff() {
            return Ok(Page { rows: vec![], has_previous: false, has_next: false });
        }
        Ok(same(of).page(&*reader.tx().await?, page).await?)
    }

    /// How many these are.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_same_content(&self, scope: &Scope, reader: &Reader, of: &Attachment) -> Answer<u64> {
        if !scope.is_staff() {
            return Ok(0);
        }
        Ok(same(of).count(&*reader.tx().await?).await?)
    }
}

fn same(of: &Attachment) -> List {
    List::SameContent(of.id, of.content_hash.clone())
}
