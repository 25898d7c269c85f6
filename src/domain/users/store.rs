//! The SQL of users.

use sqlx::query_as;

use super::input::Profile;
use crate::{
    db::{Conn, Result, Tx, on, statements},
    domain::{change::Target, outbox::letter::Recipient, parse::Email},
    model::{
        id::{TenantId, UserId},
        scope::TenantScope,
        stamp::Stamp,
        timestamp::Timestamp,
        user::{SecondFactor, UserKind, UserStatus},
    },
};

statements! {
    FIND = "select id, number, kind, login, email, email_verified_at, display_name, first_name, last_name, phone, locale,
        status, version, disabled_at, password_changed_at, created_by, created_at, updated_at, last_sign_in_at
        from users where id = $1 and (cast($2 as uuid) is null or exists (
            select 1 from memberships m where m.user_id = users.id and m.tenant_id = $2))";
    FIND_BY_LOGIN = "select id, number, kind, login, email, email_verified_at, display_name, first_name, last_name, phone, locale,
        status, version, disabled_at, password_changed_at, created_by, created_at, updated_at, last_sign_in_at
        from users where login = $1 and (cast($2 as uuid) is null or exists (
            select 1 from memberships m where m.user_id = users.id and m.tenant_id = $2))";
    CREDENTIALS = "select id, display_name, password_hash, password_temporary, password_expires_at,
        password_changed_at, second_factor, second_factor_required, disabled_at, exists (select 1 from memberships m where m.user_id = users.id)
            and not exists (select 1 from memberships m where m.user_id = users.id and m.status = 'active') as barred,
            ip_allowlist from users where login = $1 and kind = 'human'";
    INSERT = "insert into users (id, login, email, display_name, first_name, last_name, name_key, search_key, phone,
            password_hash, password_changed_at, created_by, created_at, updated_at, locale, kind, password_expires_at,
            password_temporary, email_verified_at, email_hints)
        values ($1, $2, $15, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $16, $17, $18, $19)
        on conflict (login) do nothing";
    UPDATE = "update users set login = $2, email = $12, display_name = $3, first_name = $4, last_name = $5, name_key = $6,
            search_key = $7, phone = $8, locale = $11, email_verified_at = case when login = $2 then email_verified_at else $9 end,
            version = version + 1, updated_at = $9
        where id = $1 and version = $10";
    LOGIN_TAKEN = "select id from users where login = $1 and id <> $2";
    DISABLE = "update users set disabled_at = $2, version = version + 1, updated_at = $2 where id = $1";
    ENABLE = "update users set disabled_at = null, version = version + 1, updated_at = $2 where id = $1";
    DELETE = "delete from users where id = $1";
    SET_PASSWORD = "update users set password_hash = $2, password_temporary = false, password_expires_at = null,
        password_changed_at = $3, version = version + 1, updated_at = $3 where id = $1";
    SET_TEMPORARY = "update users set password_hash = $2, password_temporary = true, password_expires_at = $4,
        password_changed_at = $3, version = version + 1, updated_at = $3 where id = $1";
    MUST_CHANGE_PASSWORD = "update users set password_temporary = true where id = $1 and password_hash = $2";
    UPGRADE_PASSWORD = "update users set password_hash = $2 where id = $1";
    SIGNED_IN = "update users set last_sign_in_at = $2 where id = $1";
    LAST_SIGN_IN = "select last_sign_in_at from users where id = $1";
    TELL_OF_LOCK = "update users set lock_told_at = $2 where id = $1 and (lock_told_at is null or lock_told_at <= $3)";
    RECIPIENT_AT = "select id, display_name, login, locale from users where login = $1";
    RECIPIENT = "select id, display_name, login, locale from users where id = $1 and disabled_at is null and kind = 'human'";
    VERIFY = "update users set email_verified_at = coalesce(email_verified_at, $2) where id = $1";
    SCOPE = "select tenant_scope from users where id = $1";
    SET_SCOPE = "update users set tenant_scope = $2 where id = $1";
    BELONGS_ELSEWHERE = "select count(*) from memberships where user_id = $1 and tenant_id <> $2";
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct User {
    /// UUIDv7.
    pub id: UserId,
    /// Rising integer, for families that need one.
    pub number: i64,
    /// A person, or a program's account.
    #[sqlx(try_from = "String")]
    pub kind: UserKind,
    /// Lower-cased e-mail address.
    pub login: String,
    /// Where people reach them; the login where nothing else was said.
    pub email: String,
    /// When the address was confirmed.
    pub email_verified_at: Option<Timestamp>,
    /// What pages call them.
    pub display_name: String,
    /// First name.
    pub first_name: String,
    /// Last name; may be empty.
    pub last_name: String,
    /// Phone number.
    pub phone: Option<String>,
    /// `en_US`.
    pub locale: String,
    /// Whether they can sign in.
    #[sqlx(try_from = "String")]
    pub status: UserStatus,
    /// Rises with every edit.
    pub version: i64,
    /// When they were locked out.
    pub disabled_at: Option<Timestamp>,
    /// When their password was last set.
    pub password_changed_at: Option<Timestamp>,
    /// Who made them.
    pub created_by: Option<UserId>,
    /// When they were made.
    pub created_at: Timestamp,
    /// When they were last edited.
    pub updated_at: Timestamp,
    /// When they last signed in.
    pub last_sign_in_at: Option<Timestamp>,
}

