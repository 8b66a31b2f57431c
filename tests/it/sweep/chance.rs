//! Random people, cases and questions, the same for the same seed on every database.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::Context as _;
use fengqiao_domain::cases::{Anonymity, Assignee, CasePriority, ReporterDetails, SeedCase, SeedStep};
use fengqiao_domain::identity::{GrantRole, GrantTarget, Role, SeedAccount, SeedGrant, TargetKind};
use fengqiao_domain::kernel::id::{AccountId, CategoryId, UnitId};
use fengqiao_domain::kernel::place::Sensitivity;
use fengqiao_domain::org::{CodeSystem, MergeUnits, PlaceReference, Successor};
use fengqiao_domain::programmes::{CaseAct, CaseSource};
use fengqiao_tests::{Answered as _, Side};

use crate::sweep::stage::Stage;

/// `SplitMix64`.
#[derive(Debug)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap_or(1).max(1)).unwrap_or_default()
    }

    /// Once in so many times.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of some.
    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> anyhow::Result<T> {
        of.get(self.below(of.len())).copied().context("nothing to choose from")
    }
}

/// What is random about a side: its units after the mergers, and the people who came.
pub(crate) struct Crowd {
    pub(crate) units: Vec<(TargetKind, UnitId)>,
    pub(crate) logins: Vec<String>,
    pub(crate) accounts: Vec<AccountId>,
    /// What each holds, in words that are the same on every database.
    pub(crate) held: Vec<String>,
}

const SENSITIVITIES: [Sensitivity; 3] =
    [Sensitivity::Normal, Sensitivity::Sensitive, Sensitivity::Confidential];

impl Crowd {
    /// Merges villages, brings people with random grants and lays random cases.
    pub(crate) async fn come(
        stage: &Stage,
        at: usize,
        many: usize,
        chance: &mut Chance,
    ) -> anyhow::Result<Self> {
        let side = &stage.mirror.sides[at];
        let mut crowd =
            Self { units: merged(stage, side).await?, logins: vec![], accounts: vec![], held: vec![] };
        let mut seeds = vec![];
        for number in 0..many {
            let (grants, words) = crowd.grants(side, chance)?;
            let login = format!("random{number:03}");
            crowd.logins.push(login.clone());
            crowd.held.push(words);
            seeds.push(SeedAccount {
                login,
                name: format!("{}某", side.mark),
                phone: None,
                password: None,
                grants,
            });
        }
        let ids = stage.mirror.identity.seed_accounts(&side.system, seeds).await.done()?;
        crowd.accounts = crowd.logins.iter().filter_map(|login| ids.get(login).copied()).collect();
        for number in (0..many).step_by(3) {
            crowd.grant_below_the_roles_ceiling(stage, side, number, chance).await?;
        }
        let mut seeds = vec![];
        for number in 0..45 {
            seeds.push(crowd.case(stage, side, number, chance)?);
        }
        stage.mirror.cases.seed_cases(&side.system, &seeds).await.done()?;
        Ok(crowd)
    }

    fn targets(&self, side: &Side) -> Vec<(TargetKind, GrantTarget)> {
        let units = self.units.iter().map(|(kind, id)| (*kind, GrantTarget::Unit(*id)));
        let grids =
            side.grids.iter().flatten().flatten().map(|id| (TargetKind::Grid, GrantTarget::Grid(*id)));
        let organisations = side.organisations.iter();
        let organisations =
            organisations.map(|id| (TargetKind::Organisation, GrantTarget::Organisation(*id)));
        units
            .chain(grids)
            .chain(organisations)
            .chain([
                (TargetKind::Group, GrantTarget::Group(side.group)),
                (TargetKind::Platform, GrantTarget::Platform),
            ])
            .collect()
    }

    fn grants(&self, side: &Side, chance: &mut Chance) -> anyhow::Result<(Vec<SeedGrant>, String)> {
        let (mut grants, mut words) = (vec![], vec![]);
        for _ in 0..=chance.below(3) {
            let (role, target, categories, told) = self.grant(side, chance)?;
            // Nobody holds two of the separated administrators.
            if role.is_separated() && grants.iter().any(|held: &SeedGrant| held.role.is_separated()) {
                continue;
            }
            grants.push(SeedGrant { role, target, categories });
            words.push(told);
        }
        Ok((grants, words.join("; ")))
    }

