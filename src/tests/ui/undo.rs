//! Undo from the message after an action and from the log: what is offered, what is refused, and where it ends.

use crate::{
    domain::stage::{allowing, group, last_id, member, renamed, role, tenant},
    support::{Answer, Browser, World, changes::*, on_both_engines, person},
};
use castellan::domain::{tenants, users};

/// The request that the message on a page offers to undo.
fn offered(body: &str) -> Option<String> {
    let toast = body.split("class=\"toast\"").nth(1)?;
    Some(toast.split("name=\"request\" value=\"").nth(1)?.split('"').next()?.to_owned())
}

/// Follows an accepted form to the page it leads to.
async fn follow(browser: &mut Browser, answer: Answer) -> (String, String) {
    assert_eq!(answer.status, 303, "{}", answer.body);
    let path = answer.location().to_owned();
    let body = browser.get(&path).await.body;
    (path, body)
}

/// Presses Undo in the message on the page at `path`.
async fn undo(browser: &mut Browser, (path, body): &(String, String)) -> Answer {
    assert!(body.contains(&format!("name=\"back\" value=\"{path}\"")), "{path}: {body}");
    let request = offered(body).unwrap();
    browser.post("/admin/audit/undo", &[("request", &request), ("back", path)]).await
}

on_both_engines! {
    async fn only_what_can_be_taken_back_is_offered(world: World) {
        let ada = world.set_up().await;
        let (a, grace) = (tenant(&world, "a").await, world.add("grace", "").await);
        let mut browser = world.signed_in(&ada).await;
        let members = format!("/admin/tenants/{}/members", a.id);
        let answer = browser.post(&members, &[("email", &grace.login)]).await;
        assert!(offered(&follow(&mut browser, answer).await.1).is_some());
        let again = browser.post(&members, &[("email", &grace.login)]).await;
        assert!(again.status == 400 && again.body.contains("they belong to it already"), "{}", again.body);
        let answer = browser.post(&format!("{members}/{}/owner", grace.id), &[("step", "save")]).await;
        let owned = follow(&mut browser, answer).await;
        assert_eq!(undo(&mut browser, &owned).await.status, 303, "the first owner");
        assert_eq!(tenants::memberships::queries::owner(&world.operator(), a.id).await.unwrap(), None);
        let checked = browser.post("/admin/audit/check", &[]).await;
        assert_eq!(offered(&follow(&mut browser, checked).await.1), None);
    }

    async fn whoever_may_not_undo_is_offered_nothing(world: World) {
        world.set_up().await;
        let editor = world.add("grace", "").await;
        let support = role(&world.operator(), "support", &["users.read", "users.update"]).await;
        world.give(&editor, &support.name).await;
        let linus = world.add("linus", "").await;
        let mut browser = world.signed_in(&editor).await;
        let form = [("first_name", "L"), ("email", "linus@example.com"), ("version", "1")];
        let answer = browser.post(&format!("/admin/users/{}/edit", linus.id), &form).await;
        let (_, body) = follow(&mut browser, answer).await;
        assert!(body.contains("Saved.") && offered(&body).is_none());
    }

    async fn the_message_names_only_what_its_reader_did(world: World) {
        let ada = world.set_up().await;
        let (grace, linus) = (world.add("Grace", "").await, world.add_with_role("linus", "admin").await);
        let (mut browser, mut other) = (world.signed_in(&ada).await, world.signed_in(&linus).await);
        let answer = browser.post(&format!("/admin/users/{}/disable", grace.id), &[]).await;
        let (name, done) = browser.cookies.iter().find(|(name, _)| name.ends_with("-done")).unwrap();
        other.cookies.insert(name.clone(), done.clone());
        let (_, body) = follow(&mut browser, answer).await;
        assert!(body.contains("<bdi>Grace</bdi> is disabled. 0 sessions ended.") && offered(&body).is_some());
        let body = other.get("/admin/users").await.body;
        assert!(body.contains("<bdi>The user</bdi> is disabled.") && offered(&body).is_none(), "{body}");
    }

    async fn a_made_tenant_is_taken_back_from_the_message(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        let form = [("name", "North"), ("slug", "north"), ("kind", "standard"), ("type", "production"), ("parent", "")];
        let answer = browser.post("/admin/tenants/new", &form).await;
        let made = follow(&mut browser, answer).await;
        let undone = undo(&mut browser, &made).await;
        let (path, body) = follow(&mut browser, undone).await;
        assert_eq!(path, "/admin/audit", "its own page is gone");
        assert_eq!(browser.get(&made.0).await.status, 404);
        let again = undo(&mut browser, &(path, body)).await;
        assert_eq!(again.status, 303);
        assert!(browser.get(&made.0).await.body.contains("North"), "the undo is undone");
    }

    async fn undo_leads_back_to_where_it_was_pressed(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "").await;
        let mut browser = world.signed_in(&ada).await;
        let page = format!("/admin/users/{}", grace.id);
        let answer = browser.post(&format!("{page}/disable"), &[]).await;
        let disabled = follow(&mut browser, answer).await;
        assert_eq!(undo(&mut browser, &disabled).await.location(), page);
        for elsewhere in ["https://evil.example/admin/", "//evil.example/admin/", "/\\evil.example", "/signin", "", "/admin/users/01a2016a-fa5c-71e0-b490-b29a1e32cc60"] {
            let answer = browser.post(&format!("{page}/disable"), &[]).await;
            let request = offered(&follow(&mut browser, answer).await.1).unwrap();
            let undone = browser.post("/admin/audit/undo", &[("request", &request), ("back", elsewhere)]).await;
            assert_eq!(undone.location(), "/admin/audit", "{elsewhere:?}");
        }
    }

    async fn a_refusal_names_the_later_change_and_has_no_button(world: World) {
        let ada = world.set_up().await;
        let (mut browser, grace) = (world.signed_in(&ada).await, world.add("grace", "").await);
        let page = format!("/admin/users/{}", grace.id);
        let form = [("first_name", "Once"), ("email", "grace@example.com"), ("version", "1")];
        let answer = browser.post(&format!("{page}/edit"), &form).await;
        let saved = follow(&mut browser, answer).await;
        let (first, now) = (last_id(&world).await, users::queries::find(&world.operator(), grace.id).await.unwrap());
        run(&world.as_user(&ada).await, UpdateUser { user: grace.id, update: renamed(&now, "Twice") }).await.unwrap();
        let later = last_id(&world).await;
        let refused = undo(&mut browser, &saved).await;
        assert_eq!(refused.status, 303, "to the page that says what is in the way");
        let refused = browser.get(refused.location()).await;
        let asked = browser.get(&format!("/admin/audit/{first}/undo")).await;
        let posted = browser.post(&format!("/admin/audit/{first}/undo"), &[]).await;
        for (answer, status) in [(refused, 200), (asked, 200), (posted, 409)] {
            assert_eq!(answer.status, status);
            assert!(answer.body.to_lowercase().contains("it was changed again later"), "{}", answer.body);
            assert!(answer.body.contains(&format!("/admin/audit/{later}/undo")), "the later change");
            assert!(!answer.body.contains("<button class=\"btn main\">Undo</button>"));
        }
    }

    async fn a_refusal_says_what_is_in_the_way(world: World) {
        let (ada, ctx) = (world.set_up().await, world.operator());
        let (mut browser, a) = (world.signed_in(&ada).await, tenant(&world, "a").await);
        let mut refused = Vec::new();
        run(&ctx, DeleteRole { role: role(&ctx, "support", &["users.read"]).await.id, version: 1, unused: false }).await.unwrap();
        refused.push((last_id(&world).await, "there is already a role of this name"));
        role(&ctx, "support", &["users.read"]).await;
        run(&ctx, DeleteGroup { group: group(&world, "team", &a).await.id, version: 1, unused: false }).await.unwrap();
        refused.push((last_id(&world).await, "there is already a group of this name"));
        group(&world, "team", &a).await;
        run(&ctx, DeleteUser { user: world.add("grace", "").await.id, unchanged: None }).await.unwrap();
        refused.push((last_id(&world).await, "somebody already signs in with this address"));
        add_user(&ctx, person("grace", "")).await.unwrap();
        let made = role(&ctx, "auditor", &["audit.read"]).await;
        run(&ctx, UpdateRole { role: made.id.clone(), update: allowing(&made, &["users.read"]) }).await.unwrap();
        refused.push((last_id(&world).await, "the role is not there any more"));
        run(&ctx, DeleteRole { role: made.id.clone(), version: 2, unused: false }).await.unwrap();
        tenant(&world, "b").await;
        refused.push((last_id(&world).await, "it was used since"));
        member(&world, "linus", &tenants::queries::read(&ctx, tenants::store::find_by_slug(&mut ctx.read().await.unwrap(), "b").await.unwrap().unwrap()).await.unwrap()).await;
        for (event, why) in refused {
            let page = browser.get(&format!("/admin/audit/{event}/undo")).await;
            assert!(page.status == 200 && page.body.to_lowercase().contains(why), "{why}: {}", page.body);
            let answer = browser.post(&format!("/admin/audit/{event}/undo"), &[]).await;
            assert!(answer.status == 409 && answer.body.to_lowercase().contains(why), "{why}: {}", answer.body);
        }
    }

    async fn the_question_says_who_gains_what(world: World) {
        let ada = world.set_up().await;
        let grace = world.add_with_role("Grace", "read-only").await;
        run(&world.operator(), DisableUser { user: grace.id }).await.unwrap();
        let disabled = last_id(&world).await;
        let body = world.signed_in(&ada).await.get(&format!("/admin/audit/{disabled}/undo")).await.body;
        assert!(body.contains("What it would do") && body.contains("person gains") && body.contains("Grace"), "{body}");
    }

    async fn a_deletion_offers_to_restore_and_an_undo_to_do_it_again(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "").await);
        let mut browser = world.signed_in(&ada).await;
        let answer = browser.post(&format!("/admin/users/{}/delete", grace.id), &[]).await;
        let (_, body) = follow(&mut browser, answer).await;
        assert!(body.contains("is deleted. You can restore them for 30 days.") && body.contains(">Restore</button>"), "{body}");
        let request = offered(&body).unwrap();
        let answer = browser.post("/admin/audit/undo", &[("request", &request), ("back", "/admin/users"), ("way", "restore")]).await;
        let (_, body) = follow(&mut browser, answer).await;
        assert!(body.contains("Restored.") && body.contains(">Redo</button>"), "{body}");
        let log = browser.get("/admin/audit").await.body;
        assert!(log.contains(">restored</a>") && log.contains(">Undo"), "{log}");
    }

    async fn what_was_deleted_is_listed_and_restored(world: World) {
        let ada = world.set_up().await;
        let (ctx, mut browser) = (world.as_user(&ada).await, world.signed_in(&ada).await);
        let grace = world.add("grace", "").await;
        run(&ctx, DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
        let event = last_id(&world).await;
        run(&ctx, DeleteRole { role: role(&ctx, "support", &["users.read"]).await.id, version: 1, unused: false }).await.unwrap();
        for list in ["/admin/users", "/admin/roles"] {
            assert!(browser.get(list).await.body.contains("href=\"/admin/deleted\""), "{list}");
        }
        world.services.clock.advance(3 * 86_400);
        let mut browser = world.signed_in(&ada).await;
        let body = browser.get("/admin/deleted").await.body;
        assert!(body.contains("grace") && body.contains("support") && body.contains("27 days left") && body.contains("ada Lovelace"), "{body}");
        let asked = browser.get(&format!("/admin/audit/{event}/undo?back=%2Fadmin%2Fdeleted")).await.body;
        assert!(asked.contains("name=\"back\" value=\"/admin/deleted\"") && asked.contains(">Restore</button>") && !asked.contains(">Undo</button>"));
        let answer = browser.post(&format!("/admin/audit/{event}/undo"), &[("back", "/admin/deleted")]).await;
        assert_eq!(answer.location(), "/admin/deleted");
        let body = browser.get("/admin/deleted").await.body;
        assert!(!body.contains("grace") && body.contains("support"));
        let reader = world.add_with_role("linus", "read-only").await;
        let body = world.signed_in(&reader).await.get("/admin/deleted").await.body;
        assert!(body.contains("support") && !body.contains("Restore…"));
    }
}
