//! The people of the main job.

use fengqiao_tests::{Actor, Served};

/// What the followers of the main job ask for.
pub(super) const EVENTS: &str = "subscription($after: String) { caseEvents(after: $after) {
    ... on Resync { reason }
    ... on CaseEventDelivery { cursor event { __typename
        ... on CaseReported { ...f } ... on CaseAccepted { ...g } ... on CaseDispatched { ...h }
        ... on CaseStarted { ...i } ... on CaseHandedUp { ...j } ... on CaseCommented { ...k }
        ... on CaseCompleted { ...l } ... on CaseVerified { ...m } ... on CaseClosed { ...n }
        ... on CaseEvaluated { ...o } ... on CaseReopened { ...p } } } } }
    fragment f on CaseReported { caseNumber caseVersion fromState toState level actor { login } case { id } }
    fragment g on CaseAccepted { caseNumber caseVersion fromState toState level actor { login } case { id } }
    fragment h on CaseDispatched { caseNumber caseVersion fromState toState level actor { login } case { id } }
    fragment i on CaseStarted { caseNumber caseVersion fromState toState level actor { login } case { id } }
    fragment j on CaseHandedUp { caseNumber caseVersion fromState toState level actor { login } case { id } }
    fragment k on CaseCommented { caseNumber caseVersion fromState toState level actor { login } case { id } }
    fragment l on CaseCompleted { caseNumber caseVersion fromState toState level actor { login } case { id } }
    fragment m on CaseVerified { caseNumber caseVersion fromState toState level actor { login } case { id } }
    fragment n on CaseClosed { caseNumber caseVersion fromState toState level actor { login } case { id } }
    fragment o on CaseEvaluated { caseNumber caseVersion fromState toState level actor { login } case { id } }
    fragment p on CaseReopened { caseNumber caseVersion fromState toState level actor { login } case { id } }";

/// The grid where it happens: the first of 新地村.
pub(super) const GRID: &str = "150302101203001";
/// 供水供电供气.
pub(super) const CATEGORY: &str = "1105";

/// Whoever the case meets on its way.
pub(super) struct People {
    pub(super) resident: Actor,
    pub(super) worker: Actor,
    pub(super) station: Actor,
    pub(super) town: Actor,
    pub(super) dispatch: Actor,
    pub(super) utility: Actor,
    pub(super) commander: Actor,
}

impl People {
    pub(super) async fn sign_in(served: &Served) -> anyhow::Result<Self> {
        let person = async |login: &str| served.sign_in(&format!("{login}@150302")).await;
        Ok(Self {
            resident: person("xindi.resident").await?,
            worker: person("xindi.worker").await?,
            station: person("xindi.station").await?,
            town: person("qianlishan.dispatch").await?,
            dispatch: person("district.dispatch").await?,
            utility: person("utility.handler").await?,
            commander: person("district.command").await?,
        })
    }
}
