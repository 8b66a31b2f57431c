//! Rings for the other servers.

use std::sync::Arc;

use ::redis::AsyncCommands as _;
use fengqiao_domain::kernel::event::Bell;
use tokio::sync::Notify;

use super::key::Key;
use super::line::Line;
use super::outage::Outage;

/// The bell of one server. However often it is rung while it still sounds, it sounds once more.
#[derive(Clone, Debug, Default)]
pub(super) struct RedisBell(Arc<Notify>);

impl Bell for RedisBell {
    fn ring(&self) {
        self.0.notify_one();
    }
}

impl RedisBell {
    /// Rings whenever it is rung, for ever. What nobody hears is not repeated: the others look by themselves meanwhile.
    pub(super) async fn ring_on(self, line: Line, channel: Key, own: Arc<str>) {
        let outage = Outage::new("ringing");
        loop {
            self.0.notified().await;
            match line.ask(async |connection| connection.publish(&channel, &*own).await).await {
                Ok(()) => outage.is_over(),
                Err(error) => outage.note(&error),
            }
        }
    }
}
