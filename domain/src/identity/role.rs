//! The roles, as the table `roles.csv` says: what each may do, where it can be held, how far it sees.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use strum::{EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

use crate::kernel::permission::{Permission, PermissionSet};
use crate::kernel::place::Sensitivity;
use crate::kernel::scope::Scope;

/// A named set of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Platform operator (平台运维员): creates tenants, sees no cases.
    PlatformOperator,
    /// System administrator (系统管理员): units, accounts, categories; grants nothing.
    SystemAdministrator,
    /// Security administrator (安全管理员): grants roles it does not hold itself.
    SecurityAdministrator,
    /// Audit administrator (审计管理员): reads the audit trail, changes nothing.
    AuditAdministrator,
    /// District commander (区指挥长).
    DistrictCommander,
    /// District dispatcher (区调度员).
    DistrictDispatcher,
    /// District leader (区领导): reads, comments, instructs and takes charge.
    DistrictLeader,
    /// Department handler (部门承办员): works what was handed to its organisation.
    DepartmentHandler,
    /// Town administrator (镇街管理员): runs a town, its accounts and its grants.
    TownAdministrator,
    /// Town dispatcher (镇街调度员).
    TownDispatcher,
    /// Town handler (镇街承办员).
    TownHandler,
    /// Station chief (站长): heads a village's station.
    StationChief,
    /// Grid chief (网格长): answers for one grid or several.
    GridChief,
    /// Grid instructor (网格指导员): checks, never closes.
    GridInstructor,
    /// Embedded police (驻派警员).
    EmbeddedPolice,
    /// Full-time grid worker (专职网格员).
    FullTimeWorker,
    /// Part-time grid worker (兼职网格员).
    PartTimeWorker,
    /// Mediator (调解员): works what was handed to them or their organisation.
    Mediator,
    /// Volunteer (志愿者): works what was handed to them.
    Volunteer,
    /// Resident (居民): reports, and follows their own cases.
    Resident,
    /// API client (接口账号): a program, such as the hotline's.
    ApiClient,
    /// Auditor (审阅员): reads the audit trail.
    Auditor,
    /// Overseer (督查员): somebody of another tenant who reads, and changes nothing. Lent by an oversight grant, and in no other way.
    Overseer,
}

/// Whether whoever asks is a program (接口账号) and no person.
#[must_use]
pub fn is_program(scope: &Scope) -> bool {
    scope.held().iter().any(|held| held.role == Role::ApiClient.key())
}

/// What a role can be held at: a grant's target with the level of its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum TargetKind {
    /// The installation itself.
    Platform,
    /// A district.
    District,
    /// A town.
    Town,
    /// A village.
    Village,
    /// A grid.
    Grid,
    /// A unit group.
    Group,
    /// An organisation.
    Organisation,
}

impl TargetKind {
    /// Every kind, from the widest down.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
}

/// One column of the table.
#[derive(Clone, Debug, Default)]
struct Definition {
    name_zh: String,
    name_en: String,
    targets: BTreeSet<TargetKind>,
    acts_for: BTreeSet<TargetKind>,
    ceiling: Sensitivity,
    permissions: PermissionSet,
}

type Matrix = BTreeMap<Role, Definition>;

static NOTHING: LazyLock<Definition> = LazyLock::new(Definition::default);

// A table that does not parse gives nobody anything; a unit test keeps it whole.
static MATRIX: LazyLock<Matrix> = LazyLock::new(|| {
    parse(include_str!("roles.csv")).unwrap_or_else(|fault| {
        tracing::error!(fault, "roles.csv does not parse");
        Matrix::new()
    })
});

impl Role {
    /// The three separated administrators (三员): no account holds two of them, nor one of them and another role that changes anything.
    pub const SEPARATED: [Self; 3] =
        [Self::SystemAdministrator, Self::SecurityAdministrator, Self::AuditAdministrator];

