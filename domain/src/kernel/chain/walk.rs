//! Walks a chain from its beginning and names the first place at which it is not what was sealed.

use std::collections::BTreeMap;

use super::{Audited, FORMAT, Link, link};
use crate::kernel::id::AuditId;

/// What is wrong at a place of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// The entry is not the one that was sealed here.
    Edited,
    /// The entry is gone.
    Deleted,
    /// The seal is gone.
    SealGone,
    /// It stands where another one was sealed that stands elsewhere now.
    Reordered,
    /// It stands before the one that was sealed here, and never was.
    Inserted,
    /// From here on seals are gone that were there.
    TailCut,
    /// The chain is whole here, and not the one that was anchored.
    Replaced,
    /// The chain ends elsewhere than its head says.
    HeadMoved,
    /// Nobody will ever seal the entry: it was written past the product, or what seals it was kept from it.
    NeverSealed,
    /// What was sealed after it was anchored was removed long before its time.
    RemovedEarly,
    /// A seal stands before the beginning of the chain, where it would hide its entry.
    BeforeBeginning,
    /// Two seals stand at one place, so that one of them would hide its entry.
    Twice,
    /// A hash or an id of the seal or its entry is none, or it is of a form that nobody knows.
    Unreadable,
    /// What the head has as the hash of the place is none.
    HeadUnreadable,
}

impl Break {
    /// In words, for whoever runs the check.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Edited => "the entry was edited: it is not the one that was sealed here",
            Self::Deleted => "the entry was deleted",
            Self::SealGone => "the seal was deleted",
            Self::Reordered => "entries were reordered: another one was sealed here",
            Self::Inserted => "the entry was inserted before the one that was sealed here",
            Self::TailCut => "the end of the chain was cut off",
            Self::Replaced => "the chain was replaced: another hash was anchored here",
            Self::HeadMoved => "the chain does not end where its head says",
            Self::NeverSealed => "the entry was inserted past the product: it has no seal and waits for none",
            Self::RemovedEarly => "what was sealed since an anchor was written was removed before its time",
            Self::BeforeBeginning => "a seal stands before the beginning of the chain",
            Self::Twice => "several seals stand at one place",
            Self::Unreadable => {
                "what stands here cannot be read: a hash, an id or the form of the seal is none"
            }
            Self::HeadUnreadable => "the head of the chain has something here that is no hash",
        }
    }
}

/// A bad place of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The place; none for an entry that has none.
    pub sequence: Option<i64>,
    /// The entry that stands there.
    pub entry: Option<AuditId>,
    /// What is wrong.
    pub what: Break,
}

/// A seal and the entry that it is of.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// Place in the chain.
    pub sequence: i64,
    /// Id of the entry; absent where none can be read.
    pub id: Option<AuditId>,
    /// Which form was hashed; nothing for a row that cannot be read.
    pub format: Option<i32>,
    /// The hash.
    pub hash: Vec<u8>,
    /// The entry, if it is there.
    pub entry: Option<Audited>,
}

/// How far a chain was walked.
#[derive(Debug)]
pub struct Walk {
    next: i64,
    before: Option<Link>,
    whole: i64,
    anchored: BTreeMap<i64, Vec<Link>>,
}

impl Walk {
    /// A walk that begins after a place with this hash, and compares with what was anchored. Where nobody knows the hash, what stands
    /// at the next place is believed.
    #[must_use]
    pub const fn after(gone: i64, hash: Option<Link>, anchored: BTreeMap<i64, Vec<Link>>) -> Self {
        Self { next: gone.saturating_add(1), before: hash, whole: 0, anchored }
    }

    /// How many places were found whole.
    #[must_use]
    pub const fn whole(&self) -> i64 {
        self.whole
    }

    /// Goes on behind a bad place by the hash that stands there: what follows is of it, whatever its own entry is. Where there is
    /// none, by the one that should stand there.
    pub fn past(&mut self, bad: &Sealed) {
        let before = self.before.filter(|_| bad.sequence == self.next);
        let due = before.zip(bad.entry.as_ref()).map(|(before, entry)| link(&before, bad.sequence, entry));
        self.before = Link::try_from(bad.hash.as_slice()).ok().or(due);
        self.next = bad.sequence.saturating_add(1);
    }

    /// The place that comes next.
    #[must_use]
    pub const fn next(&self) -> i64 {
        self.next
    }

