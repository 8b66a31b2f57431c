//! Which programme a new case follows, and which programmes would contend for one. Pure.

use std::sync::Arc;

use crate::programmes::model::Programme;
use crate::programmes::vocabulary::CaseSource;

/// The programme for a case of a category, given by its code and those above it: the named one, or else the one that
/// names the nearest category; of two, the one that names the source.
pub(super) fn chosen(
    offered: &[Arc<Programme>],
    named: Option<&str>,
    codes: &[String],
    source: CaseSource,
) -> Option<Arc<Programme>> {
    let wanted = |programme: &&Arc<Programme>| named.is_none_or(|key| programme.key == key);
    let nearest = offered
        .iter()
        .filter(wanted)
        .filter(|programme| programme.sources.is_empty() || programme.sources.contains(&source))
        .filter_map(|programme| Some((distance(programme, codes)?, programme.sources.is_empty(), programme)))
        .min_by_key(|(distance, any_source, programme)| (*distance, *any_source, programme.key.clone()));
    nearest.map(|(_, _, programme)| Arc::clone(programme))
}

/// How far up the category is that the programme names; a programme that names none is the farthest. None when it is
/// for other categories.
pub(super) fn distance(programme: &Programme, codes: &[String]) -> Option<usize> {
    if programme.categories.is_empty() {
        return Some(usize::MAX);
    }
    codes.iter().position(|code| programme.categories.contains(code))
}

/// Whether a case could not tell which of the two it follows: both name one category, or none, and one source, or none.
pub(super) fn contend(one: &Programme, other: &Programme) -> bool {
    let categories = (one.categories.is_empty() && other.categories.is_empty())
        || !one.categories.is_disjoint(&other.categories);
    let sources =
        (one.sources.is_empty() && other.sources.is_empty()) || !one.sources.is_disjoint(&other.sources);
    categories && sources
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{chosen, contend};
    use crate::programmes::model::Programme;
    use crate::programmes::vocabulary::CaseSource;

    fn programme(key: &str, categories: &[&str], sources: &[CaseSource]) -> Arc<Programme> {
        let mut programme = Programme::clone(&Programme::base());
        programme.key = key.to_owned();
        programme.categories = categories.iter().map(|code| (*code).to_owned()).collect();
        programme.sources = sources.iter().copied().collect();
        Arc::new(programme)
    }

    #[test]
    fn the_nearest_category_counts_and_then_the_source() {
        let offered = [
            programme("any", &[], &[]),
            programme("hotline", &[], &[CaseSource::Hotline12345]),
            programme("disputes", &["05"], &[]),
            programme("wages", &["0501"], &[CaseSource::Resident]),
        ];
        let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();
        let key = |named, code: &[&str], source| {
            chosen(&offered, named, &codes(code), source).map(|programme| programme.key.clone())
        };
        assert_eq!(key(None, &["09"], CaseSource::Patrol).as_deref(), Some("any"));
        assert_eq!(key(None, &["09"], CaseSource::Hotline12345).as_deref(), Some("hotline"));
        assert_eq!(key(None, &["0502", "05"], CaseSource::Hotline12345).as_deref(), Some("disputes"));
        assert_eq!(key(None, &["050101", "0501", "05"], CaseSource::Resident).as_deref(), Some("wages"));
        assert_eq!(
            key(None, &["0501", "05"], CaseSource::Patrol).as_deref(),
            Some("disputes"),
            "another source"
        );
        assert_eq!(key(Some("any"), &["0501", "05"], CaseSource::Resident).as_deref(), Some("any"));
        assert_eq!(key(Some("wages"), &["09"], CaseSource::Resident), None, "not for such a case");
    }

    #[test]
    fn two_programmes_contend_when_nothing_tells_them_apart() {
        let (any, hotline) = (programme("a", &[], &[]), programme("b", &[], &[CaseSource::Hotline12345]));
        assert!(contend(&any, &any));
        assert!(!contend(&any, &hotline), "the source tells");
        assert!(!contend(&any, &programme("c", &["05"], &[])), "the category tells");
        assert!(contend(&programme("c", &["05", "06"], &[]), &programme("d", &["06"], &[])));
    }
}