    fn definition(self) -> &'static Definition {
        MATRIX.get(&self).unwrap_or(&NOTHING)
    }

    /// Whether it is held by programs.
    pub(super) fn is_program(self) -> bool {
        self == Self::ApiClient
    }

    /// Whether it is held by somebody of another tenant: nobody is granted it, and no post brings it.
    #[must_use]
    pub fn is_lent(self) -> bool {
        self == Self::Overseer
    }

    /// Key of the role in the table, in files and in columns.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.into()
    }

    /// Chinese name.
    #[must_use]
    pub fn name_zh(self) -> &'static str {
        &self.definition().name_zh
    }

    /// English name.
    #[must_use]
    pub fn name_en(self) -> &'static str {
        &self.definition().name_en
    }

    /// What it allows.
    #[must_use]
    pub fn permissions(self) -> PermissionSet {
        self.definition().permissions
    }

    /// The ceiling of sensitivity of a grant that names none.
    #[must_use]
    pub fn ceiling(self) -> Sensitivity {
        self.definition().ceiling
    }

    /// Whether it can be held at a target of this kind.
    #[must_use]
    pub fn fits(self, kind: TargetKind) -> bool {
        self.definition().targets.contains(&kind)
    }

    /// Whether its holder handles what is handed to a target of this kind. A mediator of a village does
    /// not: what goes to the station is not theirs.
    #[must_use]
    pub fn acts_for(self, kind: TargetKind) -> bool {
        self.definition().acts_for.contains(&kind)
    }

    /// Whether its holders belong to the staff.
    #[must_use]
    pub fn is_staff(self) -> bool {
        self.permissions().holds(Permission::StaffRead)
    }

    /// Whether an account that holds it can hold no other such role: the three separated
    /// administrators, and the auditor, who would let another one read the audit trail.
    #[must_use]
    pub fn is_separated(self) -> bool {
        self == Self::Auditor || Self::SEPARATED.contains(&self)
    }

    /// Whether its holders change anything.
    #[must_use]
    pub fn changes(self) -> bool {
        self.permissions().iter().any(|permission| !permission.only_reads())
    }

    /// Whether its holders run accounts or grants.
    fn runs(self) -> bool {
        let permissions = self.permissions();
        permissions.holds(Permission::AccountManage) || permissions.holds(Permission::GrantManage)
    }

    /// Whether one account cannot hold both: one of the three administrators holds nothing else by which they would change anything, and an
    /// auditor does not also run accounts or grants.
    #[must_use]
    pub fn excludes(self, other: Self) -> bool {
        let apart = |one: Self, other: Self| {
            Self::SEPARATED.contains(&one) && other.changes() || one.is_separated() && other.runs()
        };
        self != other && (apart(self, other) || apart(other, self))
    }

    /// Every role, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// The roles of the staff.
    pub fn staff() -> impl Iterator<Item = Self> {
        Self::iter().filter(|role| role.is_staff())
    }
}

fn parse(text: &str) -> Result<Matrix, String> {
    let mut lines = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let header = lines.headers().map_err(|fault| fault.to_string())?.clone();
    let roles: Vec<Role> = header
        .iter()
        .skip(1)
        .map(|key| key.parse().map_err(|_| format!("no role is called {key}")))
        .collect::<Result<_, _>>()?;
    let mut matrix: Matrix = roles.iter().map(|role| (*role, Definition::default())).collect();
    for line in lines.records() {
        let line = line.map_err(|fault| fault.to_string())?;
        let row = line.get(0).unwrap_or_default();
        for (role, cell) in roles.iter().zip(line.iter().skip(1)) {
            let Some(definition) = matrix.get_mut(role) else { continue };
            fill(definition, row, cell).map_err(|fault| format!("{row}, {}: {fault}", role.key()))?;
        }
    }
    Ok(matrix)
}

fn fill(definition: &mut Definition, row: &str, cell: &str) -> Result<(), String> {
    match row {
        "name_zh" => cell.clone_into(&mut definition.name_zh),
        "name_en" => cell.clone_into(&mut definition.name_en),
        "targets" => definition.targets = kinds(cell)?,
        "acts_for" => definition.acts_for = kinds(cell)?,
        "ceiling" => {
            definition.ceiling = cell.parse().map_err(|_| format!("no sensitivity is called {cell}"))?;
        }
        permission => {
            let permission: Permission =
                permission.parse().map_err(|_| "no such row or permission".to_owned())?;
            match cell {
                "" => {}
                "x" => definition.permissions = definition.permissions.with(permission),
                other => return Err(format!("a cell is x or empty, not {other}")),
            }
        }
    }
    Ok(())
}

