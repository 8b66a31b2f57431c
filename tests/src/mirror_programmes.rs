//! A programme of a mirrored tenant: published once, and drafted again.

use fengqiao_domain::kernel::id::ProgrammeId;
use fengqiao_domain::programmes::{DraftProgramme, DraftSource, ProgrammeService, SeenProgramme, templates};

use crate::{Answered as _, Side};

/// Lays the programme of a side: the grid event for alarms of devices, of which the mirror has none.
pub(crate) async fn lay(programmes: &ProgrammeService, side: &Side) -> anyhow::Result<ProgrammeId> {
    let text = templates().iter().find(|(key, _)| *key == "grid_event").map(|(_, text)| *text);
    let definition = |name: &str| {
        text.unwrap_or_default()
            .replace("key = \"grid_event\"", "key = \"alarm\"\nsources = [\"device\"]")
            .replace("name_zh = \"网格事件\"", &format!("name_zh = \"{name}{}\"", side.mark))
    };
    let draft = |name: &str, seen| DraftProgramme { seen, source: DraftSource::Definition(definition(name)) };
    let made = programmes.draft_programme(&side.system, draft("告警", None)).await.done()?;
    let seen = SeenProgramme { programme: made.id, version: made.version };
    let published = programmes.publish_programme(&side.system, seen).await.done()?;
    let seen = SeenProgramme { programme: made.id, version: published.version };
    programmes.draft_programme(&side.system, draft("新告警", Some(seen))).await.done()?;
    Ok(made.id)
}
