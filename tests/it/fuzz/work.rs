//! How long an input keeps whoever reads it busy (requirement S2: a tenth of a second). What counts is the processor time of the thread that
//! the test runs on, with its server and its client: of a machine that is busy with something else nothing is counted.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// No input keeps a door busy for so long.
const MOST_WORK: Duration = Duration::from_millis(100);
/// Nor does the database, which has threads of its own, or an answer as a whole: much more than either takes on a busy machine.
const MOST_TIME: Duration = Duration::from_secs(5);
/// So often an input may be slow: what is slow by itself always is.
const TRIES: usize = 3;
/// What the kernel counts in.
const TICK: Duration = Duration::from_millis(10);

/// Processor time of this thread so far.
fn worked() -> anyhow::Result<Duration> {
    let told =
        std::fs::read_to_string("/proc/thread-self/stat").context("the kernel tells of this thread")?;
    // Behind the name of the thread, in which anything may stand.
    let (_, fields) = told.rsplit_once(") ").with_context(|| told.clone())?;
    let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<u32>);
    let ticks = ticks.collect::<Result<Vec<_>, _>>().with_context(|| told.clone())?;
    Ok(TICK * ticks.iter().sum::<u32>())
}

/// Does something until it was done quickly once: the first that came of it.
pub(super) async fn quickly<T>(
    what: impl Fn() -> String,
    once: impl AsyncFn() -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let (mut first, mut slow) = (None, vec![]);
    for _ in 0..TRIES {
        let (begun, before) = (Instant::now(), worked()?);
        let done = once().await?;
        let (work, time) = (worked()?.saturating_sub(before), begun.elapsed());
        let done = first.take().unwrap_or(done);
        if work <= MOST_WORK && time <= MOST_TIME {
            return Ok(done);
        }
        slow.push((work, time));
        first = Some(done);
    }
    bail!("it took (work, time) {slow:?}: {}", what())
}

#[tokio::test]
async fn what_keeps_a_thread_busy_is_noticed_and_what_waits_is_not() -> anyhow::Result<()> {
    let busy = async || {
        let before = worked()?;
        while worked()?.saturating_sub(before) < MOST_WORK + TICK * 3 {}
        anyhow::Ok(())
    };
    let refused = quickly(|| "busy".to_owned(), busy).await;
    anyhow::ensure!(refused.is_err_and(|error| error.to_string().ends_with(": busy")));
    let tries = std::cell::Cell::new(0);
    let waits = async || {
        tries.set(tries.get() + 1);
        tokio::time::sleep(MOST_WORK * 2).await;
        anyhow::Ok(tries.get())
    };
    assert_eq!(quickly(String::new, waits).await?, 1);
    Ok(())
}
