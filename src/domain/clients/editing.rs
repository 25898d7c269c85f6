//! Changing what client credentials stand for: their name, their services and the groups that they work for.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    commands::require_group,
    owners::require_not_above_caller,
    store::{self, Client},
};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        command::{Applied, Command, UndoCommand},
        credentials::Credential,
        ctx::Ctx,
        error::{Error, Result},
    },
    model::{
        client::ClientRole,
        error::FieldErrors,
        id::{ClientId, GroupId},
    },
};

/// Changes client credentials; refuses if somebody else changed them since `version`. What isn't named stays.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UpdateClient {
    /// Which.
    pub id: ClientId,
    /// What people shall call them.
    pub name: Option<String>,
    /// All services that they stand for.
    pub services: Option<Vec<Uuid>>,
    /// All groups that they work for.
    pub groups: Option<Vec<GroupId>>,
    /// The version that somebody looked at.
    pub version: i64,
}

impl Command for UpdateClient {
    const ACTION: Action = Action::UpdateClient;
    type Done = Client;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Client>> {
        let before = Client::require(ctx, tx, self.id).await?;
        if before.version != self.version {
            return Err(Error::Stale);
        }
        before.require_not_above_caller(ctx, tx).await?;
        let (held, services) = (groups_of(tx, self.id).await?, before.services());
        let after = Kept {
            name: self.name.clone().unwrap_or_else(|| before.name.clone()),
            services: self.services.clone().unwrap_or_else(|| services.clone()),
            groups: self.groups.clone().unwrap_or_else(|| held.clone()),
        };
        let kept = Kept { name: before.name.clone(), services, groups: held };
        if after == kept {
            return Ok(Applied::unchanged(before));
        }
        after.check(before.role)?;
        require_not_above_caller(ctx, tx, (before.tenant_id, before.role), &after.groups).await?;
        if after.name != kept.name
            && let Some(taken) = before.namesake(tx, &after.name).await?
        {
            return Err(taken);
        }
        if !store::set(tx, self.id, (&after.name, &after.services), (self.version, ctx.now())).await? {
            return Err(Error::Stale);
        }
        for group in after.groups.iter().filter(|group| !kept.groups.contains(group)) {
            require_group(ctx, tx, before.tenant_id, *group).await?;
            store::join(ctx.stamp(), tx, self.id, *group).await?;
        }
        for group in kept.groups.iter().filter(|group| !after.groups.contains(group)) {
            store::leave(tx, self.id, *group).await?;
        }
        let client = Client::require(ctx, tx, self.id).await?;
        let (was, is) = (kept.state(), after.state());
        let change = client.change(Self::ACTION).before(was).after(is).undo(&kept.back(self.id, client.version));
        Ok(Applied::changed(client, change))
    }
}

impl UndoCommand for UpdateClient {
    const KIND: &'static str = "update-client";

    fn subject(&self) -> String {
        self.id.to_string()
    }
}

/// What can be changed of client credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kept {
    name: String,
    services: Vec<Uuid>,
    groups: Vec<GroupId>,
}

impl Kept {
    /// Each role names what it works for.
    fn check(&self, role: ClientRole) -> Result<()> {
        let wrong = match role {
            ClientRole::ApiService if self.services.is_empty() => ("services", "name at least one service"),
            ClientRole::ApiAppowner if self.groups.is_empty() => ("groups", "name at least one group"),
            _ => return Ok(()),
        };
        Err(FieldErrors::one(wrong.0, wrong.1).into())
    }

    fn state(&self) -> Value {
        json!({ "name": self.name, "services": self.services, "groups": self.groups })
    }

    fn back(self, id: ClientId, version: i64) -> UpdateClient {
        let Self { name, services, groups } = self;
        UpdateClient { id, name: Some(name), services: Some(services), groups: Some(groups), version }
    }
}

async fn groups_of(tx: &mut Tx, id: ClientId) -> Result<Vec<GroupId>> {
    Ok(store::groups(tx, id).await?.into_iter().map(|(id, _)| id).collect())
}
