//! The programmes that ship with the product: the one that every case follows for which a district has published none,
//! and templates that a district adopts and changes.

use std::sync::{Arc, LazyLock};

use crate::programmes::counting::Counts;
use crate::programmes::evaluation::EvaluationForm;
use crate::programmes::model::{LimitSource, Name, Programme};
use crate::programmes::reading::reread;
use crate::programmes::supervision::SupervisionCost;

macro_rules! templates {
    ($($key:literal),* $(,)?) => {
        [$(($key, include_str!(concat!("../../programmes/", $key, ".toml")))),*]
    };
}

/// The files that a district adopts and changes, by key; the first is the one that every case follows for which there is
/// no other.
const TEMPLATES: &[(&str, &str)] = &templates![
    "grid_event",
    "one_tap_report",
    "hotline_ticket",
    "named_patrol",
    "four_rectifications",
    "dispute_ladder",
    "petition_backlog",
    "cannot_get_done",
    "service_application",
    "volunteer_order",
    "livelihood_project",
    "premises_inspection",
    "enforcement_case",
    "device_alarm",
    "task_breakdown",
];

/// The keys and files of every template, in the order of a district's needs.
#[must_use]
pub const fn templates() -> &'static [(&'static str, &'static str)] {
    TEMPLATES
}

/// The file of a template.
pub(super) fn template(key: &str) -> Option<&'static str> {
    TEMPLATES.iter().find(|(own, _)| *own == key).map(|(_, text)| *text)
}

// One that does not parse lets nobody do anything; unit tests keep it whole.
static PARSED: LazyLock<Arc<Programme>> = LazyLock::new(|| {
    Arc::new(reread(TEMPLATES[0].1).unwrap_or_else(|| {
        tracing::error!("grid_event.toml does not parse");
        nothing()
    }))
});

impl Programme {
    /// The grid event (网格事件), in eight stages: what a case follows for which its district has published nothing.
    #[must_use]
    pub fn base() -> Arc<Self> {
        Arc::clone(&PARSED)
    }
}

fn nothing() -> Programme {
    Programme {
        version: None,
        number: 0,
        key: String::new(),
        name: Name { zh: String::new(), en: String::new() },
        categories: [].into(),
        sources: [].into(),
        limit: LimitSource::Category,
        supervision: SupervisionCost::default(),
        counts: Counts::plain(),
        evaluation: EvaluationForm::default(),
        stages: vec![],
        fields: vec![],
        rules: vec![],
        rungs: vec![],
        beside: vec![],
    }
}
