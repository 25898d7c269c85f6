//! Making, reading and changing a user.

use super::{
    draft::{NewUser, Profile, UserUpdate},
    guards,
    store::{self, User},
};
use crate::{
    db::{Conn, Tx},
    domain::{
        codes,
        ctx::Ctx,
        error::{Error, Result},
        events::{self, Change},
        grants, mask,
        passwords::{About, Password},
        tenants,
        undo::Inverse,
        verb::Verb,
    },
    model::{
        error::FieldErrors,
        id::{ROOT_TENANT, UserId},
        permission::Permission,
        scope::Scope,
    },
};

/// A user ready to be inserted: the password is hashed before the transaction begins, because hashing
/// takes longer than a writer may hold the database.
#[derive(Debug)]
pub struct Prepared {
    user: NewUser,
    hash: Option<String>,
}

impl Prepared {
    /// Whether they will be able to sign in at once.
    #[must_use]
    pub const fn has_password(&self) -> bool {
        self.hash.is_some()
    }
}

/// Hashes the password of a user to be made.
pub async fn prepare(ctx: &Ctx, mut user: NewUser) -> Result<Prepared> {
    let hash = match user.password.take() {
        Some(password) => {
            require_no_tenant_name(ctx, &user, &password).await?;
            Some(ctx.services.hasher.hash(password).await?)
        }
        None => None,
    };
    Ok(Prepared { user, hash })
}

/// The name of the place is what everybody there tries first.
async fn require_no_tenant_name(ctx: &Ctx, user: &NewUser, password: &Password) -> Result<()> {
    let mut conn = ctx.read().await?;
    let tenant = match &user.tenant {
        Some(slug) => tenants::find_by_slug(&mut conn, slug).await?,
        None => ctx.tenant().or(Some(ROOT_TENANT)),
    };
    let name = match tenant {
        Some(tenant) => tenants::name(&mut conn, tenant).await?.unwrap_or_default(),
        None => String::new(),
    };
    let profile = &user.profile;
    let names = [name.as_str(), &profile.first_name, &profile.last_name, &profile.display_name];
    let about = About { login: profile.email.as_str(), names: &names };
    Ok(password.recheck(&about).map_err(|message| FieldErrors::one("password", message))?)
}

/// The user with this id, who must be there: somebody outside the tenant that the caller works in is not.
pub async fn require(ctx: &Ctx, conn: &mut Conn, id: UserId) -> Result<User> {
    store::find(ctx, conn, id).await?.ok_or(Error::NotFound("user"))
}

/// Makes a user; with roles only if the caller may give them. Roles count in the tenant that is named, or where the caller
/// works: everywhere is never meant by a tenant.
pub async fn create(ctx: &Ctx, user: NewUser) -> Result<User> {
    ctx.require(Verb::AddUser)?;
    let roles = user.roles.clone();
    if !roles.is_empty() {
        ctx.require(Verb::Give)?;
    }
    let prepared = prepare(ctx, user).await?;
    let mut tx = ctx.begin().await?;
    let user = insert(ctx, &mut tx, &prepared).await?;
    let scope = match &prepared.user.tenant {
        Some(slug) => Scope::Tenant(tenants::find_by_slug(&mut tx, slug).await?.ok_or(Error::NotFound("tenant"))?),
        None => ctx.scope,
    };
    for role in roles {
        grants::give_role_in(ctx, &mut tx, (user.id, scope), &role).await?;
    }
    tx.commit().await?;
    Ok(user)
}

