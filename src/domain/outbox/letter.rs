//! What a message says, and to whom. It is sealed where it is kept: whoever reads the database must not get into accounts.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    domain::secrets::SecretKey,
    model::{
        id::{MessageId, TenantId, UserId},
        words::words,
    },
};

/// Whom a message goes to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Recipient {
    /// Who; nobody where a message is written to be taken back.
    pub id: Option<UserId>,
    /// What they are called.
    pub display_name: String,
    /// Mail goes to the login, never to a contact address.
    pub login: String,
    /// Their language and region.
    pub locale: String,
}

impl Recipient {
    /// The same person at another address.
    #[must_use]
    pub fn at(&self, login: &str) -> Self {
        Self { login: login.to_owned(), ..self.clone() }
    }

    /// Whoever signs in like this, where nobody does.
    #[must_use]
    pub fn nobody(login: &str) -> Self {
        Self { id: None, display_name: String::new(), login: login.to_owned(), locale: String::new() }
    }
}

/// A tenant that somebody was let into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Into {
    /// Which.
    pub id: TenantId,
    /// What people call it.
    pub name: String,
}

/// How somebody is told that they were let into a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inviting {
    /// That an account there waits for them.
    Activation,
    /// That they are invited there.
    Invitation,
}

impl Inviting {
    /// The letter.
    #[must_use]
    pub fn letter(self, user: UserId, code: Option<String>, (id, name): (TenantId, String)) -> Letter {
        let into = Into { id, name };
        match self {
            Self::Activation => Letter::Activation { user, code, into: Some(into) },
            Self::Invitation => Letter::Invitation { user, code, into },
        }
    }
}

words! {
    /// What was changed of that by which somebody signs in.
    CredentialChange {
        /// An authenticator app was bound.
        AppBound = "app-bound",
        /// A second factor is required, and codes are sent where there is no app.
        CodesMailed = "codes-mailed",
        /// The second factor was removed.
        FactorRemoved = "factor-removed",
        /// Recovery codes were made.
        RecoveryCodesMade = "recovery-codes-made",
        /// A recovery code was used.
        RecoveryCodeUsed = "recovery-code-used",
        /// A passkey was added.
        PasskeyAdded = "passkey-added",
        /// A passkey was removed.
        PasskeyRemoved = "passkey-removed",
        /// A personal token was made, or got another value.
        TokenMade = "token-made",
    }
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "kebab-case")]
pub enum Letter {
    /// Somebody's access ends soon.
    AccessEnds {
        /// The name of the role or the permission.
        access: String,
        /// Where it counts; everywhere without one.
        tenant: Option<String>,
        /// The group through which they have it.
        group: Option<String>,
        /// When, as RFC 3339.
        until: String,
    },
    /// A link to set a new password.
    PasswordReset {
        /// Whose.
        user: UserId,
        /// The code of the link; gone once the message was sent.
        code: Option<String>,
    },
    /// A link that confirms an address.
    VerifyEmail {
        /// Whose.
        user: UserId,
        /// The code of the link; gone once the message was sent.
        code: Option<String>,
    },
    /// A link to set a first password, or to open a membership.
    Activation {
        /// Whose.
        user: UserId,
        /// The code of the link; gone once the message was sent.
        code: Option<String>,
        /// The tenant whose membership it opens.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        into: Option<Into>,
    },
    /// That somebody was let into a tenant, with a link where they have no password yet.
    Invitation {
        /// Who.
        user: UserId,
        /// The code of the link; gone once the message was sent.
        code: Option<String>,
        /// The tenant.
        into: Into,
    },
    /// That somebody was made a profile, with a link to set a password.
    ProfileMade {
        /// Who.
        user: UserId,
        /// The code of the link; gone once the message was sent.
        code: Option<String>,
    },
    /// That somebody else changed the profile.
    ProfileChanged,
    /// That one signs in with another address from now on, with the link that takes it back. Where there is none, or in
    /// messages of before, it has no link.
    AddressChanged {
        /// Whose.
        #[serde(default)]
        user: Option<UserId>,
        /// The code of the link; gone once the message was sent.
        #[serde(default)]
        code: Option<String>,
    },
    /// A link that confirms the address that somebody wants to sign in with.
    AddressConfirm {
        /// Who.
        user: UserId,
        /// The code of the link; gone once the message was sent.
        code: Option<String>,
    },
    /// That another address was asked for, with the link that stops it.
    AddressAsked {
        /// For whom.
        user: UserId,
        /// The code of the link; gone once the message was sent.
        code: Option<String>,
    },
    /// That one signs in with this address from now on.
    AddressNew,
    /// That one signs in with this address again.
    AddressRestored,
    /// That somebody else wanted to sign in with this address.
    AddressTaken,
    /// That somebody signed in from a browser that isn't known.
    NewDevice {
        /// The browser; nothing where it has no name that we know.
        device: String,
        /// From where.
        address: Option<String>,
        /// When, as RFC 3339.
        at: String,
    },
    /// That tries to sign in have to wait.
    SignInLocked {
        /// Until when, as RFC 3339.
        until: String,
    },
    /// That what one signs in by was changed.
    CredentialChanged {
        /// What was done.
        change: CredentialChange,
        /// What it is called, if it has a name.
        called: String,
    },
    /// A code to type at the second step of a sign-in.
    SignInCode {
        /// What is typed; gone once the message was sent.
        code: Option<String>,
    },
    /// Somebody's password was changed.
    PasswordChanged,
    /// Whether mail arrives.
    Test,
}

