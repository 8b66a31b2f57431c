//! When what failed is tried again. Pure.

/// Seconds between two attempts, as Standard Webhooks recommends them (spec, "Retry schedule"): the last one is made 75 hours,
/// 35 minutes and 5 seconds after the first.
pub(super) const WAITS: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// However late a receiver wants to be asked again: a day, as the longest wait is.
const MOST_ASKED: i64 = 86_400;
/// A wait is up to so many percent shorter or longer, so that what failed together does not come back together.
const JITTER_PERCENT: i64 = 20;

/// Seconds until the next attempt after `tries` failed ones; none when there is none. `die` is any number.
pub(super) fn wait(tries: usize, retry_after: Option<i64>, die: u32) -> Option<i64> {
    let plain = *WAITS.get(tries.checked_sub(1)?)?;
    let percent = i64::from(die) % (2 * JITTER_PERCENT + 1) - JITTER_PERCENT;
    // A receiver that says when is not asked earlier.
    let asked = retry_after.unwrap_or_default().clamp(0, MOST_ASKED);
    Some((plain + plain * percent / 100).max(asked).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedule_is_that_of_the_specification() {
        assert_eq!(WAITS.iter().sum::<i64>(), 75 * 3_600 + 35 * 60 + 5);
        assert_eq!(wait(1, None, 20), Some(5));
        assert_eq!(wait(9, None, 20), Some(86_400));
        assert_eq!(wait(10, None, 20), None);
        assert_eq!(wait(0, None, 20), None);
    }

    #[test]
    fn waits_differ_by_a_fifth_at_most() {
        let waits: Vec<i64> = (0..1_000).filter_map(|die| wait(2, None, die)).collect();
        assert_eq!((waits.iter().min(), waits.iter().max()), (Some(&240), Some(&360)));
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_and_not_for_less() {
        assert_eq!(wait(1, Some(120), 20), Some(120));
        assert_eq!(wait(2, Some(1), 20), Some(300));
        assert_eq!(wait(1, Some(1_000_000), 20), Some(86_400));
        assert_eq!(wait(1, Some(-7), 20), Some(5));
    }
}
