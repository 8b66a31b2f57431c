//! Who reads the rows of a table, as PostgreSQL's policies say it. The store states the same in `store/reach.rs`.

use crate::ddl::{OWNER_ROLE, Reach, setting};

fn flag(name: &str) -> String {
    format!("coalesce((SELECT current_setting('{name}', true) = '1'), false)")
}

fn member(column: &str, name: &str) -> String {
    format!("coalesce({column} = ANY ({}::uuid[]), false)", setting(name, "uuid[]"))
}

fn own(column: &str) -> String {
    format!("coalesce({column} = {}, false)", setting("app.account", "uuid"))
}

/// Which rows of a table are read.
pub(crate) fn read_predicate(table: &str, reach: Reach) -> String {
    match reach {
        Reach::Tenant => "true".to_owned(),
        Reach::StaffOrOwn(account) => format!("{} OR {}", flag("app.staff"), own(account)),
        Reach::Own(account) => own(account),
        Reach::Case => case_predicate(),
        Reach::PlaceOrOwn(account) => place_predicate(table, account),
        Reach::OfCase(case, audience) => format!(
            "({audience} = 0 OR {staff}) AND EXISTS (SELECT 1 FROM cases c \
             WHERE c.tenant_id = {tenant} AND c.id = {case})",
            staff = flag("app.staff"),
            tenant = setting("app.tenant", "uuid"),
        ),
        Reach::OwnUntilCase(account, case, audience) => format!(
            "({case} IS NULL AND {own}) OR (({audience} = 0 OR {staff}) AND EXISTS (SELECT 1 FROM cases c \
             WHERE c.tenant_id = {tenant} AND c.id = {case}))",
            own = own(account),
            staff = flag("app.staff"),
            tenant = setting("app.tenant", "uuid"),
        ),
        Reach::Auditor => flag("app.auditor"),
        Reach::Nobody => "false".to_owned(),
    }
}

/// The policies of cases anew, after their reach changed.
pub(crate) fn case_walls_anew() -> Vec<String> {
    let read = case_predicate();
    vec![
        format!("ALTER POLICY reach ON cases USING ({read})"),
        format!("ALTER POLICY change ON cases USING ({read}) WITH CHECK (true)"),
        format!("ALTER POLICY remove ON cases USING ({read})"),
    ]
}

/// The policies of visits anew: those of key persons are for whoever follows them up, whatever the categories of the grant. The store
/// states the same in `store/reach.rs`.
pub(crate) fn visit_walls_anew() -> Vec<String> {
    let followed = rules_with("visits", "r.k", ", k boolean");
    let by_place = format!("({}) OR {}", plain(), rules("visits", "r.c IS NULL"));
    visit_walls(&format!(
        "(NOT key_person AND ({by_place})) OR (key_person AND {followed}) OR {}",
        own("account_id")
    ))
}

/// The policies of visits anew: those of children are for whoever reads of children, besides. The store states the same in `store/reach.rs`.
pub(crate) fn visit_walls_of_children() -> Vec<String> {
    let rules_for = |what: &str| rules_with("visits", what, ", k boolean, h boolean");
    let (of_others, of_key_persons) = ("NOT key_person", "key_person");
    // Of most visits nobody says it, and of what is null the rest of an `AND` would be asked all the same.
    let arms = [
        format!("{of_others} AND child IS NOT TRUE AND (({}) OR {})", plain(), rules_for("r.c IS NULL")),
        format!("{of_others} AND child IS TRUE AND {}", rules_for("r.c IS NULL AND r.h")),
        format!("{of_key_persons} AND child IS NOT TRUE AND {}", rules_for("r.k")),
        format!("{of_key_persons} AND child IS TRUE AND {}", rules_for("r.k AND r.h")),
        own("account_id"),
    ];
    visit_walls(&arms.map(|arm| format!("({arm})")).join(" OR "))
}

fn visit_walls(read: &str) -> Vec<String> {
    vec![
        format!("ALTER POLICY reach ON visits USING ({read})"),
        format!("ALTER POLICY change ON visits USING ({read}) WITH CHECK (true)"),
        format!("ALTER POLICY remove ON visits USING ({read})"),
    ]
}