/// What stands for a code that isn't shown.
const BLANK: &str = "********";

impl Letter {
    /// Its name in the outbox.
    #[must_use]
    pub const fn template(&self) -> &'static str {
        match self {
            Self::AccessEnds { .. } => "access-ends",
            Self::PasswordReset { .. } => "password-reset",
            Self::VerifyEmail { .. } => "verify-email",
            Self::Activation { .. } => "activation",
            Self::Invitation { .. } => "invitation",
            Self::ProfileMade { .. } => "profile-made",
            Self::ProfileChanged => "profile-changed",
            Self::AddressChanged { .. } => "address-changed",
            Self::AddressConfirm { .. } => "address-confirm",
            Self::AddressAsked { .. } => "address-asked",
            Self::AddressNew => "address-new",
            Self::AddressRestored => "address-restored",
            Self::AddressTaken => "address-taken",
            Self::NewDevice { .. } => "new-device",
            Self::SignInLocked { .. } => "sign-in-locked",
            Self::CredentialChanged { .. } => "credential-changed",
            Self::SignInCode { .. } => "sign-in-code",
            Self::PasswordChanged => "password-changed",
            Self::Test => "test",
        }
    }

    /// The same without what opens an account.
    #[must_use]
    pub fn without_code(self) -> Self {
        self.with_code(|_| None)
    }

    /// The same with asterisks in place of what opens an account.
    #[must_use]
    pub fn blanked(self) -> Self {
        self.with_code(|code| code.map(|_| BLANK.to_owned()))
    }

    fn with_code(self, put: fn(Option<String>) -> Option<String>) -> Self {
        match self {
            Self::PasswordReset { user, code } => Self::PasswordReset { user, code: put(code) },
            Self::VerifyEmail { user, code } => Self::VerifyEmail { user, code: put(code) },
            Self::Activation { user, code, into } => Self::Activation { user, code: put(code), into },
            Self::Invitation { user, code, into } => Self::Invitation { user, code: put(code), into },
            Self::ProfileMade { user, code } => Self::ProfileMade { user, code: put(code) },
            Self::SignInCode { code } => Self::SignInCode { code: put(code) },
            Self::AddressChanged { user, code } => Self::AddressChanged { user, code: put(code) },
            Self::AddressConfirm { user, code } => Self::AddressConfirm { user, code: put(code) },
            Self::AddressAsked { user, code } => Self::AddressAsked { user, code: put(code) },
            other => other,
        }
    }

    /// Whether it holds what opens an account.
    #[must_use]
    pub const fn has_code(&self) -> bool {
        matches!(
            self,
            Self::PasswordReset { code: Some(_), .. }
                | Self::VerifyEmail { code: Some(_), .. }
                | Self::Activation { code: Some(_), .. }
                | Self::Invitation { code: Some(_), .. }
                | Self::ProfileMade { code: Some(_), .. }
                | Self::SignInCode { code: Some(_) }
                | Self::AddressChanged { code: Some(_), .. }
                | Self::AddressConfirm { code: Some(_), .. }
                | Self::AddressAsked { code: Some(_), .. }
        )
    }

    /// Whether it is about one change of an address, at the address that it went to: written again, it would say what isn't so
    /// any more, or go where nobody reads it.
    #[must_use]
    pub const fn is_about_an_address(&self) -> bool {
        matches!(
            self,
            Self::AddressChanged { .. }
                | Self::AddressConfirm { .. }
                | Self::AddressAsked { .. }
                | Self::AddressNew
                | Self::AddressRestored
                | Self::AddressTaken
        )
    }
}

