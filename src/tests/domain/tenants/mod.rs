//! Tenants: what is seen from inside one, and who belongs to it.

mod guards;
mod inside;
mod memberships;
mod seen;

use crate::support::{World, changes::*, on_both_engines};
use castellan::{
    domain::{
        ctx::Ctx,
        error::Refused,
        tenants::{
            self,
            input::{NewTenant, TenantUpdate},
            store::Tenant,
        },
    },
    model::{
        id::{ROOT_TENANT, TenantId},
        permission::Permission,
        principal::Principal,
        scope::Scope,
        tenant::{TenantKind, TenantType},
    },
};

use super::stage::{give, is_invalid, is_not_found, is_refused, is_stale, lasting, member, tenant};

/// An edit of the tenant as it is now, with another parent.
async fn moved(ctx: &Ctx, id: TenantId, parent: Option<TenantId>) -> TenantUpdate {
    let Tenant { name, use_, version, .. } = tenants::queries::read(ctx, id).await.unwrap();
    TenantUpdate { name, use_, parent, version }
}

on_both_engines! {
    async fn tenants_are_never_below_themselves(world: World) {
        let (a, b, c, ctx) = (tenant(&world, "a").await.id, tenant(&world, "b").await.id, tenant(&world, "c").await.id, world.operator());
        run(&ctx, UpdateTenant { tenant: b, update: moved(&ctx, b, Some(a)).await }).await.unwrap();
        run(&ctx, UpdateTenant { tenant: c, update: moved(&ctx, c, Some(b)).await }).await.unwrap();
        for (id, below) in [(a, a), (a, b), (a, c), (b, c), (ROOT_TENANT, a)] {
            let outcome = run(&ctx, UpdateTenant { tenant: id, update: moved(&ctx, id, Some(below)).await }).await;
            assert!(is_invalid(&outcome, "parent"), "{outcome:?}");
        }
        let nothing = TenantId(uuid::Uuid::nil());
        assert!(is_invalid(&run(&ctx, UpdateTenant { tenant: a, update: moved(&ctx, a, Some(nothing)).await }).await, "parent"));
        run(&ctx, UpdateTenant { tenant: c, update: moved(&ctx, c, Some(a)).await }).await.unwrap();
        assert_eq!(tenants::queries::read(&ctx, c).await.unwrap().parent_name.as_deref(), Some("a"));
        run(&ctx, UpdateTenant { tenant: c, update: moved(&ctx, c, None).await }).await.unwrap();
        assert_eq!(tenants::queries::read(&ctx, c).await.unwrap().parent_id, None);
    }

    async fn from_inside_a_tenant_none_is_made_or_moved(world: World) {
        let (a, b, ctx) = (tenant(&world, "a").await.id, tenant(&world, "b").await.id, world.operator());
        let inside = ctx.clone().working_in(Scope::Tenant(a));
        let draft = NewTenant { slug: "c".into(), name: "C".into(), kind: TenantKind::Portal, use_: TenantType::Test, parent: Some(a) };
        assert!(is_refused(&add_tenant(&inside, draft.clone()).await, Refused::OfInstallation));
        assert!(is_refused(&run(&inside, UpdateTenant { tenant: a, update: moved(&ctx, a, Some(b)).await }).await, Refused::OfInstallation));
        assert!(is_not_found(&run(&inside, UpdateTenant { tenant: b, update: moved(&ctx, b, None).await }).await));
        let renamed = TenantUpdate { name: "Harbour".into(), ..moved(&ctx, a, None).await };
        assert_eq!(run(&inside, UpdateTenant { tenant: a, update: renamed.clone() }).await.unwrap().name, "Harbour");
        assert!(is_stale(&run(&inside, UpdateTenant { tenant: a, update: renamed.clone() }).await));
        let made = add_tenant(&ctx, draft.clone()).await.unwrap();
        assert_eq!((made.kind, made.use_, made.parent_id, made.version), (TenantKind::Portal, TenantType::Test, Some(a), 1));
        assert!(is_invalid(&add_tenant(&ctx, draft).await, "slug"));
    }

    async fn people_work_where_they_hold_something(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let grace = member(&world, "grace", &a).await;
        add_member(&world.operator(), b.id, &grace.login).await.unwrap();
        let [here, there, everywhere] = [Scope::Tenant(a.id), Scope::Tenant(b.id), Scope::Everywhere];
        let places = async || {
            let ctx = world.as_user(&grace).await;
            let user = ctx.user().unwrap();
            let may = [everywhere, here, there].map(|scope| tenants::queries::may_work(user, scope));
            (may, tenants::queries::first_workplace(user))
        };
        assert_eq!(places().await, ([false, false, false], None), "nothing anywhere");
        give(&world, &lasting(Principal::User(grace.id), Permission::UsersRead, there)).await;
        assert_eq!(places().await, ([false, false, true], Some(b.id)));
        let listed = tenants::queries::workplaces(&world.as_user(&grace).await, "", "").await.unwrap();
        assert_eq!(listed.rows.iter().map(|row| row.slug.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        give(&world, &lasting(Principal::User(grace.id), Permission::TenantsList, everywhere)).await;
        assert_eq!(places().await, ([true, true, true], None));
        assert_eq!(tenants::queries::workplaces(&world.as_user(&grace).await, "", "").await.unwrap().total, 3);
    }

    async fn the_list_is_read_in_pages(world: World) {
        for n in 0..120 {
            tenant(&world, &format!("t{n}")).await;
        }
        let (mut seen, mut page) = (Vec::new(), tenants::queries::list(&world.operator(), "", "").await.unwrap());
        while let Some(after) = page.after.take() {
            seen.append(&mut page.rows);
            page = tenants::queries::list(&world.operator(), "", &after).await.unwrap();
        }
        seen.append(&mut page.rows);
        let slugs: std::collections::BTreeSet<_> = seen.iter().map(|tenant| tenant.slug.as_str()).collect();
        assert_eq!((seen.len(), slugs.len(), page.total), (121, 121, 121));
        assert_eq!(tenants::queries::list(&world.operator(), "T11", "").await.unwrap().total, 11);
    }
}
