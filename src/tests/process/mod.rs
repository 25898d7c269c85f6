//! The real binary as it runs: started, filled, cut off, killed and started again.

mod client;
mod commits;
mod disk;
mod flood;
mod held;
mod log;
mod nodes;
mod proxy;
mod secrets;
mod server;
mod silent;
mod starts;
mod upgrade;

use crate::support::PASSWORD;

/// The first administrator's address.
const ADA: &str = "ada@example.com";

/// A form as it is sent.
fn form(fields: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(fields).unwrap()
}

/// What ada signs in with.
fn sign_in_form() -> String {
    form(&[("email", ADA), ("password", PASSWORD)])
}

/// Asks again and again until the answer is yes: what is waited for comes by itself, and a test that waits in vain fails.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);
    let begun = std::time::Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::yield_now();
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}
