//! What can be refused, and how often it was since it was last written down.

use std::sync::atomic::AtomicU64;

use crate::model::words::words;

words! {
    /// Why something was refused.
    RefusalKind {
        /// An e-mail and a password that don't match.
        WrongPassword = "wrong-password",
        /// A code of the second step that doesn't work.
        WrongCode = "wrong-code",
        /// A passkey that isn't known, or whose answer is wrong.
        WrongPasskey = "wrong-passkey",
        /// A client id and a secret that don't match.
        WrongSecret = "wrong-secret",
        /// A token or a signature that isn't taken: wrong, over, disabled, or from where it may not be used.
        WrongToken = "wrong-token",
        /// A limit on tries.
        TooManyTries = "too-many-tries",
        /// A limit on tries that was just reached.
        Locked = "locked",
        /// A right password, passkey or token from where its owner isn't let in: somebody else may have it.
        NotFromHere = "not-from-here",
        /// Somebody signed in, who lacks the permission.
        NotAllowed = "not-allowed",
        /// A form that no page of ours sent.
        ForeignForm = "foreign-form",
        /// A link or code that doesn't work any more, or never did.
        DeadLink = "dead-link",
        /// A wrong set-up code.
        WrongSetupCode = "wrong-set-up-code",
    }
}

/// What was refused since it was last written down.
#[derive(Debug, Default)]
pub struct Refusals([AtomicU64; RefusalKind::ALL.len()]);

impl Refusals {
    /// How often this was refused.
    pub fn counter(&self, refusal: RefusalKind) -> &AtomicU64 {
        &self.0[refusal as usize]
    }
}
