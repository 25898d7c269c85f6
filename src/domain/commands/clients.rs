//! Changes of client credentials by whoever looks after them: by a permission, or as an application owner of their groups.

use super::record;
use crate::{
    domain::{
        clients::{
            commands::AddClient,
            owners::{self, Authority},
            store::Client,
        },
        command::Command,
        ctx::Ctx,
        error::{Error, Result},
        turn,
    },
    model::{error::FieldErrors, id::ClientId},
};

/// Makes client credentials.
pub async fn add(ctx: &Ctx, add: AddClient) -> Result<Client> {
    let (ctx, mut tx) = turn::begin(ctx).await?;
    let authority = owners::authority(&ctx, &mut tx, AddClient::ACTION).await?;
    if authority != Authority::All && add.client.groups.is_empty() {
        return Err(FieldErrors::one("groups", "name at least one of your groups").into());
    }
    if !authority.reaches(&add.client.groups) {
        return Err(Error::NotFound("group"));
    }
    let applied = add.apply(&ctx, &mut tx).await?;
    let client = record(&ctx, &mut tx, applied).await?;
    tx.commit().await?;
    Ok(client)
}

/// Changes some; those of other people's groups are not there.
pub async fn change<C: Command>(ctx: &Ctx, id: ClientId, command: C) -> Result<C::Done> {
    let (ctx, mut tx) = turn::begin(ctx).await?;
    owners::require(&ctx, &mut tx, (C::ACTION, id)).await?;
    let applied = command.apply(&ctx, &mut tx).await?;
    let done = record(&ctx, &mut tx, applied).await?;
    tx.commit().await?;
    Ok(done)
}
