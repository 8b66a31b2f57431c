//! The ladder of a programme (升级阶梯), read from its file.

use async_graphql::{Enum, SimpleObject};
use fengqiao_domain::programmes as domain;

use crate::graphql::cases::{CaseActKind, SupervisionLevel};
use crate::graphql::catalogue::CaseLimit;

/// A moment of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum RungMomentKind {
    /// It turns yellow (黄灯).
    Yellow,
    /// It is over (到期).
    Due,
}

/// One rung: what the system does at a moment of a limit, once.
#[derive(SimpleObject)]
pub struct ProgrammeRung {
    /// Key within the programme.
    key: String,
    /// Name in Chinese.
    name_zh: String,
    /// Name in English.
    name_en: String,
    /// Keys of the stages whose limits it watches; empty for the limit of the whole.
    stages: Vec<String>,
    /// When it fires.
    moment: RungMomentKind,
    /// How much later than that, by the calendar of the district; null for at once.
    after: Option<CaseLimit>,
    /// What it does.
    act: CaseActKind,
    /// How sternly it supervises; null for another act.
    supervision_level: Option<SupervisionLevel>,
}

impl From<&domain::Rung> for ProgrammeRung {
    fn from(rung: &domain::Rung) -> Self {
        let (moment, after) = match rung.moment {
            domain::RungMoment::Yellow => (RungMomentKind::Yellow, None),
            domain::RungMoment::Due => (RungMomentKind::Due, None),
            domain::RungMoment::After(later) => (RungMomentKind::Due, Some(later)),
        };
        Self {
            key: rung.key.clone(),
            name_zh: rung.name.zh.clone(),
            name_en: rung.name.en.clone(),
            stages: rung.stages.clone(),
            moment,
            after: after.map(CaseLimit::from),
            act: rung.act.act().into(),
            supervision_level: rung.act.level().map(Into::into),
        }
    }
}