/// What is sealed of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// What the recipient is called.
    pub name: String,
    /// What it says.
    #[serde(flatten)]
    pub letter: Letter,
}

impl Content {
    /// The same with asterisks in place of what opens an account.
    #[must_use]
    pub fn blanked(self) -> Self {
        Self { letter: self.letter.blanked(), ..self }
    }

    /// Sealed, for this message alone.
    #[must_use]
    pub fn seal(&self, key: &SecretKey, id: MessageId) -> Vec<u8> {
        // Texts and ids, which JSON always takes.
        key.seal(&purpose(id), &serde_json::to_vec(self).unwrap_or_default())
    }

    /// What was sealed for this message; `None` where this key didn't.
    #[must_use]
    pub fn open(key: &SecretKey, id: MessageId, sealed: &[u8]) -> Option<Self> {
        serde_json::from_slice(&key.open(&purpose(id), sealed)?).ok()
    }

    /// What a message of before says, whose variables were kept as they were.
    #[must_use]
    pub fn of_variables(template: &str, variables: &str) -> Option<Self> {
        let mut object: Value = serde_json::from_str(variables).ok()?;
        let members = object.as_object_mut()?;
        members.insert("letter".into(), template.into());
        members.insert("name".into(), "".into());
        serde_json::from_value(object).ok()
    }
}

/// What the content of a message is sealed for.
#[must_use]
pub fn purpose(id: MessageId) -> String {
    format!("message {id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_message_says_is_sealed_for_it_alone() {
        let (key, id) = (SecretKey::from_bytes([7; 32]), MessageId(uuid::Uuid::from_u128(1)));
        let user = UserId(uuid::Uuid::from_u128(2));
        let content =
            Content { name: "Ada".into(), letter: Letter::PasswordReset { user, code: Some("secret".into()) } };
        let sealed = content.seal(&key, id);
        assert_eq!(Content::open(&key, id, &sealed), Some(content.clone()));
        assert_eq!(Content::open(&key, MessageId(uuid::Uuid::from_u128(3)), &sealed), None);
        assert_eq!(content.clone().blanked().letter, Letter::PasswordReset { user, code: Some(BLANK.into()) });
        assert!(content.letter.has_code() && !content.letter.without_code().has_code());
        assert!(!Letter::PasswordReset { user, code: None }.blanked().has_code(), "what is gone is not blanked");
    }

    #[test]
    fn reminders_of_before_are_read() {
        let text =
            r#"{"grant":"x","access":"support","tenant":null,"group":"Help desk","until":"2026-11-30T00:00:00Z"}"#;
        let read = Content::of_variables("access-ends", text).unwrap();
        assert!(matches!(read.letter, Letter::AccessEnds { access, .. } if access == "support"));
        assert_eq!(Content::of_variables("fly", text), None);
    }
}
