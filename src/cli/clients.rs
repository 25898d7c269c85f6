//! Commands about client credentials.

use serde_json::json;

use super::{
    access::scope,
    lookup::reason,
    manage::{manage, state, with},
    nouns::{ClientCommand, NewClientArgs},
    out::{Failure, Out, Said},
};
use crate::{
    domain::{
        clients::{
            commands::{AddClient, RotateClient},
            input::NewClient,
            queries,
            store::{Client, Listed},
        },
        commands::run,
        ctx::Ctx,
        groups,
    },
    model::{
        forms::ClientForm,
        id::{ClientId, TenantId},
        timestamp::Timestamp,
    },
};

/// `castellan client …`
pub async fn client(ctx: &Ctx, command: ClientCommand, out: &mut Out) -> Result<(), Failure> {
    let said = match command {
        ClientCommand::Create(args) => create(ctx, args).await?,
        ClientCommand::List(args) => return list(ctx, args.tenant, out).await,
        ClientCommand::Rotate { id } => rotate(ctx, parsed(&id)?).await?,
        ClientCommand::Manage(command) => manage::<Client>(ctx, parsed(command.id())?, command).await?,
    };
    Ok(out.say(&said)?)
}

async fn rotate(ctx: &Ctx, id: ClientId) -> Result<Said, String> {
    let (rotate, secret) = RotateClient::prepare(id);
    let client = run(ctx, rotate).await.map_err(reason)?;
    Ok(Said(
        format!("{} has another secret, shown this once: {secret}", client.name),
        json!({"id": client.id, "secret": secret}),
    ))
}

async fn create(ctx: &Ctx, args: NewClientArgs) -> Result<Said, String> {
    let scope = scope(ctx, Some(&args.tenant)).await?;
    let tenant = scope.tenant().ok_or_else(|| format!("there is no tenant {}", args.tenant))?;
    let groups = named(ctx, tenant, &args.groups).await?;
    let form = ClientForm { tenant: tenant.to_string(), groups, ..args.form() };
    let (add, secret) = AddClient::prepare(ctx, NewClient::parse(&form).map_err(reason)?);
    let client = run(ctx, add).await.map_err(reason)?;
    Ok(Said(
        format!("made {} ({}); the secret, shown this once: {secret}", client.name, client.id),
        json!({"id": client.id, "secret": secret}),
    ))
}

/// The ids of groups of a tenant.
async fn named(ctx: &Ctx, tenant: TenantId, names: &[String]) -> Result<Vec<String>, String> {
    let mut ids = Vec::new();
    let mut conn = ctx.read().await.map_err(reason)?;
    for name in names {
        let group = groups::store::find_by_name(&mut conn, tenant, name).await.map_err(reason)?;
        ids.push(group.ok_or_else(|| format!("there is no group {name} in this tenant"))?.id.to_string());
    }
    Ok(ids)
}

fn parsed(id: &str) -> Result<ClientId, String> {
    id.parse().map_err(|_| format!("{id} is no id of client credentials; castellan client list shows them"))
}

/// `castellan client list`: a page at a time, however many there are.
async fn list(ctx: &Ctx, tenant: Option<String>, out: &mut Out) -> Result<(), Failure> {
    let ctx = &ctx.clone().working_in(scope(ctx, tenant.as_deref()).await?);
    out.open(&json!({"tenant": tenant}), "clients")?;
    let mut after = String::new();
    loop {
        let page = queries::list(ctx, &after).await.map_err(reason)?;
        for client in page.rows {
            out.member(&line(&client, ctx.now()))?;
        }
        match page.after {
            Some(next) => after = next,
            None => return Ok(()),
        }
    }
}

fn line(client: &Listed, now: Timestamp) -> Said {
    let (state, object) = state((client.disabled_at, client.expires_at), client.last_used_at, now);
    let Listed { id, name, role, tenant_name, .. } = client;
    Said(
        format!("{id}  {name}  {}  {tenant_name}  {state}", role.word()),
        with(json!({"id": id, "name": name, "role": role, "tenant": tenant_name}), object),
    )
}