    /// Walks over some seals in their order: the first that is wrong. It stays before that one, so that it can be walked up to
    /// again with more of what follows in sight.
    pub fn over(&mut self, seals: &[Sealed]) -> Option<Fault> {
        for (number, seal) in seals.iter().enumerate() {
            let wrong = |what| Some(Fault { sequence: Some(self.next), entry: seal.id, what });
            if seal.sequence != self.next {
                return Some(Fault { sequence: Some(self.next), entry: None, what: Break::SealGone });
            }
            let hash = Link::try_from(seal.hash.as_slice()).ok().filter(|_| seal.format == Some(FORMAT));
            let Some(hash) = hash else { return wrong(Break::Unreadable) };
            let Some(entry) = &seal.entry else { return wrong(Break::Deleted) };
            if self.before.is_some_and(|before| link(&before, self.next, entry) != hash) {
                return wrong(self.named(seal, seals.get(number + 1..).unwrap_or_default()));
            }
            // Of two that were anchored here one at least is another.
            if self.anchored.get(&self.next).is_some_and(|anchored| anchored.iter().any(|one| *one != hash)) {
                return wrong(Break::Replaced);
            }
            self.whole += i64::from(self.before.is_some());
            self.before = Some(hash);
            self.next = self.next.saturating_add(1);
        }
        None
    }

    /// What became of a place whose hash is not that of its entry.
    fn named(&self, seal: &Sealed, following: &[Sealed]) -> Break {
        let Some(before) = self.before else { return Break::Edited };
        for other in following {
            let Some(entry) = &other.entry else { continue };
            let here = link(&before, self.next, entry);
            if seal.hash == here {
                return Break::Reordered;
            }
            if other.hash == here {
                // It was sealed here. What stands here now changed places with it, or never had one.
                let swapped =
                    seal.entry.as_ref().map(|entry| link(&here, self.next.saturating_add(1), entry));
                let is_next = other.sequence == self.next.saturating_add(1);
                let is_inserted = is_next && swapped.is_none_or(|hash| seal.hash != hash);
                return if is_inserted { Break::Inserted } else { Break::Reordered };
            }
        }
        Break::Edited
    }

