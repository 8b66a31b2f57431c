//! How the world reaches Fengqiao: command line, HTTP edge, GraphQL.
//!
//! Everything that is true or allowed is decided in `fengqiao_domain`; this crate reads settings,
//! carries requests to use cases and tells their outcome.

mod anchor;
pub mod app;
pub mod auth;
mod bilingual;
pub mod cli;
pub mod config;
pub mod demo;
pub mod exchange;
pub mod federation;
mod files;
pub mod graphql;
pub mod http;
mod listeners;
mod oauth;
mod output;
mod redis;
mod refusal;
pub mod runner;
mod signed;
pub mod tariff;
pub mod telemetry;
pub mod webhooks;
mod worker;

rust_i18n::i18n!("locales", fallback = "zh-CN");

/// The text under a key of `locales/`.
pub(crate) fn translated(locale: &str, key: &str) -> String {
    rust_i18n::t!(key, locale = locale).into_owned()
}
