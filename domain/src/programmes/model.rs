//! A programme as a value: its stages and the rules between them.

use std::collections::BTreeSet;

use strum::IntoEnumIterator as _;

use crate::identity::Role;
use crate::kernel::calendar::Limit;
use crate::kernel::id::{AccountId, OrganisationId, ProgrammeId, ProgrammeVersionId, Timestamp};
use crate::programmes::act::CaseAct;
use crate::programmes::beside::Beside;
use crate::programmes::counting::Counts;
use crate::programmes::evaluation::EvaluationForm;
use crate::programmes::field::Field;
use crate::programmes::ladder::Rung;
use crate::programmes::supervision::SupervisionCost;
use crate::programmes::vocabulary::{CaseSource, CaseState, Input, Relation, SettlementLevel};

/// A name in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// A step of the work as a programme names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Key within the programme.
    pub key: String,
    /// The state of a case at this stage.
    pub state: CaseState,
    /// What people call it.
    pub name: Name,
    /// The time a case may take at it.
    pub limit: Option<StageLimit>,
}

impl Stage {
    /// How a case can end without having gone its way; a programme may call them otherwise.
    pub(super) fn ends() -> [Self; 4] {
        let end = |state: CaseState, zh: &str, en: &str| Self {
            key: <&'static str>::from(state).to_owned(),
            state,
            name: Name { zh: zh.to_owned(), en: en.to_owned() },
            limit: None,
        };
        [
            end(CaseState::Rejected, "不予受理", "Rejected"),
            end(CaseState::Withdrawn, "已撤回", "Withdrawn"),
            end(CaseState::Merged, "已并案", "Merged"),
            end(CaseState::Voided, "已作废", "Voided"),
        ]
    }
}

/// The time a case may take at one stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageLimit {
    /// Hours or days.
    pub limit: Limit,
    /// Percent of it from which the stage is yellow; none leaves it to the deployment.
    pub yellow_percent: Option<u8>,
    /// What becomes of it when a case comes back to the stage.
    pub on_return: OnReturn,
}

/// What becomes of a stage's clock when a case comes back to the stage.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, strum::EnumIter, strum::EnumString, strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum OnReturn {
    /// It goes on: what was used stays used.
    #[default]
    Keep,
    /// It begins anew.
    Restart,
}

/// Where the time that a case may take altogether comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitSource {
    /// The category gives it, if any.
    Category,
    /// The programme gives it.
    Programme(Limit),
    /// Nothing does: the stages have limits of their own.
    Stages,
}

/// One line of a programme: an act, where it is possible, where it leads, and who may do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The act.
    pub act: CaseAct,
    /// What the programme calls it; none leaves it to the act's own name.
    pub label: Option<Name>,
    /// Keys of the stages it is possible at; none for the report, which begins a case.
    pub from: Vec<String>,
    /// Key of the stage it leads to; none leaves the case where it is.
    pub to: Option<String>,
    /// What the actor must be to the case: any of these.
    pub who: Vec<Relation>,
    /// The roles by which; none stands for every role.
    pub roles: BTreeSet<Role>,
    /// The levels of the grants by which; none stands for every level.
    pub tiers: BTreeSet<SettlementLevel>,
    /// The organisations for which; none stands for everybody.
    pub organisations: Vec<RuleOrganisation>,
    /// What the input must give besides what the act demands by itself.
    pub requires: BTreeSet<Input>,
    /// Keys of the fields that must have a value after it.
    pub fields: BTreeSet<String>,
    /// Keys of the fields that can be given with it besides.
    pub optional_fields: BTreeSet<String>,
}

/// An organisation whose people alone may do an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleOrganisation {
    /// Its code.
    pub code: String,
    /// Which one that is in the district; none while nobody asked, and where it is gone.
    pub id: Option<OrganisationId>,
}

/// A programme that cases follow: one version of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programme {
    /// The version that a tenant published; none for one that ships with the product.
    pub version: Option<ProgrammeVersionId>,
    /// Number of the version, from 1; 0 for one that ships with the product.
    pub number: u32,
    /// Key.
    pub key: String,
    /// What people call it.
    pub name: Name,
    /// Codes of the categories whose cases follow it, with all below them; none stands for every category.
    pub categories: BTreeSet<String>,
    /// How such cases come in; none stands for every way.
    pub sources: BTreeSet<CaseSource>,
    /// Where the time a case may take altogether comes from.
    pub limit: LimitSource,
    /// What supervision costs whoever a case lies with.
    pub supervision: SupervisionCost,
    /// What its cases count as.
    pub counts: Counts,
    /// What whoever judges the settlement of a case is asked.
    pub evaluation: EvaluationForm,
    /// Its stages, in order.
    pub stages: Vec<Stage>,
    /// The fields that it adds to its cases, in order.
    pub fields: Vec<Field>,
    /// Its rules, in order.
    pub rules: Vec<Rule>,
    /// The rules that follow where its file says nothing: acts beside the way.
    pub beside: Vec<Rule>,
    /// The rungs of its ladder, in order.
    pub rungs: Vec<Rung>,
}

impl Programme {
    /// The stage with a key.
    #[must_use]
    pub fn stage(&self, key: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.key == key)
    }

    /// The field with a key.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The stage at which a reported case is.
    #[must_use]
    pub fn first(&self) -> Option<&Stage> {
        self.rules_of(CaseAct::Report).next().and_then(|rule| self.stage(rule.to.as_deref()?))
    }

    /// The rules of an act: several when other stages ask for other people.
    pub fn rules_of(&self, act: CaseAct) -> impl Iterator<Item = &Rule> {
        self.every_rule().filter(move |rule| rule.act == act)
    }

    /// Its rules, and after them those that follow where its file says nothing.
    pub fn every_rule(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().chain(&self.beside)
    }

    /// The acts beside the way that it leaves out.
    #[must_use]
    pub fn without(&self) -> Vec<CaseAct> {
        let acts = Beside::iter().map(Beside::act);
        let has = |act: CaseAct| self.rules_of(act).next().is_some();
        // Nobody asks for more time where nobody gives it: that is not left out.
        let moot = |act: &CaseAct| {
            matches!(act, CaseAct::RequestExtension | CaseAct::RefuseExtension) && !has(CaseAct::Extend)
        };
        acts.filter(|act| !has(*act) && !moot(act)).collect()
    }
}

/// A programme of a tenant, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgrammeRecord {
    /// Id.
    pub id: ProgrammeId,
    /// Key within the tenant.
    pub key: String,
    /// The file of the next version, since the last publishing.
    pub draft: Option<String>,
    /// Number of the version that new cases follow; 0 before the first publishing.
    pub published: u32,
    /// Whether new cases follow it.
    pub active: bool,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// A published version of a programme, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgrammeVersion {
    /// Id.
    pub id: ProgrammeVersionId,
    /// The programme.
    pub programme: ProgrammeId,
    /// Number, from 1.
    pub number: u32,
    /// The file.
    pub definition: String,
    /// When it was published.
    pub published_at: Timestamp,
    /// Who published it; absent for the system itself.
    pub published_by: Option<AccountId>,
}

impl ProgrammeVersion {
    /// The version as cases follow it; none when the file does not parse any more.
    #[must_use]
    pub fn programme(&self) -> Option<Programme> {
        let programme = crate::programmes::reading::reread(&self.definition)?;
        Some(Programme { version: Some(self.id), number: self.number, ..programme })
    }
}
