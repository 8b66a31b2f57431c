//! Numbers spread over places: by weight, nothing lost, the same every time.

/// Spreads a total over weights by the largest remainders; where there is enough, everyone gets one at least.
pub(super) fn shares(total: usize, weights: &[usize]) -> Vec<usize> {
    let sum: usize = weights.iter().sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let least = usize::from(total >= weights.len());
    let rest = total - least * weights.len();
    let mut given: Vec<usize> = weights.iter().map(|weight| least + rest * weight / sum).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(weights.get(*place).map_or(0, |weight| rest * weight % sum)));
    let left = total - given.iter().sum::<usize>();
    for place in order.into_iter().take(left) {
        if let Some(share) = given.get_mut(place) {
            *share += 1;
        }
    }
    given
}

/// Gives targets to people: each target to one at least, each person one at least, neighbours together.
pub(super) fn chunks(targets: &[String], people: usize) -> Vec<Vec<String>> {
    let number = targets.len();
    if number == 0 || people == 0 {
        return vec![];
    }
    (0..people)
        .map(|person| {
            if people >= number {
                return targets.get(person % number).cloned().into_iter().collect();
            }
            let (from, until) = (person * number / people, (person + 1) * number / people);
            targets.get(from..until).map(<[String]>::to_vec).unwrap_or_default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_everyone_gets_one() {
        for (total, weights) in
            [(264, vec![14, 12, 6, 7]), (41, vec![1; 41]), (3, vec![5, 1, 1, 1]), (0, vec![2])]
        {
            let given = shares(total, &weights);
            assert_eq!(given.iter().sum::<usize>(), total, "{weights:?}");
            assert!(total < weights.len() || given.iter().all(|share| *share > 0), "{given:?}");
        }
        assert_eq!(shares(5, &[0, 0]), [0, 0]);
        assert_eq!(shares(31, &[6, 7, 6, 6, 5, 5, 5, 6]).iter().sum::<usize>(), 31);
    }

    #[test]
    fn every_target_has_somebody() {
        let targets: Vec<String> = (0..7).map(|number| number.to_string()).collect();
        for people in 1..20 {
            let given = chunks(&targets, people);
            assert_eq!(given.len(), people);
            assert!(given.iter().all(|own| !own.is_empty()));
            assert!(targets.iter().all(|target| given.iter().flatten().any(|own| own == target)));
        }
        assert!(chunks(&targets, 0).is_empty() && chunks(&[], 3).is_empty());
    }
}
