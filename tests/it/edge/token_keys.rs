//! The keys that sign access tokens take each other's place while servers run and people work: nobody notices (A2).

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fengqiao_tests::{Answer, Backend, Household, Running, on_backends};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::keys::{done, refused};
use super::startup::says;
use crate::faults::until;

/// Who works meanwhile.
const PEOPLE: [&str; 6] = [
    "xindi.resident@150302",
    "xindi.worker@150302",
    "xindi.chief@150302",
    "xindi.station@150302",
    "qianlishan.dispatch@150302",
    "justice.handler@150302",
];
/// Between two requests of one of them: all of them send some 200 a second.
const PAUSE: Duration = Duration::from_millis(30);
/// For so long they show a token before they sign in again; it counts for longer.
const SHOWN: Duration = Duration::from_millis(700);
/// Longer than everybody takes to have a token of afterwards.
const RENEWED: Duration = Duration::from_secs(2);
/// Longer than a server takes to look at the file again, on a busy machine.
const LOOK: Duration = Duration::from_secs(6);

/// A deployment whose servers share a file.
struct Servers {
    home: Household,
    running: Arc<Vec<Running>>,
    client: reqwest::Client,
}

impl Servers {
    async fn start(backend: Backend) -> anyhow::Result<Self> {
        let home = Household::new(backend).await?;
        let mut running = vec![home.start().await?];
        // A SQLite file has one server.
        if backend == Backend::Postgres {
            running.push(home.start().await?);
        }
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build()?;
        Ok(Self { home, running: Arc::new(running), client })
    }

    fn file(&self) -> PathBuf {
        self.home.folder().join("data/keys/token.json")
    }

    /// Puts a text in the place of the file, whole and at once.
    fn put(&self, text: &str) -> anyhow::Result<()> {
        let next = self.file().with_extension("test");
        std::fs::write(&next, text)?;
        Ok(std::fs::rename(next, self.file())?)
    }

    /// As if the last step on the keys were long ago.
    fn later(&self) -> anyhow::Result<()> {
        let mut file: Value = serde_json::from_slice(&std::fs::read(self.file())?)?;
        for key in file["keys"].as_array_mut().context("keys")? {
            for since in ["added_at", "stopped_at"] {
                if key[since].is_number() {
                    key[since] = 0.into();
                }
            }
        }
        self.put(&file.to_string())
    }

    /// Waits until every server publishes these keys, the one that signs first.
    async fn publish(&self, kids: &[&str]) -> anyhow::Result<()> {
        for server in self.running.iter() {
            until("it publishes the keys of the file", LOOK, async || {
                let path = format!("http://{}/.well-known/jwks.json", server.address());
                let set = Answer::of(self.client.get(path)).await?.body;
                let listed = set["keys"].as_array().context("keys")?;
                let listed: Vec<&str> = listed.iter().filter_map(|key| key["kid"].as_str()).collect();
                Ok(listed == kids)
            })
            .await?;
        }
        Ok(())
    }

    /// What every server answers to whoever shows a token.
    async fn statuses(&self, token: &str) -> anyhow::Result<Vec<u16>> {
        let mut statuses = vec![];
        for server in self.running.iter() {
            statuses.push(asked(&self.client, server, token).await?.status);
        }
        Ok(statuses)
    }

    /// A token that a server signs now, and the key that signed it.
    async fn token_of(&self, server: usize) -> anyhow::Result<(String, String)> {
        let server = self.running.get(server).context("a server")?;
        let actor = server.sign_in("xindi.worker@150302").await?;
        let token = actor.token().context("a token")?;
        let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap_or_default())?;
        let header: Value = serde_json::from_slice(&header)?;
        Ok((token.to_owned(), header["kid"].as_str().context("a kid")?.to_owned()))
    }

    /// Begins to work.
    fn work(&self) -> Work {
        let over = watch::Sender::new(false);
        let mut people = JoinSet::new();
        for who in PEOPLE {
            people.spawn(works(Arc::clone(&self.running), self.client.clone(), who, over.subscribe()));
        }
        Work { people, over, begun: Instant::now() }
    }
}

/// Asks a server who shows this token.
async fn asked(client: &reqwest::Client, server: &Running, token: &str) -> anyhow::Result<Answer> {
    let request = client.post(format!("http://{}/graphql", server.address())).bearer_auth(token);
    let body = json!({"query": "{ viewer { account { login } } }"}).to_string();
    Answer::of(request.header("content-type", "application/json").body(body)).await
}

