//! The harness of Fengqiao's tests: a world per test, on SQLite and on PostgreSQL.
//!
//! `FENGQIAO_TEST_POSTGRES_URL` is a superuser's address of a server that may be filled with
//! databases; `FENGQIAO_TEST_BACKENDS` names the databases to test on. `tests/run` sets both.
//! `FENGQIAO_TEST_LOG`, for example `warn`, shows what the served product logs.

mod answer;
mod backend;
mod balancer;
mod cluster;
mod dam;
mod district;
mod dump;
mod http;
mod http_case;
mod http_client;
mod http_demo;
mod http_line;
mod http_socket;
mod mirror;
mod mirror_calendars;
mod mirror_cases;
mod mirror_exchange;
mod mirror_files;
mod mirror_programmes;
mod mirror_staff;
mod mirror_visits;
mod mirror_webhooks;
mod pending;
mod postgres;
mod process;
mod proxy;
mod redis;
mod redis_monitor;
mod rehearsal;
mod sqlite;
mod world;

pub use answer::{Answered, Refused};
pub use backend::{Backend, on_backends, on_each, on_postgres};
pub use balancer::Balancer;
pub use cluster::Cluster;
pub use dam::Dam;
pub use district::District;
pub use http::Served;
pub use http_case::{Matter, Places, account_id};
pub use http_client::{Actor, Answer, mutation};
pub use http_demo::world as demo_world;
pub use http_line::Line;
pub use http_socket::Events;
pub use mirror::{Mirror, Side};
pub use mirror_cases::{Laid, Spot};
pub use mirror_staff::Force;
pub use mirror_visits::LaidVisit;
pub use pending::Pending;
pub use postgres::{APP, OWNER, PostgresDatabase, SUPERUSER, WORKER};
pub use process::{Household, Running, program};
pub use proxy::SlowRoad;
pub use redis::RedisServer;
pub use redis_monitor::Monitor;
pub use rehearsal::Rehearsal;
pub use world::World;
