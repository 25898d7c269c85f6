//! How long a connection may be silent, and how many there may be.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that aren't connections: the database's pools with their journals, the log, the listener, the one
/// connection that is accepted before another makes room, and what the runtime holds. They are a few dozen;
/// twice as many leave the database room to open one more in the worst hour.
const RESERVE: u64 = 128;

/// What a connection may hold at worst: 32 KiB of a head, 32 KiB of an answer, 64 KiB of a body (128 KiB while it
/// grows), and in the kernel what [`super::SEND_BUFFER`] allows. 4,096 of them are 768 MiB if somebody fills every
/// one; a silent one holds a first buffer of 8 KiB and its task, 12 KiB measured, which is 50 MiB for all. More would
/// help no console of this kind, and a limit of a million files, which is common, must not become a promise of memory.
const MOST: u64 = 4_096;

/// What connections are held to.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long the head of a request may take, from the moment the server waits for it: so a connection that is
    /// kept alive ends after this long without a request, if `idle` doesn't end it sooner.
    pub head: Duration,
    /// How long a client whose body was refused may go on sending before the connection is closed over its head.
    /// [`super::BodyLimits`] times the bodies that are read; it is usual to give both the same time.
    pub body: Duration,
    /// How long no byte may move, be it between requests or because an answer isn't read.
    pub idle: Duration,
    /// How many connections there may be.
    pub connections: usize,
}

impl Limits {
    /// The usual limits, with as many connections as so many open files allow.
    #[must_use]
    pub fn for_files(limit_of_files: u64) -> Self {
        // A limit of a few files is shared half and half: a server that hardly serves is better than none.
        let connections = limit_of_files.saturating_sub(RESERVE).max(limit_of_files / 2).clamp(1, MOST);
        Self {
            head: Duration::from_secs(20),
            body: Duration::from_secs(30),
            idle: Duration::from_secs(30),
            connections: usize::try_from(connections).unwrap_or(usize::MAX),
        }
    }
}

/// Raises the soft limit of open files to the hard one, and returns the limit in force.
///
/// The soft limit is 1,024 for the sake of programs that use `select`, which this one doesn't.
pub fn raise_file_limit() -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    if let Err(error) = raised {
        tracing::warn!(%error, ?current, ?maximum, "the limit of open files could not be raised");
    }
    // An unlimited number is none that this machine has, but it is what the rest reckons with.
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}
