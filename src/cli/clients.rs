//! Commands about client credentials.

use serde_json::{Value, json};

use super::{
    access::scope,
    command::{ClientCommand, NewClientArgs},
    lookup::reason,
    out::{Failure, Out, Said},
};
use crate::{
    domain::{
        clients::{
            commands::{AddClient, DisableClient, EnableClient, RenameClient, RotateClient},
            input::{ClientName, NewClient},
            queries,
            removal::DeleteClient,
            store::{Client, Listed},
        },
        clock::exact,
        commands::run,
        ctx::Ctx,
        groups,
    },
    model::{
        forms::ClientForm,
        id::{ClientId, TenantId},
    },
};

/// `castellan client …`
pub async fn client(ctx: &Ctx, command: ClientCommand, out: &mut Out) -> Result<(), Failure> {
    let said = match command {
        ClientCommand::Create(args) => create(ctx, args).await?,
        ClientCommand::List { tenant } => return list(ctx, tenant, out).await,
        ClientCommand::Enable { id } => {
            about(&run(ctx, EnableClient { client: parsed(&id)? }).await.map_err(reason)?, "is enabled")
        }
        ClientCommand::Disable { id } => {
            about(&run(ctx, DisableClient { client: parsed(&id)? }).await.map_err(reason)?, "is disabled")
        }
        ClientCommand::Rotate { id } => rotate(ctx, parsed(&id)?).await?,
        ClientCommand::Rename { id, name } => {
            let (client, _) = queries::read(ctx, parsed(&id)?).await.map_err(reason)?;
            let form = ClientForm { name, version: client.version.to_string(), ..ClientForm::default() };
            let rename = RenameClient::to(client.id, ClientName::parse(&form).map_err(reason)?);
            about(&run(ctx, rename).await.map_err(reason)?, "has this name now")
        }
        ClientCommand::Delete { id } => {
            let (client, _) = queries::read(ctx, parsed(&id)?).await.map_err(reason)?;
            let delete = DeleteClient { client: client.id, version: client.version };
            about(&run(ctx, delete).await.map_err(reason)?, "is deleted")
        }
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

fn about(client: &Client, what: &str) -> Said {
    Said(format!("{} {what}", client.name), json!({"id": client.id, "name": client.name}))
}

/// `castellan client list`: a page at a time, however many there are.
async fn list(ctx: &Ctx, tenant: Option<String>, out: &mut Out) -> Result<(), Failure> {
    let ctx = &ctx.clone().working_in(scope(ctx, tenant.as_deref()).await?);
    out.open(&json!({"tenant": tenant}), "clients")?;
    let mut after = String::new();
    loop {
        let page = queries::list(ctx, &after).await.map_err(reason)?;
        for client in page.rows {
            out.member(&line(&client))?;
        }
        match page.after {
            Some(next) => after = next,
            None => return Ok(()),
        }
    }
}

fn line(client: &Listed) -> Said {
    let state = if client.disabled_at.is_some() { "disabled" } else { "enabled" };
    let used = client.last_used_at.map_or_else(|| "never".to_owned(), exact);
    let last: Value = client.last_used_at.map(exact).into();
    Said(
        format!(
            "{}  {}  {}  {}  {state}  last used {used}",
            client.id,
            client.name,
            client.role.word(),
            client.tenant_name
        ),
        json!({
            "id": client.id, "name": client.name, "role": client.role, "tenant": client.tenant_name, "state": state,
            "last_used": last,
        }),
    )
}
