//! The first administrator, made once: from the browser with the printed code, or on the command line.

use base64::{Engine, engine::general_purpose::STANDARD};
use sqlx::query_scalar;
use subtle::ConstantTimeEq;

use super::{
    audit,
    calling::Caller,
    codes::MakePasswordLink,
    command::Command,
    commands,
    ctx::Ctx,
    error::{Error, Refused, Result},
    grants::{self, input::NewGrant, store::Grant},
    refusals::{self, kind::RefusalKind},
    secrets::{SecretKey, hex},
    settings,
    throttle::{self, kind::LaneKind},
    turn,
    users::{commands::AddUser, input::NewUser, store::User},
};
use crate::{
    db::{Conn, Db, Tx, on, statements},
    model::{
        error::FieldErrors,
        id::{ADMIN_ROLE, GrantId, ROOT_TENANT, RoleId},
        principal::Principal,
        scope::Scope,
    },
};

const DONE: &str = "set-up";
const KEY: &str = "key-check";
/// The key of the log's chain, sealed, once the key file was exchanged.
const CHAIN: &str = "chain-key";

statements! {
    /// Whether there are users: the greatest number, because it is at the end of an index.
    HIGHEST_NUMBER = "select max(number) from users";
    /// The root tenant is in the schema, which knows no time.
    ROOT_MADE = "update tenants set created_at = $2 where id = $1";
}

/// Whether a key was used with this database. Then only that one will do.
pub async fn has_key(db: &Db) -> Result<bool> {
    let mut conn = db.read().await?;
    if settings::find(&mut conn, KEY).await?.is_some() {
        return Ok(true);
    }
    let used: Option<i64> = on!(conn, |c| query_scalar(HIGHEST_NUMBER).fetch_one(c).await?);
    Ok(used.is_some())
}

/// Makes a new database this key's; refuses a key that doesn't fit one that is in use. Of two at once, one makes it.
/// Answers the key as it is worked with: see [`fitting`].
pub async fn take_key(db: &Db, key: SecretKey) -> Result<SecretKey> {
    if !has_key(db).await? {
        let mut tx = db.begin().await?;
        if settings::claim(&mut tx, KEY, &key_check(&key)).await? {
            audit::chain::begin(&mut tx, &key).await?;
        }
        tx.commit().await?;
    }
    fitting(db, key).await
}

/// The key with that of the log's chain, which is older where the key file was exchanged. Refuses a key that isn't the one
/// of this database.
pub async fn fitting(db: &Db, key: SecretKey) -> Result<SecretKey> {
    let [known, chain] = settings::both(&mut db.read().await?, [KEY, CHAIN]).await?;
    let key = (known == Some(key_check(&key))).then_some(key);
    let key = key.and_then(|key| match &chain {
        None => Some(key),
        Some(chain) => key.with_chain(&STANDARD.decode(chain).ok()?),
    });
    key.ok_or_else(|| {
        Error::Internal("the secret key file doesn't fit this database; bring back the one it was made with".into())
    })
}

/// Makes `key` the one of this database from now on.
pub async fn put_key(tx: &mut Tx, key: &SecretKey) -> Result<()> {
    settings::put(tx, CHAIN, &STANDARD.encode(key.sealed_chain())).await?;
    settings::put(tx, KEY, &key_check(key)).await
}

fn key_check(key: &SecretKey) -> String {
    hex(&key.mac(KEY, b""))
}

/// Whether the installation still waits for its first administrator.
pub async fn is_open(conn: &mut Conn) -> Result<bool> {
    Ok(settings::find(conn, DONE).await?.is_none())
}

/// Makes the first administrator from the browser; guarded by the code that the server printed.
pub async fn in_browser(ctx: &Ctx, code: &str, user: NewUser) -> Result<User> {
    if !is_open(&mut *ctx.read().await?).await? {
        return Err(Refused::AlreadySetUp.into());
    }
    let attempt = throttle::from_network(ctx, LaneKind::Setup).await?;
    let typed = code.trim().to_uppercase().replace(' ', "-");
    if !bool::from(typed.as_bytes().ct_eq(ctx.services.key.setup_code().as_bytes())) {
        refusals::note(ctx, RefusalKind::WrongSetupCode, None);
        return Err(FieldErrors::one("code", "this isn't the code; the server prints it when it starts").into());
    }
    attempt.was_none(ctx).await?;
    if user.password.is_none() {
        return Err(FieldErrors::one("password", "enter a password").into());
    }
    let add = prepare(ctx, user).await?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    let user = first_administrator(&ctx, &mut tx, &add).await?;
    tx.commit().await?;
    Ok(user)
}

/// Makes the first administrator on the command line alone: a browser needs the code. Without a
/// password, with a set-password code.
pub async fn on_command_line(ctx: &Ctx, user: NewUser) -> Result<(User, Option<String>)> {
    if !matches!(ctx.caller, Caller::CommandLine) {
        return Err(Error::Unauthenticated);
    }
    let add = prepare(ctx, user).await?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    let user = first_administrator(&ctx, &mut tx, &add).await?;
    let code = match add.has_password() {
        true => None,
        false => Some(commands::within(&ctx, &mut tx, &MakePasswordLink { user: user.id }).await?.1),
    };
    tx.commit().await?;
    Ok((user, code))
}

/// The first administrator belongs to the root, which is there before everybody.
async fn prepare(ctx: &Ctx, user: NewUser) -> Result<AddUser> {
    AddUser::prepare(ctx, NewUser { tenant: Some(ROOT_TENANT), ..user }).await
}

/// Claims set-up first: of two at once, one gets it. Nobody is asked for a permission: there is nobody yet who has one.
async fn first_administrator(ctx: &Ctx, tx: &mut Tx, add: &AddUser) -> Result<User> {
    if !settings::claim(tx, DONE, &ctx.now().0.to_string()).await? {
        return Err(Refused::AlreadySetUp.into());
    }
    on!(tx, |c| sqlx::query(ROOT_MADE).bind(ROOT_TENANT).bind(ctx.now()).execute(c).await?.rows_affected());
    let added = add.apply(ctx, tx).await?;
    let user = commands::record(ctx, tx, added).await?;
    let lasting = NewGrant::lasting(Principal::User(user.id), RoleId(ADMIN_ROLE.into()), Scope::Everywhere);
    let grant = Grant::new(ctx, GrantId(ctx.id()), &lasting);
    let given = grants::give::insert(ctx, tx, (grant, false)).await?;
    commands::record(ctx, tx, given).await?;
    Ok(user)
}
