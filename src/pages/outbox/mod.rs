//! Mail: what waits, what was sent and what failed, and what each message says. It belongs to the installation.

pub mod letter;
pub mod list;
pub mod message;

use leptos::prelude::*;

use crate::{
    domain::outbox::store::Message,
    http::visit::visit,
    model::{mail::MessageState, timestamp::Timestamp},
    pages::times::{coming, zone_at},
};

/// What kind of letter it is, in words.
fn about(template: &str) -> &str {
    match template {
        "access-ends" => "Access ends soon",
        "password-reset" => "Link to set a new password",
        "verify-email" => "Link to confirm an address",
        "activation" => "Link to set a first password, or to come into a tenant",
        "invitation" => "Let into a tenant",
        "profile-made" => "A profile was made",
        "profile-changed" => "A profile was changed",
        "address-changed" => "The address to sign in with was changed",
        "address-confirm" => "Link to confirm another address",
        "address-asked" => "Another address was asked for, with the link that stops it",
        "address-new" => "Signs in with this address from now on",
        "address-restored" => "Signs in with this address again",
        "address-taken" => "Somebody asked for an address that is taken",
        "new-device" => "Sign-in from a new device",
        "sign-in-locked" => "Sign-in was locked",
        "credential-changed" => "What one signs in by was changed",
        "sign-in-code" => "Code to sign in",
        "password-changed" => "A password was changed",
        "test" => "Test of the mail server",
        other => other,
    }
}

/// That no mail leaves, where none can.
#[component]
pub fn NoMailServer() -> impl IntoView {
    (!visit().site.has_mail).then(|| {
        view! {
            <p class="note warn">
                <span>"No mail server is set, so mail waits in the outbox. Whoever runs the server names one by CASTELLAN_SMTP_URL."</span>
            </p>
        }
    })
}

const fn label(state: MessageState) -> &'static str {
    match state {
        MessageState::Waiting => "Waiting",
        MessageState::Sent => "Sent",
        MessageState::Failed => "Failed",
    }
}

/// How far a message is: the tag's tone stands beside the word, never instead of it.
#[component]
fn State(of: MessageState) -> impl IntoView {
    let tone = match of {
        MessageState::Waiting => "tag warn",
        MessageState::Sent => "tag good",
        MessageState::Failed => "tag bad",
    };
    view! { <span class=tone>{label(of)}</span> }
}

/// When a message that waits is tried next, as far as that is later.
fn next_try(message: &Message, now: Timestamp) -> Option<String> {
    let at = message.next_attempt_at;
    let later = message.state() == MessageState::Waiting && at > now;
    later.then(|| format!("tried again at {} {}", coming(at, now), zone_at(at)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::outbox::letter::{CredentialChange, Letter},
        model::id::UserId,
    };

    #[test]
    fn every_letter_is_called_by_words() {
        let user = UserId(uuid::Uuid::nil());
        for letter in [
            Letter::PasswordReset { user, code: None },
            Letter::VerifyEmail { user, code: None },
            Letter::Activation { user, code: None, into: None },
            Letter::ProfileMade { user, code: None },
            Letter::SignInCode { code: None },
            Letter::ProfileChanged,
            Letter::AddressChanged { user: None, code: None },
            Letter::AddressConfirm { user, code: None },
            Letter::AddressAsked { user, code: None },
            Letter::AddressNew,
            Letter::AddressRestored,
            Letter::AddressTaken,
            Letter::NewDevice { device: String::new(), address: None, at: String::new() },
            Letter::SignInLocked { until: String::new() },
            Letter::CredentialChanged { change: CredentialChange::AppBound, called: String::new() },
            Letter::PasswordChanged,
            Letter::Test,
        ] {
            assert_ne!(about(letter.template()), letter.template());
        }
    }
}
