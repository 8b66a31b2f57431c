//! What an optional member of an update input does: absent, null and a value are three things.

use async_graphql::MaybeUndefined;
use fengqiao_domain::kernel::change::Change;

/// Absent keeps, null clears, a value sets.
#[must_use]
pub fn change<I, T: From<I>>(value: MaybeUndefined<I>) -> Change<T> {
    match value {
        MaybeUndefined::Undefined => Change::Keep,
        MaybeUndefined::Null => Change::Clear,
        MaybeUndefined::Value(value) => Change::Set(value.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_keeps_null_clears_and_a_value_sets() {
        assert_eq!(change::<String, String>(MaybeUndefined::Undefined), Change::Keep);
        assert_eq!(change::<String, String>(MaybeUndefined::Null), Change::Clear);
        assert_eq!(
            change::<&str, String>(MaybeUndefined::Value("justice")),
            Change::Set("justice".to_owned())
        );
    }
}
