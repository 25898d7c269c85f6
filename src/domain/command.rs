//! What a change is: a value that says which action it is, whom it can touch, and what it does. The nouns make such
//! values; [`commands`](super::commands) alone runs, previews and takes them back.

use std::future::Future;

use futures_util::future::BoxFuture;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    action::Action,
    affected::Affected,
    change::{Change, Undo},
    ctx::Ctx,
    error::Result,
};
use crate::db::{Conn, Tx};

/// A change of the installation.
pub trait Command: Send + Sync {
    /// Its name in the log, and the permission it needs.
    const ACTION: Action;
    /// What whoever asked for it is told.
    type Done: Send;

    /// Whom a preview looks at; `None` where nobody's access can change.
    fn affects(&self, ctx: &Ctx, conn: &mut Conn) -> impl Future<Output = Result<Option<Affected>>> + Send {
        let _ = (ctx, conn);
        async { Ok(None) }
    }

    /// Loads, asks the rules, and changes. Nothing is recorded here, and nothing committed.
    fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> impl Future<Output = Result<Applied<Self::Done>>> + Send;
}

/// What applying a command did.
#[derive(Debug)]
pub struct Applied<T> {
    /// For whoever asked.
    pub done: T,
    /// For the log; `None` where it was so already, and nothing was written.
    pub change: Option<Change>,
}

impl<T> Applied<T> {
    /// Something changed.
    pub const fn changed(done: T, change: Change) -> Self {
        Self { done, change: Some(change) }
    }

    /// It was so already.
    pub const fn unchanged(done: T) -> Self {
        Self { done, change: None }
    }
}

/// A command that takes a change back. The log keeps it, so what it holds is read for ever, and it holds no secret.
pub trait UndoCommand: Command + Serialize + DeserializeOwned + 'static {
    /// Its name in the log. Never changes, and is never another command's.
    const KIND: &'static str;
    /// The version of what it holds; rises when a field changes its meaning. 0 is what was written before there were
    /// versions, and reads the same.
    const VERSION: i64 = 1;

    /// The ids of what it is about, in a fixed order: the same kind of command about the same subject, later in the log,
    /// means that the change was made again.
    fn subject(&self) -> String;
}

impl<C: UndoCommand> From<&C> for Undo {
    fn from(command: &C) -> Self {
        // Ids, texts and numbers, which JSON always takes.
        let data = serde_json::to_string(command).unwrap_or_default();
        Self { kind: C::KIND, version: C::VERSION, data, subject: command.subject() }
    }
}

/// A command of any type, for those that run several.
pub trait AnyCommand: Send + Sync {
    /// See [`Command::ACTION`].
    fn action(&self) -> Action;
    /// See [`Command::affects`].
    fn affects<'a>(&'a self, ctx: &'a Ctx, conn: &'a mut Conn) -> BoxFuture<'a, Result<Option<Affected>>>;
    /// See [`Command::apply`].
    fn apply<'a>(&'a self, ctx: &'a Ctx, tx: &'a mut Tx) -> BoxFuture<'a, Result<Option<Change>>>;
}

impl<C: Command> AnyCommand for C {
    fn action(&self) -> Action {
        C::ACTION
    }

    fn affects<'a>(&'a self, ctx: &'a Ctx, conn: &'a mut Conn) -> BoxFuture<'a, Result<Option<Affected>>> {
        Box::pin(Command::affects(self, ctx, conn))
    }

    fn apply<'a>(&'a self, ctx: &'a Ctx, tx: &'a mut Tx) -> BoxFuture<'a, Result<Option<Change>>> {
        Box::pin(async move { Ok(Command::apply(self, ctx, tx).await?.change) })
    }
}
