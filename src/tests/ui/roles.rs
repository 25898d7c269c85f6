//! Roles through pages.

use crate::{
    domain::stage::{content, give, group, role, tenant},
    support::{Browser, World, changes::*, on_both_engines},
};
use castellan::{
    domain::{
        grants::input::NewGrant,
        roles::{
            self,
            input::{RoleContent, RoleUpdate},
            store::Role,
        },
    },
    model::{principal::Principal, scope::Scope},
};

/// A role that was renamed, with a purpose and without `users.list`, in its second version.
async fn renamed(world: &World) -> Role {
    let made = role(&world.operator(), "support", &["users.read", "users.list"]).await;
    let content = RoleContent { description: "Helps.".into(), ..content("helpers", &["users.read"]) };
    run(&world.operator(), UpdateRole { role: made.id.clone(), update: RoleUpdate { content, version: 1 } })
        .await
        .unwrap()
}

async fn ada(world: &World) -> Browser {
    world.signed_in(&world.set_up().await).await
}

fn page(role: &Role) -> String {
    format!("/admin/roles/{}", role.id)
}

fn title(body: &str) -> &str {
    body.split("<title>").nth(1).unwrap().split("</title>").next().unwrap()
}

on_both_engines! {
    async fn wherever_versions_are_compared_a_new_name_and_purpose_are_seen(world: World) {
        let (mut browser, role) = (ada(&world).await, renamed(&world).await);
        let page = page(&role);
        for path in [page.clone(), format!("{page}/versions"), format!("{page}/versions?a=1&b=2")] {
            let body = browser.get(&path).await.body;
            for part in ["<del><bdi>support</bdi></del>", "<ins><bdi>helpers</bdi></ins>", "<del><bdi>(empty)</bdi></del>",
                "<ins><bdi>Helps.</bdi></ins>"] {
                assert!(body.contains(part), "{path}: {part}");
            }
        }
        let body = browser.get(&format!("{page}/rollback?to=1")).await.body;
        assert!(body.contains("<del><bdi>helpers</bdi></del>") && body.contains("<ins><bdi>(empty)</bdi></ins>"));
    }

    async fn the_last_row_of_a_page_of_versions_says_what_it_changed(world: World) {
        let (mut browser, mut role) = (ada(&world).await, renamed(&world).await);
        for n in 0..52 {
            let content = content(&format!("name {n}"), &["users.read"]);
            role = run(&world.operator(), UpdateRole { role: role.id.clone(), update: RoleUpdate { content, version: role.version } }).await.unwrap();
        }
        let body = browser.get(&format!("{}/versions", page(&role))).await.body;
        let last = body.split("<tr>").last().unwrap();
        assert!(last.contains("Compare from version 5\"") && last.contains("<ins><bdi>name 2</bdi></ins>"), "{last}");
        let body = browser.get(&format!("{}/versions?before=3", page(&role))).await.body;
        assert!(body.split("<tr>").last().unwrap().contains("The first."));
    }

    async fn going_back_keeps_the_reason_that_was_typed(world: World) {
        let (mut browser, role) = (ada(&world).await, renamed(&world).await);
        let action = format!("{}/rollback", page(&role));
        let late = browser.post(&action, &[("to", "1"), ("version", "1"), ("reason", "too \"soon\"")]).await;
        assert_eq!(late.status, 409);
        assert!(late.body.contains("value=\"too &quot;soon&quot;\"") && late.body.contains("name=\"version\" value=\"2\""));
        let long = browser.post(&action, &[("to", "1"), ("version", "2"), ("reason", &"x".repeat(201))]).await;
        assert!(long.status == 400 && long.body.contains("se at most 200 characters"));
        let unseen = browser.post(&action, &[("to", "1"), ("reason", "why not")]).await;
        assert!(unseen.status == 400 && unseen.body.contains("value=\"why not\""));
        let done = browser.post(&action, &[("to", "1"), ("version", "2"), ("reason", "too soon")]).await;
        assert_eq!(done.location(), page(&role));
        assert_eq!(roles::queries::version(&world.operator(), &role.id, 3).await.unwrap().reason, "too soon");
        browser.post(&action, &[("to", "2"), ("version", "3"), ("reason", " ")]).await;
        assert_eq!(roles::queries::version(&world.operator(), &role.id, 4).await.unwrap().reason, "Version 2 restored");
    }

    async fn there_is_no_way_back_to_what_is_or_to_a_name_that_another_role_has(world: World) {
        let (mut browser, old) = (ada(&world).await, renamed(&world).await);
        let path = format!("{}/rollback", page(&old));
        let same = browser.get(&format!("{path}?to=2")).await.body;
        assert!(same.contains("nothing to restore") && !same.contains("\"btn main\""));
        browser.post(&path, &[("to", "2"), ("version", "2")]).await;
        assert_eq!(roles::queries::read(&world.operator(), &old.id).await.unwrap().version, 2);
        role(&world.operator(), "support", &["users.read"]).await;
        let taken = browser.get(&format!("{path}?to=1")).await;
        assert!(taken.status == 400 && taken.body.contains("here is already a role of this name"), "{}", taken.body);
        assert!(!taken.body.contains("\"btn main\""));
        assert_eq!(browser.post(&path, &[("to", "1"), ("version", "2")]).await.status, 400);
    }

    async fn one_thing_is_not_compared_with_itself(world: World) {
        let (mut browser, role) = (ada(&world).await, renamed(&world).await);
        let versions = browser.get(&format!("{}/versions?a=1&b=1", page(&role))).await.body;
        assert!(versions.contains("Choose two different versions.") && !versions.contains("Version 1 → 1"));
        let roles = browser.get(&format!("/admin/roles/compare?a={}&b={}", role.id, role.id)).await.body;
        assert!(roles.contains("Choose two different roles.") && !roles.contains("They allow exactly the same."));
    }

    async fn deleting_names_the_people_and_groups_that_hold_it_first(world: World) {
        let (mut browser, role) = (ada(&world).await, renamed(&world).await);
        let team = group(&world, "Team <b>", &tenant(&world, "a").await).await;
        give(&world, &NewGrant::lasting(Principal::Group(team.id), role.id.clone(), Scope::Everywhere)).await;
        for n in 0..7 {
            let user = world.add(&format!("u{n}"), "").await;
            give(&world, &NewGrant::lasting(Principal::User(user.id), role.id.clone(), Scope::Everywhere)).await;
        }
        let href = page(&role);
        for path in [href.clone(), format!("{href}/delete")] {
            let body = browser.get(&path).await.body;
            assert!(body.contains("Given to 7 people and 1 group"), "{path}");
            assert!(body.contains(&format!("<a href=\"/admin/groups/{}\"><bdi>Team &lt;b&gt;</bdi></a>", team.id)), "{path}");
            let card = body.split("Given to").nth(1).unwrap().split("</section>").next().unwrap();
            assert_eq!(card.matches("<a href=\"/admin/users/").count(), 5, "{path}");
            assert!(body.contains(&format!("<a href=\"{href}/holders\" class=\"link\">and 2 more</a>")), "{path}");
        }
        let all = browser.get(&format!("{href}/holders")).await.body;
        assert_eq!(all.matches("<a href=\"/admin/users/").count(), 7);
    }

    async fn deleting_is_asked_again_when_the_role_changed_or_no_version_was_seen(world: World) {
        let (mut browser, role) = (ada(&world).await, renamed(&world).await);
        let path = format!("{}/delete", page(&role));
        assert!(browser.get(&path).await.body.contains("Given to nobody"));
        for (form, status) in [(&[][..], 400), (&[("version", "x")], 400), (&[("version", "1")], 409)] {
            let answer = browser.post(&path, form).await;
            assert_eq!(answer.status, status, "{form:?}");
            assert!(answer.body.contains("name=\"version\" value=\"2\""), "{form:?}");
        }
        assert_eq!(browser.post(&path, &[("version", "2")]).await.location(), "/admin/roles");
    }

    async fn permissions_are_found_without_a_script_and_ticks_are_kept(world: World) {
        let (mut browser, role) = (ada(&world).await, renamed(&world).await);
        let form = [("name", "new name"), ("version", "2"), ("pattern", "audit.read"), ("find", " Users.READ "), ("step", "find")];
        for path in [page(&role), "/admin/roles/new".to_owned()] {
            let found = browser.post(&path, &form).await;
            assert_eq!(found.status, 200);
            let row = |name: &str| found.body.split("<label").find(|row| row.contains(&format!("value=\"{name}\""))).unwrap().to_owned();
            let shown = |name: &str| !row(name).split('>').next().unwrap().contains("hidden");
            assert!(shown("users.read") && shown("users.*") && shown("*.*"));
            assert!(!shown("users.list") && !shown("audit.read") && !shown("audit.*"));
            assert!(row("audit.read").contains("checked") && !row("users.read").contains("checked"));
            assert!(found.body.contains("value=\"new name\"") && found.body.contains("value=\"Users.READ\""));
        }
        let none = browser.post("/admin/roles/new", &[("find", "<zzz>"), ("step", "find")]).await.body;
        let said = none.split("No permission matches").next().unwrap();
        assert!(!said.rsplit("<p").next().unwrap().contains("hidden") && none.contains("<bdi data-wanted=\"\">&lt;zzz&gt;</bdi>"));
        assert_eq!(world.count("select count(*) from roles where builtin = false").await, 1);
        let built_in = browser.get("/admin/roles/0000000000000000000000ADM1?find=users.read").await.body;
        assert_eq!(built_in.matches("<fieldset").count() - built_in.matches("<fieldset data-group=\"\" hidden").count(), 1);
    }

    async fn the_style_sheet_counts_after_all_boxes_of_a_noun(world: World) {
        let body = ada(&world).await.get("/admin/roles/new").await.body;
        for part in body.split("<fieldset").skip(1) {
            let (boxes, count) = part.split_once("</fieldset>").unwrap().0.split_once("class=\"count\"").unwrap();
            let n = boxes.matches("type=\"checkbox\"").count() - 1;
            assert!(count.contains(&format!("{n}</span>")) && !count.contains("checkbox"), "{count}");
        }
        assert!(!body.rsplit("class=\"count\"").next().unwrap().contains("checkbox"));
    }

    async fn titles_and_crumbs_name_the_role(world: World) {
        let (mut browser, role) = (ada(&world).await, renamed(&world).await);
        for path in ["", "/versions", "/holders", "/rollback?to=1", "/delete"] {
            let body = browser.get(&format!("{}{path}", page(&role))).await.body;
            assert!(title(&body).contains("helpers"), "{path}: {}", title(&body));
            assert!(body.split("</nav>").any(|nav| nav.contains("Breadcrumb") && nav.contains("<bdi>helpers</bdi>")), "{path}");
        }
        let compared = browser.get(&format!("/admin/roles/compare?a={}&b=0000000000000000000000ADM1", role.id)).await.body;
        assert!(title(&compared).contains("helpers and admin"));
    }

    async fn from_inside_a_tenant_nothing_is_offered_that_would_be_refused(world: World) {
        let (mut browser, role) = (ada(&world).await, renamed(&world).await);
        let a = tenant(&world, "a").await;
        let offers = async |browser: &mut Browser| {
            let [own, versions] = [browser.get(&page(&role)).await.body, browser.get(&format!("{}/versions", page(&role))).await.body];
            [own.contains("Delete…"), own.contains("Save as version"), versions.contains("Restore version…")]
        };
        assert_eq!(offers(&mut browser).await, [true; 3]);
        browser.work_in(&a.slug);
        assert_eq!(offers(&mut browser).await, [false; 3]);
        assert!(browser.get(&page(&role)).await.body.contains("from inside a tenant"));
    }
}
