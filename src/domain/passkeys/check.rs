//! Whether what a device answered is right.

use webauthn_rs::prelude::{DiscoverableAuthentication, Passkey, PublicKeyCredential};

use super::{
    ceremony::{Asked, Attempt, RelyingParty, Step},
    store::{self, Known},
};
use crate::{
    db::Tx,
    domain::{
        ctx::Ctx,
        error::{Error, Refused, Result},
    },
};

/// Whose passkey answered, within the change that it buys. The challenge is used up with that, and the key's counter goes on:
/// one that goes back, or stands still, is of a copy.
pub async fn take(
    ctx: &Ctx,
    tx: &mut Tx,
    attempt: &Attempt<'_>,
    (asked, state): (&Asked, &DiscoverableAuthentication),
) -> Result<Known> {
    let site = RelyingParty::require(attempt.public_url)?;
    let answer: PublicKeyCredential = serde_json::from_str(attempt.answer).map_err(|_| Error::WrongPasskey)?;
    use_up(tx, asked).await?;
    let known = store::known(tx, answer.get_credential_id()).await?.ok_or(Error::WrongPasskey)?;
    let is_owners = match answer.get_user_unique_id() {
        Some(says) => says == known.user_id.0.as_bytes(),
        // Whoever gave their password is known without it.
        None => matches!(asked.step, Step::Second(..)),
    };
    if !is_owners {
        return Err(Error::WrongPasskey);
    }
    let mut key = read(&known.credential)?;
    let result = site.0.finish_discoverable_authentication_v2(&answer, state.clone(), &key);
    let result = result.map_err(|error| wrong(&error))?;
    key.update_credential(&result);
    store::used(tx, known.id, &written(&key)?, ctx.now()).await?;
    Ok(known)
}

/// Uses a challenge up.
pub async fn use_up(tx: &mut Tx, asked: &Asked) -> Result<()> {
    match store::answer(tx, &asked.challenge, asked.until).await? {
        true => Ok(()),
        false => Err(Refused::PasskeyLate.into()),
    }
}

/// Why it isn't right is for the log: whoever guesses learns nothing by it.
pub fn wrong(error: &impl std::fmt::Display) -> Error {
    tracing::info!(%error, "a passkey's answer is wrong");
    Error::WrongPasskey
}

fn read(credential: &str) -> Result<Passkey> {
    serde_json::from_str(credential).map_err(|error| Error::Internal(format!("a passkey can't be read: {error}")))
}

/// A passkey, as it is kept.
pub fn written(key: &Passkey) -> Result<String> {
    serde_json::to_string(key).map_err(|error| Error::Internal(format!("a passkey can't be written: {error}")))
}
