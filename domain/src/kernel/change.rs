//! What an update does to one value: absent, null and a value are three things.

/// What an update does to one value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// Leaves it as it is.
    #[default]
    Keep,
    /// Takes it away.
    Clear,
    /// Sets it.
    Set(T),
}

impl<T> Change<T> {
    /// The value after the change.
    pub fn applied(self, present: Option<T>) -> Option<T> {
        match self {
            Self::Keep => present,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}
