//! Inviting people: the same for whoever is known and for whoever is not, and nothing counts before they come.

use castellan::{
    domain::{
        codes::{Link, Purpose, redeeming},
        commands::inviting::{invite, send_activation, send_again},
        ctx::Ctx,
        error::Error,
        outbox::{
            letter::Letter,
            queries::{self, NEWEST},
        },
        tenants::memberships::pending,
        users::{self, input::NewUser, store::User},
    },
    model::{
        forms::{NewUserForm, ProfileForm, THERE},
        id::{TenantId, UserId},
        permission::Permission,
        scope::Scope,
        tenant::MembershipStatus,
    },
};

use super::stage::{holding, is_invalid, is_not_found, may, member, role, tenant};
use crate::support::{PASSWORD, World, changes::*, on_both_engines};

/// An invitation as the form sends it.
fn typed(email: &str, tenant: TenantId, role: Option<&str>) -> NewUser {
    let profile = ProfileForm { first_name: "Typed".into(), email: email.into(), ..ProfileForm::default() };
    let roles = role.map(str::to_owned).into_iter().collect();
    let form =
        NewUserForm { profile, roles, counts: THERE.into(), tenant: tenant.to_string(), ..NewUserForm::default() };
    NewUser::parse(&form).unwrap()
}

/// Whose link the newest mail holds, and the link.
async fn mailed(world: &World) -> (UserId, Link) {
    let message = queries::list(&world.operator(), NEWEST, None).await.unwrap().0.remove(0);
    match message.content(&world.services.key).unwrap().letter {
        Letter::Activation { user, code: Some(code), into: Some(_) } => {
            (user, Link::read(Purpose::Activation, &user.to_string(), &code))
        }
        other => panic!("{other:?}"),
    }
}

async fn by_login(world: &World, login: &str) -> User {
    let mut conn = world.services.db.read().await.unwrap();
    users::store::find_by_login(None, &mut conn, login).await.unwrap().unwrap()
}

async fn waiting(ctx: &Ctx) -> Vec<String> {
    pending::list(ctx, None).await.unwrap().0.into_iter().map(|invitation| invitation.login).collect()
}

on_both_engines! {
    async fn whoever_is_new_sets_a_password_and_whoever_is_known_keeps_theirs(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let known = member(&world, "grace", &b).await;
        for (email, password) in [("grace@example.com", None), ("new@example.com", Some(PASSWORD))] {
            invite(&world.operator(), typed(email, a.id, None)).await.unwrap();
            let (user, link) = mailed(&world).await;
            assert_eq!(waiting(&world.operator()).await, [email]);
            redeeming::redeem(&world.operator(), &link, password).await.unwrap();
            let places = memberships_of(&world.operator(), user).await.unwrap().rows;
            assert!(places.iter().any(|place| place.tenant_id == a.id && place.status == MembershipStatus::Active), "{places:?}");
            assert!(waiting(&world.operator()).await.is_empty());
        }
        assert_eq!(by_login(&world, "grace@example.com").await.display_name, known.display_name, "not what was typed");
        assert_eq!(by_login(&world, "new@example.com").await.display_name, "Typed");
    }

    async fn a_role_counts_once_they_come(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        member(&world, "grace", &b).await;
        let reader = role(&world.operator(), "reader", &["users.read"]).await.id;
        for (email, password) in [("grace@example.com", None), ("new@example.com", Some(PASSWORD))] {
            invite(&world.operator(), typed(email, a.id, Some(&reader.0))).await.unwrap();
            let (user, (_, link)) = (by_login(&world, email).await, mailed(&world).await);
            assert!(!may(&world, &user, Permission::UsersRead, Scope::Tenant(a.id)).await, "{email}");
            redeeming::redeem(&world.operator(), &link, password).await.unwrap();
            assert!(may(&world, &user, Permission::UsersRead, Scope::Tenant(a.id)).await, "{email}");
        }
    }

    async fn nobody_gives_by_an_invitation_what_they_may_not_give(world: World) {
        let a = tenant(&world, "a").await;
        let admin = world.role("admin").await;
        let clerk = holding(&world, "clerk", &[Permission::UsersAdd]).await;
        let outcome = invite(&clerk, typed("new@example.com", a.id, Some(&admin.0))).await;
        assert!(matches!(outcome, Err(Error::Forbidden(Permission::UsersUpdateRoles))), "{outcome:?}");
        let giver = holding(&world, "giver", &[Permission::UsersAdd, Permission::UsersUpdateRoles]).await;
        let outcome = invite(&giver, typed("new@example.com", a.id, Some(&admin.0))).await;
        assert!(matches!(outcome, Err(Error::Refused(_))), "{outcome:?}");
        assert_eq!(world.count("select count(*) from users where login = 'new@example.com'").await, 0, "all or nothing");
        invite(&clerk, typed("new@example.com", a.id, None)).await.unwrap();
    }

    async fn members_and_whoever_was_invited_are_not_invited_again(world: World) {
        let a = tenant(&world, "a").await;
        member(&world, "grace", &a).await;
        invite(&world.operator(), typed("new@example.com", a.id, None)).await.unwrap();
        for email in ["grace@example.com", "new@example.com"] {
            assert!(is_invalid(&invite(&world.operator(), typed(email, a.id, None)).await, "email"), "{email}");
        }
        let elsewhere = world.operator().working_in(Scope::Tenant(tenant(&world, "b").await.id));
        assert!(is_not_found(&invite(&elsewhere, typed("other@example.com", a.id, None)).await));
    }

    async fn an_invitation_is_sent_again_with_another_link(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        invite(&world.operator(), typed("new@example.com", a.id, None)).await.unwrap();
        let (user, first) = mailed(&world).await;
        let inside = |tenant| world.operator().working_in(Scope::Tenant(tenant));
        assert!(is_not_found(&send_again(&inside(b.id), user, a.id).await), "another tenant's");
        assert!(waiting(&inside(b.id)).await.is_empty() && waiting(&inside(a.id)).await.len() == 1);
        send_again(&inside(a.id), user, a.id).await.unwrap();
        assert!(!redeeming::is_alive(&world.operator(), &first).await.unwrap(), "the link before is void");
        send_activation(&world.operator(), user).await.unwrap();
        redeeming::redeem(&world.operator(), &mailed(&world).await.1, Some(PASSWORD)).await.unwrap();
        assert!(waiting(&world.operator()).await.is_empty(), "sent from their page, it opens the tenant, too");
    }

    async fn an_invitation_says_until_when_its_link_works(world: World) {
        let a = tenant(&world, "a").await;
        invite(&world.operator(), typed("new@example.com", a.id, None)).await.unwrap();
        let until = async || pending::list(&world.operator(), None).await.unwrap().0[0].works_until;
        let week = 7 * 24 * 60 * 60;
        assert_eq!(until().await, Some(world.services.clock.now().plus_seconds(week)));
        world.services.clock.advance(week);
        assert_eq!(until().await, None);
    }
}
