//! What the people belong to: tenants, groups and roles. A second run finds those of the first.

use sqlx::query_scalar;
use uuid::Uuid;

use crate::{
    db::{Tx, on, statements},
    domain::{
        commands,
        ctx::Ctx,
        error::{Error, Result},
        grants::{give::GiveAccess, input::NewGrant},
        groups::{closure, commands::AddToGroup},
        names::{fold::folded, keys::tenant_search_key, same::same},
        passwords::rules::Password,
        roles::{self, commands::AddRole, input::RoleContent},
        secrets, tenants, ulid,
    },
    model::{
        id::{GrantId, GroupId, RoleId, TenantId},
        principal::Principal,
        scope::Scope,
        timestamp::Timestamp,
    },
};

statements! {
    LAST_NUMBER = "select coalesce(max(number), 0) from users";
    INSERT_TENANT = "insert into tenants (id, slug, name, kind, type, parent_id, created_at, name_key, search_key)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (slug) do nothing";
    INSERT_GROUP = "insert into groups (id, tenant_id, name, description, created_at, name_key, same_key)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (tenant_id, name) do nothing";
    FIND_GROUP = "select id from groups where tenant_id = $1 and name = $2";
}

/// Slug, name, kind, type, the parent's slug; parents come first.
const TENANTS: [(&str, &str, &str, &str, &str); 10] = [
    ("meridian", "Meridian Partners", "reseller", "production", "root"),
    ("harbour-books", "Harbour Books", "standard", "production", "meridian"),
    ("kestrel", "Kestrel Railways", "standard", "production", "meridian"),
    ("kestrel-travellers", "Kestrel Travellers", "portal", "production", "kestrel"),
    ("lumen", "Lumen Health", "standard", "production", "root"),
    ("lumen-patients", "Lumen Patients", "portal", "production", "lumen"),
    ("lumen-mail", "lumen.example", "domain", "production", "lumen"),
    ("orchard", "Orchard Hosting", "reseller", "production", "root"),
    ("orchard-staging", "Orchard Staging", "standard", "test", "orchard"),
    ("sakura", "さくら運輸", "standard", "production", "orchard"),
];

/// Every tenant has a group of each name.
const GROUPS: [(&str, &str); 3] = [
    ("Help desk", "Answers people who can't get in."),
    ("Editors", "Write and publish."),
    ("On call", "Are woken when something breaks."),
];

/// Name, purpose, patterns.
const ROLES: [(&str, &str, &[&str]); 4] = [
    ("support", "Helps people who can't sign in.", &["users.read", "users.list", "users.password-reset"]),
    ("auditor", "Reads what happened and who did it.", &["audit.read", "users.read"]),
    ("billing", "Sees customers and their tenants.", &["tenants.read", "tenants.list", "users.list"]),
    ("team-lead", "Looks after groups and who is in them.", &["groups.*", "users.read", "users.list"]),
];

/// The built-in role that sees everything.
const READ_ONLY: &str = "read-only";

/// A tenant and its groups.
#[derive(Debug)]
pub struct Place {
    /// The tenant.
    pub tenant: TenantId,
    /// Its groups.
    pub groups: Vec<Uuid>,
}

/// What the people of one run belong to.
#[derive(Debug)]
pub struct World {
    /// When the run began: every date lies before it.
    pub now: Timestamp,
    /// The number that the first person follows.
    pub last_number: u64,
    /// Tenants with their groups.
    pub places: Vec<Place>,
    /// Roles made for the occasion.
    pub roles: Vec<RoleId>,
    /// The built-in role that sees everything.
    pub read_only: RoleId,
    /// A real hash, so that signing in takes its usual time, of a password that nobody ever saw.
    pub hash: String,
}

