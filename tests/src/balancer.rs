//! A load balancer before several servers of the product, as small as one can be: by connections, by readiness.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::process::{PATIENCE, sign_in};
use crate::{Actor, Running};

/// What stands before several servers: it sends each connection to one of those that say they are ready.
#[derive(Debug)]
pub struct Balancer {
    address: SocketAddr,
    client: reqwest::Client,
    servers: watch::Sender<Vec<SocketAddr>>,
    /// Ends with this value, and every connection with it.
    _tasks: JoinSet<()>,
}

/// Between two looks at who is ready.
const LOOK: Duration = Duration::from_millis(50);

impl Balancer {
    /// Opens on a free port, with no server behind it yet.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn new() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        // Every request is a connection of its own, so that each is sent anew.
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).pool_max_idle_per_host(0);
        let client = client.build()?;
        let servers = watch::Sender::new(vec![]);
        let (ready, mut chosen) = watch::channel(vec![]);
        let mut tasks = JoinSet::new();
        let (asking, named) = (client.clone(), servers.subscribe());
        tasks.spawn(async move {
            loop {
                let mut answering = vec![];
                let candidates: Vec<SocketAddr> = named.borrow().clone();
                for server in candidates {
                    let asked = asking.get(format!("http://{server}/readyz")).send().await;
                    answering
                        .extend(asked.ok().filter(|answer| answer.status().is_success()).map(|_| server));
                }
                ready.send_if_modified(|ready| std::mem::replace(ready, answering.clone()) != answering);
                tokio::time::sleep(LOOK).await;
            }
        });
        tasks.spawn(async move {
            let mut roads = JoinSet::new();
            let mut turn = 0;
            while let Ok((mut near, _)) = listener.accept().await {
                let Ok(servers) = chosen.wait_for(|ready| !ready.is_empty()).await else { return };
                turn += 1;
                let server = servers[turn % servers.len()];
                drop(servers);
                roads.spawn(async move {
                    if let Ok(mut far) = TcpStream::connect(server).await {
                        let _ended = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                    }
                });
            }
        });
        Ok(Self { address, client, servers, _tasks: tasks })
    }

    /// Who stands behind it from now on.
    pub fn lead_to(&self, servers: &[&Running]) {
        self.servers.send_replace(servers.iter().map(|running| running.address()).collect());
    }

    /// Where it is reached.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Somebody of the demo signs in, at whichever server.
    ///
    /// # Errors
    /// When they may not.
    pub async fn sign_in(&self, account: &str) -> anyhow::Result<Actor> {
        sign_in(&self.client, self.address, account).await
    }
}
