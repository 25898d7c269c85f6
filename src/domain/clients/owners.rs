//! Application owners: people who look after the client credentials of the groups that they are in, without a permission for
//! it (contract 000). Programs of role `api_appowner` read the same groups.

use sqlx::query_scalar;

use super::store::{self, Client};
use crate::{
    db::{Conn, on, statements},
    domain::{
        action::Action,
        calling::Caller,
        ctx::Ctx,
        error::{Error, Result},
        groups::{self, store::Group},
        tenants::acting,
    },
    model::{
        client::ClientRole,
        id::{ClientId, GroupId, OWNER_ROLE, TenantId},
        permission::Permission,
    },
};

statements! {
    /// The groups of a tenant that somebody is in themselves, if they are an application owner there.
    GROUPS_OF_OWNER = "select g.id from group_members m join groups g on g.id = m.group_id
        where m.user_id = $1 and g.tenant_id = $2 and exists (select 1 from effective_grants e
            where e.user_id = $1 and e.role_id = $3 and (e.tenant_id is null or e.tenant_id = $2)
                and e.begins <= $4 and e.ends > $4)
        order by g.id";
}

/// Which client credentials of a tenant somebody looks after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authority {
    /// All.
    All,
    /// Those that work for these groups only.
    OfGroups(Vec<GroupId>),
}

impl Authority {
    /// Whether it reaches client credentials that work for these groups. Those that work for none are nobody's own.
    #[must_use]
    pub fn reaches(&self, groups: &[GroupId]) -> bool {
        match self {
            Self::All => true,
            Self::OfGroups(own) => !groups.is_empty() && groups.iter().all(|group| own.contains(group)),
        }
    }
}

/// Which client credentials of the tenant where they work the caller may do this to.
pub async fn authority(ctx: &Ctx, conn: &mut Conn, action: Action) -> Result<Authority> {
    match ctx.require(action) {
        Err(Error::Forbidden(permission)) => {
            let own = own_groups(ctx, conn, permission).await?;
            own.map(Authority::OfGroups).ok_or(Error::Forbidden(permission))
        }
        other => other.map(|()| Authority::All),
    }
}

/// The groups of whoever is an application owner where they work; `None` for everybody else, and for tokens that don't
/// allow what `permission` stands for.
async fn own_groups(ctx: &Ctx, conn: &mut Conn, permission: Permission) -> Result<Option<Vec<GroupId>>> {
    let (Ok(user), Some(tenant)) = (ctx.user(), ctx.tenant()) else {
        return Ok(None);
    };
    if user.lacks.is_some() || !user.bounds.contains(permission) {
        return Ok(None);
    }
    let groups: Vec<GroupId> = on!(conn, |c| query_scalar(GROUPS_OF_OWNER)
        .bind(user.id)
        .bind(tenant)
        .bind(OWNER_ROLE)
        .bind(ctx.now())
        .fetch_all(c)
        .await?);
    Ok(Some(groups).filter(|groups| !groups.is_empty()))
}

/// Nobody makes a way to more than they may do themselves, or changes one. What credentials of an application owner's groups
/// may do there is theirs to give, unless it is to look after people.
pub async fn require_not_above_caller(
    ctx: &Ctx,
    conn: &mut Conn,
    (tenant, role): (TenantId, ClientRole),
    groups: &[GroupId],
) -> Result<()> {
    let refused = super::queries::require_not_above_caller(ctx, tenant, role);
    if refused.is_ok() || role == ClientRole::ApiSpadmin || ctx.tenant() != Some(tenant) {
        return refused;
    }
    let own = own_groups(ctx, conn, Permission::CredentialsAdd).await?.map(Authority::OfGroups);
    if own.is_some_and(|own| own.reaches(groups)) { Ok(()) } else { refused }
}

/// Credentials that look after people are made and touched by those of a provider alone (contract 000, rule 25).
pub async fn require_may_touch(ctx: &Ctx, conn: &mut Conn, (tenant, role): (TenantId, ClientRole)) -> Result<()> {
    match role {
        ClientRole::ApiSpadmin => acting::require_provider(ctx, conn, tenant).await,
        _ => Ok(()),
    }
}

/// The client credentials with this id, which the caller may do this to. Those of others' groups are not there.
pub async fn require(ctx: &Ctx, conn: &mut Conn, (action, id): (Action, ClientId)) -> Result<(Client, Vec<GroupId>)> {
    let authority = authority(ctx, conn, action).await?;
    let client = store::find(ctx.tenant(), conn, id).await?.ok_or(Error::NotFound("client"))?;
    let groups: Vec<GroupId> = store::groups(conn, id).await?.into_iter().map(|(id, _)| id).collect();
    let looks_on = action == Action::ReadClient;
    let is_hidden = looks_on && client.role == ClientRole::ApiSpadmin && authority != Authority::All;
    if is_hidden || !authority.reaches(&groups) {
        return Err(Error::NotFound("client"));
    }
    if !looks_on {
        require_may_touch(ctx, conn, (client.tenant_id, client.role)).await?;
    }
    Ok((client, groups))
}

/// The group with this id, for whoever may read groups, and for those who work for it: owners, and programs.
pub async fn group(ctx: &Ctx, id: GroupId) -> Result<Group> {
    let conn = &mut *ctx.read().await?;
    let own = match &ctx.caller {
        Caller::Client(client) if client.role == ClientRole::ApiAppowner => {
            ctx.require(Action::ReadGroup)?;
            let groups = store::groups(conn, client.id).await?;
            Authority::OfGroups(groups.into_iter().map(|(id, _)| id).collect())
        }
        _ => authority(ctx, conn, Action::ReadGroup).await?,
    };
    match own.reaches(&[id]) {
        true => groups::queries::require(ctx, conn, id).await,
        false => Err(Error::NotFound("group")),
    }
}
