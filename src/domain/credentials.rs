//! What client credentials, tokens and key pairs have in common: they are renamed, locked out, let in again and deleted in
//! one way each.

use std::{
    fmt::{Debug, Display},
    future::Future,
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    action::Action,
    change::{Change, Target},
    command::{Applied, Command, UndoCommand},
    ctx::Ctx,
    error::{Error, Result},
    input::Problems,
    parse::filled,
};
use crate::{
    db::{self, Conn, Tx},
    model::{error::FieldErrors, id::TenantId, timestamp::Timestamp},
};

/// How the log names a change of a credential, and the command that takes it back.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// Which action it is.
    pub action: Action,
    /// The command's name in the log.
    pub kind: &'static str,
}

/// What a program proves itself by.
pub trait Credential: Clone + Debug + Send + Sync + 'static {
    /// What it is found by.
    type Id: Copy + Debug + Display + Serialize + DeserializeOwned + Send + Sync;
    /// Characters of its name.
    const NAME_MAX: usize;
    /// Giving it another name.
    const RENAME: Named;
    /// Locking it out.
    const DISABLE: Named;
    /// Letting it in again.
    const ENABLE: Named;
    /// Deleting it.
    const DELETE: Named;

    /// The one with this id, which must be there where the caller works.
    fn require(ctx: &Ctx, conn: &mut Conn, id: Self::Id) -> impl Future<Output = Result<Self>> + Send;
    /// Refuses whoever may do less than it may: nobody makes a way to more than they may do themselves.
    fn require_not_above_caller(&self, ctx: &Ctx, conn: &mut Conn) -> impl Future<Output = Result<()>> + Send;
    /// Why it can't have a name; `None` where it can.
    fn namesake(&self, conn: &mut Conn, name: &str) -> impl Future<Output = Result<Option<Error>>> + Send;
    /// Gives it another name, if its version is still `seen`; `false` if it isn't.
    fn rename(
        tx: &mut Tx,
        id: Self::Id,
        name: &str,
        seen: i64,
        now: Timestamp,
    ) -> impl Future<Output = db::Result<bool>> + Send;
    /// Locks it out from a moment on, or lets it in.
    fn set_disabled(
        tx: &mut Tx,
        id: Self::Id,
        at: Option<Timestamp>,
        now: Timestamp,
    ) -> impl Future<Output = db::Result<()>> + Send;
    /// Removes it, with what hangs on it.
    fn delete(tx: &mut Tx, id: Self::Id) -> impl Future<Output = db::Result<()>> + Send;

    /// Its id.
    fn id(&self) -> Self::Id;
    /// The tenant that it belongs to, if one.
    fn tenant(&self) -> Option<TenantId>;
    /// What people call it.
    fn name(&self) -> &str;
    /// Rises with every edit.
    fn version(&self) -> i64;
    /// Whether it is locked out.
    fn is_disabled(&self) -> bool;
    /// It, as the audit log's target.
    fn target(&self) -> Target;
    /// What the audit log keeps of it. Never a secret.
    fn state(&self) -> Value;

    /// A change of it, before anything is said of it.
    fn change(&self, action: Action) -> Change {
        Change::new(action, self.target()).of(self.tenant())
    }
}

/// Gives a credential another name; refuses if somebody else changed it since `version`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Rename<C: Credential> {
    /// Which.
    #[serde(alias = "client")]
    pub id: C::Id,
    /// What people shall call it.
    pub name: String,
    /// The version that somebody looked at.
    pub version: i64,
}

impl<C: Credential> Rename<C> {
    /// Reads what was typed over a version of it.
    pub fn parse(id: C::Id, name: &str, version: &str) -> std::result::Result<Self, FieldErrors> {
        let mut problems = Problems::default();
        let name = problems.check("name", filled(name, C::NAME_MAX, "enter a name"));
        let version = problems.version("version", version);
        problems.finish(name.zip(version).map(|(name, version)| Self { id, name, version }))
    }
}

