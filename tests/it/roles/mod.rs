//! What three posts of the force see, may do and may not, each played through over HTTP: the grid chief, the grid instructor, and the
//! embedded police.

mod elsewhere;
mod embedded_police;
mod grid_chief;
mod grid_instructor;
mod seconded;

use anyhow::Context as _;
use fengqiao_tests::{Actor, Matter, Places, Served, account_id};
use serde_json::{Value, json};

/// 新地村, and its grids.
const VILLAGE: &str = "150302101203";
/// 供水供电供气, and 邻里纠纷.
const WATER: &str = "1105";
const NEIGHBOURS: &str = "0102";

/// A grid of 新地村.
fn grid(number: u8) -> String {
    format!("{VILLAGE}{number:03}")
}

/// Somebody of 海勃湾区.
async fn person(served: &Served, login: &str) -> anyhow::Result<Actor> {
    served.sign_in(&format!("{login}@150302")).await
}

async fn sees(matter: &Matter, who: &Actor) -> anyhow::Result<bool> {
    Ok(!matter.read(who, "id").await?.is_null())
}

/// The code of a refusal that names the case.
async fn refusal(matter: &Matter, by: &Actor, field: &str, more: Value) -> anyhow::Result<String> {
    let (code, path) = matter.try_act(by, field, more).await?.user_error()?;
    anyhow::ensure!(path == "caseId" || path == "target", "{field}: {code} at {path}");
    Ok(code)
}

/// A report of a resident that a worker of the grid has settled, on the word of the station.
async fn settled(served: &Served, grid: &str, worker: &str) -> anyhow::Result<Matter> {
    let mut matter = Matter::report(&person(served, "xindi.resident").await?, grid, WATER).await?;
    let (station, worker) = (person(served, "xindi.station").await?, person(served, worker).await?);
    matter.act(&station, "caseAccept", json!({})).await?;
    let to = json!({"target": {"accountId": account_id(&worker).await?}});
    matter.act(&station, "caseDispatch", to).await?;
    matter.act(&worker, "caseStart", json!({})).await?;
    matter.act(&worker, "caseComplete", json!({"result": "阀门已更换"})).await?;
    Ok(matter)
}

/// Grants somebody a role at a grid besides what they hold.
async fn granted(served: &Served, who: &Actor, role: &str, grid: &str) -> anyhow::Result<()> {
    let security = person(served, "security.admin").await?;
    let target = json!({"gridId": Places::of(&security).grid(grid).await?});
    let input = json!({"accountId": account_id(who).await?, "role": role, "target": target});
    security.mutate("roleGrantCreate", "userErrors { code path }", input).await?.payload()?;
    served.pass_seconds(10);
    Ok(())
}

fn id(value: &Value) -> anyhow::Result<String> {
    value["id"].as_str().map(str::to_owned).context("an id")
}
