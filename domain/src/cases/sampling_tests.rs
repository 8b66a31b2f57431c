use std::collections::BTreeSet;

use super::{MOST_SAMPLED, PRIME, SampleSeed, SampleSize};

#[test]
fn a_size_is_some_cases_or_so_many_of_a_hundred() {
    let of = |size: SampleSize, population| size.of(population);
    assert_eq!(of(SampleSize::Cases(10), 100), Some(10));
    assert_eq!(of(SampleSize::Cases(10), 3), Some(3), "all there are");
    assert_eq!(of(SampleSize::Cases(0), 3), None);
    assert_eq!(of(SampleSize::Cases(MOST_SAMPLED), 1_000), Some(MOST_SAMPLED));
    assert_eq!(of(SampleSize::Cases(MOST_SAMPLED + 1), 1_000), None);
    assert_eq!(of(SampleSize::Percent(5), 101), Some(6), "up");
    assert_eq!(of(SampleSize::Percent(1), 1), Some(1));
    assert_eq!(of(SampleSize::Percent(100), 100), Some(100));
    assert_eq!(of(SampleSize::Percent(100), 1_000), None, "more than a sample can have");
    for percent in [0, 101] {
        assert_eq!(of(SampleSize::Percent(percent), 100), None);
    }
}

#[test]
fn a_rank_is_what_anybody_computes_from_the_number_and_the_seed() {
    let seed: SampleSeed = "2.3.5.7".parse().unwrap();
    let x: i128 = 26 * 10_000_000 + 123;
    let wanted = (2 * x * x * x + 3 * x * x + 5 * x + 7) % i128::from(PRIME);
    assert_eq!(seed.rank("150302-2026-000123").map(i128::from), Some(wanted));
    assert_eq!(seed.to_string(), "2.3.5.7");
    assert_eq!(seed.rank("150302"), None);
    for bad in ["", "1.2.3", "1.2.3.4.5", "1.2.3.x", "1.2.3.2147483579", "-1.2.3.4"] {
        assert!(bad.parse::<SampleSeed>().is_err(), "{bad}");
    }
}

/// Each of a hundred cases is drawn about as often as every other, and so are two neighbours together.
#[test]
fn every_case_is_as_likely_to_be_drawn() {
    let numbers: Vec<String> = (1..=100).map(|serial| format!("150302-2026-{serial:06}")).collect();
    let (mut each, mut neighbours) = ([0_u32; 100], 0_u32);
    let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        u32::try_from(dice >> 33).unwrap_or_default()
    };
    let mut seeds = BTreeSet::new();
    for _ in 0..2_000 {
        let seed = SampleSeed::of([random(), random(), random(), random()]);
        seeds.insert(seed.to_string());
        let mut order: Vec<usize> = (0..100).collect();
        order.sort_by_key(|place| seed.rank(&numbers[*place]));
        let drawn: BTreeSet<usize> = order.into_iter().take(10).collect();
        for place in &drawn {
            each[*place] += 1;
        }
        neighbours += u32::from(drawn.contains(&49) && drawn.contains(&50));
    }
    assert_eq!(seeds.len(), 2_000);
    // 200 are to be expected of each, give or take five deviations of 13.4; of two neighbours 18.2, of 4.2.
    assert!(each.iter().all(|drawn| (133..=267).contains(drawn)), "{each:?}");
    assert!((1..=40).contains(&neighbours), "{neighbours}");
}
