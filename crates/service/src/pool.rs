//! The threads that compute: so many at once, so many waiting, and everybody
//! else is told to come back. Nothing that takes long runs on the threads that
//! answer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use blindscore_protocol::api::ProblemKind;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::config::Limits;
use crate::refusal::Refusal;

/// Bodies of the largest size that are in memory at once.
const BODIES: usize = 8;
/// The largest body of a route that is no upload.
const LEAST: usize = 4 << 20;

/// The threads that compute.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    /// One for each that works or waits.
    room: Arc<Semaphore>,
    /// One for each that works.
    desks: Arc<Semaphore>,
    /// One for each that works or is next.
    next: Arc<Semaphore>,
    places: usize,
    /// One for each KiB of bodies in memory.
    memory: Arc<Semaphore>,
    memory_kib: usize,
}

/// A place in the queue.
#[derive(Debug)]
pub(crate) struct Place {
    _room: OwnedSemaphorePermit,
    _memory: Option<OwnedSemaphorePermit>,
    desks: Arc<Semaphore>,
    next: Arc<Semaphore>,
}

impl Pool {
    pub(crate) fn new(limits: &Limits) -> Self {
        let workers = limits.workers.max(1);
        let places = workers.saturating_add(limits.queue);
        let memory = kib(limits.upload_max.max(LEAST)).saturating_mul(BODIES);
        let memory = memory.min(Semaphore::MAX_PERMITS);
        Self {
            room: Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS))),
            desks: Arc::new(Semaphore::new(workers)),
            next: Arc::new(Semaphore::new(workers.saturating_mul(2))),
            places,
            memory: Arc::new(Semaphore::new(memory)),
            memory_kib: memory,
        }
    }

    /// A place in the queue, or a refusal at once.
    pub(crate) fn enter(&self) -> Result<Place, Refusal> {
        let room = Arc::clone(&self.room).try_acquire_owned();
        Ok(Place {
            _room: room.map_err(|_| busy())?,
            _memory: None,
            desks: Arc::clone(&self.desks),
            next: Arc::clone(&self.next),
        })
    }

    /// A place in the queue with room for so many bytes, or a refusal at once.
    /// Taken before a body is read.
    pub(crate) fn enter_with(&self, bytes: usize) -> Result<Place, Refusal> {
        let mut place = self.enter()?;
        // What is larger than all of it, such as a history taken when more was
        // allowed, has all of it.
        let permits = kib(bytes).min(self.memory_kib);
        let permits = u32::try_from(permits).unwrap_or(u32::MAX);
        let memory = Arc::clone(&self.memory).try_acquire_many_owned(permits);
        place._memory = Some(memory.map_err(|_| busy())?);
        Ok(place)
    }

    /// Places that are taken, working or waiting.
    pub(crate) fn taken(&self) -> usize {
        self.places.saturating_sub(self.room.available_permits())
    }
}

fn busy() -> Refusal {
    Refusal::new(
        ProblemKind::Busy,
        "all places of the queue are taken; nothing was begun: send it again later",
    )
}

const fn kib(bytes: usize) -> usize {
    bytes.div_ceil(1024)
}

impl Place {
    /// Waits until it works or is next, for as long as what is given is held.
    /// Only then is read what takes much memory: twice as many orders as threads
    /// hold their histories, one to compute on while the next is read.
    pub(crate) async fn next(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let next = Arc::clone(&self.next).acquire_owned().await;
        next.map_err(Refusal::internal)
    }

    /// Runs `work` as soon as a thread is free.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let desk = Arc::clone(&self.desks).acquire_owned().await;
        let desk = desk.map_err(Refusal::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(desk);
            result
        });
        done.await.map_err(Refusal::internal)
    }
}

/// One at a time, for each consent.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<BTreeMap<[u8; 16], Arc<tokio::sync::Mutex<()>>>>);

impl Turns {
    /// Waits until nobody else works on this consent.
    pub(crate) async fn take(&self, consent: &[u8; 16]) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Those that nobody waits for are forgotten.
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(turns.entry(*consent).or_default())
        };
        turn.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn those_that_wait_hold_nothing_until_they_are_next() {
        let limits = Limits {
            workers: 2,
            queue: 8,
            ..Limits::default()
        };
        let pool = Pool::new(&limits);
        let places: Vec<_> = (0..10).map(|_| pool.enter().unwrap()).collect();
        assert!(pool.enter().is_err() && pool.taken() == 10);
        let mut held = Vec::new();
        for place in &places[..4] {
            held.push(place.next().await.unwrap());
        }
        let wait = std::time::Duration::from_millis(20);
        let fifth = tokio::time::timeout(wait, places[4].next()).await;
        assert!(fifth.is_err(), "twice as many as threads, and no more");
        held.pop();
        assert!(places[4].next().await.is_ok());
    }
}
