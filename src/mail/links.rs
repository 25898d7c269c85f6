//! The addresses that mail leads to, made in one place (contract 000, rule 11).

use crate::model::{fields::Fields, id::UserId};

/// The page where a new password is set.
#[must_use]
pub fn reset_password(base: &str, user: UserId, code: &str) -> String {
    link(base, "reset-password", (user, code))
}

/// The page where a first password is set.
#[must_use]
pub fn activate(base: &str, user: UserId, code: &str) -> String {
    link(base, "activate", (user, code))
}

/// The page where an address is confirmed.
#[must_use]
pub fn verify_email(base: &str, user: UserId, code: &str) -> String {
    link(base, "verify-email", (user, code))
}

/// The page where a new address to sign in with is confirmed.
#[must_use]
pub fn confirm_address(base: &str, user: UserId, code: &str) -> String {
    link(base, "confirm-address", (user, code))
}

/// The page where a change of the address to sign in with is stopped, or taken back.
#[must_use]
pub fn stop_address_change(base: &str, user: UserId, code: &str) -> String {
    link(base, "stop-address-change", (user, code))
}

fn link(base: &str, page: &str, (user, code): (UserId, &str)) -> String {
    let query = Fields::default().with("user", user.to_string()).with("code", code);
    format!("{base}/{page}?{}", query.encode())
}

/// The page where one asks for a new password.
#[must_use]
pub fn forgot_password(base: &str) -> String {
    format!("{base}/forgot-password")
}

/// The same address for somebody who reads this language.
#[must_use]
pub fn in_language(url: &str, code: &str) -> String {
    let mark = if url.contains('?') { '&' } else { '?' };
    format!("{url}{mark}lang={code}")
}