/// Signs in at one server after the other and shows each token to all of them, until it is over: the number of answers.
async fn works(
    servers: Arc<Vec<Running>>,
    client: reqwest::Client,
    who: &'static str,
    over: watch::Receiver<bool>,
) -> anyhow::Result<usize> {
    let mut answers = 0;
    for signing in servers.iter().cycle() {
        let actor = signing.sign_in(who).await.with_context(|| format!("{who} signs in"))?;
        let (token, since) = (actor.token().context("a token")?, Instant::now());
        while since.elapsed() < SHOWN {
            if *over.borrow() {
                return Ok(answers);
            }
            let server = servers.get(answers % servers.len()).context("a server")?;
            let answer = asked(&client, server, token).await.with_context(|| format!("{who} asks"))?;
            let login = &answer.body["data"]["viewer"]["account"]["login"];
            ensure!(*login == actor.login(), "{who} is told {}", answer.text);
            answers += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(answers)
}

/// People at work.
struct Work {
    people: JoinSet<anyhow::Result<usize>>,
    over: watch::Sender<bool>,
    begun: Instant,
}

impl Work {
    /// Ends it: nobody was ever refused anything.
    async fn end(mut self) -> anyhow::Result<()> {
        self.over.send_replace(true);
        let mut answers = 0;
        while let Some(told) = self.people.join_next().await {
            answers += told??;
        }
        let lasted = self.begun.elapsed();
        println!("{answers} answers in {lasted:?}");
        ensure!(answers > 20 * PEOPLE.len(), "only {answers} answers in {lasted:?}");
        Ok(())
    }
}

/// What makes no sense is not taken, and told to whoever reads the log.
async fn nonsense(servers: &Servers, kid: &str) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(servers.file())?;
    servers.put("nonsense")?;
    says(&refused(&servers.home, &["keys", "tokens", "list"])?, &["token.json"]);
    until("the log tells", LOOK, async || {
        Ok(servers.home.log()?.contains("the changed key file is not taken"))
    })
    .await?;
    servers.publish(&[kid]).await?;
    servers.put(&text)
}

/// Another key takes the place of the first: both, the new one first.
async fn change(servers: &Servers, old: &str) -> anyhow::Result<String> {
    let home = &servers.home;
    says(&refused(home, &["keys", "tokens", "promote"])?, &["keys tokens add"]);
    says(&done(home, &["keys", "tokens", "add"])?, &["verifies", "keys tokens promote"]);
    says(&refused(home, &["keys", "tokens", "add"])?, &["keys tokens promote"]);
    let listed = done(home, &["keys", "tokens", "list"])?;
    says(&listed, &[&format!("{old} signs\n"), "may sign next"]);
    let new = listed.lines().last().and_then(|line| line.split(' ').next()).context("a key")?.to_owned();
    servers.publish(&[old, &new]).await?;
    ensure!(servers.token_of(0).await?.1 == old, "the new key signs at once");
    says(&refused(home, &["keys", "tokens", "promote"])?, &["come again", &new]);
    servers.later()?;
    says(&done(home, &["keys", "tokens", "promote"])?, &[&format!("{new} signs"), "keys tokens retire"]);
    servers.publish(&[&new, old]).await?;
    Ok(new)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_takes_anothers_place_while_people_work_and_nobody_notices() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let servers = Servers::start(backend).await?;
        let (token, old) = servers.token_of(0).await?;
        let work = servers.work();
        nonsense(&servers, &old).await?;
        let new = change(&servers, &old).await?;
        for server in 0..servers.running.len() {
            let (_, kid) = servers.token_of(server).await?;
            ensure!(kid == new, "{kid} signs, and not {new}");
        }
        // What was signed before counts until its end.
        ensure!(servers.statuses(&token).await?.iter().all(|status| *status == 200), "it was refused");
        let retire = ["keys", "tokens", "retire", old.as_str()];
        says(&refused(&servers.home, &["keys", "tokens", "retire", &new])?, &["signs"]);
        says(&refused(&servers.home, &retire)?, &["come again", &old]);
        tokio::time::sleep(RENEWED).await;
        servers.later()?;
        says(&done(&servers.home, &retire)?, &["is out"]);
        servers.publish(&[&new]).await?;
        ensure!(servers.statuses(&token).await?.iter().all(|status| *status == 401), "its key is gone");
        work.end().await
    })
    .await
}
