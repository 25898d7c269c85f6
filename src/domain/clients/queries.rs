//! What is asked about client credentials, and what every change of them asks first.

use super::store::{self, Client, Listed, Secret};
use crate::{
    domain::{
        access::effective::EffectivePermissions,
        action::Action,
        ctx::Ctx,
        error::{Error, Result},
        keyset::{self, Place},
    },
    model::{
        client::ClientRole,
        error::FieldErrors,
        id::{ClientId, GroupId, TenantId},
        page::Page,
        scope::Scope,
    },
};

/// One page of the client credentials of the tenant that the caller works in, or of all, by name.
pub async fn list(ctx: &Ctx, after: &str) -> Result<Page<Listed>> {
    ctx.require(Action::ListClients)?;
    let place = Place::decode(after, ClientId(uuid::Uuid::nil()));
    let (rows, total) = store::page(ctx.tenant(), &mut *ctx.read().await?, &place).await?;
    Ok(keyset::page(rows, total, |client| Place { name: client.name_key.clone(), id: client.id }))
}

/// The client credentials with this id, their secrets that work, the newest first, and the groups that they work for.
pub async fn read(ctx: &Ctx, id: ClientId) -> Result<(Client, Vec<Secret>, Vec<(GroupId, String)>)> {
    ctx.require(Action::ReadClient)?;
    let conn = &mut *ctx.read().await?;
    let client = store::find(ctx.tenant(), conn, id).await?.ok_or(Error::NotFound("client"))?;
    let secrets = store::secrets(conn, id).await?;
    let groups = store::groups(conn, id).await?;
    Ok((client, secrets, groups))
}

/// The client credentials that are calling.
pub async fn calling(ctx: &Ctx) -> Result<Client> {
    let id = ctx.client()?.id;
    store::find(None, &mut *ctx.read().await?, id).await?.ok_or(Error::Unauthenticated)
}

/// Nobody makes a way to more than they may do themselves, or changes one, by their permissions.
pub fn require_not_above_caller(ctx: &Ctx, tenant: TenantId, role: ClientRole) -> Result<()> {
    ctx.require_covers(&EffectivePermissions::of(Scope::Tenant(tenant), role.permissions()))
}

/// Why client credentials can't have a name.
pub fn taken() -> Error {
    FieldErrors::taken("name", "there are client credentials of this name in the tenant").into()
}
