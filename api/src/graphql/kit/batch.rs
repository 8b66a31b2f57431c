//! Loads many at once what resolvers ask for one by one, within one request.
//!
//! Unlike the library's loader it waits for no timer and spawns no task. The resolvers of a request run in one
//! task: once it was polled through, everyone who wants something has said so. Whoever asks first therefore
//! yields once, then loads for all, and what it loads ends with the request.

use std::any::{Any, TypeId};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::dataloader::Loader;
use tokio::sync::oneshot;

/// Most keys of one call of a loader.
const MOST_KEYS: usize = 1_000;

/// A loader that is asked for many keys at once.
pub struct Batch<L> {
    loader: L,
    waiting: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
}

/// A key of a loader.
pub trait Key: Send + Sync + Hash + Eq + Clone + 'static {}

impl<K: Send + Sync + Hash + Eq + Clone + 'static> Key for K {}

type Answer<K, L> = Result<Arc<HashMap<K, <L as Loader<K>>::Value>>, <L as Loader<K>>::Error>;

/// Who waits for what, for one kind of key.
struct Waiting<K: Key, L: Loader<K>> {
    keys: HashSet<K>,
    followers: Vec<oneshot::Sender<Answer<K, L>>>,
}

/// Whoever asked first, until it takes what all ask for. When it is dropped before, its followers hear of it and
/// ask again.
struct Leader<'a, K: Key, L: Loader<K>> {
    batch: &'a Batch<L>,
    kind: PhantomData<fn(K)>,
}

impl<K: Key, L: Loader<K>> Leader<'_, K, L> {
    fn take(self) -> Option<Box<Waiting<K, L>>> {
        self.batch.take::<K>()
    }
}

impl<K: Key, L: Loader<K>> Drop for Leader<'_, K, L> {
    fn drop(&mut self) {
        // Nothing, when it was taken.
        drop(self.batch.take::<K>());
    }
}

impl<L> Batch<L> {
    /// A batch over a loader.
    #[must_use]
    pub fn new(loader: L) -> Self {
        Self { loader, waiting: Mutex::default() }
    }

    /// What stands under a key.
    ///
    /// # Errors
    /// As the loader says.
    pub async fn load_one<K: Key>(&self, key: K) -> Result<Option<L::Value>, L::Error>
    where
        L: Loader<K>,
    {
        Ok(self.load(std::slice::from_ref(&key)).await?.get(&key).cloned())
    }

    /// What stands under some keys; keys under which nothing stands are left out.
    ///
    /// # Errors
    /// As the loader says.
    pub async fn load_many<K: Key>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<HashMap<K, L::Value>, L::Error>
    where
        L: Loader<K>,
    {
        let keys: Vec<K> = keys.into_iter().collect();
        let found = self.load(&keys).await?;
        Ok(keys.into_iter().filter_map(|key| found.get(&key).cloned().map(|value| (key, value))).collect())
    }

    async fn load<K: Key>(&self, keys: &[K]) -> Answer<K, L>
    where
        L: Loader<K>,
    {
        loop {
            match self.join(keys) {
                // Boxed, because everyone carries this future and few become the first: a resolver's future is
                // moved once for each field, with all that it might have to hold.
                None => {
                    if let Some(answer) = Box::pin(self.lead()).await {
                        return answer;
                    }
                }
                Some(answer) => {
                    if let Ok(answer) = answer.await {
                        return answer;
                    }
                }
            }
        }
    }

    /// Asks for keys along with others: `None` for whoever is the first.
    fn join<K: Key>(&self, keys: &[K]) -> Option<oneshot::Receiver<Answer<K, L>>>
    where
        L: Loader<K>,
    {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let present = waiting.get_mut(&TypeId::of::<K>()).and_then(|one| one.downcast_mut::<Waiting<K, L>>());
        let Some(present) = present else {
            let keys = keys.iter().cloned().collect();
            let first: Waiting<K, L> = Waiting { keys, followers: vec![] };
            waiting.insert(TypeId::of::<K>(), Box::new(first));
            return None;
        };
        present.keys.extend(keys.iter().cloned());
        let (sender, receiver) = oneshot::channel();
        present.followers.push(sender);
        Some(receiver)
    }

    fn take<K: Key>(&self) -> Option<Box<Waiting<K, L>>>
    where
        L: Loader<K>,
    {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(&TypeId::of::<K>())?.downcast().ok()
    }

    /// Loads for all; `None` when somebody else did.
    async fn lead<K: Key>(&self) -> Option<Answer<K, L>>
    where
        L: Loader<K>,
    {
        let leader = Leader::<K, L> { batch: self, kind: PhantomData };
        tokio::task::yield_now().await;
        let Waiting { keys, followers } = *leader.take()?;
        let answer = self.all(&keys.into_iter().collect::<Vec<K>>()).await.map(Arc::new);
        for follower in followers {
            // One that is gone needs nothing.
            let _ = follower.send(answer.clone());
        }
        Some(answer)
    }

    async fn all<K: Key>(&self, keys: &[K]) -> Result<HashMap<K, L::Value>, L::Error>
    where
        L: Loader<K>,
    {
        let mut found = HashMap::new();
        for keys in keys.chunks(MOST_KEYS) {
            found.extend(self.loader.load(keys).await?);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Doubles what is even.
    #[derive(Default)]
    struct Doubling(AtomicUsize);

    impl Loader<u32> for Doubling {
        type Value = u32;
        type Error = String;

        async fn load(&self, keys: &[u32]) -> Result<HashMap<u32, u32>, String> {
            self.0.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            if keys.contains(&13) {
                return Err("thirteen".to_owned());
            }
            Ok(keys.iter().filter(|key| key.is_multiple_of(2)).map(|key| (*key, key * 2)).collect())
        }
    }

    fn calls(batch: &Batch<Doubling>) -> usize {
        batch.loader.0.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn all_who_ask_in_one_task_are_answered_by_one_call() {
        let batch = Batch::new(Doubling::default());
        let (two, three, many) =
            tokio::join!(batch.load_one(2), batch.load_one(3), batch.load_many([2_u32, 4, 5]));
        assert_eq!((two, three), (Ok(Some(4)), Ok(None)));
        assert_eq!(many, Ok(HashMap::from([(2, 4), (4, 8)])));
        assert_eq!(calls(&batch), 1);
        assert_eq!(batch.load_one(6).await, Ok(Some(12)), "and again");
    }

    #[tokio::test]
    async fn everybody_hears_of_a_failure() {
        let batch = Batch::new(Doubling::default());
        let (left, right) = tokio::join!(batch.load_one(13), batch.load_one(2));
        assert_eq!((left, right), (Err("thirteen".to_owned()), Err("thirteen".to_owned())));
    }

    #[tokio::test]
    async fn who_waits_for_somebody_that_is_gone_asks_again() {
        let batch = Batch::new(Doubling::default());
        let mut first = Box::pin(batch.load_one(2));
        assert!(futures::poll!(first.as_mut()).is_pending());
        let mut second = Box::pin(batch.load_one(4));
        assert!(futures::poll!(second.as_mut()).is_pending());
        drop(first);
        assert_eq!(second.await, Ok(Some(8)), "left before it loaded");

        let mut first = Box::pin(batch.load_one(2));
        assert!(futures::poll!(first.as_mut()).is_pending());
        let mut second = Box::pin(batch.load_one(4));
        assert!(futures::poll!(second.as_mut()).is_pending());
        assert!(futures::poll!(first.as_mut()).is_pending());
        drop(first);
        assert_eq!(second.await, Ok(Some(8)), "left while it loaded");
    }
}