impl User {
    /// The user as the audit log's target.
    #[must_use]
    pub fn target(&self) -> Target {
        Target::user(self.id, &self.display_name)
    }

    /// What can be typed about them.
    #[must_use]
    pub fn profile(&self) -> Profile {
        Profile {
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            display_name: self.display_name.clone(),
            email: Email::stored(&self.login),
            contact: self.contact().map(Email::stored),
            phone: self.phone.clone(),
            locale: self.locale.clone(),
        }
    }

    /// Where people reach them, if not at their login.
    #[must_use]
    pub fn contact(&self) -> Option<&str> {
        Some(self.email.as_str()).filter(|email| *email != self.login)
    }

    /// What the audit log keeps of them.
    #[must_use]
    pub fn state(&self) -> serde_json::Value {
        serde_json::json!({
            "first name": self.first_name,
            "last name": self.last_name,
            "display name": self.display_name,
            "e-mail": self.login,
            "contact": self.contact(),
            "phone": self.phone,
            "locale": self.locale,
        })
    }
}

/// What sign-in compares: the hash never travels with the [`User`].
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Credentials {
    /// The user.
    pub id: UserId,
    /// Their display name.
    pub display_name: String,
    /// PHC string.
    pub password_hash: Option<String>,
    /// Whether they must change it when they sign in.
    pub password_temporary: bool,
    /// From when on it lets nobody in.
    pub password_expires_at: Option<Timestamp>,
    /// Since when they have it.
    pub password_changed_at: Option<Timestamp>,
    /// What they prove themselves by beside it.
    #[sqlx(try_from = "String")]
    pub second_factor: SecondFactor,
    /// Whether they must have a second factor.
    pub second_factor_required: bool,
    /// When they were locked out.
    pub disabled_at: Option<Timestamp>,
    /// Whether they belong to tenants and count in none of them.
    pub barred: bool,
    /// From where they are let in.
    pub ip_allowlist: String,
}

impl Credentials {
    /// Whether a right password lets them in at `now`. A temporary one that is over is a wrong one.
    #[must_use]
    pub fn can_sign_in(&self, now: Timestamp) -> bool {
        let is_in = self.disabled_at.is_none() && !self.barred;
        is_in && self.password_expires_at.is_none_or(|end| now < end)
    }
}

/// The user with this id, if they can be seen from where the caller works.
pub async fn find(tenant: Option<TenantId>, conn: &mut Conn, id: UserId) -> Result<Option<User>> {
    Ok(on!(conn, |c| query_as(FIND).bind(id).bind(tenant).fetch_optional(c).await?))
}

/// The user with this login, which is lower-case, if they can be seen from where the caller works.
pub async fn find_by_login(tenant: Option<TenantId>, conn: &mut Conn, login: &str) -> Result<Option<User>> {
    Ok(on!(conn, |c| query_as(FIND_BY_LOGIN).bind(login).bind(tenant).fetch_optional(c).await?))
}

