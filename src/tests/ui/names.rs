//! Lists whose last page was emptied, and addresses that browsers send in their own way.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    domain::stage::{group, role, tenant},
    support::{PASSWORD, World, on_both_engines, person},
};

/// A place after every name, in a list whose ids are of this kind.
fn after_all(path: &str) -> String {
    let id = if path == "roles" { "7ZZZZZZZZZZZZZZZZZZZZZZZZZ" } else { "ffffffff-ffff-ffff-ffff-ffffffffffff" };
    URL_SAFE_NO_PAD.encode(format!(r#"["\udbff\udfff","{id}"]"#))
}

const SAID: &str = "This page is empty by now";

on_both_engines! {
    async fn an_emptied_page_says_so_and_leads_to_the_first(world: World) {
        let ada = world.set_up().await;
        let a = tenant(&world, "a").await;
        group(&world, "team", &a).await;
        role(&world.operator(), "support", &["users.read"]).await;
        let mut browser = world.signed_in(&ada).await;
        for path in ["users", "roles", "groups", "tenants", "workplace", "permissions/users.read"] {
            let page = browser.get(&format!("/admin/{path}?after={}", after_all(path))).await.body;
            assert!(page.contains(SAID), "{path}");
            let said = page.split(SAID).nth(1).unwrap();
            assert!(said.contains(&format!("href=\"/admin/{path}\"")), "{path}: the way to the first page: {said}");
            assert!(!page.contains("matches") && !page.contains("No role is called"), "{path}");
        }
        for path in ["audit?before=1", "deleted?before=1"] {
            assert!(browser.get(&format!("/admin/{path}")).await.body.contains(SAID), "{path}");
        }
        let searched = browser.get(&format!("/admin/groups?q=team&after={}", after_all("groups"))).await.body;
        assert!(searched.contains(SAID) && searched.contains("/admin/groups?q=team\""), "the search stays");
        for path in ["users", "roles", "groups", "tenants"] {
            let none = browser.get(&format!("/admin/{path}?q=zzz&after={}", after_all(path))).await.body;
            assert!(!none.contains(SAID), "{path}: nothing matches, on no page");
        }
    }

    async fn an_address_is_sent_as_it_was_typed(world: World) {
        world.set_up().await;
        let fields = ["jürgen@example.com", "otto@bücher.example"];
        for address in fields {
            let mut new = person("x", "");
            new.profile.email = castellan::domain::parse::Email::parse(address).unwrap();
            crate::support::changes::add_user(&world.operator(), new).await.unwrap();
        }
        let form = world.browser().get("/signin").await.body;
        assert!(form.contains("inputmode=\"email\"") && form.contains("autocomplete=\"username\""), "{form}");
        assert!(!form.contains("type=\"email\""), "a browser refuses some addresses there, and sends others as ASCII");
        for address in ["jürgen@example.com", "otto@bücher.example", "otto@xn--bcher-kva.example"] {
            let answer = world.browser().post("/signin", &[("email", address), ("password", PASSWORD)]).await;
            assert_eq!(answer.status, 303, "{address}");
        }
    }
}
