//! What can go wrong in an action, by meaning. `server::error` alone maps it to HTTP.

use super::domain_rules::DomainRule;
use crate::{
    db::DbError,
    model::{
        error::FieldErrors,
        permission::{Permission, PermissionSet},
    },
};

/// Why an action did nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was sent can't be used as it is.
    #[error("some of what was entered can't be used")]
    Invalid(FieldErrors),
    /// The e-mail and password don't match. Says nothing about which.
    #[error("that e-mail and password don't match")]
    WrongCredentials,
    /// The code of the second step is wrong, over, or was used already.
    #[error("that code doesn't work; type the newest one that you have")]
    WrongCode,
    /// What a device answered for a passkey is wrong, is of nobody here, or of somebody who can't sign in.
    #[error("this passkey doesn't work here; try another, or sign in another way")]
    WrongPasskey,
    /// Name and password are right, and a code is missing.
    #[error("a code of the second factor is needed, too")]
    CodeNeeded,
    /// Whoever has a temporary password does nothing before they have another.
    #[error("change your password first: the one you have is temporary")]
    MustChangePassword,
    /// Whoever was made by a program does nothing by a token before they confirmed their address.
    #[error("confirm your e-mail address first; the link is in a mail that was sent to it")]
    MustConfirmAddress,
    /// Whoever is only let in from some addresses came from another (contract 001, rule 8).
    #[error("you are let in from other addresses only; come from one of them, or ask an administrator")]
    NotFromHere,
    /// Nobody is signed in.
    #[error("sign in first")]
    Unauthenticated,
    /// They proved too long ago who they are.
    #[error("this needs your password once more; nothing was done yet")]
    ProofTooOld,
    /// The caller lacks a permission.
    #[error("this needs the permission {0}")]
    Forbidden(Permission),
    /// There is no such thing, or none that the caller may know of.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Somebody else changed it since the caller looked.
    #[error("somebody changed this since you opened it")]
    Stale,
    /// A rule forbids it, whoever asks.
    #[error("{0}")]
    Refused(Refused),
    /// What an undo would bring back doesn't fit any more, in the words of the rule that it breaks.
    #[error("{0}")]
    InTheWay(String),
    /// Too many tries; try again after so many seconds.
    #[error("too many tries; try again in {}", wait(*.0))]
    Throttled(i64),
    /// The server has more to do than it can; nothing happened.
    #[error("the server is busy; try again in a moment")]
    Busy,
    /// The server can't write where it keeps its data; nothing happened. Reading goes on.
    #[error("the server can't write to its disk, so nothing was saved; tell whoever runs it, and try again later")]
    Storage,
    /// The answer of the database was lost on the way, after the question whether to keep it all.
    #[error("this may have been saved, or not; open the page again and look before you repeat it")]
    Unknown,
    /// Something is broken. The caller is told a request id and nothing else.
    #[error("{0}")]
    Internal(String),
}

