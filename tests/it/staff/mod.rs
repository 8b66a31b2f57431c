//! The force over HTTP: its people, what they hold, who stands in, rosters, gaps and teams.

mod accounts;
mod appointments;
mod changes;
mod gaps;
mod members;
mod posts;
mod rosters;
mod stand_in;
mod teams;

use std::collections::BTreeMap;

use anyhow::Context as _;
use fengqiao_tests::{Actor, Answer, Backend, Matter, Places, Served, account_id};
use serde_json::{Value, json};

/// 新地村 of 千里山镇.
const VILLAGE: &str = "150302101203";
/// A grid of another town.
const ELSEWHERE: &str = "150302007003001";
/// 供水供电供气.
const CATEGORY: &str = "1105";
/// An id that was never given out.
const NOBODY: &str = "01890000-0000-7000-8000-00000000dead";

const APPOINTMENT: &str = "appointment { id version kind sinceAt untilAt grantsRole standsInFor { id } }
    userErrors { code path currentVersion }";
const MEMBER: &str = "staffMember { id code state version phone { text isMasked } account { login }
    unit { code } } userErrors { code path currentVersion }";

/// An instant of the demo's day, whose clock stands at eight at first.
fn minute(minutes: u32) -> String {
    format!("2026-11-22T08:{minutes:02}:00.000000Z")
}

fn refused(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), path.to_owned())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// An input with more values.
fn with(mut input: Value, more: &Value) -> Value {
    for (key, value) in more.as_object().into_iter().flatten() {
        input[key] = value.clone();
    }
    input
}

async fn sees(matter: &Matter, actor: &Actor) -> anyhow::Result<bool> {
    Ok(!matter.read(actor, "id").await?.is_null())
}

/// A grid without any people.
struct Ground {
    id: String,
    code: String,
}

impl Ground {
    fn target(&self) -> Value {
        json!({"gridId": self.id})
    }
}

/// Somebody new of the force who can sign in.
struct Newcomer {
    actor: Actor,
    account: String,
    member: String,
}

/// The administrators of 海勃湾区 and of 千里山镇, with every shipped post adopted.
struct Desk {
    served: Served,
    system: Actor,
    security: Actor,
    town: Actor,
    village: String,
    posts: BTreeMap<String, String>,
}

impl Desk {
    async fn open(backend: Backend) -> anyhow::Result<Self> {
        let served = Served::demo(backend).await?;
        let system = served.sign_in("system.admin@150302").await?;
        let security = served.sign_in("security.admin@150302").await?;
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let village = Places::of(&system).unit(VILLAGE).await?;
        let selection = "postKinds { id code } userErrors { code path }";
        let adopted = system.mutate("postKindAdopt", selection, json!({})).await?;
        let posts = adopted.payload()?["postKinds"].as_array().context("a list")?;
        let posts = posts.iter().map(|post| (text(&post["code"]), text(&post["id"]))).collect();
        Ok(Self { served, system, security, town, village, posts })
    }

    async fn person(&self, login: &str) -> anyhow::Result<Actor> {
        self.served.sign_in(&format!("{login}@150302")).await
    }

    fn post(&self, code: &str) -> anyhow::Result<String> {
        self.posts.get(code).cloned().with_context(|| format!("no post {code}"))
    }

    /// A new kind of post without a role.
    async fn new_post(&self, code: &str, targets: &[&str]) -> anyhow::Result<String> {
        let input = json!({"code": code, "nameZh": "巡查员", "nameEn": "Patrol", "targetKinds": targets,
            "isExclusive": false, "employmentKind": "VOLUNTARY"});
        let made = self.system.mutate("postKindCreate", "postKind { id } userErrors { code path }", input);
        Ok(text(&made.await?.payload()?["postKind"]["id"]))
    }

    /// A new grid of 新地村.
    async fn ground(&self) -> anyhow::Result<Ground> {
        let input = json!({"villageId": self.village, "name": "新网格", "kind": "BASIC"});
        let made = self.system.mutate("gridCreate", "grid { id code } userErrors { code path }", input);
        let made = made.await?;
        let grid = &made.payload()?["grid"];
        Ok(Ground { id: text(&grid["id"]), code: text(&grid["code"]) })
    }