/// What the owner of a table sees of it: the rows of tenants that are closed. And what it removes: those of a tenant that is being erased,
/// except of the audit trail, which ends by its own time.
pub(crate) fn leaving_walls(table: &str) -> Vec<String> {
    let of = |states: &str| {
        format!("EXISTS (SELECT 1 FROM tenants t WHERE t.tenant_id = {table}.tenant_id AND t.state {states})")
    };
    vec![
        format!("CREATE POLICY leaving ON {table} FOR SELECT TO {OWNER_ROLE} USING ({})", of("<> 'open'")),
        format!("CREATE POLICY erasing ON {table} FOR DELETE TO {OWNER_ROLE} USING ({})", of("= 'erasing'")),
    ]
}

/// The same for every table that is there, when tenants get their state.
pub(crate) fn leaving_walls_everywhere() -> String {
    let [leaving, erasing] = ["<> 'open'", "= 'erasing'"].map(|states| {
        format!("EXISTS (SELECT 1 FROM tenants t WHERE t.tenant_id = %1$I.tenant_id AND t.state {states})")
            .replace('\'', "''")
    });
    format!(
        "CREATE POLICY leaving ON tenants FOR SELECT TO {OWNER_ROLE} USING (state <> 'open'); \
         DO $walls$ DECLARE of_tenants name; BEGIN FOR of_tenants IN \
         SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' \
         WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'tenants' LOOP \
         EXECUTE format('CREATE POLICY leaving ON %1$I FOR SELECT TO {OWNER_ROLE} USING ({leaving})', of_tenants); \
         IF of_tenants NOT LIKE 'audit\\_%' THEN \
         EXECUTE format('CREATE POLICY erasing ON %1$I FOR DELETE TO {OWNER_ROLE} USING ({erasing})', of_tenants); \
         END IF; END LOOP; END $walls$"
    )
}

/// The reach of a case: the plain clause for the many, the rules for category sets and ceilings, the
/// access rows for everyone a case was handed to. The store states the same.
fn case_predicate() -> String {
    let plain = plain();
    let rules = rules("cases", "(r.c IS NULL OR cases.category_id = ANY (r.c))");
    let access = format!(
        "EXISTS (SELECT 1 FROM case_access a WHERE a.tenant_id = {tenant} AND a.case_id = cases.id \
         AND a.principal_id = ANY ({principals}::uuid[]) AND a.until_at = {open})",
        open = i64::MAX,
        tenant = setting("app.tenant", "uuid"),
        principals = setting("app.principals", "uuid[]"),
    );
    format!("({plain}) OR {rules} OR {access}")
}

/// What has a place and a sensitivity and no category: a grant that is limited to some categories says nothing about it.
fn place_predicate(table: &str, account: &str) -> String {
    format!("({}) OR {} OR {}", plain(), rules(table, "r.c IS NULL"), own(account))
}

/// What is normal and lies in the territory of the plain grants.
fn plain() -> String {
    format!(
        "sensitivity = 0 AND ({} OR {} OR {} OR {})",
        flag("app.district"),
        member("town_id", "app.towns"),
        member("village_id", "app.villages"),
        member("grid_id", "app.grids"),
    )
}

/// What a grant with a ceiling or a category set reaches.
fn rules(table: &str, category: &str) -> String {
    rules_with(table, category, "")
}

/// The same by more columns of a rule.
fn rules_with(table: &str, category: &str, more: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM jsonb_to_recordset((SELECT NULLIF(current_setting('app.rules', true), '')::jsonb)) \
         AS r(d boolean, t uuid[], v uuid[], g uuid[], c uuid[], s integer{more}) \
         WHERE {table}.sensitivity <= r.s AND {category} \
         AND (r.d OR {table}.town_id = ANY (r.t) OR {table}.village_id = ANY (r.v) OR {table}.grid_id = ANY (r.g)))"
    )
}