impl<C: Credential> Command for Rename<C> {
    const ACTION: Action = C::RENAME.action;
    type Done = C;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<C>> {
        let before = C::require(ctx, tx, self.id).await?;
        if before.version() != self.version {
            return Err(Error::Stale);
        }
        if before.name() == self.name {
            return Ok(Applied::unchanged(before));
        }
        if let Some(taken) = before.namesake(tx, &self.name).await? {
            return Err(taken);
        }
        if !C::rename(tx, self.id, &self.name, self.version, ctx.now()).await? {
            return Err(Error::Stale);
        }
        let after = C::require(ctx, tx, self.id).await?;
        let back = Self { id: self.id, name: before.name().to_owned(), version: after.version() };
        let change = after.change(Self::ACTION).before(before.state()).after(after.state()).undo(&back);
        Ok(Applied::changed(after, change))
    }
}

impl<C: Credential> UndoCommand for Rename<C> {
    const KIND: &'static str = C::RENAME.kind;

    fn subject(&self) -> String {
        self.id.to_string()
    }
}

/// Locks a credential out: it is refused at once, and so is what was given for it. Doing it twice is not an error.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Disable<C: Credential> {
    /// Which.
    #[serde(alias = "client")]
    pub id: C::Id,
}

impl<C: Credential> Command for Disable<C> {
    const ACTION: Action = C::DISABLE.action;
    type Done = C;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<C>> {
        let before = C::require(ctx, tx, self.id).await?;
        if before.is_disabled() {
            return Ok(Applied::unchanged(before));
        }
        C::set_disabled(tx, self.id, Some(ctx.now()), ctx.now()).await?;
        let change = before.change(Self::ACTION).before(status("active")).after(status("disabled"));
        Ok(Applied::changed(C::require(ctx, tx, self.id).await?, change.undo(&Enable::<C> { id: self.id })))
    }
}

impl<C: Credential> UndoCommand for Disable<C> {
    const KIND: &'static str = C::DISABLE.kind;

    fn subject(&self) -> String {
        self.id.to_string()
    }
}

/// Lets a credential in again. Doing it twice is not an error.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Enable<C: Credential> {
    /// Which.
    #[serde(alias = "client")]
    pub id: C::Id,
}

impl<C: Credential> Command for Enable<C> {
    const ACTION: Action = C::ENABLE.action;
    type Done = C;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<C>> {
        let before = C::require(ctx, tx, self.id).await?;
        if !before.is_disabled() {
            return Ok(Applied::unchanged(before));
        }
        before.require_not_above_caller(ctx, tx).await?;
        C::set_disabled(tx, self.id, None, ctx.now()).await?;
        let change = before.change(Self::ACTION).before(status("disabled")).after(status("active"));
        Ok(Applied::changed(C::require(ctx, tx, self.id).await?, change.undo(&Disable::<C> { id: self.id })))
    }
}

impl<C: Credential> UndoCommand for Enable<C> {
    const KIND: &'static str = C::ENABLE.kind;

    fn subject(&self) -> String {
        self.id.to_string()
    }
}

fn status(word: &str) -> Value {
    json!({ "status": word })
}

/// Removes a credential with what hangs on it; refuses if somebody else changed it since `version`. It can't be taken back:
/// a deleted secret never comes back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Delete<C: Credential> {
    /// Which.
    #[serde(alias = "client")]
    pub id: C::Id,
    /// The version that somebody looked at.
    pub version: i64,
}

impl<C: Credential> Command for Delete<C> {
    const ACTION: Action = C::DELETE.action;
    type Done = C;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<C>> {
        let before = C::require(ctx, tx, self.id).await?;
        if before.version() != self.version {
            return Err(Error::Stale);
        }
        before.require_not_above_caller(ctx, tx).await?;
        C::delete(tx, self.id).await?;
        let change = before.change(Self::ACTION).before(before.state());
        Ok(Applied::changed(before, change))
    }
}

impl<C: Credential> UndoCommand for Delete<C> {
    const KIND: &'static str = C::DELETE.kind;

    fn subject(&self) -> String {
        self.id.to_string()
    }
}
