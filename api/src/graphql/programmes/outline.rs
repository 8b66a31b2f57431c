//! A programme as it runs: its stages and its acts, read from its file.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use fengqiao_domain::kernel::id::ProgrammeVersionId;
use fengqiao_domain::programmes as domain;

use super::enums::{CaseRelationKind, FieldKind, FieldReadersKind, StageReturnKind};
use super::judging::{ProgrammeCounts, ProgrammeEvaluation};
use super::rung::ProgrammeRung;
use crate::graphql::cases::{CaseActKind, CaseInputKind, CaseSourceKind, CaseState, SettlementLevel};
use crate::graphql::catalogue::CaseLimit;
use crate::graphql::context::member;
use crate::graphql::identity::RoleKind;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::money::yuan;

/// What cases follow: one version of a programme, read from its file.
pub struct ProgrammeOutline(pub Arc<domain::Programme>);

/// What cases follow: one version of a programme (流程方案), read from its file.
#[Object]
impl ProgrammeOutline {
    /// Key within the tenant, for example `dispute_ladder`.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// Name in Chinese.
    async fn name_zh(&self) -> &str {
        &self.0.name.zh
    }

    /// Name in English.
    async fn name_en(&self) -> &str {
        &self.0.name.en
    }

    /// Number of the published version; 0 for the programme that ships with the product, and for a draft.
    async fn number(&self) -> u32 {
        self.0.number
    }

    /// Codes of the categories whose cases follow it, with all below them; empty for every category.
    async fn category_codes(&self) -> Vec<&str> {
        self.0.categories.iter().map(String::as_str).collect()
    }

    /// How its cases come in; empty for every way.
    async fn sources(&self) -> Vec<CaseSourceKind> {
        self.0.sources.iter().copied().map(Into::into).collect()
    }

    /// The time a case may take altogether, when the programme itself gives it.
    async fn limit(&self) -> Option<CaseLimit> {
        match self.0.limit {
            domain::LimitSource::Programme(limit) => Some(limit.into()),
            domain::LimitSource::Category | domain::LimitSource::Stages => None,
        }
    }

    /// What supervision (督办) costs whomever a case lies with.
    async fn supervision(&self) -> SupervisionCost {
        self.0.supervision.into()
    }

    /// What its cases count as (办结、按时、返工).
    async fn counts(&self) -> ProgrammeCounts {
        ProgrammeCounts::from(&self.0.counts)
    }

    /// What whoever judges the settlement of a case is asked besides the rating (评价表).
    async fn evaluation(&self) -> ProgrammeEvaluation {
        ProgrammeEvaluation::from(&self.0.evaluation)
    }

    /// Its stages, in order; the ends that every case can have stand last.
    async fn stages(&self) -> Vec<ProgrammeStage> {
        self.0.stages.iter().map(ProgrammeStage::from).collect()
    }

    /// The fields that it adds to its cases, in order.
    async fn fields(&self) -> Vec<ProgrammeField> {
        self.0.fields.iter().map(ProgrammeField::from).collect()
    }

    /// The rungs of its ladder (升级阶梯), in order: what the system does by itself when the time of a case runs out.
    async fn rungs(&self) -> Vec<ProgrammeRung> {
        self.0.rungs.iter().map(ProgrammeRung::from).collect()
    }

    /// Its acts: where each is possible, where it leads and who may do it, in the order of its file; after them the acts
    /// beside the way (旁路行为) that it has without a line for them.
    async fn acts(&self) -> Vec<ProgrammeAct> {
        self.0.every_rule().map(ProgrammeAct::from).collect()
    }
}

/// Points (分) of one supervision, by its level.
#[derive(SimpleObject)]
pub struct SupervisionCost {
    /// Of a supervision without a card (一般督办).
    normal: u32,
    /// Of a yellow card (黄牌).
    yellow: u32,
    /// Of a red card (红牌).
    red: u32,
}

impl From<domain::SupervisionCost> for SupervisionCost {
    fn from(cost: domain::SupervisionCost) -> Self {
        Self { normal: cost.normal, yellow: cost.yellow, red: cost.red }
    }
}

/// A step of the work as a programme names it.
#[derive(SimpleObject)]
pub struct ProgrammeStage {
    /// Key within the programme.
    key: String,
    /// The state of a case at it.
    state: CaseState,
    /// Name in Chinese.
    name_zh: String,
    /// Name in English.
    name_en: String,
    /// The time a case may take at it; null when only the whole has a limit.
    limit: Option<StageLimit>,
}

impl From<&domain::Stage> for ProgrammeStage {
    fn from(stage: &domain::Stage) -> Self {
        Self {
            key: stage.key.clone(),
            state: stage.state.into(),
            name_zh: stage.name.zh.clone(),
            name_en: stage.name.en.clone(),
            limit: stage.limit.map(StageLimit::from),
        }
    }
}

/// The time a case may take at one stage.
#[derive(SimpleObject)]
pub struct StageLimit {
    /// Hours or days.
    limit: CaseLimit,
    /// Percent of it from which the stage is yellow; null leaves it to the deployment.
    yellow_percent: Option<u8>,
    /// What becomes of it when a case comes back to the stage.
    on_return: StageReturnKind,
}

