//! Redis: a bell by which the servers of a deployment wake each other, and buckets that they share
//! (`docs/adr/0021-redis-is-a-bell.md`).
//!
//! Nothing is kept there that would be missed. Nobody waits for it longer than the set time, and while it is away every server looks
//! at the database once a second and counts for itself.

mod bell;
mod buckets;
mod key;
mod line;
mod listening;
mod outage;

use std::sync::Arc;

use ::redis::{AsyncCommands as _, AsyncIter, Client};
use anyhow::bail;
use fengqiao_domain::Db;
use fengqiao_domain::kernel::bucket::Buckets;
use fengqiao_domain::kernel::event::Bell;
use fengqiao_domain::kernel::id::TenantId;
use fengqiao_domain::kernel::idgen::{self, IdSource};
use futures::future::BoxFuture;

use crate::config::Redis as Settings;
use bell::RedisBell;
use buckets::RedisBuckets;
use key::Keys;
use line::Line;

/// The Redis server of a deployment.
#[derive(Clone)]
pub(crate) struct Redis {
    client: Client,
    keys: Keys,
    settings: Arc<Settings>,
    /// Names this server, so that it does not wake itself.
    own: Arc<str>,
}

impl Redis {
    /// The server that the settings name, if they name one. Nothing is connected yet.
    ///
    /// # Errors
    /// One line that names the setting.
    pub(crate) fn open(settings: &Settings, ids: &dyn IdSource, db: &Db) -> anyhow::Result<Option<Self>> {
        if let Err(fault) = settings.check() {
            bail!("{fault}");
        }
        if settings.url.is_empty() {
            return Ok(None);
        }
        // Of two implementations that the libraries bring along, TLS is that of the others: aws-lc. An earlier choice stands.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        // What the library says of an address holds the address.
        let Ok(client) = Client::open(settings.url.as_str()) else {
            bail!("redis.url {} is no address of a Redis server", settings.shown())
        };
        let own = idgen::uuid_v7(ids, db.now()).to_string().into();
        Ok(Some(Self { client, keys: Keys::of(&settings.prefix), settings: Arc::new(settings.clone()), own }))
    }

    /// Limits that all servers share.
    pub(crate) fn buckets(&self) -> Arc<dyn Buckets> {
        Arc::new(RedisBuckets::new(self.line(), self.keys.clone()))
    }

    /// Removes what is there of a tenant.
    ///
    /// # Errors
    /// One line that says that Redis did not answer.
    pub(crate) async fn forget(&self, tenant: TenantId) -> anyhow::Result<()> {
        let pattern = self.keys.all_of(tenant);
        let mut connection = self.client.get_multiplexed_async_connection().await?;
        let mut found = vec![];
        let mut keys: AsyncIter<'_, Vec<u8>> = connection.scan_match(&pattern).await?;
        while let Some(key) = keys.next_item().await {
            found.push(key?);
        }
        drop(keys);
        for some in found.chunks(1_000) {
            connection.unlink::<_, ()>(some).await?;
        }
        Ok(())
    }

    /// What wakes the others, with the work of it: ringing, and waking the relay of `db` when another one rings.
    pub(crate) fn bell(&self, db: &Db) -> (Arc<dyn Bell>, [BoxFuture<'static, ()>; 2]) {
        let bell = RedisBell::default();
        let ringing = bell.clone().ring_on(self.line(), self.keys.bell(), Arc::clone(&self.own));
        let listening = listening::Listening {
            client: self.client.clone(),
            channel: self.keys.bell(),
            own: Arc::clone(&self.own),
            timeout: self.settings.timeout(),
            db: db.clone(),
        };
        (Arc::new(bell), [Box::pin(ringing), Box::pin(listening.run())])
    }

    fn line(&self) -> Line {
        Line::new(self.client.clone(), self.settings.timeout())
    }
}
