//! Play a programme without a case (推演). Nothing is written.

use crate::calendars;
use crate::cases::service::{Answer, CaseService};
use crate::cases::simulation::{self, Play, PlayedStep};
use crate::kernel::failure::Failure;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::Reader;

impl CaseService {
    /// Plays a programme: what would become of each act. Needs `PROGRAMME_MANAGE`: a play over years of days is work.
    ///
    /// # Errors
    /// The missing permission, and as the database says.
    pub async fn simulate(&self, scope: &Scope, reader: &Reader, play: &Play) -> Answer<Vec<PlayedStep>> {
        if !scope.permits(Permission::ProgrammeManage) {
            return Err(Failure::Denied);
        }
        let calendar = calendars::directory::calendar(&*reader.tx().await?).await?;
        Ok(simulation::played(play, self.settings.bounds(), &self.settings.by(&calendar)))
    }
}
