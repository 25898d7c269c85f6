//! The log's page: finding what was done by whom to what, by words that people know.

use crate::{
    domain::stage::{group, last, last_id, member, put, renamed, role, tenant},
    support::{Browser, World, changes::*, on_both_engines},
};
use castellan::model::{principal::Principal, scope::Scope};

/// How many events the log's page says that it found.
async fn found(browser: &mut Browser, query: &[(&str, &str)]) -> u64 {
    let query = serde_urlencoded::to_string(query).unwrap();
    let body = browser.get(&format!("/admin/audit?{query}")).await.body;
    let foot = body.split("aria-label=\"Pages\"").nth(1).unwrap().split("</span>").next().unwrap();
    let digits: String = foot.split("event").next().unwrap().chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

on_both_engines! {
    async fn people_are_found_by_address_and_by_name_also_when_they_are_deleted(world: World) {
        let ada = world.set_up().await;
        let grace = world.add_with_role("Grace", "admin").await;
        world.services.clock.advance(1);
        run(&world.as_user(&grace).await, UpdateUser { user: ada.id, update: renamed(&ada, "Countess") }).await.unwrap();
        let mut browser = world.signed_in(&ada).await;
        assert_eq!(found(&mut browser, &[("target", " Grace@Example.com ")]).await, 2, "made, and given a role");
        assert_eq!(found(&mut browser, &[("target", "gRACE")]).await, 2);
        run(&world.operator(), DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
        assert_eq!(found(&mut browser, &[("target", "grace@example.com")]).await, 3);
        assert_eq!(found(&mut browser, &[("target", "grace")]).await, 3);
        assert_eq!(found(&mut browser, &[("actor", "grace@example.com")]).await, 1);
        assert_eq!(found(&mut browser, &[("actor", "grace"), ("target", "ada@example.com")]).await, 1);
        assert_eq!(found(&mut browser, &[("target", "grace@example.org")]).await, 0);
        assert_eq!(found(&mut browser, &[("actor", "Command Line"), ("target", "grace")]).await, 3);
        world.add("Grace", "").await;
        assert_eq!(found(&mut browser, &[("target", "grace@example.com")]).await, 4, "both who had the address");
    }

    async fn roles_groups_and_tenants_are_found_by_name(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        let (ctx, support) = (world.operator(), tenant(&world, "support: north").await);
        assert_eq!(found(&mut browser, &[("target", "Support: North")]).await, 1);
        run(&ctx, DeleteGroup { group: group(&world, "support", &support).await.id, version: 1, unused: false }).await.unwrap();
        let made = role(&ctx, "Support", &["users.read"]).await;
        assert_eq!(found(&mut browser, &[("target", "support")]).await, 3, "all that is called so");
        assert_eq!(found(&mut browser, &[("target", &format!("role:{}", made.id))]).await, 1);
        let body = browser.get(&format!("/admin/audit?target=role:{}", made.id)).await.body;
        assert!(body.contains("name=\"target\" type=\"text\" value=\"Support\""), "a name, not an id: {body}");
        let csv = browser.get("/admin/audit/export.csv?target=support").await.body;
        assert_eq!(csv.lines().count(), 4, "{csv}");
    }

    async fn a_member_is_found_where_they_were_put(world: World) {
        let ada = world.set_up().await;
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let grace = member(&world, "Grace", &a).await;
        let (inner, outer) = (group(&world, "inner", &a).await, group(&world, "outer", &a).await);
        put(&world, Principal::User(grace.id), &inner).await;
        put(&world, Principal::Group(inner.id), &outer).await;
        add_member(&world.operator(), b.id, "grace@example.com").await.unwrap();
        let mut browser = world.signed_in(&ada).await;
        for target in ["grace@example.com", "grace", &format!("user:{}", grace.id)] {
            assert_eq!(found(&mut browser, &[("target", target)]).await, 3, "{target}: made, in a group, in b");
        }
        assert_eq!(found(&mut browser, &[("target", "inner")]).await, 3, "made, filled, and put into the outer one");
        let page = browser.get(&format!("/admin/users/{}", grace.id)).await.body;
        let put = page.split("<tr>").find(|row| row.contains("added them to the group")).unwrap();
        assert!(put.contains("inner</bdi>") && put.contains("Undo…"), "{put}");
        browser.work_in(&a.slug);
        assert_eq!(found(&mut browser, &[("target", "grace@example.com")]).await, 2, "b is another tenant's business");
        browser.work_in(&b.slug);
        assert_eq!(found(&mut browser, &[("target", "inner")]).await, 0);
    }

    async fn in_a_tenant_a_name_finds_nothing_of_another(world: World) {
        let ada = world.set_up().await;
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let in_b = world.operator().working_in(Scope::Tenant(b.id));
        run(&in_b, DeleteRole { role: role(&in_b, "support", &["users.read"]).await.id, version: 1, unused: false }).await.unwrap();
        run(&in_b, DeleteUser { user: member(&world, "grace", &b).await.id, unchanged: None }).await.unwrap();
        let mut browser = world.signed_in(&ada).await;
        assert_eq!(found(&mut browser, &[("target", "support")]).await, 2);
        browser.work_in(&a.slug);
        let nobody = browser.get("/admin/audit?target=nobody%40example.com").await.body;
        for name in ["support", "b", "grace", "grace@example.com"] {
            assert_eq!(found(&mut browser, &[("target", name)]).await, 0, "{name}");
            let query = serde_urlencoded::to_string([("target", name)]).unwrap();
            let body = browser.get(&format!("/admin/audit?{query}")).await.body;
            let same = body.replace(&query, "?").replace(name, "?");
            let other = nobody.replace("target=nobody%40example.com", "?").replace("nobody@example.com", "?");
            assert_eq!(same.contains("Nothing like that happened"), other.contains("Nothing like that happened"));
            assert!(!body.contains("aria-invalid"), "an unknown name and one of another tenant are answered alike");
        }
        assert_eq!(found(&mut browser, &[("target", "a")]).await, 1);
    }

    async fn a_filter_that_can_not_be_read_finds_nothing_rather_than_everything(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        for wrong in ["action=users.vanish", "tenant=x", "from=soon", "until=1"] {
            assert_eq!(browser.get(&format!("/admin/audit/export.csv?{wrong}")).await.status, 400, "{wrong}");
            let body = browser.get(&format!("/admin/audit?{wrong}")).await.body;
            assert!(body.contains("Nothing like that happened"), "{wrong}");
        }
    }

    async fn what_was_done_is_chosen_as_a_sentence(world: World) {
        let ada = world.set_up().await;
        let body = world.signed_in(&ada).await.get("/admin/audit?action=roles.update").await.body;
        assert!(body.contains("<optgroup label=\"Roles\">"), "{body}");
        assert!(body.contains("<option value=\"roles.update\" selected>changed the role (roles.update)</option>"), "{body}");
        assert!(!body.contains("value=\"roles.read\"") && !body.contains("value=\"audit.undo\""));
    }

    async fn what_was_undone_says_so_and_offers_it_no_more(world: World) {
        let ada = world.set_up().await;
        let made = role(&world.operator(), "support", &["users.read"]).await;
        let (event, mut browser) = (last_id(&world).await, world.signed_in(&ada).await);
        let page = format!("/admin/audit?target=role:{}", made.id);
        let back = format!("back=%2Fadmin%2Faudit%3Ftarget%3Drole%3A{}", made.id);
        let offer = format!("<a href=\"/admin/audit/{event}/undo?{back}\" class=\"btn quiet\">Undo…</a>");
        assert!(browser.get(&page).await.body.contains(&offer));
        let before = browser.get(&format!("/admin/audit/{event}/undo")).await.body;
        assert!(before.contains("<button class=\"btn main\">Undo</button>"));
        browser.post(&format!("/admin/audit/{event}/undo"), &[]).await;
        let body = browser.get(&page).await.body;
        assert!(!body.contains(&offer));
        assert!(body.contains(&format!("<a href=\"/admin/audit/{event}/undo?{back}\" class=\"link\">undone</a>")), "{body}");
        let after = browser.get(&format!("/admin/audit/{event}/undo")).await.body;
        assert!(!after.contains("<button class=\"btn main\">Undo</button>") && after.contains("It was undone already"));
        let undoing = last(&world).await.id;
        assert!(after.contains(&format!("/admin/audit/{undoing}/undo")), "the one that undid it is there to be undone");
    }
}
