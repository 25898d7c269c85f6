//! The rows of many people at once, and writing them with few statements.

use std::ops::Range;

use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    people::{Dice, Life, Person, between},
    world::World,
};
use crate::{
    db::{Tx, on},
    domain::{ctx::Ctx, error::Result, names::keys::UserKeys},
    model::{
        id::{RoleId, TenantId, UserId},
        timestamp::Timestamp,
    },
};

/// Rows of one statement: 18 values each stay below the 32,766 that SQLite takes (Postgres takes 65,535).
/// Always the same number, so that the prepared statement is used again.
const ROWS: usize = 1800;
/// So many of a run's first people hold the built-in role that sees everything.
const READERS: u64 = 5;
const YEAR: i64 = 365 * 24 * 3600;

struct UserRow {
    id: UserId,
    person: Person,
    life: Life,
    keys: UserKeys,
    /// Where what is given to them everywhere counts.
    tenant_scope: &'static str,
}

struct MemberRow<T> {
    id: Uuid,
    user: UserId,
    name_key: String,
    of: T,
    at: Timestamp,
}

struct GrantRow {
    id: Uuid,
    user: UserId,
    role: RoleId,
    expires_at: Option<Timestamp>,
    at: Timestamp,
}

/// What one transaction writes.
#[derive(Default)]
pub struct Batch {
    users: Vec<UserRow>,
    memberships: Vec<MemberRow<TenantId>>,
    members: Vec<MemberRow<Uuid>>,
    grants: Vec<GrantRow>,
}

impl Batch {
    /// The people at `places` of a run of `of`.
    #[must_use]
    pub fn of(ctx: &Ctx, world: &World, (places, of): (Range<u64>, u64)) -> Self {
        let mut batch = Self::default();
        for place in places {
            let number = world.last_number + 1 + place;
            // Other throws than the person's own, so that a longer run changes lives and not names.
            let mut dice = Dice::new(!number);
            let life = Life::at(world.now, (place, of), &mut dice);
            let user = batch.add_user(ctx, number, life);
            batch.add_places(ctx, world, &mut dice);
            let role = (place < READERS).then_some(&world.read_only);
            if let Some(role) = role.or_else(|| dice.percent(20).then(|| dice.pick(&world.roles))) {
                batch.add_grant(ctx, world, (user, life, role), &mut dice);
            }
        }
        batch
    }

    fn add_user(&mut self, ctx: &Ctx, number: u64, life: Life) -> UserId {
        let (id, person) = (UserId(ctx.id()), Person::numbered(number));
        let keys = UserKeys::of([&person.display_name, &person.first_name, &person.last_name], &person.email);
        self.users.push(UserRow { id, person, life, keys, tenant_scope: "list" });
        id
    }

    /// One tenant for everybody, two or three for some, and groups only where they are members.
    fn add_places(&mut self, ctx: &Ctx, world: &World, dice: &mut Dice) {
        let Some(UserRow { id, life, keys, .. }) = self.users.last() else {
            return;
        };
        let (user, at, name_key) = (*id, life.created_at, keys.name.clone());
        let count = match dice.below(100) {
            0..=4 => 3,
            5..=19 => 2,
            _ => 1,
        };
        let first = dice.below(world.places.len() as u64) as usize;
        for place in world.places.iter().cycle().skip(first).take(count) {
            self.memberships.push(MemberRow { id: ctx.id(), user, name_key: name_key.clone(), of: place.tenant, at });
            if dice.percent(30) {
                let of = *dice.pick(&place.groups);
                self.members.push(MemberRow { id: ctx.id(), user, name_key: name_key.clone(), of, at });
            }
        }
    }

    /// Everywhere. Some grants end: a few have ended already.
    fn add_grant(&mut self, ctx: &Ctx, world: &World, (user, life, role): (UserId, Life, &RoleId), dice: &mut Dice) {
        let at = between(life.created_at, world.now, dice.share() * 0.5);
        let last = world.now.plus_seconds(YEAR);
        let expires_at = dice.percent(25).then(|| between(at, last, 0.1 + 0.9 * dice.share()));
        if let Some(row) = self.users.last_mut() {
            row.tenant_scope = "any";
        }
        self.grants.push(GrantRow { id: ctx.id(), user, role: role.clone(), expires_at, at });
    }

