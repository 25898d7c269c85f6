//! Argon2id on a bounded blocking pool: a flood of sign-ins can take neither the memory (19 MiB a hash)
//! nor the threads.

use std::sync::{Arc, LazyLock};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use super::{memory::Memory, rules::Password};
use crate::domain::{
    clock::random_bytes,
    error::{Error, Result},
};

/// Callers that may wait for a turn; the next one is told that the server is busy.
const QUEUE: usize = 64;
/// Hashes that run at a time, on however many cores.
const AT_ONCE_MAX: usize = 4;
/// Hashes and verifies. Cheap to clone; all clones share one bound.
#[derive(Clone, Debug)]
pub struct Hasher {
    queue: Arc<Semaphore>,
    running: Arc<Semaphore>,
    method: Method,
}

/// How hashes are made: with which parameters, and in which memory.
#[derive(Clone, Debug)]
struct Method {
    params: Params,
    memory: Arc<Memory>,
}

impl Default for Hasher {
    /// OWASP's parameters (19 MiB, two passes, one lane), as many at a time as there are processors, at most four.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::new(Params::new(19 * 1024, 2, 1, None).unwrap_or_default(), cores.min(AT_ONCE_MAX))
    }
}

/// What a verification found.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not the password.
    Wrong,
    /// The password; with a new hash where the stored one has old parameters.
    Right {
        /// To be stored instead.
        upgraded: Option<String>,
    },
}

impl Hasher {
    /// A pool that runs `at_once` hashes at a time with `params`.
    #[must_use]
    pub fn new(params: Params, at_once: usize) -> Self {
        let method = Method { params, memory: Arc::default() };
        Self { queue: Arc::new(Semaphore::new(QUEUE)), running: Arc::new(Semaphore::new(at_once)), method }
    }

    /// Hashes a new password to a PHC string.
    pub async fn hash(&self, password: Password) -> Result<String> {
        let method = self.method.clone();
        self.run(move || method.hash(&password)).await?
    }

    /// Compares a typed password with a stored hash. Without one (unknown login, no password yet) it costs
    /// the same and is wrong, so that the time tells nothing.
    pub async fn verify(&self, password: Password, stored: Option<String>) -> Result<Verdict> {
        let method = self.method.clone();
        self.run(move || method.verify(&password, stored.as_deref())).await?
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _waiting = self.queue.try_acquire().map_err(|_| Error::Busy)?;
        let running = self.running.clone().acquire_owned().await.map_err(|_| Error::Busy)?;
        let task = tokio::task::spawn_blocking(move || {
            // Held by the work, not by the caller: a caller who hangs up must not free the slot early.
            let _running = running;
            work()
        });
        self.method.memory.give_back_later();
        task.await.map_err(broken)
    }
}

impl Method {
    fn hash(&self, password: &Password) -> Result<String> {
        let salt = Salt::new(&random_bytes::<16>()).map_err(broken)?;
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params).map_err(broken)?,
            hash: Some(self.derive((Version::V0x13, &self.params), password, &salt)?),
            salt: Some(salt),
        };
        Ok(hash.to_string())
    }

    fn derive(&self, (version, params): (Version, &Params), password: &Password, salt: &[u8]) -> Result<Output> {
        let argon2 = Argon2::new(Algorithm::Argon2id, version, params.clone());
        let mut output = vec![0; params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
        let derived = self.memory.lend(params.block_count(), |blocks| {
            argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut output, blocks)
        });
        derived.map_err(broken)?;
        Output::new(&output).map_err(broken)
    }

    fn verify(&self, password: &Password, stored: Option<&str>) -> Result<Verdict> {
        static NOBODY: LazyLock<Password> = LazyLock::new(|| Password::attempt("nobody's"));
        let Some(stored) = stored else {
            self.hash(&NOBODY)?;
            return Ok(Verdict::Wrong);
        };
        let stored = Stored::parse(stored)?;
        let output = self.derive((stored.version, &stored.params), password, &stored.salt)?;
        if !bool::from(output.as_bytes().ct_eq(stored.output.as_bytes())) {
            return Ok(Verdict::Wrong);
        }
        let params = &self.params;
        let current = (stored.params.m_cost(), stored.params.t_cost()) == (params.m_cost(), params.t_cost());
        let upgraded = if current { None } else { Some(self.hash(password)?) };
        Ok(Verdict::Right { upgraded })
    }
}

/// A stored hash, taken apart.
struct Stored {
    version: Version,
    params: Params,
    salt: Salt,
    output: Output,
}

impl Stored {
    fn parse(text: &str) -> Result<Self> {
        let parsed = PasswordHash::new(text).map_err(broken)?;
        if parsed.algorithm != Algorithm::Argon2id.ident() {
            return Err(broken("a stored hash is not of Argon2id"));
        }
        let version = parsed.version.map_or(Ok(Version::V0x10), Version::try_from).map_err(broken)?;
        let params = Params::try_from(&parsed).map_err(broken)?;
        let (Some(salt), Some(output)) = (parsed.salt, parsed.hash) else {
            return Err(broken("a stored hash has no salt or no output"));
        };
        Ok(Self { version, params, salt, output })
    }
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("hashing: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher(m: u32) -> Hasher {
        Hasher::new(Params::new(m, 1, 1, None).unwrap(), 1)
    }

    #[tokio::test]
    async fn a_hash_with_old_parameters_is_upgraded_when_it_matches() {
        let password = Password::attempt("correct horse battery staple");
        let old = hasher(8).hash(password.clone()).await.unwrap();
        let verdict = hasher(16).verify(password.clone(), Some(old.clone())).await.unwrap();
        assert!(matches!(&verdict, Verdict::Right { upgraded: Some(new) } if *new != old));
        assert_eq!(hasher(8).verify(password, Some(old.clone())).await.unwrap(), Verdict::Right { upgraded: None });
        assert_eq!(hasher(8).verify(Password::attempt("wrong"), Some(old)).await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn nobody_has_no_password_and_a_full_queue_says_so() {
        let hasher = hasher(8);
        assert_eq!(hasher.verify(Password::attempt("nobody's"), None).await.unwrap(), Verdict::Wrong);
        let _all = hasher.queue.acquire_many(QUEUE as u32).await.unwrap();
        assert!(matches!(hasher.hash(Password::attempt("x")).await, Err(Error::Busy)));
    }
}