/// Inserts a prepared user with a membership, within a larger change.
pub async fn insert(ctx: &Ctx, tx: &mut Tx, prepared: &Prepared) -> Result<User> {
    let tenant = match (&prepared.user.tenant, ctx.tenant()) {
        (None, here) => here.unwrap_or(ROOT_TENANT),
        (Some(slug), _) => tenants::find_by_slug(tx, slug).await?.ok_or(Error::NotFound("tenant"))?,
    };
    // From a tenant, another one is not there.
    tenants::require(ctx, tx, tenant).await?;
    let id = UserId(ctx.id());
    if !store::insert(ctx, tx, id, &prepared.user.profile, prepared.hash.as_deref()).await? {
        return Err(taken());
    }
    tenants::join(ctx, tx, id, tenant).await?;
    let user = require(ctx, tx, id).await?;
    let inverse = Inverse::DeleteUser { user: id, version: user.version, last_sign_in_at: None, unused: true };
    let change = Change::new(Verb::AddUser, user.target()).of(Some(tenant)).after(user.state());
    events::record(ctx, tx, change.inverse(inverse)).await?;
    Ok(user)
}

/// The user with this id.
pub async fn find(ctx: &Ctx, id: UserId) -> Result<User> {
    ctx.require(Verb::ReadUser)?;
    let mut user = require(ctx, &mut ctx.read().await?, id).await?;
    if ctx.user_id() != Some(id) && !ctx.may(Permission::DataUnmask) {
        user.phone = user.phone.as_deref().map(mask::phone);
    }
    Ok(user)
}

/// Changes names, e-mail and phone; refuses if somebody else changed the user since `update.version`. What changes nothing
/// writes nothing, or it would make the forms of others stale.
pub async fn update(ctx: &Ctx, id: UserId, mut update: UserUpdate) -> Result<User> {
    ctx.require(Verb::UpdateUser)?;
    let mut tx = ctx.begin().await?;
    let before = require(ctx, &mut tx, id).await?;
    if before.version != update.version {
        return Err(Error::Stale);
    }
    if let Some(seen) = &update.masked_phone {
        update.profile.phone = Some(unmasked(&before, seen)?);
    }
    update.profile.follow_names(&before.profile());
    if update.profile == before.profile() {
        return Ok(before);
    }
    let after = update_in(ctx, &mut tx, before, update).await?;
    tx.commit().await?;
    Ok(after)
}

/// The number behind a mask that was sent back: it stands for "unchanged".
fn unmasked(user: &User, seen: &str) -> Result<String> {
    let number = user.phone.clone().filter(|number| mask::phone(number) == seen);
    Ok(number.ok_or_else(|| FieldErrors::one("phone", "leave the masked number as it is, or enter a whole one"))?)
}

async fn update_in(ctx: &Ctx, tx: &mut Tx, before: User, update: UserUpdate) -> Result<User> {
    let id = before.id;
    guards::only_here(ctx, tx, id).await?;
    if update.profile.email.as_str() != before.login {
        // The address receives reset links, so changing it is a way into the account.
        guards::no_more_than_oneself(ctx, tx, id).await?;
        if store::is_taken(tx, update.profile.email.as_str(), id).await? {
            return Err(taken());
        }
    }
    if !store::update(ctx, tx, id, &update).await? {
        return Err(Error::Stale);
    }
    let after = require(ctx, tx, id).await?;
    if after.login != before.login {
        codes::void_all(ctx, tx, id).await?;
    }
    let inverse = Inverse::UpdateUser { user: id, from: after.profile(), to: before.profile() };
    let change = Change::new(Verb::UpdateUser, after.target()).before(before.state()).after(after.state());
    events::record(ctx, tx, change.inverse(inverse)).await?;
    Ok(after)
}

/// Makes a profile what it was, if nobody changed it since it was `from`. Other changes of the user don't matter.
pub async fn set_profile_in(ctx: &Ctx, tx: &mut Tx, id: UserId, (from, to): (Profile, Profile)) -> Result<()> {
    ctx.require(Verb::UpdateUser)?;
    let user = require(ctx, tx, id).await?;
    if user.profile() != from {
        return Err(Error::Stale);
    }
    let update = UserUpdate { profile: to, masked_phone: None, version: user.version };
    update_in(ctx, tx, user, update).await.map(drop)
}

pub fn taken() -> Error {
    FieldErrors::one("email", "somebody already signs in with this address").into()
}