    /// Writes everything; users first, because the rest points at them.
    pub async fn insert(&self, ctx: &Ctx, tx: &mut Tx, hash: &str) -> Result<()> {
        for rows in self.users.chunks(ROWS) {
            insert_users(ctx, tx, (rows, hash)).await?;
        }
        for rows in self.memberships.chunks(ROWS) {
            insert_memberships(tx, rows).await?;
        }
        for rows in self.members.chunks(ROWS) {
            insert_members(tx, rows).await?;
        }
        for rows in self.grants.chunks(ROWS) {
            insert_grants(ctx, tx, rows).await?;
        }
        Ok(())
    }
}

async fn insert_users(ctx: &Ctx, tx: &mut Tx, (rows, hash): (&[UserRow], &str)) -> Result<()> {
    on!(tx, |c| {
        let mut insert = QueryBuilder::new(
            "insert into users (id, login, email, display_name, first_name, last_name, name_key, search_key, phone,
                password_hash, password_changed_at, email_verified_at, disabled_at, last_sign_in_at,
                created_by, created_at, updated_at, tenant_scope) ",
        );
        insert.push_values(rows, |mut row, UserRow { id, person, life, keys, tenant_scope }| {
            let chosen_at = life.has_password.then_some(life.created_at);
            row.push_bind(id).push_bind(&person.email).push_bind(&person.email).push_bind(&person.display_name);
            row.push_bind(&person.first_name)
                .push_bind(&person.last_name)
                .push_bind(&keys.name)
                .push_bind(&keys.search);
            row.push_bind(&person.phone).push_bind(life.has_password.then_some(hash)).push_bind(chosen_at);
            row.push_bind(chosen_at).push_bind(life.disabled_at).push_bind(life.signed_in_at);
            row.push_bind(ctx.user_id()).push_bind(life.created_at);
            row.push_bind(life.disabled_at.unwrap_or(life.created_at)).push_bind(*tenant_scope);
        });
        insert.build().execute(c).await?;
    });
    Ok(())
}

async fn insert_memberships(tx: &mut Tx, rows: &[MemberRow<TenantId>]) -> Result<()> {
    on!(tx, |c| {
        let mut insert =
            QueryBuilder::new("insert into memberships (id, user_id, name_key, tenant_id, status, created_at) ");
        insert.push_values(rows, |mut row, MemberRow { id, user, name_key, of, at }| {
            row.push_bind(id).push_bind(user).push_bind(name_key).push_bind(of).push("'active'").push_bind(at);
        });
        insert.build().execute(c).await?;
    });
    Ok(())
}

async fn insert_members(tx: &mut Tx, rows: &[MemberRow<Uuid>]) -> Result<()> {
    on!(tx, |c| {
        let mut insert = QueryBuilder::new("insert into group_members (id, group_id, user_id, name_key, added_at) ");
        insert.push_values(rows, |mut row, MemberRow { id, user, name_key, of, at }| {
            row.push_bind(id).push_bind(of).push_bind(user).push_bind(name_key).push_bind(at);
        });
        insert.build().execute(c).await?;
    });
    Ok(())
}

async fn insert_grants(ctx: &Ctx, tx: &mut Tx, rows: &[GrantRow]) -> Result<()> {
    on!(tx, |c| {
        let mut insert =
            QueryBuilder::new("insert into grants (id, user_id, role_id, expires_at, granted_by, created_at) ");
        insert.push_values(rows, |mut row, GrantRow { id, user, role, expires_at, at }| {
            row.push_bind(id).push_bind(user).push_bind(role).push_bind(expires_at);
            row.push_bind(ctx.user_id()).push_bind(at);
        });
        insert.build().execute(c).await?;
    });
    Ok(())
}