/// How mail reaches a user; `None` for whoever gets none.
pub async fn recipient(conn: &mut Conn, id: impl Into<Option<UserId>>) -> Result<Option<Recipient>> {
    let id: Option<UserId> = id.into();
    Ok(on!(conn, |c| query_as(RECIPIENT).bind(id).fetch_optional(c).await?))
}

/// How mail reaches whoever signs in with this address, whether they may or not: somebody has it.
pub async fn recipient_at(conn: &mut Conn, login: &str) -> Result<Option<Recipient>> {
    Ok(on!(conn, |c| query_as(RECIPIENT_AT).bind(login).fetch_optional(c).await?))
}

/// Whether a user signed in before.
pub async fn has_signed_in(conn: &mut Conn, id: UserId) -> Result<bool> {
    let last: Option<Option<Timestamp>> =
        on!(conn, |c| sqlx::query_scalar(LAST_SIGN_IN).bind(id).fetch_optional(c).await?);
    Ok(last.flatten().is_some())
}

/// Notes that somebody is told of a lock; `false` if they were told after `since` already.
pub async fn tell_of_lock(now: Timestamp, tx: &mut Tx, (id, since): (Option<UserId>, Timestamp)) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(TELL_OF_LOCK).bind(id).bind(now).bind(since).execute(c).await?.rows_affected());
    Ok(rows == 1)
}

/// Whether a user belongs to other tenants than this one.
pub async fn belongs_elsewhere(conn: &mut Conn, user: UserId, tenant: TenantId) -> Result<bool> {
    let others: i64 = on!(conn, |c| sqlx::query_scalar(BELONGS_ELSEWHERE).bind(user).bind(tenant).fetch_one(c).await?);
    Ok(others > 0)
}

/// What sign-in compares for this login.
pub async fn credentials(conn: &mut Conn, login: &str) -> Result<Option<Credentials>> {
    Ok(on!(conn, |c| query_as(CREDENTIALS).bind(login).fetch_optional(c).await?))
}

/// A user who is about to be there.
#[derive(Debug)]
pub struct NewRow<'a> {
    /// Their id.
    pub id: UserId,
    /// What they are.
    pub kind: UserKind,
    /// Names and address.
    pub profile: &'a Profile,
    /// Their password's hash.
    pub hash: Option<&'a str>,
    /// Until when they may sign in with it, if they must choose another then.
    pub temporary_until: Option<Timestamp>,
    /// When the address was confirmed, or vouched for.
    pub verified_at: Option<Timestamp>,
    /// What a program keeps beside the address, a JSON object.
    pub email_hints: &'a str,
}

