//! Commands about service keys and key pairs.

use serde_json::json;
use uuid::Uuid;

use super::{
    access::scope,
    lookup::{reason, role_named},
    manage::{about, find, manage, state, with},
    nouns::{KeyCommand, KeyKind, Manage, NewKeyArgs},
    out::{Failure, Out, Said},
};
use crate::{
    domain::{
        commands::{
            run,
            service_keys::{NewServiceKey, add_service_key, delete_service_key},
        },
        ctx::Ctx,
        key_pairs::{
            self,
            commands::{AddKeyPair, RotateKeyPair},
            input::NewKeyPair,
            store::KeyPair,
        },
        tokens::{self, commands::RotateToken, queries::SERVICE_KEYS, store::Token},
    },
    model::{
        forms::KeyForm,
        id::{KeyPairId, TokenId},
        timestamp::Timestamp,
        token::TokenKind,
    },
};

/// A key of either kind.
enum Key {
    Service(Box<Token>),
    Pair(Box<KeyPair>),
}

/// `castellan key …`
pub async fn key(ctx: &Ctx, command: KeyCommand, out: &mut Out) -> Result<(), Failure> {
    let said = match command {
        KeyCommand::Create(args) => create(ctx, args).await?,
        KeyCommand::List(args) => return list(ctx, args.tenant, out).await,
        KeyCommand::Rotate { id } => rotate(ctx, &id).await?,
        KeyCommand::Manage(command) => match (named(ctx, command.id()).await?, command) {
            (Key::Pair(pair), command) => manage::<KeyPair>(ctx, pair.id, command).await?,
            (Key::Service(key), Manage::Delete { .. }) => {
                delete_service_key(ctx, &key, key.version).await.map_err(reason)?;
                about(&*key, "is deleted with its service account")
            }
            (Key::Service(key), command) => manage::<Token>(ctx, key.id, command).await?,
        },
    };
    Ok(out.say(&said)?)
}

async fn create(ctx: &Ctx, args: NewKeyArgs) -> Result<Said, String> {
    let scope = scope(ctx, Some(&args.tenant)).await?;
    let tenant = scope.tenant().ok_or_else(|| format!("there is no tenant {}", args.tenant))?;
    let inside = &ctx.clone().working_in(scope);
    let mut roles = Vec::new();
    for name in &args.roles {
        roles.push(role_named(inside, name).await?.to_string());
    }
    let form = KeyForm { tenant: tenant.to_string(), roles, ..args.form() };
    match args.kind {
        KeyKind::Service => {
            let new = NewServiceKey::parse(&form).map_err(reason)?;
            let (key, value) = add_service_key(ctx, new).await.map_err(reason)?;
            Ok(Said(
                format!("made {} ({}); the key, shown this once: {value}", key.name, key.id),
                json!({"id": key.id, "key": value}),
            ))
        }
        KeyKind::Hmac => {
            let (add, secret) = AddKeyPair::prepare(ctx, NewKeyPair::parse(&form).map_err(reason)?);
            let pair = run(ctx, add).await.map_err(reason)?;
            let (id, key) = (pair.id, &pair.api_key);
            Ok(Said(
                format!("made {} ({id}) with the key {key}; the secret, shown this once: {secret}", pair.name),
                json!({"id": id, "key": key, "secret": secret}),
            ))
        }
    }
}

async fn rotate(ctx: &Ctx, id: &str) -> Result<Said, String> {
    match named(ctx, id).await? {
        Key::Service(key) => {
            let (rotate, value) = RotateToken::prepare(ctx, &key);
            let key = run(ctx, rotate).await.map_err(reason)?;
            let line = format!("{} has another value, shown this once: {value}", key.name);
            Ok(Said(line, json!({"id": key.id, "key": value})))
        }
        Key::Pair(pair) => {
            let (rotate, secret) = RotateKeyPair::prepare(ctx, pair.id);
            let pair = run(ctx, rotate).await.map_err(reason)?;
            let line = format!("{} has another secret, shown this once: {secret}", pair.name);
            Ok(Said(line, json!({"id": pair.id, "key": pair.api_key, "secret": secret})))
        }
    }
}

/// The key with this id, of either kind.
async fn named(ctx: &Ctx, id: &str) -> Result<Key, String> {
    let unknown = || format!("{id} is no id of a key; castellan key list shows them");
    let parsed: Uuid = id.parse().map_err(|_| unknown())?;
    if let Some(pair) = find::<KeyPair>(ctx, KeyPairId(parsed)).await? {
        return Ok(Key::Pair(Box::new(pair)));
    }
    let key = find::<Token>(ctx, TokenId(parsed)).await?.filter(|token| token.kind == TokenKind::ServiceKey);
    key.map(|key| Key::Service(Box::new(key))).ok_or_else(unknown)
}

/// `castellan key list`: service keys, then key pairs, a page at a time.
async fn list(ctx: &Ctx, tenant: Option<String>, out: &mut Out) -> Result<(), Failure> {
    let ctx = &ctx.clone().working_in(scope(ctx, tenant.as_deref()).await?);
    out.open(&json!({"tenant": tenant}), "keys")?;
    let mut after = Some(0);
    while let Some(from) = after {
        let (rows, next) = tokens::queries::list(ctx, SERVICE_KEYS, from).await.map_err(reason)?;
        for key in &rows {
            out.member(&service_line(key, ctx.now()))?;
        }
        after = next;
    }
    let mut after = Some(KeyPairId(Uuid::nil()));
    while let Some(from) = after {
        let (rows, next) = key_pairs::queries::list(ctx, from).await.map_err(reason)?;
        for pair in &rows {
            out.member(&pair_line(pair, ctx.now()))?;
        }
        after = next;
    }
    Ok(())
}

fn service_line(key: &Token, now: Timestamp) -> Said {
    let (state, object) = state((key.disabled_at, key.expires_at), key.last_used_at, now);
    let Token { id, name, login, tenant_name, .. } = key;
    let place = tenant_name.as_deref().unwrap_or("everywhere");
    Said(
        format!("{id}  {name}  service key  {place}  {state}"),
        with(json!({"id": id, "name": name, "kind": "service", "account": login, "tenant": tenant_name}), object),
    )
}

fn pair_line(pair: &KeyPair, now: Timestamp) -> Said {
    let (state, object) = state((pair.disabled_at, pair.expires_at), pair.last_used_at, now);
    let KeyPair { id, name, api_key, tenant_name, .. } = pair;
    Said(
        format!("{id}  {name}  key pair {api_key}  {tenant_name}  {state}"),
        with(json!({"id": id, "name": name, "kind": "hmac", "key": api_key, "tenant": tenant_name}), object),
    )
}