    /// At the end of what is sealed: whether it ends as its head says, and as far as it was anchored. A head may have no hash that
    /// can be read.
    #[must_use]
    pub fn ended(&self, head: Option<(i64, Option<Link>)>) -> Option<Fault> {
        let fault = |what| Some(Fault { sequence: Some(self.next), entry: None, what });
        let (sequence, hash) = head.unwrap_or((0, Some(super::BEGINNING)));
        let anchored = self.anchored.keys().next_back().copied().unwrap_or_default();
        if self.next <= sequence.max(anchored) {
            return fault(Break::TailCut);
        }
        let is_other = self.before.zip(hash).is_some_and(|(before, hash)| before != hash);
        if self.next != sequence.saturating_add(1) || is_other {
            return fault(Break::HeadMoved);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::BEGINNING;
    use super::*;
    use crate::kernel::id::{TenantId, Timestamp};

    fn chain(length: i64) -> Vec<Sealed> {
        let mut before = BEGINNING;
        (1..=length)
            .map(|sequence| {
                let entry = entry(sequence);
                before = link(&before, sequence, &entry);
                let (id, format) = (Some(entry.id), Some(FORMAT));
                Sealed { sequence, id, format, hash: before.to_vec(), entry: Some(entry) }
            })
            .collect()
    }

    fn entry(number: i64) -> Audited {
        Audited {
            tenant: TenantId::from_uuid(Uuid::nil()),
            id: AuditId::from_uuid(Uuid::from_u128(u128::from(number.unsigned_abs()))),
            at: Timestamp(number),
            account: None,
            action: "case.report".to_owned(),
            target: String::new(),
            request_id: String::new(),
            detail: "{}".to_owned(),
        }
    }

    fn first(seals: &[Sealed]) -> Option<(Option<i64>, Break)> {
        let fault = Walk::after(0, Some(BEGINNING), BTreeMap::new()).over(seals)?;
        Some((fault.sequence, fault.what))
    }

    /// Every bad place.
    fn all(walk: &mut Walk, seals: &[Sealed]) -> Vec<(Option<i64>, Break)> {
        let mut found = vec![];
        while let Some(fault) = walk.over(&seals[usize::try_from(walk.next() - 1).unwrap()..]) {
            found.push((fault.sequence, fault.what));
            let bad = usize::try_from(walk.next() - 1).unwrap();
            walk.past(&seals[bad]);
        }
        found
    }

    #[test]
    fn whatever_is_done_to_a_place_is_named() {
        assert_eq!(first(&chain(6)), None);
        let mut edited = chain(6);
        edited[2].entry = Some(Audited { detail: "{\"a\":1}".to_owned(), ..entry(3) });
        assert_eq!(first(&edited), Some((Some(3), Break::Edited)));
        let mut deleted = chain(6);
        deleted[2].entry = None;
        assert_eq!(first(&deleted), Some((Some(3), Break::Deleted)));
        let mut without = chain(6);
        without.remove(2);
        assert_eq!(first(&without), Some((Some(3), Break::SealGone)));
        let mut entries = chain(6);
        let (third, fifth) = (entries[2].entry.take(), entries[4].entry.take());
        (entries[2].entry, entries[4].entry) = (fifth, third);
        assert_eq!(first(&entries), Some((Some(3), Break::Reordered)));
        for other in [3, 4] {
            let mut seals = chain(6);
            seals.swap(2, other);
            (seals[2].sequence, seals[other].sequence) = (3, i64::try_from(other).unwrap() + 1);
            assert_eq!(first(&seals), Some((Some(3), Break::Reordered)));
        }
        let mut inserted = chain(6);
        let forged = Sealed { entry: Some(entry(99)), ..inserted[2].clone() };
        inserted.insert(2, Sealed { hash: vec![9; 32], ..forged });
        inserted.iter_mut().skip(3).for_each(|seal| seal.sequence += 1);
        assert_eq!(first(&inserted), Some((Some(3), Break::Inserted)));
    }

    #[test]
    fn behind_a_bad_place_the_walk_goes_on() {
        let mut seals = chain(6);
        seals[1].entry = Some(entry(99));
        seals[4].entry = None;
        let mut walk = Walk::after(0, Some(BEGINNING), BTreeMap::new());
        assert_eq!(all(&mut walk, &seals), [(Some(2), Break::Edited), (Some(5), Break::Deleted)]);
        assert_eq!((walk.next(), walk.whole()), (7, 4));
    }

    #[test]
    fn where_a_hash_is_none_the_walk_goes_on_too() {
        let mut seals = chain(6);
        seals[1].hash = vec![1];
        seals[3].format = Some(2);
        let mut walk = Walk::after(0, Some(BEGINNING), BTreeMap::new());
        assert_eq!(all(&mut walk, &seals), [(Some(2), Break::Unreadable), (Some(4), Break::Unreadable)]);
        assert_eq!((walk.next(), walk.whole()), (7, 4));
        // Nobody knows what the first is tied to, and what an entry that is gone would have been.
        let mut seals = chain(6);
        (seals[2].hash, seals[2].entry) = (vec![], None);
        seals[5].entry = Some(entry(99));
        let mut walk = Walk::after(0, None, BTreeMap::new());
        assert_eq!(all(&mut walk, &seals), [(Some(3), Break::Unreadable), (Some(6), Break::Edited)]);
        assert_eq!((walk.next(), walk.whole()), (7, 2), "the first and the fourth are believed");
        assert_eq!(walk.ended(Some((6, None))), None);
        let end = |walk: &Walk, head| walk.ended(head).map(|fault| (fault.sequence, fault.what));
        assert_eq!(end(&walk, Some((7, None))), Some((Some(7), Break::TailCut)));
        assert_eq!(end(&walk, Some((5, None))), Some((Some(7), Break::HeadMoved)));
        // Numbers at the end of all numbers overturn nothing.
        let walk = Walk::after(i64::MAX, None, BTreeMap::new());
        assert_eq!(end(&walk, Some((i64::MAX, None))), Some((Some(i64::MAX), Break::TailCut)));
    }

    #[test]
    fn an_end_is_known_by_its_head_and_by_what_was_anchored() {
        let seals = chain(4);
        let hash = |sequence: usize| -> Link { seals[sequence - 1].hash.clone().try_into().unwrap() };
        let ended = |until: usize, head: Option<(i64, Link)>, anchored: &[(i64, Link)]| {
            let mut walk = Walk::after(
                0,
                Some(BEGINNING),
                anchored.iter().map(|(at, hash)| (*at, vec![*hash])).collect(),
            );
            assert_eq!(walk.over(&seals[..until]), None);
            let head = head.map(|(sequence, hash)| (sequence, Some(hash)));
            walk.ended(head).map(|fault| (fault.sequence, fault.what))
        };
        let whole = Some((4, hash(4)));
        assert_eq!(ended(4, whole, &[(2, hash(2)), (4, hash(4))]), None);
        assert_eq!(ended(2, whole, &[]), Some((Some(3), Break::TailCut)));
        assert_eq!(ended(2, Some((2, hash(2))), &[]), None);
        assert_eq!(ended(2, Some((2, hash(2))), &[(4, hash(4))]), Some((Some(3), Break::TailCut)));
        assert_eq!(ended(4, Some((3, hash(3))), &[]), Some((Some(5), Break::HeadMoved)));
        assert_eq!(ended(4, Some((4, hash(3))), &[]), Some((Some(5), Break::HeadMoved)));
        assert_eq!(ended(0, None, &[]), None);
        for anchored in [vec![[5; 32]], vec![hash(2), [5; 32]], vec![[5; 32], hash(2)]] {
            let mut other = Walk::after(0, Some(BEGINNING), BTreeMap::from([(2, anchored)]));
            let fault = other.over(&seals).map(|fault| (fault.sequence, fault.what));
            assert_eq!(fault, Some((Some(2), Break::Replaced)));
        }
    }
}