/// Inserts a user; `false` if the login is taken (a plain violation would kill a Postgres transaction).
pub async fn insert(stamp: Stamp, tx: &mut Tx, new: &NewRow<'_>) -> Result<bool> {
    let NewRow { id, kind, profile, hash, .. } = *new;
    let changed_at = hash.map(|_| stamp.at);
    let keys = profile.keys();
    let rows = on!(tx, |c| sqlx::query(INSERT)
        .bind(id)
        .bind(profile.email.as_str())
        .bind(&profile.display_name)
        .bind(&profile.first_name)
        .bind(&profile.last_name)
        .bind(&keys.name)
        .bind(&keys.search)
        .bind(&profile.phone)
        .bind(hash)
        .bind(changed_at)
        .bind(stamp.by)
        .bind(stamp.at)
        .bind(&profile.locale)
        .bind(kind.word())
        .bind(profile.reached_at())
        .bind(new.temporary_until)
        .bind(new.temporary_until.is_some())
        .bind(new.verified_at)
        .bind(new.email_hints)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Updates a user whose version is still that of `before`; `false` if it isn't.
pub async fn update(now: Timestamp, tx: &mut Tx, before: &User, profile: &Profile) -> Result<bool> {
    let keys = profile.keys();
    let rows = on!(tx, |c| sqlx::query(UPDATE)
        .bind(before.id)
        .bind(profile.email.as_str())
        .bind(&profile.display_name)
        .bind(&profile.first_name)
        .bind(&profile.last_name)
        .bind(&keys.name)
        .bind(&keys.search)
        .bind(&profile.phone)
        .bind(now)
        .bind(before.version)
        .bind(&profile.locale)
        .bind(profile.reached_at())
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Marks a user's address as confirmed.
pub async fn verify(now: Timestamp, tx: &mut Tx, id: UserId) -> Result<()> {
    on!(tx, |c| sqlx::query(VERIFY).bind(id).bind(now).execute(c).await?.rows_affected());
    Ok(())
}

/// Where what is given to a user everywhere counts.
pub async fn scope(conn: &mut Conn, user: UserId) -> Result<Option<TenantScope>> {
    let word: Option<String> = on!(conn, |c| sqlx::query_scalar(SCOPE).bind(user).fetch_optional(c).await?);
    Ok(word.and_then(|word| TenantScope::parse(&word)))
}

/// Says where what is given to a user everywhere counts.
pub async fn set_scope(tx: &mut Tx, user: UserId, scope: TenantScope) -> Result<()> {
    on!(tx, |c| sqlx::query(SET_SCOPE).bind(user).bind(scope.word()).execute(c).await?.rows_affected());
    Ok(())
}

/// Whether somebody else has this login.
pub async fn is_taken(conn: &mut Conn, login: &str, besides: UserId) -> Result<bool> {
    let other: Option<UserId> =
        on!(conn, |c| sqlx::query_scalar(LOGIN_TAKEN).bind(login).bind(besides).fetch_optional(c).await?);
    Ok(other.is_some())
}

/// Marks a user as locked out.
pub async fn disable(now: Timestamp, tx: &mut Tx, id: UserId) -> Result<()> {
    on!(tx, |c| sqlx::query(DISABLE).bind(id).bind(now).execute(c).await?.rows_affected());
    Ok(())
}

/// Marks a user as no longer locked out.
pub async fn enable(now: Timestamp, tx: &mut Tx, id: UserId) -> Result<()> {
    on!(tx, |c| sqlx::query(ENABLE).bind(id).bind(now).execute(c).await?.rows_affected());
    Ok(())
}

/// Removes a user with everything that is theirs; the audit log stays.
pub async fn delete(tx: &mut Tx, id: UserId) -> Result<()> {
    on!(tx, |c| sqlx::query(DELETE).bind(id).execute(c).await?.rows_affected());
    Ok(())
}

/// Stores a new password's hash.
pub async fn store_password(now: Timestamp, tx: &mut Tx, id: UserId, hash: &str) -> Result<()> {
    on!(tx, |c| sqlx::query(SET_PASSWORD).bind(id).bind(hash).bind(now).execute(c).await?.rows_affected());
    Ok(())
}

/// Stores the hash of a password that its user must change, and that lets nobody in from `until` on.
pub async fn store_temporary(now: Timestamp, tx: &mut Tx, id: UserId, (hash, until): (&str, Timestamp)) -> Result<()> {
    on!(tx, |c| sqlx::query(SET_TEMPORARY).bind(id).bind(hash).bind(now).bind(until).execute(c).await?.rows_affected());
    Ok(())
}

/// Notes that somebody has to change the password that they have.
pub async fn must_change_password(tx: &mut Tx, user: &Credentials) -> Result<()> {
    on!(tx, |c| sqlx::query(MUST_CHANGE_PASSWORD)
        .bind(user.id)
        .bind(&user.password_hash)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// Stores a hash of the same password with newer parameters.
pub async fn upgrade_password(tx: &mut Tx, id: UserId, hash: &str) -> Result<()> {
    on!(tx, |c| sqlx::query(UPGRADE_PASSWORD).bind(id).bind(hash).execute(c).await?.rows_affected());
    Ok(())
}

/// Notes a sign-in.
pub async fn signed_in(now: Timestamp, tx: &mut Tx, id: UserId) -> Result<()> {
    on!(tx, |c| sqlx::query(SIGNED_IN).bind(id).bind(now).execute(c).await?.rows_affected());
    Ok(())
}