    fn grant(
        &self,
        side: &Side,
        chance: &mut Chance,
    ) -> anyhow::Result<(Role, GrantTarget, Vec<CategoryId>, String)> {
        let roles: Vec<Role> = Role::all().collect();
        let role = chance.one(&roles)?;
        let targets: Vec<(usize, (TargetKind, GrantTarget))> =
            self.targets(side).into_iter().enumerate().filter(|(_, (kind, _))| role.fits(*kind)).collect();
        let (number, (kind, target)) = chance.one(&targets)?;
        let mut codes = BTreeSet::new();
        while chance.once_in(2) {
            codes.insert(chance.one(&["01", "0101", "02", "0201"])?);
        }
        let kind: &str = kind.into();
        let told = format!("{} at {kind} {number} for {codes:?}", role.key());
        Ok((role, target, codes.into_iter().map(|code| side.categories[code]).collect(), told))
    }

    async fn grant_below_the_roles_ceiling(
        &mut self,
        stage: &Stage,
        side: &Side,
        number: usize,
        chance: &mut Chance,
    ) -> anyhow::Result<()> {
        let (role, target, categories, told) = self.grant(side, chance)?;
        let ceiling = chance.one(&SENSITIVITIES)?;
        let account = self.accounts[number];
        let command =
            GrantRole { account, role, target, since: None, until: None, categories, ceiling: Some(ceiling) };
        let outcome = match stage.mirror.identity.role_grant_create(&side.system, command).await {
            Ok(_) => "granted",
            Err(fengqiao_domain::kernel::failure::Failure::User(_)) => "refused",
            Err(other) => anyhow::bail!("{other:?}"),
        };
        write!(self.held[number], "; {told} up to {ceiling:?}: {outcome}")?;
        Ok(())
    }

    fn case(
        &self,
        stage: &Stage,
        side: &Side,
        number: usize,
        chance: &mut Chance,
    ) -> anyhow::Result<SeedCase> {
        let grids: Vec<_> = side.grids.iter().flatten().flatten().copied().collect();
        let units: Vec<_> = self.units.iter().map(|(_, id)| *id).collect();
        let place = if chance.once_in(2) {
            PlaceReference::Grid(chance.one(&grids)?)
        } else {
            PlaceReference::Unit(chance.one(&units)?)
        };
        let opened_at = stage.world.db.now().plus_seconds(i64::try_from(number)? * 60 - 900_000);
        let mut steps = vec![];
        let mut step = |act, target| {
            let at = opened_at.plus_seconds(1 + i64::try_from(steps.len()).unwrap_or_default());
            steps.push(SeedStep {
                act,
                at,
                by: None,
                target,
                text: None,
                rating: None,
                toward: None,
                supervision: None,
            });
        };
        step(CaseAct::Accept, None);
        for _ in 0..chance.below(4) {
            let target = match chance.below(3) {
                0 => Assignee::Account(chance.one(&self.accounts)?),
                1 => Assignee::Organisation(chance.one(&side.organisations)?),
                _ => Assignee::Unit(chance.one(&units)?),
            };
            step(CaseAct::Dispatch, Some(target));
        }
        let reporter = if chance.once_in(3) { Some(chance.one(&self.accounts)?) } else { None };
        Ok(SeedCase {
            programme: None,
            category: side.categories[chance.one(&["01", "0101", "02", "0201"])?],
            title: format!("{}某事{number}", side.mark),
            description: format!("{}某事", side.mark),
            place,
            source: CaseSource::Patrol,
            priority: chance.one(&[CasePriority::Normal, CasePriority::Urgent, CasePriority::Critical])?,
            sensitivity: chance.one(&SENSITIVITIES)?,
            reporter_account: reporter,
            reporter: ReporterDetails { name: None, phone: None, anonymity: Anonymity::Named },
            opened_at,
            steps,
        })
    }
}

/// One village goes into its neighbour, another one into a new village; the dissolved ones stay targets.
async fn merged(stage: &Stage, side: &Side) -> anyhow::Result<Vec<(TargetKind, UnitId)>> {
    let org = stage.world.org();
    let on = chrono::NaiveDate::from_ymd_opt(2026, 11, 1).context("a day")?;
    let into_old = Successor::Existing(side.villages[1][0]);
    let into_new = Successor::New {
        code: format!("{}001009", side.code),
        code_system: CodeSystem::Nbs,
        code_year: 2026,
        name: format!("合并村{}", side.mark),
    };
    let mut units = vec![(TargetKind::District, side.unit)];
    units.extend(side.towns.map(|id| (TargetKind::Town, id)));
    units.extend(side.villages.iter().flatten().map(|id| (TargetKind::Village, *id)));
    for (predecessor, successor) in [(side.villages[1][1], into_old), (side.villages[0][1], into_new)] {
        let merger = MergeUnits { predecessors: vec![predecessor], successor, on };
        let unit = org.merge_units(&side.system, merger).await.done()?;
        if !units.iter().any(|(_, known)| *known == unit.id) {
            units.push((TargetKind::Village, unit.id));
        }
    }
    Ok(units)
}
