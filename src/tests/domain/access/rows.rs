//! Putting a model into the database, as rows: no rule of an action shapes it.

use crate::support::World;
use castellan::{
    db::{Driver, Tx},
    model::id::{ADMIN_ROLE, RoleId},
};

use super::model::{Gives, Model, To};

macro_rules! insert {
    ($tx:expr, $sql:literal $(, $bind:expr)+) => {
        match $tx.driver() {
            Driver::Sqlite(c) => drop(sqlx::query($sql)$(.bind($bind))+.execute(c).await.unwrap()),
            Driver::Postgres(c) => drop(sqlx::query($sql)$(.bind($bind))+.execute(c).await.unwrap()),
        }
    };
}

/// Replaces all that is there.
pub async fn replace(world: &World, model: Model) -> Model {
    world.execute("delete from grants").await;
    world.execute("delete from groups").await;
    world.execute("delete from users").await;
    world.execute("delete from roles where builtin = false").await;
    world.execute("delete from tenants where kind <> 'root'").await;
    let mut tx = world.services.db.begin().await.unwrap();
    tenants(&mut tx, &model).await;
    people(&mut tx, &model).await;
    groups(&mut tx, &model).await;
    closure(&mut tx, &model).await;
    roles(&mut tx, &model).await;
    grants(&mut tx, &model).await;
    tx.commit().await.unwrap();
    model
}

async fn tenants(tx: &mut Tx, model: &Model) {
    for tenant in &model.tenants {
        insert!(
            tx,
            "insert into tenants (id, slug, name, kind, type, created_at)
                values ($1, $2, $2, 'standard', $3, 0)",
            tenant.id,
            tenant.slug,
            tenant.kind
        );
    }
}

async fn people(tx: &mut Tx, model: &Model) {
    for (n, user) in model.users.iter().enumerate() {
        insert!(
            tx,
            "insert into users (id, login, email, display_name, first_name, last_name, name_key, search_key, disabled_at,
                tenant_scope, email_verified_at, created_at, updated_at)
                values ($1, $2, $2, $2, $2, '', $2, $2, $3, $4, 0, 0, 0)",
            user.id,
            format!("user {n}"),
            user.disabled.then_some(1_i64),
            user.scope
        );
        for (tenant, status) in model.tenants.iter().zip(user.memberships) {
            if let Some(status) = status {
                insert!(
                    tx,
                    "insert into memberships (id, user_id, tenant_id, status, created_at) values ($1, $2, $3, $4, 0)",
                    uuid::Uuid::from_u128(user.id.0.as_u128() ^ tenant.id.0.as_u128()),
                    user.id,
                    tenant.id,
                    status
                );
            }
        }
    }
}

async fn groups(tx: &mut Tx, model: &Model) {
    for group in &model.groups {
        insert!(
            tx,
            "insert into groups (id, tenant_id, name, created_at) values ($1, $2, $3, 0)",
            group.id,
            model.tenants[group.tenant].id,
            group.name.as_str()
        );
    }
    for group in &model.groups {
        let people = group.people.iter().map(|user| (Some(model.users[*user].id.0), None));
        let inner = group.groups.iter().map(|inner| (None, Some(model.groups[*inner].id.0)));
        for (user, inner) in people.chain(inner) {
            let member = user.or(inner).unwrap().as_u128();
            insert!(
                tx,
                "insert into group_members (id, group_id, user_id, member_group_id, added_at)
                    values ($1, $2, $3, $4, 0)",
                uuid::Uuid::from_u128(group.id.0.as_u128() ^ member),
                group.id,
                user,
                inner
            );
        }
    }
}

async fn closure(tx: &mut Tx, model: &Model) {
    let all = || 0..model.groups.len();
    for (inner, outer) in all().flat_map(|inner| all().map(move |outer| (inner, outer))) {
        if model.is_around(outer, inner) {
            let [inner, outer] = [inner, outer].map(|group| model.groups[group].id);
            insert!(tx, "insert into group_closure (group_id, ancestor_id) values ($1, $2)", inner, outer);
        }
    }
}

async fn roles(tx: &mut Tx, model: &Model) {
    for role in &model.roles {
        insert!(
            tx,
            "insert into roles (id, number, name, description, created_at)
                values ($1, (select max(number) + 1 from roles), $1, '', 0)",
            &role.id
        );
        for pattern in &role.patterns {
            insert!(tx, "insert into role_permissions (role_id, pattern) values ($1, $2)", &role.id, pattern);
        }
    }
}

async fn grants(tx: &mut Tx, model: &Model) {
    let admin = RoleId(ADMIN_ROLE.into());
    for grant in &model.grants {
        let (user, group) = match grant.to {
            To::User(user) => (Some(model.users[user].id), None),
            To::Group(group) => (None, Some(model.groups[group].id)),
        };
        let (role, permission) = match grant.gives {
            Gives::Role(role) => (Some(&model.roles[role].id), None),
            Gives::Admin => (Some(&admin), None),
            Gives::Permission(permission) => (None, Some(permission.name())),
        };
        insert!(
            tx,
            "insert into grants (id, user_id, group_id, role_id, permission, tenant_id, valid_from, expires_at,
                created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
            grant.id,
            user,
            group,
            role,
            permission,
            grant.tenant.map(|tenant| model.tenants[tenant].id),
            grant.from,
            grant.until
        );
    }
}
