//! Who is connected, who is silent, and who has to leave.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, interval, timeout},
};

/// Who began to send, or took something of an answer, this recently isn't silent. Without it, a visitor who comes while
/// all others are at work would be thrown out by the next one before the request was even read, or before the answer is
/// written. With 896 connections a flood has to open, or begin a request on, 8,960 a second to keep a visitor waiting.
const FRESH: Duration = Duration::from_millis(100);
const SECOND: Duration = Duration::from_secs(1);

/// What a connection is doing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Phase {
    /// Waiting for a request's head, or writing an answer.
    Waiting,
    /// Reading a body, which has a time limit of its own that ends in an answer.
    Reading,
    /// The handler is at work; the client can't be blamed for silence.
    Working,
    /// Told to leave. Nothing begins any more.
    Leaving,
}

/// In these it is the client who lets the server wait.
const SILENT: [Phase; 2] = [Phase::Waiting, Phase::Reading];

#[derive(Clone, Copy, Debug)]
struct Track {
    moved: Instant,
    phase: Phase,
    /// The client has sent something in this phase.
    heard: bool,
    /// The rest of a request's body won't be read.
    refused: bool,
}

/// One connection, as the accept loop, its socket and its requests know it; requests carry it in their extensions.
///
/// A lock rather than atomics: whether somebody may be thrown out depends on the phase and the time together. It is
/// held for a few instructions, beside a system call.
#[derive(Debug)]
pub(super) struct Connection {
    track: Mutex<Track>,
    leave: Notify,
    changed: Arc<Notify>,
}

impl Connection {
    /// Notes that the client took something of an answer.
    pub fn took(&self) {
        lock(&self.track).moved = Instant::now();
    }

    /// Notes that the client sent something. Only the first of it counts in each phase: whoever lets a head or a body
    /// trickle in is as silent as whoever sends nothing, or a few packets a second would keep a place for ever.
    pub fn sent(&self) {
        let mut track = lock(&self.track);
        if !track.heard {
            track.heard = true;
            track.moved = Instant::now();
        }
    }

    /// Notes that the rest of a body won't be read.
    pub fn refuse(&self) {
        lock(&self.track).refused = true;
    }

    /// Whether the client may still be sending what nobody will read.
    pub fn refused(&self) -> bool {
        lock(&self.track).refused
    }

    /// Waits until this connection has to go.
    pub async fn told_to_leave(&self) {
        self.leave.notified().await;
    }

    /// Begins a phase that ends when the guard is dropped; nothing if the connection has to go.
    pub fn begin(self: &Arc<Self>, phase: Phase) -> Option<Busy> {
        let mut track = lock(&self.track);
        if track.phase == Phase::Leaving {
            return None;
        }
        track.phase = phase;
        track.heard = false;
        Some(Busy(Arc::clone(self)))
    }

    /// Tells the connection to leave if it is still silent for so long and in such a phase.
    fn leave(&self, silence: Duration, phases: &[Phase]) -> bool {
        let mut track = lock(&self.track);
        if !phases.contains(&track.phase) || track.moved.elapsed() < silence {
            return false;
        }
        track.phase = Phase::Leaving;
        self.leave.notify_one();
        true
    }
}

/// While it lives, a request is in the phase that it was made for.
#[derive(Debug)]
pub(super) struct Busy(Arc<Connection>);

impl Drop for Busy {
    fn drop(&mut self) {
        let mut track = lock(&self.0.track);
        if track.phase != Phase::Leaving {
            // The client's silence begins now: until now it was the server's.
            track.moved = Instant::now();
            track.phase = Phase::Waiting;
            track.heard = false;
        }
        self.0.changed.notify_one();
    }
}

/// All connections.
#[derive(Debug)]
pub(super) struct Registry {
    most: usize,
    open: Mutex<HashMap<usize, Arc<Connection>>>,
    /// Somebody left, or may be told to now. Only the accept loop waits for it.
    changed: Arc<Notify>,
}

impl Registry {
    pub fn new(most: usize) -> Self {
        Self { most, open: Mutex::default(), changed: Arc::default() }
    }

    /// Counts one more until its seat is dropped.
    pub fn enter(self: &Arc<Self>) -> Seat {
        let track = Track { moved: Instant::now(), phase: Phase::Waiting, heard: false, refused: false };
        let changed = Arc::clone(&self.changed);
        let connection = Arc::new(Connection { track: Mutex::new(track), leave: Notify::new(), changed });
        lock(&self.open).insert(Arc::as_ptr(&connection).addr(), Arc::clone(&connection));
        Seat { registry: Arc::clone(self), connection }
    }

    /// Waits until there is room for one more; whoever is silent longest makes it. While all are at work, the kernel's
    /// backlog holds who comes.
    pub async fn room(&self) {
        while lock(&self.open).len() >= self.most {
            self.evict(FRESH).await;
        }
    }

    /// Tells whoever is silent longest to leave, and waits until something changed, at most for so long.
    pub async fn evict(&self, patience: Duration) {
        let waits = self.evict_one().map_or(patience, |fresh_for| fresh_for.min(patience));
        // An error means that the time is over, which is as good a reason to look again.
        let _ = timeout(waits, self.changed.notified()).await;
    }

    /// How long the one that is silent longest is still fresh, if it couldn't be told to leave for that reason.
    fn evict_one(&self) -> Option<Duration> {
        let open = lock(&self.open);
        let tracks = || open.values().map(|connection| (*lock(&connection.track), connection));
        // One is on its way out; a second one would make room for nobody.
        if tracks().any(|(track, _)| track.phase == Phase::Leaving) {
            return None;
        }
        let silent = tracks().filter(|(track, _)| SILENT.contains(&track.phase));
        let (track, connection) = silent.min_by_key(|(track, _)| track.moved)?;
        let told = connection.leave(FRESH, &SILENT);
        (!told).then(|| FRESH.saturating_sub(track.moved.elapsed()))
    }

    /// Closes, for ever, what was silent for too long. Bodies being read have their own limit, and an answer when
    /// they miss it.
    pub async fn reap(&self, idle: Duration) {
        let mut every = interval(idle.clamp(Duration::from_millis(1), SECOND));
        loop {
            every.tick().await;
            for connection in lock(&self.open).values() {
                connection.leave(idle, &[Phase::Waiting]);
            }
        }
    }
}

/// A connection's place among the others.
#[derive(Debug)]
pub(super) struct Seat {
    registry: Arc<Registry>,
    pub connection: Arc<Connection>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        lock(&self.registry.open).remove(&Arc::as_ptr(&self.connection).addr());
        self.registry.changed.notify_one();
    }
}

/// Nothing here panics with a lock held, so there is no half-made state behind a poisoned one.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
