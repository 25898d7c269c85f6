//! Two people edit one thing at once: neither loses what they changed, and what both changed is told apart.

use crate::{
    domain::stage::{content, give, group, lasting, member, role, tenant},
    support::{Answer, Browser, World, changes::*, on_both_engines},
};
use castellan::{
    domain::{
        groups::input::GroupUpdate,
        roles::input::RoleUpdate,
        tenants::input::TenantUpdate,
        users::{
            input::{Profile, UserUpdate},
            store::User,
        },
    },
    model::{
        id::ROOT_TENANT,
        permission::Permission,
        principal::Principal,
        scope::Scope,
        tenant::{MembershipStatus, TenantType},
    },
};

/// What the others do meanwhile: another last name, another phone.
async fn meanwhile(world: &World, user: &User, last_name: &str, phone: &str) {
    let profile = Profile { last_name: last_name.into(), phone: Some(phone.into()), ..user.profile() };
    let update = UserUpdate { profile, masked_phone: None, version: user.version };
    run(&world.operator(), UpdateUser { user: user.id, update }).await.unwrap();
}

/// The message beside a field; empty where there is none.
fn mark<'a>(answer: &'a Answer, field: &str) -> &'a str {
    let part = answer.body.split(&format!("id=\"{field}-error\"")).nth(1).unwrap();
    part.split_once('>').unwrap().1.split('<').next().unwrap()
}

fn both(yours: &str, theirs: &str) -> String {
    format!("Yours: \u{2068}{yours}\u{2069} / theirs: \u{2068}{theirs}\u{2069}")
}

/// Sends the refused form again, as it came back.
async fn again(browser: &mut Browser, refused: &Answer, action: &str) {
    assert_eq!(refused.status, 409, "{}", refused.body);
    let saved = browser.submit(refused, action, &[]).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
}

