//! Making and changing a user.

use serde::{Deserialize, Serialize};

use super::{
    address,
    guards::{self, taken},
    input::{NewUser, Profile, Special, UserUpdate},
    policy::TEMPORARY_LIFETIME,
    queries::require,
    removal::{DeleteUser, Unchanged},
    store::{self, NewRow, User},
};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        change::Change,
        codes,
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        error::{Error, Result},
        mask,
        outbox::{letter::CredentialChange, telling},
        passwords::rules::{About, Password},
        second_factor,
        tenants::{self, store::Tenant},
        throttle, tokens,
    },
    model::{
        error::FieldErrors,
        id::{TenantId, UserId},
        tenant::MembershipStatus,
        user::UserKind,
    },
};

/// Makes a user who belongs to one tenant.
#[derive(Clone, Debug)]
pub struct AddUser {
    /// Theirs from now on.
    pub id: UserId,
    /// Names and address.
    pub profile: Profile,
    /// Where they belong; whom a program of the installation makes may belong nowhere yet.
    pub tenant: Option<TenantId>,
    /// What they are.
    pub kind: UserKind,
    hash: Option<String>,
    special: Special,
}

impl AddUser {
    /// Hashes the password of a user to be made: before the transaction begins, because that takes longer than a writer
    /// may hold the database.
    pub async fn prepare(ctx: &Ctx, new: NewUser) -> Result<Self> {
        Self::prepare_for(ctx, new, &[]).await
    }

    /// The same of whoever is put into these tenants besides: what they ask of passwords holds at once.
    pub async fn prepare_for(ctx: &Ctx, new: NewUser, besides: &[TenantId]) -> Result<Self> {
        let home = home(ctx, &new).await?;
        let mut places: Vec<Tenant> = home.iter().cloned().collect();
        for tenant in besides {
            places.push(tenants::queries::require(ctx, &mut *ctx.read().await?, *tenant).await?);
        }
        let hash = match new.password {
            Some(password) => {
                recheck(ctx, (&places, new.special.needs_factor), (&new.profile, &password)).await?;
                Some(ctx.hasher().await.hash(password).await?)
            }
            None => None,
        };
        let (id, tenant) = (UserId(ctx.id()), home.map(|tenant| tenant.id));
        Ok(Self { id, profile: new.profile, tenant, kind: UserKind::Human, hash, special: new.special })
    }

    /// An account for a program of `tenant`, which has no password and never signs in. Its address is nobody's: the domain
    /// `invalid` is never given to anybody (RFC 2606).
    #[must_use]
    pub fn service_account(ctx: &Ctx, name: &str, tenant: TenantId) -> Self {
        let id = UserId(ctx.id());
        let profile = Profile::of_service(name, &format!("{id}@service.invalid"));
        let (tenant, special) = (Some(tenant), Special::default());
        Self { id, profile, tenant, kind: UserKind::ServiceAccount, hash: None, special }
    }

    /// Whether they will be able to sign in at once.
    #[must_use]
    pub const fn has_password(&self) -> bool {
        self.hash.is_some()
    }
}

/// The tenant that a new person belongs to.
async fn home(ctx: &Ctx, new: &NewUser) -> Result<Option<Tenant>> {
    if new.special.belongs_nowhere {
        return Ok(None);
    }
    let tenant = new.tenant.or(ctx.tenant());
    let tenant = tenant.ok_or_else(|| FieldErrors::one("tenant", "choose the tenant that they belong to"))?;
    Ok(Some(tenants::queries::require(ctx, &mut *ctx.read().await?, tenant).await?))
}

/// Where somebody is going to be decides how long their password is, and its name is what everybody there tries first.
async fn recheck(
    ctx: &Ctx,
    (places, needs_factor): (&[Tenant], bool),
    (profile, password): (&Profile, &Password),
) -> Result<()> {
    let ids: Vec<TenantId> = places.iter().map(|tenant| tenant.id).collect();
    let asked = tenants::asked::of_newcomer(&mut *ctx.read().await?, &ids).await?;
    let own = [&profile.first_name, &profile.last_name, &profile.display_name];
    let names: Vec<&str> =
        own.into_iter().chain(places.iter().map(|tenant| &tenant.name)).map(String::as_str).collect();
    let about = About { login: profile.email.as_str(), names: &names };
    let checked = password.recheck(&about, asked.least_password(needs_factor));
    Ok(checked.map_err(|message| FieldErrors::one("password", message))?)
}

impl Command for AddUser {
    const ACTION: Action = Action::AddUser;
    type Done = User;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<User>> {
        let (now, special) = (ctx.now(), &self.special);
        let new = NewRow {
            id: self.id,
            kind: self.kind,
            profile: &self.profile,
            hash: self.hash.as_deref(),
            temporary_until: special.is_temporary.then(|| now.plus_seconds(TEMPORARY_LIFETIME)),
            verified_at: (!special.is_unverified).then_some(now),
            email_hints: special.email_hints.as_deref().unwrap_or("{}"),
        };
        if !store::insert(ctx.stamp(), tx, &new).await? {
            return Err(taken());
        }
        if let Some(tenant) = self.tenant {
            // From a tenant, another one is not there.
            tenants::queries::require(ctx, tx, tenant).await?;
            let status = if special.is_pending { MembershipStatus::Pending } else { MembershipStatus::Active };
            tenants::memberships::store::join(ctx.stamp(), tx, (self.id, tenant), status).await?;
        }
        let user = require(ctx, tx, self.id).await?;
        let unchanged = Unchanged { version: user.version, last_sign_in_at: None, unused: true };
        let change = Change::new(Self::ACTION, user.target())
            .of(self.tenant)
            .after(user.state())
            .undo(&DeleteUser { user: self.id, unchanged: Some(unchanged) });
        Ok(Applied::changed(user, change))
    }
}

