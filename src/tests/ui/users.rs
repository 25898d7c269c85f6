//! Administering users through pages.

use crate::{
    domain::stage::{give, lasting, member, tenant},
    support::{Answer, World, changes::*, on_both_engines, person},
};
use castellan::{
    domain::{
        commands::run,
        second_factor::{commands::BindSecondFactor, totp},
    },
    model::{id::ROOT_TENANT, permission::Permission, principal::Principal, scope::Scope, tenant::MembershipStatus},
};

on_both_engines! {
    async fn a_roles_page_leads_to_the_list_of_all_who_have_it(world: World) {
        let ada = world.set_up().await;
        world.add("grace", "").await;
        let (mut browser, role) = (world.signed_in(&ada).await, world.role("admin").await);
        let href = format!("/admin/users?role={role}");
        assert!(browser.get(&format!("/admin/roles/{role}/holders")).await.body.contains(&format!("href=\"{href}\"")));
        let page = browser.get(&href).await.body;
        assert!(page.contains("with the role <b><bdi>admin</bdi></b>") && page.contains("href=\"/admin/users\">Show everybody"), "{page}");
        assert!(page.contains("ada@example.com") && !page.contains("grace@example.com") && page.contains("1 match"), "{page}");
        assert!(page.contains(&format!("name=\"role\" value=\"{role}\"")), "a search stays among them: {page}");
        assert_eq!(browser.get("/admin/users?role=00000000000000000000000000").await.status, 404);
        assert!(browser.get("/admin/users?role=nonsense").await.body.contains("grace@example.com"), "what is none means the default");
    }

    async fn a_user_is_made_edited_disabled_enabled_and_deleted(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        let made = browser.post("/admin/users/new", &[("first_name", "Grace"), ("last_name", "Hopper"), ("email", "Grace@Example.com"), ("password", crate::support::PASSWORD), ("tenant", &ROOT_TENANT.to_string())]).await;
        let page = made.location().to_owned();
        assert_eq!(made.status, 303);
        assert!(browser.get(&page).await.body.contains("Grace Hopper"));
        let (edit, typed) = (format!("{page}/edit"), [("first_name", "Amazing"), ("last_name", "Grace"), ("display_name", "Amazing Grace")]);
        let opened = browser.get(&edit).await;
        assert_eq!(browser.submit(&opened, &edit, &typed).await.location(), page);
        let stale = browser.submit(&opened, &edit, &typed).await;
        assert_eq!(stale.status, 409);
        assert!(stale.body.contains("Somebody changed this") && stale.body.contains("name=\"version\" value=\"2\""));
        let other = browser.post(&format!("{page}/disable"), &[]).await;
        assert_eq!(other.location(), page);
        assert!(browser.get(&page).await.body.contains("<bdi>Amazing Grace</bdi> is disabled. 0 sessions ended."));
        assert_eq!(browser.post(&format!("{page}/enable"), &[]).await.location(), page);
        assert_eq!(browser.post(&format!("{page}/delete"), &[]).await.location(), "/admin/users");
        assert_eq!(browser.get(&page).await.status, 404);
        assert_eq!(browser.post(&format!("{page}/delete"), &[]).await.status, 404);
    }

    async fn the_form_of_a_new_user_says_where_they_belong_and_where_the_role_counts(world: World) {
        let ada = world.set_up().await;
        let (mut browser, root) = (world.signed_in(&ada).await, ROOT_TENANT.to_string());
        let field = |answer: &Answer, name: &str| answer.form("/admin/users/new").into_iter().find(|(field, _)| field == name).map(|(_, value)| value);
        let opened = browser.get("/admin/users/new").await;
        assert_eq!((field(&opened, "tenant"), field(&opened, "counts")), (Some(root), Some(String::new())), "there is one tenant");
        let a = tenant(&world, "a").await;
        let opened = browser.get("/admin/users/new").await;
        assert_eq!(field(&opened, "tenant").as_deref(), Some(""), "there are several");
        let role = world.role("read-only").await.0;
        let grace = [("first_name", "Grace"), ("email", "grace@example.com"), ("role", role.as_str())];
        let refused = browser.submit(&opened, "/admin/users/new", &grace).await;
        assert!(refused.status == 400 && refused.body.contains("hoose where the role counts"), "{}", refused.body);
        let refused = browser.submit(&refused, "/admin/users/new", &[("counts", "there")]).await;
        assert!(refused.status == 400 && refused.body.contains("hoose the tenant that they belong to"), "{}", refused.body);
        let nowhere = browser.submit(&refused, "/admin/users/new", &[("tenant", &ada.id.to_string())]).await;
        assert!(nowhere.status == 400 && nowhere.body.contains("hoose a tenant of the list"), "{}", nowhere.body);
        assert_eq!(browser.submit(&refused, "/admin/users/new", &[("tenant", &a.id.to_string())]).await.status, 303);
        assert_eq!(world.count("select count(*) from grants where tenant_id is null").await, 1, "ada's");
        assert_eq!(world.text("select t.slug from memberships m join tenants t on t.id = m.tenant_id join users u on u.id = m.user_id where u.first_name = 'Grace'").await, "a");
        browser.work_in(&a.slug);
        let opened = browser.get("/admin/users/new").await;
        assert_eq!((field(&opened, "tenant"), field(&opened, "counts").as_deref()), (None, Some("there")), "inside, it is there");
    }

    async fn a_lost_second_factor_is_reset_on_its_owners_page(world: World) {
        let ada = world.set_up().await;
        let (grace, mut browser) = (world.add("grace", "Hopper").await, world.signed_in(&ada).await);
        let (page, secret) = (format!("/admin/users/{}", grace.id), totp::new_secret());
        assert!(!browser.get(&page).await.body.contains("Reset second factor"), "there is none");
        let code = totp::code(&secret, totp::step_at(world.services.clock.now()));
        run(&world.as_user(&grace).await, BindSecondFactor { secret, code, replaces: false }).await.unwrap();
        let bound = browser.get(&page).await.body;
        assert!(bound.contains("an authenticator app") && bound.contains("Reset second factor"), "{bound}");
        let asked = browser.get(&format!("{page}/second-factor")).await;
        assert!(asked.body.contains("can't be brought back"), "{}", asked.body);
        assert_eq!(browser.submit(&asked, &format!("{page}/second-factor"), &[]).await.location(), page);
        assert!(browser.get(&page).await.body.contains("</bdi> has no second factor any more."));
        assert_eq!(world.count("select count(*) from users where second_factor <> 'none'").await, 0);
    }

    async fn from_where_somebody_is_let_in_is_said_on_their_page(world: World) {
        let ada = world.set_up().await;
        let (grace, mut browser) = (world.add("grace", "Hopper").await, world.signed_in(&ada).await);
        let page = format!("/admin/users/{}", grace.id);
        let (form, kept) = (format!("{page}/allowlist"), "select ip_allowlist from users where last_name = 'Hopper'");
        let opened = browser.get(&page).await;
        assert_eq!(browser.submit(&opened, &form, &[("networks", " 192.0.2.7  2001:db8::/32 ")]).await.location(), page);
        assert_eq!(world.text(kept).await, r#"["192.0.2.7","2001:db8::/32"]"#);
        let late = browser.submit(&opened, &form, &[("networks", "10.0.0.0/8")]).await;
        assert!(late.status == 409 && late.body.contains("You both changed the addresses"), "{}", late.body);
        assert_eq!(browser.submit(&late, &form, &[]).await.location(), page, "after they saw both");
        let opened = browser.get(&page).await;
        let wrong = browser.submit(&opened, &form, &[("networks", "home")]).await;
        assert!(wrong.status == 400 && wrong.body.contains("ome is no address or network") && wrong.body.contains("value=\"home\""), "{}", wrong.body);
        assert_eq!(world.text(kept).await, r#"["10.0.0.0/8"]"#);
    }

    async fn names_are_text_wherever_they_are_shown(world: World) {
        let ada = world.set_up().await;
        let mut new = person("mallory", "");
        new.profile.display_name = "</textarea><img src=x onerror=alert(1)>\"'".into();
        let mallory = add_user(&world.operator(), new).await.unwrap();
        let mut browser = world.signed_in(&ada).await;
        let user = format!("/admin/users/{}", mallory.id);
        for path in ["/admin/users", "/admin/audit", &user, &format!("{user}/edit"), &format!("{user}/delete")] {
            let body = browser.get(path).await.body;
            assert!(!body.contains("<img"), "{path}");
        }
    }

    async fn roles_are_given_and_taken_on_the_users_page(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        let mut browser = world.signed_in(&ada).await;
        let page = format!("/admin/users/{}", grace.id);
        let reader = world.role("read-only").await;
        for _ in 0..2 {
            let form = [("user", grace.id.to_string()), ("role", reader.0.clone()), ("tenant", "everywhere".into())];
            let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
            assert_eq!(browser.post("/admin/grants/new", &form).await.location(), page);
        }
        assert_eq!(world.count("select count(*) from events where action = 'grants.give'").await, 2, "ada's and one of grace's");
        let body = browser.get(&page).await.body;
        let take = body.split("href=\"").find(|part| part.contains("/take\"")).unwrap().split('"').next().unwrap().to_owned();
        assert_eq!(browser.post(&take, &[("version", "2")]).await.status, 409, "somebody changed it meanwhile");
        assert_eq!(browser.post(&take, &[("version", "1")]).await.location(), page);
        assert_eq!(world.count("select count(*) from grants").await, 1);
        assert_eq!(browser.post(&take, &[("version", "1")]).await.status, 404);
    }

    async fn a_bulk_change_is_previewed_then_applied(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        let mut browser = world.signed_in(&ada).await;
        let preview = browser.get(&format!("/admin/users/bulk?action=disable&user={}&user={}", ada.id, grace.id)).await;
        assert_eq!(preview.status, 200);
        assert!(preview.body.contains("Stay as they are") && preview.body.contains("do this to yourself"));
        let done = browser.post("/admin/users/bulk", &[("action", "disable"), ("user", &grace.id.to_string())]).await;
        assert_eq!(done.location(), "/admin/users");
        assert!(browser.get("/admin/users").await.body.contains("Done for 1 person."));
        assert_eq!(browser.get("/admin/users/bulk?action=disable").await.status, 400);
    }

    async fn access_says_where_it_does_not_count(world: World) {
        let (ada, a) = (world.set_up().await, tenant(&world, "a").await);
        let linus = member(&world, "linus", &a).await;
        give(&world, &lasting(Principal::User(linus.id), Permission::UsersRead, Scope::Tenant(a.id))).await;
        let (mut browser, page) = (world.signed_in(&ada).await, format!("/admin/users/{}", linus.id));
        assert!(!browser.get(&page).await.body.contains("doesn’t count"));
        let inactive = MembershipStatus::Inactive;
        run(&world.operator(), set_membership((linus.id, a.id), (inactive, 1))).await.unwrap();
        assert!(browser.get(&page).await.body.contains("doesn’t count"));
    }
}