/// Rules that hold for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Locking oneself out.
    #[error("you can't do this to yourself; ask another administrator")]
    Yourself,
    /// The tenant's owner is protected.
    #[error("they own a tenant; make somebody else its owner first")]
    Owner,
    /// Nobody would be left who may do everything.
    #[error("the last administrator would lose it; make somebody else an administrator first")]
    LastAdministrator,
    /// Nobody gives away, or takes, what they don't have: these, as far as the caller may know.
    #[error("this is about more than you may do yourself{}; ask somebody who may", lacking(*.0))]
    MoreThanYourself(PermissionSet),
    /// Between the beginning of a request and its turn to write, its caller lost some of what they may do.
    #[error("what you may do has changed since you sent this; open the page again to see what is left")]
    LostMeanwhile,
    /// Nobody gives what they have for longer than they have it.
    #[error("this would last longer than you may do it yourself; choose an end before your own")]
    LongerThanYourself,
    /// Built-in roles are the same in every installation.
    #[error("built-in roles can't change; clone it and change the clone")]
    BuiltIn,
    /// What belongs to the installation is seen in a tenant, and changed from outside it.
    #[error("this belongs to the whole installation; switch to everywhere to change it")]
    OfInstallation,
    /// An account that other tenants share.
    #[error("they belong to other tenants too, so their account is changed by administrators of the installation")]
    Shared,
    /// A group can't be inside itself.
    #[error("that group already contains this one, so they would contain each other")]
    Cycle,
    /// Undone once is undone.
    #[error("this was undone already")]
    Undone,
    /// Some things can't be taken back.
    #[error("this can't be undone")]
    NotUndoable,
    /// Undoing must not destroy what came after.
    #[error("it was changed again later; undo the later change first, or change it by hand")]
    ChangedSince,
    /// Nor what depends on it by now.
    #[error("it was used since: somebody has it, is in it or belongs to it; take that back first")]
    UsedSince,
    /// Whoever belongs nowhere is deleted, which is more than an undo of their coming may do.
    #[error("they belong to no other tenant any more, so they would be deleted; delete them by hand")]
    OnlyMembership,
    /// Nothing is left to change back.
    #[error("the {0} is not there any more")]
    Gone(&'static str),
    /// What an undo would bring back is forgotten.
    #[error("it was deleted more than 30 days ago, and nothing of it is left to bring back")]
    Forgotten,
    /// An older program doesn't guess what a later one kept.
    #[error("it was kept by a later version of this program; bring it back with that one")]
    KeptLater,
    /// Whoever has a personal token acts as its owner.
    #[error(
        "personal tokens are their owner's alone: they make and rotate them themselves, or whoever runs the server does"
    )]
    OthersToken,
    /// A program without a secret can't be changed over.
    #[error("this is their only secret; make another one first, or disable them")]
    OnlySecret,
    /// Only hashes are kept.
    #[error("only account tokens can be read again; make another value instead")]
    NotReadable,
    /// A program has no password.
    #[error("this is a service account, which never signs in; its programs use service keys")]
    ServiceAccount,
    /// Nobody changes a password to the one that they have.
    #[error("this is the one you have; choose another")]
    SamePassword,
    /// What works for a group, or belongs to it, would lose it.
    #[error("somebody or some client credentials are in the group; take them out first")]
    GroupNotEmpty,
    /// A second factor is bound where one sees what to do.
    #[error("a second factor is required of you, and you have none yet; sign in with a browser to set one up")]
    NoSecondFactor,
    /// Only what one has is lost.
    #[error("recovery codes stand in for an app or a passkey; set one up first")]
    NoApp,
    /// Somebody else asks for it.
    #[error("a second factor is required of you, so it can be replaced and not removed")]
    FactorRequired,
    /// Programs have no devices.
    #[error("your second factor is a passkey, which works in browsers alone; set up an authenticator app, too")]
    PasskeyNeeded,
    /// A question for a passkey waits for five minutes, and for one answer.
    #[error("this waited too long for your passkey, or was answered already; try again")]
    PasskeyLate,
    /// Whoever has many has no more.
    #[error("you have as many passkeys as one may have; remove one first")]
    ManyPasskeys,
    /// One passkey is one person's.
    #[error("this passkey is known here already; add another")]
    KnownPasskey,
    /// Browsers make passkeys for hosts with a name, and by https.
    #[error("passkeys don't work at this address; whoever runs the server gives it a name and https")]
    NoPasskeysHere,
    /// A code that is typed is worth something in one sign-in alone.
    #[error("this code belongs to one sign-in; whoever signs in asks for another one there")]
    TypedCode,
    /// What is said about a change of an address is said when it happens.
    #[error("this is about one change of an address, so it isn't written again; ask for the change again")]
    OneAddress,
    /// Nobody takes an address from somebody else.
    #[error("somebody else signs in with that address by now; ask an administrator")]
    AddressTaken,
    /// Nobody waits for a code for hours.
    #[error("this sign-in is over, because it waits for ten minutes and no longer; sign in again")]
    SignInOver,
    /// Set-up is done once.
    #[error("this installation is already set up; sign in instead")]
    AlreadySetUp,
    /// A way in leads nowhere for somebody who is locked out.
    #[error("they are disabled, so a set-password link would not work; enable them first")]
    Disabled,
    /// A program asks for what it wasn't given.
    #[error("the scope holds what these credentials were not given")]
    Scope,
    /// Once is enough.
    #[error("this address is confirmed already")]
    AlreadyVerified,
    /// A rule of domains.
    #[error("{0}")]
    InDomain(DomainRule),
    /// The link is used, voided or too old.
    #[error("this link no longer works; ask for a new one")]
    DeadLink,
}

/// What actions return.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Whether a form can be shown again with what is wrong, to be sent once more.
    #[must_use]
    pub const fn is_mendable(&self) -> bool {
        !matches!(
            self,
            Self::Unauthenticated
                | Self::MustChangePassword
                | Self::MustConfirmAddress
                | Self::ProofTooOld
                | Self::NotFromHere
                | Self::Forbidden(_)
                | Self::NotFound(_)
                | Self::Unknown
                | Self::Internal(_)
        )
    }

    /// Where a form named what isn't there, the form is what is wrong.
    #[must_use]
    pub fn in_form(self, field: &str, message: &str) -> Self {
        match self {
            Self::NotFound(_) => FieldErrors::one(field, message).into(),
            other => other,
        }
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<DomainRule> for Error {
    fn from(rule: DomainRule) -> Self {
        Self::Refused(Refused::InDomain(rule))
    }
}

impl From<FieldErrors> for Error {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy => Self::Busy,
            DbError::Broken(_) => Self::Internal(error.to_string()),
            // Told here, because nobody further out learns which file, or what the disk said.
            DbError::Storage(_) | DbError::Vanished(_) => {
                tracing::error!(%error, "nothing can be saved");
                Self::Storage
            }
            DbError::Unknown(_) => {
                tracing::error!(%error, "the end of a change is not known");
                Self::Unknown
            }
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        DbError::from(error).into()
    }
}

/// A waiting time for people: `40 seconds`, `12 minutes`.
fn wait(seconds: i64) -> String {
    match seconds {
        ..=1 => "a second".into(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", (seconds + 59) / 60),
    }
}

/// So many permissions are named, the others counted.
const NAMED: usize = 3;

/// What is missing, for people: `: you lack users.read, users.list, users.add and 4 more`.
fn lacking(missing: PermissionSet) -> String {
    let names = missing.names();
    match &names[..] {
        [] => String::new(),
        [one] => format!(": you lack {one}"),
        [some @ .., last] if names.len() <= NAMED => format!(": you lack {} and {last}", some.join(", ")),
        _ => format!(": you lack {} and {} more", names[..NAMED].join(", "), names.len() - NAMED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_a_few_of_the_permissions_that_are_missing() {
        let said = |patterns: &[&str]| {
            Refused::MoreThanYourself(PermissionSet::from_patterns(patterns.iter().copied())).to_string()
        };
        assert_eq!(said(&[]), "this is about more than you may do yourself; ask somebody who may");
        assert!(said(&["audit.read"]).contains("yourself: you lack audit.read; ask"));
        assert!(said(&["audit.*", "users.add"]).contains(": you lack users.add, audit.read and audit.undo; ask"));
        assert!(said(&["tenants.*", "audit.*"]).contains("tenants.read, tenants.list, tenants.write and 2 more; ask"));
    }
}
