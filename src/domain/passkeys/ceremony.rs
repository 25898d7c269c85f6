//! What a browser is asked, and by whom. The question is kept by the browser itself, sealed, until the answer comes: nothing
//! is written for strangers.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, PasskeyRegistration, Url, Webauthn, WebauthnBuilder, WebauthnError,
};

use crate::{
    domain::{
        calling::CallingUser,
        error::{Error, Refused, Result},
        secrets::token_hash,
    },
    model::{
        id::{SessionId, UserId},
        timestamp::Timestamp,
    },
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// How long a question waits for its answer, in seconds.
pub const LIFETIME: i64 = 5 * 60;

/// Who asks: this site, by the name of its host.
#[derive(Debug)]
pub struct RelyingParty(pub(super) Webauthn);

impl RelyingParty {
    /// The site at this address; `None` where browsers make no passkeys: a host has to have a name, and comes by https
    /// unless it is the reader's own machine.
    #[must_use]
    pub fn of(public_url: &str) -> Option<Self> {
        let url = Url::parse(public_url).ok()?;
        let origin = Url::parse(&url.origin().ascii_serialization()).ok()?;
        let host = origin.domain()?.to_owned();
        let is_here = host == "localhost" || host.ends_with(".localhost");
        if origin.port() == Some(0) || origin.scheme() != "https" && !is_here {
            return None;
        }
        let site = WebauthnBuilder::new(&host, &origin).ok()?.rp_name("Castellan").build().ok()?;
        Some(Self(site))
    }

    /// The same where there must be one.
    pub fn require(public_url: &str) -> Result<Self> {
        Ok(Self::of(public_url).ok_or(Refused::NoPasskeysHere)?)
    }

    /// Asks a stranger for any passkey of this site: nobody types who they are, so nobody learns who has an account.
    pub fn ask(&self, now: Timestamp) -> Result<Question> {
        let (options, state) = self.0.start_discoverable_authentication().map_err(broken)?;
        Question::new(json!(options), Step::SignIn(state), now)
    }

    /// Asks somebody who is known for one of their own passkeys, which these are.
    pub fn ask_for(
        &self,
        own: &[Vec<u8>],
        step: impl FnOnce(DiscoverableAuthentication) -> Step,
        now: Timestamp,
    ) -> Result<Question> {
        let (options, state) = self.0.start_discoverable_authentication().map_err(broken)?;
        let mut options = json!(options);
        options["publicKey"]["allowCredentials"] = descriptors(own);
        Question::new(options, step(state), now)
    }

    /// Asks somebody for a new passkey, from another device than those that hold one of theirs. It is one that signs in by
    /// itself: the device keeps whose it is.
    pub fn ask_for_new(&self, user: &CallingUser, own: &[Vec<u8>], now: Timestamp) -> Result<Question> {
        let (options, state) =
            self.0.start_passkey_registration(user.id.0, &user.email, &user.name, None).map_err(broken)?;
        let mut options = json!(options);
        options["publicKey"]["excludeCredentials"] = descriptors(own);
        let selection = &mut options["publicKey"]["authenticatorSelection"];
        selection["residentKey"] = json!("required");
        selection["requireResidentKey"] = json!(true);
        Question::new(options, Step::New(user.id, state), now)
    }
}

fn descriptors(ids: &[Vec<u8>]) -> Value {
    ids.iter().map(|id| json!({"type": "public-key", "id": URL_SAFE_NO_PAD.encode(id)})).collect()
}

/// Nothing of what somebody sent is read while a question is made.
fn broken(error: WebauthnError) -> Error {
    Error::Internal(format!("a question for a passkey can't be made: {error}"))
}

/// What a browser is asked.
#[derive(Debug)]
pub struct Question {
    /// For the page's script.
    pub options: String,
    /// For the cookie that comes back with the answer.
    pub asked: Asked,
}

/// A question that waits for its answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// What the answer is for.
    pub step: Step,
    /// The hash of the challenge, which is answered once.
    pub challenge: Vec<u8>,
    /// When it is over.
    pub until: Timestamp,
}

/// What an answer is for, and what it is checked by. An answer to one question is none to another.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Step {
    /// A whole sign-in.
    SignIn(DiscoverableAuthentication),
    /// The second step of the sign-in that waits in this session.
    Second(SessionId, DiscoverableAuthentication),
    /// Who is signed in with this session, once more.
    Again(SessionId, DiscoverableAuthentication),
    /// Another passkey of this person.
    New(UserId, PasskeyRegistration),
}

impl Question {
    fn new(mut options: Value, step: Step, now: Timestamp) -> Result<Self> {
        let options = options["publicKey"].take();
        let challenge = options["challenge"].as_str().map(token_hash);
        let challenge = challenge.ok_or_else(|| Error::Internal("a question without a challenge".into()))?;
        let asked = Asked { step, challenge, until: now.plus_seconds(LIFETIME) };
        Ok(Self { options: options.to_string(), asked })
    }
}

/// What came back from a browser.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// The address of this site.
    pub public_url: &'a str,
    /// What it had been asked; `None` where that is over.
    pub asked: Option<&'a Asked>,
    /// What its device answered, as JSON.
    pub answer: &'a str,
}

impl<'a> Attempt<'a> {
    /// What it had been asked, as long as it may be answered.
    pub fn require(&self, now: Timestamp) -> Result<&'a Asked> {
        Ok(self.asked.filter(|asked| now < asked.until).ok_or(Refused::PasskeyLate)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_need_a_host_with_a_name_and_https_unless_it_is_this_machine() {
        for fine in
            ["https://users.example.com", "https://a.example:8443/b", "http://localhost", "http://localhost:3000"]
        {
            assert!(RelyingParty::of(fine).is_some(), "{fine}");
        }
        for wrong in ["http://127.0.0.1:3000", "https://[::1]", "http://users.example.com", "http://localhost:0", "x"] {
            assert!(RelyingParty::of(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_stranger_is_asked_for_any_passkey_and_has_to_prove_who_they_are_to_their_device() {
        let site = RelyingParty::of("http://localhost").unwrap();
        let options: Value = serde_json::from_str(&site.ask(Timestamp(0)).unwrap().options).unwrap();
        assert_eq!(options["rpId"], "localhost");
        assert_eq!(options["userVerification"], "required");
        assert!(options["allowCredentials"].as_array().is_none_or(Vec::is_empty), "{options}");
    }
}