    /// A case in a grid.
    async fn matter(&self, ground: &Ground) -> anyhow::Result<Matter> {
        Matter::report(&self.person("xindi.resident").await?, &ground.code, CATEGORY).await
    }

    /// A new account that may do nothing.
    async fn account(&self, login: &str) -> anyhow::Result<Actor> {
        let input = json!({"login": login, "name": "演示·新人", "password": "演示之用 Long enough"});
        let made = self.system.mutate("accountCreate", "account { id } userErrors { code path }", input);
        made.await?.payload()?;
        self.person(login).await
    }

    async fn register(&self, by: &Actor, code: &str, more: Value) -> anyhow::Result<Answer> {
        let input = json!({"code": code, "name": "演示·新人", "unitId": self.village});
        by.mutate("staffMemberCreate", MEMBER, with(input, &more)).await
    }

    /// Somebody new of the force in 新地村.
    async fn member(&self, code: &str, more: Value) -> anyhow::Result<String> {
        let made = self.register(&self.system, code, more).await?;
        Ok(text(&made.payload()?["staffMember"]["id"]))
    }

    async fn newcomer(&self, name: &str) -> anyhow::Result<Newcomer> {
        let actor = self.account(&format!("t-{name}")).await?;
        let account = account_id(&actor).await?;
        let member = self.member(&format!("T-{name}"), json!({"accountId": account})).await?;
        Ok(Newcomer { actor, account, member })
    }

    async fn update(&self, by: &Actor, member: &str, version: i64, more: Value) -> anyhow::Result<Answer> {
        let input = json!({"staffMemberId": member, "expectedVersion": version});
        by.mutate("staffMemberUpdate", MEMBER, with(input, &more)).await
    }

    /// What staff read of somebody.
    async fn read(&self, member: &str, selection: &str) -> anyhow::Result<Value> {
        let document = format!("query($id: ID!) {{ staffMember(id: $id) {{ {selection} }} }}");
        Ok(self.system.run(&document, json!({"id": member})).await?.data("staffMember")?.clone())
    }

    async fn try_appoint(
        &self,
        by: &Actor,
        member: &str,
        post: &str,
        target: Value,
        more: Value,
    ) -> anyhow::Result<Answer> {
        let input = json!({"staffMemberId": member, "postKindId": self.post(post)?, "target": target});
        by.mutate("appointmentCreate", APPOINTMENT, with(input, &more)).await
    }

    /// The town appoints somebody at a grid.
    async fn appoint(&self, member: &str, post: &str, at: &Ground, more: Value) -> anyhow::Result<Value> {
        let answer = self.try_appoint(&self.town, member, post, at.target(), more).await?;
        Ok(answer.payload()?["appointment"].clone())
    }

    async fn try_end(&self, by: &Actor, held: &Value, more: Value) -> anyhow::Result<Answer> {
        let input = json!({"appointmentId": held["id"], "expectedVersion": held["version"]});
        by.mutate("appointmentEnd", APPOINTMENT, with(input, &more)).await
    }

    /// The town ends an appointment.
    async fn end(&self, held: &Value, more: Value) -> anyhow::Result<Value> {
        Ok(self.try_end(&self.town, held, more).await?.payload()?["appointment"].clone())
    }

    async fn try_stand_in(&self, member: &str, held: &Value, more: Value) -> anyhow::Result<Answer> {
        let input = json!({"staffMemberId": member, "appointmentId": held["id"]});
        self.town.mutate("appointmentStandIn", APPOINTMENT, with(input, &more)).await
    }

    /// The roles that are in force at a grid, as `login role`.
    async fn roles_at(&self, ground: &Ground) -> anyhow::Result<Vec<String>> {
        let document = "query($target: RoleGrantTargetInput!) {
            roleGrants(filter: {target: $target, inForce: true}, first: 100) {
              nodes { role account { login } } } }";
        let read = self.security.run(document, json!({"target": ground.target()})).await?;
        let nodes = read.data("roleGrants/nodes")?.as_array().context("a list")?;
        let told = |node: &Value| format!("{} {}", text(&node["account"]["login"]), text(&node["role"]));
        let mut roles: Vec<String> = nodes.iter().map(told).collect();
        roles.sort();
        Ok(roles)
    }
}
