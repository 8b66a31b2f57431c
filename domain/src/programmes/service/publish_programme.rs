//! Publish the draft of a programme: from now on new cases follow it; running ones stay on what they began with.

use std::sync::Arc;

use crate::kernel::failure::{Failure, Problem};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::programmes::choice::contend;
use crate::programmes::command::{SeenProgramme, UpdateProgramme};
use crate::programmes::error::ProgrammeError;
use crate::programmes::model::{Programme, ProgrammeRecord, ProgrammeVersion};
use crate::programmes::service::{Answer, ProgrammeService, present, written};
use crate::programmes::{reading, store};
use crate::store::{Begun, Tx};
use crate::{catalogue, org};

impl ProgrammeService {
    /// Publishes the draft of a programme. Needs `PROGRAMME_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `NO_DRAFT`, `INVALID_DEFINITION`, `UNKNOWN_CATEGORY`, `UNKNOWN_ORGANISATION`,
    /// `CONTENDED`.
    pub async fn publish_programme(&self, scope: &Scope, seen: SeenProgramme) -> Answer<ProgrammeRecord> {
        if !scope.permits(Permission::ProgrammeManage) {
            return Err(Failure::Denied);
        }
        let tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.programme_done(scope, done).await,
        };
        one_at_a_time(&tx).await?;
        let present = present(&tx, seen).await?;
        let Some(definition) = present.draft.clone() else {
            return Err(Failure::user("programmeId", ProgrammeError::NoDraft));
        };
        let programme = reading::read(&definition).map_err(|faults| {
            let fault = |fault| Problem::at("programmeId", ProgrammeError::InvalidDefinition(fault));
            Failure::User(faults.into_iter().map(fault).collect())
        })?;
        named(&tx, &programme).await?;
        uncontended(&tx, &programme).await?;
        let version = ProgrammeVersion {
            id: tx.new_id(),
            programme: present.id,
            number: present.published + 1,
            definition,
            published_at: tx.now(),
            published_by: scope.account(),
        };
        tx.insert(store::version_row(&tx, &version)).await?;
        let next =
            ProgrammeRecord { draft: None, published: version.number, active: true, ..present.clone() };
        written(tx, "programme.published", &present, next).await
    }

    /// Says whether new cases follow a programme. Needs `PROGRAMME_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `CONTENDED`.
    pub async fn update_programme(&self, scope: &Scope, command: UpdateProgramme) -> Answer<ProgrammeRecord> {
        if !scope.permits(Permission::ProgrammeManage) {
            return Err(Failure::Denied);
        }
        let tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.programme_done(scope, done).await,
        };
        one_at_a_time(&tx).await?;
        let present = present(&tx, command.seen).await?;
        if command.active {
            let current = store::versions(&tx, &[present.id]).await?;
            let current = current.into_iter().find(|version| version.number == present.published);
            if let Some(programme) = current.and_then(|version| version.programme()) {
                uncontended(&tx, &programme).await?;
            }
        }
        let next = ProgrammeRecord { active: command.active, ..present.clone() };
        written(tx, "programme.updated", &present, next).await
    }
}

/// Whoever else publishes in the tenant waits until this is done: two that were published at once would not see each
/// other.
async fn one_at_a_time(tx: &Tx) -> Answer<()> {
    tx.take_serials("programmes", 1).await?;
    Ok(())
}

/// The district has everything that the file names.
async fn named(tx: &Tx, programme: &Programme) -> Answer<()> {
    let categories = catalogue::directory::categories(tx).await?;
    let organisations = org::directory::organisations_by_code(tx).await?;
    let unknown = programme.categories.iter().filter(|code| !categories.contains_key(*code));
    let missing = programme.rules.iter().flat_map(|rule| &rule.organisations);
    let missing = missing.filter(|own| !organisations.contains_key(&own.code));
    let problems: Vec<_> = unknown
        .map(|code| ProgrammeError::UnknownCategory { code: code.clone() })
        .chain(missing.map(|own| ProgrammeError::UnknownOrganisation { code: own.code.clone() }))
        .map(|error| Problem::at("programmeId", error))
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(Failure::User(problems)) }
}

/// No other programme is for the same cases: a report would not know which to follow.
async fn uncontended(tx: &Tx, programme: &Programme) -> Answer<()> {
    let offered: Vec<Arc<Programme>> = store::present_register(tx).await?.offered();
    match offered.iter().find(|other| other.key != programme.key && contend(other, programme)) {
        Some(other) => {
            Err(Failure::user("programmeId", ProgrammeError::Contended { key: other.key.clone() }))
        }
        None => Ok(()),
    }
}
