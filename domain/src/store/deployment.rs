//! What a deployment remembers of itself: facts of no tenant, asked at the start before any scope exists.

use crate::store::db::Pools;
use crate::store::{Db, StoreError};

const READ: &str = "SELECT value FROM deployment_facts WHERE name = $1";
const KEEP: &str = "INSERT INTO deployment_facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
const SET: &str = "INSERT INTO deployment_facts (name, value) VALUES ($1, $2) \
     ON CONFLICT (name) DO UPDATE SET value = excluded.value";

/// A fact that is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Fact {
    /// Fingerprint of the key that seals personal columns, or is about to.
    SealingKey,
    /// Whether the demo is `loading` or `complete`; absent in a store without it.
    Demo,
}

impl Db {
    /// The fingerprints of this process's keys, that of the one that seals first.
    ///
    /// # Errors
    /// [`StoreError::Internal`] when the cryptographic library fails.
    pub fn sealing_fingerprints(&self) -> Result<Vec<String>, StoreError> {
        self.vault().fingerprints().map_err(|error| StoreError::Internal(error.to_string()))
    }

    /// The id of the key that seals.
    ///
    /// # Errors
    /// [`StoreError::Internal`] when there is none.
    pub fn sealing_key(&self) -> Result<u32, StoreError> {
        self.vault().sealing().map_err(|error| StoreError::Internal(error.to_string()))
    }

    /// What is remembered.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn fact(&self, fact: Fact) -> Result<Option<String>, StoreError> {
        let name: &str = fact.into();
        Ok(match self.pools() {
            Pools::Postgres { app, .. } => sqlx::query_scalar(READ).bind(name).fetch_optional(app).await?,
            Pools::Sqlite { readers, .. } => {
                sqlx::query_scalar(READ).bind(name).fetch_optional(readers).await?
            }
        })
    }

    /// Remembers something unless something was remembered before: what is remembered now.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn keep_fact(&self, fact: Fact, value: &str) -> Result<String, StoreError> {
        self.write_fact(KEEP, fact, value).await?;
        Ok(self.fact(fact).await?.unwrap_or_default())
    }

    /// Remembers something in place of what was remembered before.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn set_fact(&self, fact: Fact, value: &str) -> Result<(), StoreError> {
        self.write_fact(SET, fact, value).await
    }

    async fn write_fact(&self, sql: &'static str, fact: Fact, value: &str) -> Result<(), StoreError> {
        let name: &str = fact.into();
        match self.pools() {
            Pools::Postgres { app, .. } => {
                sqlx::query(sql).bind(name).bind(value).execute(app).await.map(drop)?;
            }
            Pools::Sqlite { writer, .. } => {
                sqlx::query(sql).bind(name).bind(value).execute(writer).await.map(drop)?;
            }
        }
        Ok(())
    }
}