on_both_engines! {
    async fn what_only_they_changed_is_kept_with_what_only_i_changed(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "Hopper").await);
        let (mut browser, edit) = (world.signed_in(&ada).await, format!("/admin/users/{}/edit", grace.id));
        let opened = browser.get(&edit).await;
        meanwhile(&world, &grace, "Hopper", "+1 202 555 0199").await;
        let refused = browser.submit(&opened, &edit, &[("last_name", "Murray")]).await;
        assert!(refused.body.contains("Somebody changed the phone meanwhile; that is kept."), "{}", refused.body);
        assert_eq!(["last_name", "phone", "display_name"].map(|field| mark(&refused, field)), [""; 3]);
        again(&mut browser, &refused, &edit).await;
        assert_eq!(world.text("select last_name || ' ' || phone from users where first_name = 'grace'").await, "Murray +1 202 555 0199");
    }

    async fn what_both_changed_is_marked_with_theirs_beside_mine(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "Hopper").await);
        let (mut browser, edit) = (world.signed_in(&ada).await, format!("/admin/users/{}/edit", grace.id));
        let opened = browser.get(&edit).await;
        meanwhile(&world, &grace, "Brewster", "+1 202 555 0199").await;
        let refused = browser.submit(&opened, &edit, &[("last_name", "Murray")]).await;
        assert_eq!((mark(&refused, "last_name"), mark(&refused, "phone")), (both("Murray", "Brewster").as_str(), ""));
        assert!(refused.body.contains("You both changed the last name: the form holds yours."), "{}", refused.body);
        again(&mut browser, &refused, &edit).await;
        assert_eq!(world.text("select last_name || ' ' || phone from users where first_name = 'grace'").await, "Murray +1 202 555 0199");
    }

    async fn a_number_that_is_masked_is_kept_and_not_shown(world: World) {
        let grace = world.add("grace", "Hopper").await;
        let linus = world.add("linus", "").await;
        for permission in [Permission::UsersRead, Permission::UsersUpdate] {
            give(&world, &lasting(Principal::User(linus.id), permission, Scope::Everywhere)).await;
        }
        world.execute("update users set phone = '+1 303 555 0177' where first_name = 'grace'").await;
        let (mut browser, edit) = (world.signed_in(&linus).await, format!("/admin/users/{}/edit", grace.id));
        let opened = browser.get(&edit).await;
        assert!(opened.body.contains("••77") && !opened.body.contains("303 555"));
        meanwhile(&world, &grace, "Hopper", "+1 303 555 0199").await;
        let refused = browser.submit(&opened, &edit, &[("last_name", "Murray")]).await;
        assert!(refused.body.contains("••99") && !refused.body.contains("303 555"), "{}", refused.body);
        again(&mut browser, &refused, &edit).await;
        assert_eq!(world.text("select last_name || ' ' || phone from users where first_name = 'grace'").await, "Murray +1 303 555 0199");
    }

    async fn a_group_and_a_tenant_are_merged_by_field(world: World) {
        let ada = world.set_up().await;
        let (a, mut browser) = (tenant(&world, "a").await, world.signed_in(&ada).await);
        let team = group(&world, "team", &a).await;
        let (group_form, tenant_form) = (format!("/admin/groups/{}/edit", team.id), format!("/admin/tenants/{}/edit", a.id));
        let opened = [browser.get(&group_form).await, browser.get(&tenant_form).await];
        let update = GroupUpdate { name: "crew".into(), description: "Theirs.".into(), version: 1 };
        run(&world.operator(), UpdateGroup { group: team.id, update }).await.unwrap();
        let update = TenantUpdate { name: "a".into(), use_: TenantType::Test, parent: Some(ROOT_TENANT), version: 1 };
        run(&world.operator(), UpdateTenant { tenant: a.id, update }).await.unwrap();
        let refused = browser.submit(&opened[0], &group_form, &[("name", "gang")]).await;
        assert_eq!((mark(&refused, "name"), mark(&refused, "description")), (both("gang", "crew").as_str(), ""));
        again(&mut browser, &refused, &group_form).await;
        let refused = browser.submit(&opened[1], &tenant_form, &[("name", "A")]).await;
        assert!(refused.body.contains("Somebody changed the type and the parent meanwhile; that is kept."), "{}", refused.body);
        again(&mut browser, &refused, &tenant_form).await;
        assert_eq!(world.text("select name || ' ' || description from groups").await, "gang Theirs.");
        assert_eq!(world.text("select name || ' ' || type from tenants where slug = 'a' and parent_id is not null").await, "A test");
    }

    async fn a_membership_and_the_end_of_access_are_merged_too(world: World) {
        let ada = world.set_up().await;
        let (a, mut browser) = (tenant(&world, "a").await, world.signed_in(&ada).await);
        let linus = member(&world, "linus", &a).await;
        let grant = give(&world, &lasting(Principal::User(linus.id), Permission::UsersRead, Scope::Tenant(a.id))).await;
        let (membership, renewal) = (format!("/admin/tenants/{}/members/{}", a.id, linus.id), format!("/admin/grants/{grant}/renew"));
        let opened = [browser.get(&membership).await, browser.get(&renewal).await];
        run(&world.operator(), set_membership((linus.id, a.id), (MembershipStatus::Pending, 1))).await.unwrap();
        world.execute("update grants set expires_at = 1800000000000, version = 2 where permission is not null").await;
        let refused = browser.submit(&opened[0], &membership, &[("status", "inactive"), ("step", "save")]).await;
        assert_eq!(mark(&refused, "status"), both("inactive", "pending"));
        let refused = browser.submit(&opened[1], &renewal, &[("lasts", "3600"), ("step", "save")]).await;
        assert_eq!(mark(&refused, "lasts"), both("1 hour", "until 2027-01-15 08:00 UTC"));
        let refused = browser.submit(&opened[1], &renewal, &[("reason", "Mine."), ("step", "save")]).await;
        assert!(refused.body.contains("Somebody changed the end meanwhile; that is kept."), "{}", refused.body);
        again(&mut browser, &refused, &renewal).await;
        assert_eq!(world.text("select reason from grants where expires_at = 1800000000000").await, "Mine.");
    }

    async fn a_role_is_merged_in_the_same_words(world: World) {
        let ada = world.set_up().await;
        let (made, mut browser) = (role(&world.operator(), "support", &["users.read"]).await, world.signed_in(&ada).await);
        let page = format!("/admin/roles/{}", made.id);
        let opened = browser.get(&page).await;
        let update = RoleUpdate { content: content("theirs", &["users.read", "users.list"]), version: 1 };
        run(&world.operator(), UpdateRole { role: made.id.clone(), update }).await.unwrap();
        let refused = browser.submit(&opened, &page, &[("name", "mine"), ("step", "save")]).await;
        assert_eq!(mark(&refused, "name"), both("mine", "theirs"));
        assert!(refused.body.contains("Somebody changed the permissions meanwhile; that is kept. You both changed the name"));
        again(&mut browser, &refused, &page).await;
        assert_eq!(world.count("select count(*) from roles r join role_permissions p on p.role_id = r.id where r.name = 'mine'").await, 2);
    }

    async fn an_island_that_only_asks_is_told_that_nothing_is_lost(world: World) {
        let ada = world.set_up().await;
        let made = role(&world.operator(), "support", &["users.read"]).await;
        let update = RoleUpdate { content: content("theirs", &["users.read"]), version: 1 };
        run(&world.operator(), UpdateRole { role: made.id.clone(), update }).await.unwrap();
        let form = [("name", "mine"), ("pattern", "users.read"), ("version", "1"), ("step", "preview")];
        let answer = world.signed_in(&ada).await.island().post(&format!("/admin/roles/{}", made.id), &form).await;
        assert!(answer.status == 409 && answer.body.contains("nothing is overwritten by that"), "{}", answer.body);
    }
}
