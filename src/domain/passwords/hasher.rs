//! Argon2id on a bounded blocking pool: a flood of sign-ins can take neither the memory (19 MiB a hash)
//! nor the threads.

use std::sync::{Arc, LazyLock};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash};
use tokio::sync::Semaphore;

use super::Password;
use crate::domain::error::{Error, Result};

/// Callers that may wait for a turn; the next one is told that the server is busy.
const QUEUE: usize = 64;

/// Hashes and verifies. Cheap to clone; all clones share one bound.
#[derive(Clone, Debug)]
pub struct Hasher {
    queue: Arc<Semaphore>,
    running: Arc<Semaphore>,
    params: Params,
}

impl Default for Hasher {
    /// OWASP's parameters (19 MiB, two passes, one lane), as many at a time as there are processors.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::new(Params::new(19 * 1024, 2, 1, None).unwrap_or_default(), cores)
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
        Self { queue: Arc::new(Semaphore::new(QUEUE)), running: Arc::new(Semaphore::new(at_once)), params }
    }

    /// Hashes a new password to a PHC string.
    pub async fn hash(&self, password: Password) -> Result<String> {
        let params = self.params.clone();
        self.run(move || hash(&params, &password)).await?
    }

    /// Compares a typed password with a stored hash. Without one (unknown login, no password yet) it costs
    /// the same and is wrong, so that the time tells nothing.
    pub async fn verify(&self, password: Password, stored: Option<String>) -> Result<Verdict> {
        let params = self.params.clone();
        self.run(move || verify(&params, &password, stored.as_deref())).await?
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _waiting = self.queue.try_acquire().map_err(|_| Error::Busy)?;
        let running = self.running.clone().acquire_owned().await.map_err(|_| Error::Busy)?;
        let task = tokio::task::spawn_blocking(move || {
            // Held by the work, not by the caller: a caller who hangs up must not free the slot early.
            let _running = running;
            work()
        });
        task.await.map_err(|e| Error::Internal(format!("hashing: {e}")))
    }
}

fn argon2(params: &Params) -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
}

fn hash(params: &Params, password: &Password) -> Result<String> {
    let hash = argon2(params).hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|e| Error::Internal(format!("hashing: {e}")))
}

fn verify(params: &Params, password: &Password, stored: Option<&str>) -> Result<Verdict> {
    static NOBODY: LazyLock<Password> = LazyLock::new(|| Password::attempt("nobody's"));
    let Some(stored) = stored else {
        hash(params, &NOBODY)?;
        return Ok(Verdict::Wrong);
    };
    let parsed = PasswordHash::new(stored).map_err(|e| Error::Internal(format!("stored hash: {e}")))?;
    if argon2(params).verify_password(password.as_bytes(), &parsed).is_err() {
        return Ok(Verdict::Wrong);
    }
    let current =
        Params::try_from(&parsed).is_ok_and(|p| p.m_cost() == params.m_cost() && p.t_cost() == params.t_cost());
    let upgraded = if current { None } else { Some(hash(params, password)?) };
    Ok(Verdict::Right { upgraded })
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