impl World {
    /// Makes what isn't there yet. Users' numbers never fall behind the numbers in demo addresses, so counting
    /// on from the highest keeps addresses apart, whoever else was added or deleted in between.
    pub async fn prepare(ctx: &Ctx, tx: &mut Tx, hash: String) -> Result<Self> {
        let last = last_number(tx).await?;
        let mut places = Vec::new();
        for wanted in &TENANTS {
            places.push(place(ctx, tx, wanted).await?);
        }
        let mut made = Vec::new();
        for wanted in &ROLES {
            made.push(role(ctx, tx, wanted).await?);
        }
        for place in &places {
            help(ctx, tx, place, &made).await?;
        }
        let read_only =
            roles::store::find_by_name(tx, READ_ONLY, Scope::Everywhere).await?.ok_or(Error::NotFound("role"))?.id;
        Ok(Self { now: ctx.now(), last_number: last.unsigned_abs(), places, roles: made, read_only, hash })
    }
}

/// The highest number of a user.
pub async fn last_number(tx: &mut Tx) -> Result<i64> {
    Ok(on!(tx, |c| query_scalar(LAST_NUMBER).fetch_one(c).await?))
}

/// A hash that no password matches, because the password is thrown away here.
pub async fn unknown_password(ctx: &Ctx) -> Result<String> {
    ctx.hasher().await.hash(Password::attempt(&secrets::new_token())).await
}

async fn place(ctx: &Ctx, tx: &mut Tx, wanted: &(&str, &str, &str, &str, &str)) -> Result<Place> {
    let (slug, name, kind, use_, parent) = *wanted;
    let parent = tenants::store::find_by_slug(tx, parent).await?;
    let key = folded(name);
    on!(tx, |c| sqlx::query(INSERT_TENANT)
        .bind(ctx.id())
        .bind(slug)
        .bind(name)
        .bind(kind)
        .bind(use_)
        .bind(parent)
        .bind(ctx.now())
        .bind(&key)
        .bind(tenant_search_key(&key, slug))
        .execute(c)
        .await?
        .rows_affected());
    let tenant = tenants::store::find_by_slug(tx, slug).await?.ok_or(Error::NotFound("tenant"))?;
    let mut groups = Vec::new();
    for (name, purpose) in GROUPS {
        groups.push(group(ctx, tx, tenant, (name, purpose)).await?);
    }
    Ok(Place { tenant, groups })
}

/// In each tenant the help desk supports, and whoever is on call is on the help desk.
async fn help(ctx: &Ctx, tx: &mut Tx, place: &Place, roles: &[RoleId]) -> Result<()> {
    let (Some(desk), Some(on_call), Some(support)) = (place.groups.first(), place.groups.last(), roles.first()) else {
        return Ok(());
    };
    let (desk, on_call) = (GroupId(*desk), GroupId(*on_call));
    commands::within(ctx, tx, &AddToGroup { group: desk, member: Principal::Group(on_call) }).await?;
    let grant = NewGrant::lasting(Principal::Group(desk), support.clone(), Scope::Tenant(place.tenant));
    commands::within(ctx, tx, &GiveAccess::new(GrantId(ctx.id()), grant)).await.map(drop)
}

async fn group(ctx: &Ctx, tx: &mut Tx, tenant: TenantId, (name, purpose): (&str, &str)) -> Result<Uuid> {
    on!(tx, |c| sqlx::query(INSERT_GROUP)
        .bind(ctx.id())
        .bind(tenant)
        .bind(name)
        .bind(purpose)
        .bind(ctx.now())
        .bind(folded(name))
        .bind(same(name))
        .execute(c)
        .await?
        .rows_affected());
    let group: GroupId = on!(tx, |c| query_scalar(FIND_GROUP).bind(tenant).bind(name).fetch_one(c).await?);
    closure::begin(tx, group).await?;
    Ok(group.0)
}

/// A role that is there already keeps what it allows: somebody may have changed it on purpose.
async fn role(ctx: &Ctx, tx: &mut Tx, (name, purpose, patterns): &(&str, &str, &[&str])) -> Result<RoleId> {
    if let Some(role) = roles::store::find_by_name(tx, name, Scope::Everywhere).await? {
        return Ok(role.id);
    }
    let content = RoleContent {
        name: (*name).to_owned(),
        description: (*purpose).to_owned(),
        patterns: patterns.iter().map(|&pattern| pattern.to_owned()).collect(),
        reason: String::new(),
    };
    Ok(commands::within(ctx, tx, &AddRole { id: ulid::new_role(ctx), content }).await?.id)
}
