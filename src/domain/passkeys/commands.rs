//! Adding, renaming and removing passkeys. None of it is taken back: what was removed is added anew by its owner.

use serde_json::json;
use webauthn_rs::prelude::{Passkey, RegisterPublicKeyCredential};

use super::{
    ceremony::{Asked, Attempt, RelyingParty, Step},
    check::{use_up, written, wrong},
    input,
    queries::own,
    store::{self, MAX, NewPasskey, PasskeyRow},
};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        change::{Change, Target},
        command::{Applied, Command},
        ctx::Ctx,
        error::{Error, Refused, Result},
        outbox::{letter::CredentialChange, telling},
        users,
    },
    model::id::{PasskeyId, UserId},
};

/// Adds a passkey of whoever is calling.
#[derive(Debug)]
pub struct AddPasskey {
    id: PasskeyId,
    name: String,
    key: Passkey,
    asked: Asked,
}

impl AddPasskey {
    /// The command, if the device of whoever is calling answered rightly what it was asked.
    pub fn prepare(ctx: &Ctx, attempt: &Attempt<'_>, name: &str) -> Result<Self> {
        let (user, asked) = (ctx.user()?, attempt.require(ctx.now())?);
        let name = input::name(name)?;
        let Step::New(whose, state) = &asked.step else { return Err(Refused::PasskeyLate.into()) };
        if *whose != user.id {
            return Err(Refused::PasskeyLate.into());
        }
        let site = RelyingParty::require(attempt.public_url)?;
        let answer: RegisterPublicKeyCredential =
            serde_json::from_str(attempt.answer).map_err(|_| Error::WrongPasskey)?;
        let key = site.0.finish_passkey_registration(&answer, state).map_err(|error| wrong(&error))?;
        Ok(Self { id: PasskeyId(ctx.id()), name, key, asked: asked.clone() })
    }
}

impl Command for AddPasskey {
    const ACTION: Action = Action::AddPasskey;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let user = ctx.user()?;
        ctx.session()?;
        use_up(tx, &self.asked).await?;
        if store::count(tx, user.id).await? >= MAX {
            return Err(Refused::ManyPasskeys.into());
        }
        let credential = written(&self.key)?;
        let credential_id = self.key.cred_id();
        let new = NewPasskey { id: self.id, user: user.id, name: &self.name, credential_id, credential: &credential };
        if !store::insert(tx, &new, ctx.now()).await? {
            return Err(Refused::KnownPasskey.into());
        }
        telling::of_credential(ctx, tx, user.id, (CredentialChange::PasskeyAdded, &self.name)).await?;
        let change = Change::new(Self::ACTION, Target::user(user.id, &user.name)).after(json!({"passkey": self.name}));
        Ok(Applied::changed((), change))
    }
}

/// Gives a passkey of whoever is calling another name.
#[derive(Clone, Debug)]
pub struct RenamePasskey {
    id: PasskeyId,
    name: String,
}

impl RenamePasskey {
    /// Reads what was typed.
    pub fn parse(id: PasskeyId, name: &str) -> Result<Self> {
        Ok(Self { id, name: input::name(name)? })
    }
}

impl Command for RenamePasskey {
    const ACTION: Action = Action::RenamePasskey;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let user = ctx.user()?;
        let before = own(ctx, tx, self.id).await?;
        if before.name == self.name {
            return Ok(Applied::unchanged(()));
        }
        store::rename(tx, self.id, &self.name).await?;
        let change = Change::new(Self::ACTION, Target::user(user.id, &user.name))
            .before(json!({"passkey": before.name}))
            .after(json!({"passkey": self.name}));
        Ok(Applied::changed((), change))
    }
}

/// Removes a passkey: one's own, or that of somebody whose second factor one may reset. Says whose it was.
#[derive(Clone, Copy, Debug)]
pub struct DeletePasskey {
    /// Which.
    pub id: PasskeyId,
}

impl Command for DeletePasskey {
    const ACTION: Action = Action::DeletePasskey;
    type Done = UserId;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<UserId>> {
        let passkey = store::find(tx, self.id).await?.ok_or(Error::NotFound("passkey"))?;
        let owner = owner(ctx, tx, &passkey).await?;
        store::delete(tx, self.id).await?;
        let told = (CredentialChange::PasskeyRemoved, passkey.name.as_str());
        telling::of_credential(ctx, tx, passkey.user_id, told).await?;
        let change = Change::new(Self::ACTION, owner).before(json!({"passkey": passkey.name}));
        Ok(Applied::changed(passkey.user_id, change))
    }
}

/// The owner, for whoever may remove a passkey of theirs.
async fn owner(ctx: &Ctx, tx: &mut Tx, passkey: &PasskeyRow) -> Result<Target> {
    if let Ok(user) = ctx.user()
        && user.id == passkey.user_id
    {
        return Ok(Target::user(user.id, &user.name));
    }
    ctx.require(Action::ResetSecondFactor)?;
    let owner = users::queries::require(ctx, tx, passkey.user_id).await.map_err(|_| Error::NotFound("passkey"))?;
    users::guards::require_not_above_caller(ctx, tx, owner.id).await?;
    Ok(owner.target())
}
