//! Client credentials as programs list them: in the order in which they were made, with the groups that they work for.

use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    owners::{Authority, authority},
    store::{self, Client},
};
use crate::{
    db::{Conn, on},
    domain::{action::Action, ctx::Ctx, error::Result},
    model::{
        client::ClientRole,
        id::{ClientId, GroupId, TenantId},
        page::Numbered,
    },
};

/// Which client credentials one asks for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this role.
    pub role: Option<ClientRole>,
    /// That stand for one of these services; all without any.
    pub services: Vec<Uuid>,
}

/// Client credentials with the groups that they work for.
pub type WithGroups = (Client, Vec<GroupId>);

/// Appends what rows of a list have to be; a macro, because the two engines' builders are two types.
macro_rules! push_filter {
    ($builder:expr, $tenant:expr, $filter:expr, $authority:expr) => {
        $builder.push(" from clients c join tenants t on t.id = c.tenant_id where c.tenant_id = ").push_bind($tenant);
        if let Some(role) = $filter.role {
            $builder.push(" and c.role = ").push_bind(role.word());
        }
        for (place, service) in $filter.services.iter().enumerate() {
            $builder.push(if place == 0 { " and (" } else { " or " });
            $builder.push("c.service_ids like ").push_bind(format!("%{service}%"));
        }
        $builder.push(if $filter.services.is_empty() { "" } else { ")" });
        if let Authority::OfGroups(own) = $authority {
            $builder.push(" and c.role <> ").push_bind(ClientRole::ApiSpadmin.word());
            $builder.push(" and exists (select 1 from group_members m where m.client_id = c.id)");
            $builder.push(
                " and not exists (select 1 from group_members m where m.client_id = c.id and m.group_id not in (",
            );
            let mut ids = $builder.separated(", ");
            for group in own {
                ids.push_bind(*group);
            }
            $builder.push("))");
        }
    };
}

/// A page of the client credentials that the caller looks after where they work, the oldest first, and how many there are.
pub async fn list(ctx: &Ctx, tenant: TenantId, filter: &Filter, page: Numbered) -> Result<(Vec<WithGroups>, i64)> {
    let conn = &mut *ctx.read().await?;
    let authority = authority(ctx, conn, Action::ListClients).await?;
    let total: i64 = on!(conn, |c| {
        let mut builder = QueryBuilder::new("select count(*)");
        push_filter!(builder, tenant, filter, &authority);
        builder.build_query_scalar().fetch_one(c).await?
    });
    let clients: Vec<Client> = on!(conn, |c| {
        let mut builder = QueryBuilder::new(store::COLUMNS);
        push_filter!(builder, tenant, filter, &authority);
        builder.push(" order by c.created_at, c.id limit ").push_bind(page.size);
        builder.push(" offset ").push_bind(page.offset());
        builder.build_query_as().fetch_all(c).await?
    });
    Ok((with_groups(conn, clients).await?, total))
}

async fn with_groups(conn: &mut Conn, clients: Vec<Client>) -> Result<Vec<WithGroups>> {
    if clients.is_empty() {
        return Ok(Vec::new());
    }
    let work: Vec<(ClientId, GroupId)> = on!(conn, |c| {
        let mut builder = QueryBuilder::new("select client_id, group_id from group_members where client_id in (");
        let mut ids = builder.separated(", ");
        for client in &clients {
            ids.push_bind(client.id);
        }
        builder.push(") order by group_id").build_query_as().fetch_all(c).await?
    });
    let of = |client: &Client| work.iter().filter(|(id, _)| *id == client.id).map(|(_, group)| *group).collect();
    Ok(clients.into_iter().map(|client| (of(&client), client)).map(|(groups, client)| (client, groups)).collect())
}
