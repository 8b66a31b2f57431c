//! Play a programme without a case (推演). Nothing is written.

use crate::cases::service::{Answer, CaseService};
use crate::cases::simulation::{self, Play, PlayedStep};
use crate::kernel::failure::Failure;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;

impl CaseService {
    /// Plays a programme: what would become of each act. Needs `PROGRAMME_MANAGE`: a play over years of days is work.
    ///
    /// # Errors
    /// None but the missing permission.
    pub fn simulate(&self, scope: &Scope, play: &Play) -> Answer<Vec<PlayedStep>> {
        if !scope.permits(Permission::ProgrammeManage) {
            return Err(Failure::Denied);
        }
        Ok(simulation::played(play, self.settings.bounds(), &self.settings.calendar()))
    }
}
