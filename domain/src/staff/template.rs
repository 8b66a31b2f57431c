//! What a tenant begins with: kinds of posts to adopt, and the staffing rule that holds until it sets its own.

use crate::staff::command::PostKindRow;
use crate::staff::model::Requirement;

/// The shipped kinds of posts.
pub(super) fn post_kinds() -> Result<Vec<PostKindRow>, csv::Error> {
    csv::Reader::from_reader(include_str!("posts.csv").as_bytes()).deserialize().collect()
}

/// 一格一长一警一专多兼, and of 1+3+N the three named posts: published by Haibowan (figures.csv 003; inventory
/// 1.3). "Several" part-timers is two at least. A target to measure, never a constraint.
pub(super) fn requirements() -> Vec<Requirement> {
    let demand = |name_zh: &str, name_en: &str, posts: &[&str], minimum| Requirement {
        name_zh: name_zh.to_owned(),
        name_en: name_en.to_owned(),
        grid_kind: None,
        posts: posts.iter().map(|code| (*code).to_owned()).collect(),
        minimum,
    };
    vec![
        demand("一长", "One chief", &["grid_chief"], 1),
        demand("一警", "One police officer", &["embedded_police"], 1),
        demand("一专", "One full-time worker", &["full_time_worker"], 1),
        demand("多兼", "Several part-time workers", &["part_time_worker", "professional_worker"], 2),
        demand(
            "1+3+N 之三员",
            "The three of 1+3+N",
            &["grid_instructor", "embedded_police", "full_time_worker"],
            3,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_shipped_posts_are_sound_and_the_rule_names_them() {
        let rows = post_kinds().expect("the file reads");
        for row in &rows {
            row.clone().parsed().unwrap_or_else(|fault| panic!("{}: {fault:?}", row.code));
        }
        let codes: BTreeSet<&str> = rows.iter().map(|row| row.code.as_str()).collect();
        assert_eq!(codes.len(), rows.len());
        for requirement in requirements() {
            assert!(requirement.posts.iter().all(|code| codes.contains(code.as_str())), "{requirement:?}");
        }
    }
}