fn kinds(cell: &str) -> Result<BTreeSet<TargetKind>, String> {
    let parts = cell.split(';').filter(|part| !part.is_empty());
    parts.map(|part| part.parse().map_err(|_| format!("no target is called {part}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("roles.csv");

    #[test]
    fn every_role_is_a_column_and_every_permission_a_row() {
        let matrix = parse(TEXT).expect("the table parses");
        let missing: Vec<Role> = Role::iter().filter(|role| !matrix.contains_key(role)).collect();
        assert_eq!(missing, vec![], "roles without a column");
        let rows: Vec<&str> = TEXT.lines().filter_map(|line| line.split(',').next()).collect();
        for permission in Permission::iter() {
            let name: &str = permission.into();
            assert_eq!(rows.iter().filter(|row| **row == name).count(), 1, "row of {name}");
        }
        assert_eq!(rows.len(), Permission::iter().count() + 6, "nothing else is in the table");
    }

    #[test]
    fn every_role_says_who_it_is_and_where_it_is_held() {
        for role in Role::iter() {
            let definition = role.definition();
            assert!(!definition.name_zh.is_empty() && !definition.name_en.is_empty(), "{}", role.key());
            assert!(!definition.targets.is_empty(), "{} is held nowhere", role.key());
            assert!(definition.acts_for.is_subset(&definition.targets), "{}", role.key());
            assert!(
                definition.acts_for.is_empty() || definition.permissions.holds(Permission::CaseHandle),
                "{} acts for its target without handling",
                role.key()
            );
        }
    }

    #[test]
    fn everybody_but_citizens_and_programs_is_staff() {
        let outside: Vec<Role> = Role::iter().filter(|role| !role.is_staff()).collect();
        assert_eq!(outside, vec![Role::Volunteer, Role::Resident, Role::ApiClient]);
    }

    #[test]
    fn administrators_and_operators_see_no_cases() {
        let blind = [Role::PlatformOperator, Role::Auditor].into_iter().chain(Role::SEPARATED);
        for role in blind {
            let cases = role.permissions().iter().filter(|permission| {
                let name: &str = (*permission).into();
                name.starts_with("CASE_") || *permission == Permission::ReporterRead
            });
            assert_eq!(cases.count(), 0, "{}", role.key());
        }
    }

    #[test]
    fn the_separated_administrators_share_nothing_that_changes_anything() {
        let shared = |one: Role, other: Role| {
            one.permissions()
                .iter()
                .filter(|permission| other.permissions().holds(*permission))
                .collect::<Vec<_>>()
        };
        let [system, security, audit] = Role::SEPARATED;
        assert_eq!(shared(system, security), vec![Permission::AccountRead, Permission::StaffRead]);
        assert_eq!(shared(system, audit), vec![Permission::StaffRead]);
        assert_eq!(shared(security, audit), vec![Permission::StaffRead]);
        let who = |permission| Role::iter().filter(|r| r.permissions().holds(permission)).collect::<Vec<_>>();
        assert_eq!(who(Permission::AuditRead), vec![Role::AuditAdministrator, Role::Auditor]);
        assert_eq!(who(Permission::TenantCreate), vec![Role::PlatformOperator]);
        assert_eq!(who(Permission::GrantManage), vec![Role::SecurityAdministrator, Role::TownAdministrator]);
    }

    #[test]
    fn administrators_hold_no_other_role_that_changes_anything() {
        let reads: Vec<Role> = Role::iter().filter(|role| !role.changes()).collect();
        assert_eq!(reads, vec![Role::AuditAdministrator, Role::Auditor, Role::Overseer]);
        for administrator in Role::SEPARATED {
            for other in Role::iter().filter(|role| *role != administrator) {
                let apart = other.changes() || administrator.runs() && other.is_separated();
                assert_eq!(administrator.excludes(other), apart, "{} {}", administrator.key(), other.key());
                assert_eq!(other.excludes(administrator), apart, "{} {}", administrator.key(), other.key());
            }
        }
        let with_auditor: Vec<Role> = Role::iter().filter(|role| role.excludes(Role::Auditor)).collect();
        let runs = [Role::SystemAdministrator, Role::SecurityAdministrator, Role::TownAdministrator];
        assert_eq!(with_auditor, runs);
    }

    #[test]
    fn an_instructor_checks_and_never_closes() {
        let instructor = Role::GridInstructor.permissions();
        assert!(instructor.holds(Permission::CaseVerify) && instructor.holds(Permission::CaseSendBack));
        assert!(!instructor.holds(Permission::CaseClose));
        assert!(Role::GridChief.permissions().holds(Permission::CaseClose));
    }

    #[test]
    fn citizens_read_no_territory() {
        for role in
            [Role::Resident, Role::Volunteer, Role::ApiClient, Role::Mediator, Role::DepartmentHandler]
        {
            assert!(!role.permissions().holds(Permission::CaseRead), "{}", role.key());
        }
    }

    #[test]
    fn a_slip_in_the_table_is_named() {
        let slip = |text: &str| parse(text).expect_err("a slip");
        assert_eq!(slip("role,boss\n"), "no role is called boss");
        assert_eq!(slip("role,resident\nCASE_FLY,x\n"), "CASE_FLY, resident: no such row or permission");
        assert_eq!(
            slip("role,resident\nCASE_CLOSE,y\n"),
            "CASE_CLOSE, resident: a cell is x or empty, not y"
        );
        assert_eq!(slip("role,resident\ntargets,moon\n"), "targets, resident: no target is called moon");
    }
}