impl From<domain::StageLimit> for StageLimit {
    fn from(limit: domain::StageLimit) -> Self {
        Self {
            limit: limit.limit.into(),
            yellow_percent: limit.yellow_percent,
            on_return: limit.on_return.into(),
        }
    }
}

/// A typed field that a programme adds to its cases.
#[derive(SimpleObject)]
pub struct ProgrammeField {
    /// Key within the programme.
    key: String,
    /// What it holds.
    kind: FieldKind,
    /// Name in Chinese.
    name_zh: String,
    /// Name in English.
    name_en: String,
    /// Who reads it.
    readers: FieldReadersKind,
    /// Whether it is kept sealed, because it can name people; nobody finds cases by it.
    is_sealed: bool,
    /// Most characters of a text.
    most_characters: Option<u32>,
    /// The least of a number.
    min: Option<i64>,
    /// The greatest of a number.
    max: Option<i64>,
    /// The least of an amount of money, in yuan with two decimals.
    least_money: Option<String>,
    /// The greatest of an amount of money, in yuan with two decimals.
    most_money: Option<String>,
    /// What a choice can be; empty for other kinds.
    choices: Vec<FieldChoice>,
}

/// One of the things that a field can be.
#[derive(SimpleObject)]
pub struct FieldChoice {
    /// Key within the field.
    key: String,
    /// Name in Chinese.
    name_zh: String,
    /// Name in English.
    name_en: String,
}

impl From<&domain::Choice> for FieldChoice {
    fn from(choice: &domain::Choice) -> Self {
        Self { key: choice.key.clone(), name_zh: choice.name.zh.clone(), name_en: choice.name.en.clone() }
    }
}

impl From<&domain::Field> for ProgrammeField {
    fn from(field: &domain::Field) -> Self {
        let mut told = Self {
            key: field.key.clone(),
            kind: FieldKind::from(&field.kind),
            name_zh: field.name.zh.clone(),
            name_en: field.name.en.clone(),
            readers: field.readers.into(),
            is_sealed: false,
            most_characters: None,
            min: None,
            max: None,
            least_money: None,
            most_money: None,
            choices: vec![],
        };
        match &field.kind {
            domain::FieldKind::Text { most, keeping } => {
                told.most_characters = Some(*most);
                told.is_sealed = *keeping == domain::TextKeeping::Sealed;
            }
            domain::FieldKind::Number { min, max } => (told.min, told.max) = (Some(*min), Some(*max)),
            domain::FieldKind::Choice { choices } => {
                told.choices = choices.iter().map(FieldChoice::from).collect();
            }
            domain::FieldKind::Money { min, max } => {
                told.least_money = Some(yuan(*min));
                told.most_money = Some(yuan(*max));
            }
            domain::FieldKind::Date | domain::FieldKind::Person | domain::FieldKind::Unit => {}
        }
        told
    }
}

/// One line of a programme: an act, where it is possible, where it leads, and who may do it.
#[derive(SimpleObject)]
pub struct ProgrammeAct {
    /// What is done.
    act: CaseActKind,
    /// What the programme calls it in Chinese; null leaves it to the act's own name.
    label_zh: Option<String>,
    /// What the programme calls it in English; null leaves it to the act's own name.
    label_en: Option<String>,
    /// Keys of the stages it is possible at; empty for the report.
    from_stages: Vec<String>,
    /// Key of the stage it leads to; null leaves a case where it is.
    to_stage: Option<String>,
    /// What whoever acts must be to the case: any of these.
    who: Vec<CaseRelationKind>,
    /// The roles by which; empty for every role that is allowed the act.
    roles: Vec<RoleKind>,
    /// The levels of the grants by which; empty for every level.
    tiers: Vec<SettlementLevel>,
    /// Codes of the organisations whose people alone may; empty for everybody.
    organisation_codes: Vec<String>,
    /// What the input must give besides what the act demands by itself.
    requires: Vec<CaseInputKind>,
    /// Keys of the fields that must have a value after it.
    field_keys: Vec<String>,
    /// Keys of the fields that can be given with it besides.
    optional_field_keys: Vec<String>,
}

impl From<&domain::Rule> for ProgrammeAct {
    fn from(rule: &domain::Rule) -> Self {
        Self {
            act: rule.act.into(),
            label_zh: rule.label.as_ref().map(|label| label.zh.clone()),
            label_en: rule.label.as_ref().map(|label| label.en.clone()),
            from_stages: rule.from.clone(),
            to_stage: rule.to.clone(),
            who: rule.who.iter().copied().map(Into::into).collect(),
            roles: rule.roles.iter().copied().map(Into::into).collect(),
            tiers: rule.tiers.iter().copied().map(Into::into).collect(),
            organisation_codes: rule.organisations.iter().map(|own| own.code.clone()).collect(),
            requires: rule.requires.iter().copied().map(Into::into).collect(),
            field_keys: rule.fields.iter().cloned().collect(),
            optional_field_keys: rule.optional_fields.iter().cloned().collect(),
        }
    }
}

/// The programme that a case follows, by the version it began with.
///
/// # Errors
/// As the database says.
pub async fn outline_of(
    ctx: &Context<'_>,
    version: Option<ProgrammeVersionId>,
) -> Outcome<Arc<domain::Programme>> {
    let member = member(ctx)?;
    Ok(member.services().programmes.followed(member.scope(), member.reader(), version).await?)
}
