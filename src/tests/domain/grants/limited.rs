//! Accounts that are limited to some tenants: what is given to them everywhere lifts that.

use crate::{
    domain::stage::{MORE_THAN_ONESELF, give, holding, is_refused, last_id, lasting, may, member, role, tenant},
    support::{World, changes::*, on_both_engines},
};
use castellan::{
    domain::grants::input::NewGrant,
    model::{permission::Permission, principal::Principal, scope::Scope},
};

const READ: Permission = Permission::UsersRead;

on_both_engines! {
    async fn what_is_given_everywhere_counts_everywhere_whatever_the_account_was_limited_to(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let grace = member(&world, "grace", &a).await;
        let everywhere = |permission| lasting(Principal::User(grace.id), permission, Scope::Everywhere);
        give(&world, &everywhere(READ)).await;
        assert!(may(&world, &grace, READ, Scope::Everywhere).await);
        world.execute("update users set tenant_scope = 'list'").await;
        assert!(!may(&world, &grace, READ, Scope::Everywhere).await && may(&world, &grace, READ, Scope::Tenant(a.id)).await);
        let giver = holding(&world, "linus", &[Permission::UsersUpdateRoles, Permission::AuditRead]).await;
        let outcome = give_access(&giver, &everywhere(Permission::AuditRead)).await;
        assert!(is_refused(&outcome, MORE_THAN_ONESELF), "that would give users.read everywhere, too");
        run(&ctx, DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
        undo(&ctx, last_id(&world).await).await.unwrap();
        assert!(!may(&world, &grace, READ, Scope::Everywhere).await, "they are back as they were");
        assert!(may(&world, &grace, READ, Scope::Tenant(a.id)).await);
        give(&world, &everywhere(Permission::AuditRead)).await;
        assert!(may(&world, &grace, READ, Scope::Everywhere).await);
    }

    async fn a_role_that_comes_back_counts_everywhere_again(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let grace = member(&world, "grace", &a).await;
        let readers = role(&ctx, "readers", &[READ.name()]).await;
        give(&world, &NewGrant::lasting(Principal::User(grace.id), readers.id.clone(), Scope::Everywhere)).await;
        run(&ctx, DeleteRole { role: readers.id.clone(), version: readers.version, unused: false }).await.unwrap();
        world.execute("update users set tenant_scope = 'list'").await;
        undo(&ctx, last_id(&world).await).await.unwrap();
        assert!(may(&world, &grace, READ, Scope::Everywhere).await);
    }
}
