//! Changes of client credentials by whoever looks after them: by a permission, or as an application owner of their groups.

use super::end;
use crate::{
    domain::{
        clients::{
            commands::AddClient,
            editing::UpdateClient,
            owners::{self, Authority},
            store::Client,
        },
        command::Command,
        ctx::Ctx,
        error::{Error, Result},
        turn,
    },
    model::{
        error::FieldErrors,
        id::{ClientId, GroupId},
    },
};

/// Makes client credentials.
pub async fn add(ctx: &Ctx, add: AddClient) -> Result<Client> {
    let (ctx, mut tx) = turn::begin(ctx).await?;
    let authority = owners::authority(&ctx, &mut tx, AddClient::ACTION).await?;
    owners::require_may_touch(&ctx, &mut tx, (add.client.tenant, add.client.role)).await?;
    require_own(&authority, &add.client.groups)?;
    end(&ctx, tx, &add).await
}

/// Changes what some stand for. Nobody moves them into groups that they don't look after.
pub async fn update(ctx: &Ctx, update: UpdateClient) -> Result<Client> {
    let (ctx, mut tx) = turn::begin(ctx).await?;
    owners::require(&ctx, &mut tx, (UpdateClient::ACTION, update.id)).await?;
    if let Some(groups) = &update.groups {
        require_own(&owners::authority(&ctx, &mut tx, UpdateClient::ACTION).await?, groups)?;
    }
    end(&ctx, tx, &update).await
}

/// Application owners name groups of theirs, and at least one. Others' are not there.
fn require_own(authority: &Authority, groups: &[GroupId]) -> Result<()> {
    match authority.reaches(groups) {
        true => Ok(()),
        false if groups.is_empty() => Err(FieldErrors::one("groups", "name at least one of your groups").into()),
        false => Err(Error::NotFound("group")),
    }
}

/// Changes some; those of other people's groups are not there.
pub async fn change<C: Command>(ctx: &Ctx, id: ClientId, command: C) -> Result<C::Done> {
    let (ctx, mut tx) = turn::begin(ctx).await?;
    owners::require(&ctx, &mut tx, (C::ACTION, id)).await?;
    end(&ctx, tx, &command).await
}
