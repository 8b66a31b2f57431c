//! Whether anything but an answer woke a socket. What is told to thousands wakes each of them for one answer, and none of them
//! looks at its clock, its peer and the end of the process for that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake, Waker};

use futures::task::AtomicWaker;

/// Rung by whatever is waited for by [`Bell::waker`], and wakes the task that listens.
pub(super) struct Bell {
    rope: Arc<Rope>,
    waker: Waker,
}

struct Rope {
    is_rung: AtomicBool,
    task: AtomicWaker,
}

impl Bell {
    /// Rung once already: nothing was looked at yet.
    pub(super) fn rung() -> Self {
        let rope = Arc::new(Rope { is_rung: AtomicBool::new(true), task: AtomicWaker::new() });
        Self { waker: Waker::from(Arc::clone(&rope)), rope }
    }

    /// What rings it.
    pub(super) const fn waker(&self) -> &Waker {
        &self.waker
    }

    /// Rings it for the task that listens: it looks again before it waits.
    pub(super) fn ring(&self) {
        self.rope.is_rung.store(true, Ordering::Release);
    }

    /// Wakes this task from now on.
    pub(super) fn listen(&self, cx: &Context<'_>) {
        self.rope.task.register(cx.waker());
    }

    /// Whether it was rung since it was last asked. To be asked after [`Self::listen`], so that no ringing is missed.
    pub(super) fn was_rung(&self) -> bool {
        self.rope.is_rung.load(Ordering::Acquire) && self.rope.is_rung.swap(false, Ordering::AcqRel)
    }
}

impl Wake for Rope {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.is_rung.store(true, Ordering::Release);
        self.task.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn what_rings_wakes_and_is_heard_once() {
        let bell = Bell::rung();
        assert!(bell.was_rung() && !bell.was_rung());
        let waker = bell.waker().clone();
        let ringing = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            waker.wake();
        };
        let hearing = poll_fn(|cx| {
            bell.listen(cx);
            if bell.was_rung() { Poll::Ready(()) } else { Poll::Pending }
        });
        let both = async { tokio::join!(ringing, hearing) };
        tokio::time::timeout(Duration::from_secs(5), both).await.expect("it was heard");
        assert!(!bell.was_rung());
        bell.ring();
        assert!(bell.was_rung());
    }
}
