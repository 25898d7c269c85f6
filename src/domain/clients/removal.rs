//! Deleting client credentials.

use serde::{Deserialize, Serialize};

use super::{
    queries::{require, require_not_above_caller},
    store::{self, Client},
};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        change::Change,
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        error::{Error, Result},
    },
    model::id::ClientId,
};

/// Removes client credentials, their secrets and their tokens; refuses if somebody else changed them since `version`. It
/// can't be taken back: a deleted secret never comes back.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct DeleteClient {
    /// Which.
    pub client: ClientId,
    /// The version that somebody looked at.
    pub version: i64,
}

impl Command for DeleteClient {
    const ACTION: Action = Action::DeleteClient;
    type Done = Client;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Client>> {
        let client = require(ctx, tx, self.client).await?;
        if client.version != self.version {
            return Err(Error::Stale);
        }
        require_not_above_caller(ctx, client.tenant_id, client.role)?;
        store::delete(tx, client.id).await?;
        let change = Change::new(Self::ACTION, client.target()).of(Some(client.tenant_id)).before(client.state());
        Ok(Applied::changed(client, change))
    }
}

impl UndoCommand for DeleteClient {
    const KIND: &'static str = "delete-client";

    fn subject(&self) -> String {
        self.client.to_string()
    }
}