/// Changes names, e-mail and phone; refuses if somebody else changed the user since `update.version`. What changes nothing
/// writes nothing, or it would make the forms of others stale.
#[derive(Clone, Debug)]
pub struct UpdateUser {
    /// Who.
    pub user: UserId,
    /// To what.
    pub update: UserUpdate,
}

impl Command for UpdateUser {
    const ACTION: Action = Action::UpdateUser;
    type Done = User;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<User>> {
        let before = require(ctx, tx, self.user).await?;
        if before.version != self.update.version {
            return Err(Error::Stale);
        }
        let mut profile = self.update.profile.clone();
        profile.follow_names(&before.profile());
        if let Some(seen) = &self.update.masked_phone {
            profile.phone = Some(unmasked(&before, seen)?);
        }
        if profile == before.profile() {
            return Ok(Applied::unchanged(before));
        }
        set_profile(ctx, tx, before, profile).await
    }
}

/// The number behind a mask that was sent back: it stands for "unchanged".
pub fn unmasked(user: &User, seen: &str) -> Result<String> {
    let number = user.phone.clone().filter(|number| mask::phone(number) == seen);
    Ok(number.ok_or_else(|| FieldErrors::one("phone", "leave the masked number as it is, or enter a whole one"))?)
}

async fn set_profile(ctx: &Ctx, tx: &mut Tx, before: User, profile: Profile) -> Result<Applied<User>> {
    let id = before.id;
    if ctx.user_id() != Some(id) {
        guards::only_here(ctx, tx, id).await?;
    }
    if profile.email.as_str() != before.login {
        // The address receives reset links, so changing it is a way into the account.
        ctx.require_fresh()?;
        guards::require_not_above_caller(ctx, tx, id).await?;
        if store::is_taken(tx, profile.email.as_str(), id).await? {
            return Err(taken());
        }
    }
    if !store::update(ctx.now(), tx, &before, &profile).await? {
        return Err(Error::Stale);
    }
    let after = require(ctx, tx, id).await?;
    if after.login != before.login {
        codes::void_all(ctx, tx, id).await?;
        address::tell_of_change(ctx, tx, (&before, &after)).await?;
    }
    let change = Change::new(Action::UpdateUser, after.target())
        .before(before.state())
        .after(after.state())
        .undo(&SetProfile { user: id, from: after.profile(), to: before.profile() });
    Ok(Applied::changed(after, change))
}

/// Makes a profile what it was, if nobody changed it since it was `from`. Other changes of the user don't matter.
#[derive(Debug, Serialize, Deserialize)]
pub struct SetProfile {
    user: UserId,
    from: Profile,
    to: Profile,
}

impl Command for SetProfile {
    const ACTION: Action = Action::UpdateUser;
    type Done = User;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<User>> {
        let user = require(ctx, tx, self.user).await?;
        if user.profile() != self.from {
            return Err(Error::Stale);
        }
        set_profile(ctx, tx, user, self.to.clone()).await
    }
}

impl UndoCommand for SetProfile {
    const KIND: &'static str = "update-user";

    fn subject(&self) -> String {
        self.user.to_string()
    }
}

/// Forgets failed sign-ins of a login, so that its user can try again at once.
#[derive(Clone, Copy, Debug)]
pub struct UnlockUser {
    /// Who.
    pub user: UserId,
}

impl Command for UnlockUser {
    const ACTION: Action = Action::UnlockUser;
    type Done = User;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<User>> {
        let user = require(ctx, tx, self.user).await?;
        throttle::unlock(ctx, tx, &user.login).await?;
        let change = Change::new(Self::ACTION, user.target());
        Ok(Applied::changed(user, change))
    }
}

/// Removes all of a user's second factor, for somebody who lost it: where one is required, the next sign-in offers another.
#[derive(Clone, Copy, Debug)]
pub struct ResetSecondFactor {
    /// Who.
    pub user: UserId,
}

impl Command for ResetSecondFactor {
    const ACTION: Action = Action::ResetSecondFactor;
    type Done = User;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<User>> {
        let user = require(ctx, tx, self.user).await?;
        guards::require_not_above_caller(ctx, tx, self.user).await?;
        let passkeys = second_factor::store::reset(tx, self.user).await?;
        tokens::store::end_access(tx, self.user, None).await?;
        telling::of_credential(ctx, tx, self.user, (CredentialChange::FactorRemoved, "")).await?;
        let mut change = Change::new(Self::ACTION, user.target());
        if passkeys > 0 {
            change = change.after(serde_json::json!({"passkeys removed": passkeys}));
        }
        Ok(Applied::changed(user, change))
    }
}
