//! Where access is given, as the form proposes it.

use crate::{
    domain::stage::{give, group, last_id, role, tenant},
    support::{Browser, World, changes::*, on_both_engines},
};
use castellan::{
    domain::{grants::input::NewGrant, tenants},
    model::{principal::Principal, scope::Scope},
};

/// The place that the form has chosen; empty where the reader must choose.
async fn proposed(browser: &mut Browser, holder: &str) -> String {
    let body = browser.get(&format!("/admin/grants/new?{holder}")).await.body;
    let places = body.split("name=\"tenant\"").nth(1).unwrap().split("</select>").next().unwrap();
    let chosen = places.split("<option").find(|option| option.contains("selected"));
    chosen.map_or(String::new(), |option| option.split('"').nth(1).unwrap().to_owned())
}

on_both_engines! {
    async fn the_narrow_place_is_proposed_and_none_where_there_are_several(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "").await;
        let mut browser = world.signed_in(&ada).await;
        let user = format!("user={}", grace.id);
        assert_eq!(proposed(&mut browser, &user).await, "everywhere", "there is one tenant only");
        let root = tenants::queries::list(&world.operator(), "", "").await.unwrap().rows.remove(0);
        let a = tenant(&world, "a").await;
        assert_eq!(proposed(&mut browser, &user).await, root.id.to_string(), "hers");
        add_member(&world.operator(), a.id, &grace.login).await.unwrap();
        assert_eq!(proposed(&mut browser, &user).await, "", "she belongs to two");
        let team = group(&world, "team", &a).await;
        assert_eq!(proposed(&mut browser, &format!("group={}", team.id)).await, a.id.to_string());
    }

    async fn a_role_is_replaced_in_place_and_back(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "").await);
        let (reader, editor) = (role(&world.operator(), "reader", &["users.read"]).await, role(&world.operator(), "editor", &["users.update"]).await);
        let grant = give(&world, &NewGrant::lasting(Principal::User(grace.id), reader.id.clone(), Scope::Everywhere)).await;
        let mut browser = world.signed_in(&ada).await;
        let path = format!("/admin/grants/{grant}/replace");
        let page = browser.get(&path).await;
        let asked = browser.submit(&page, &path, &[("role", &editor.id.0), ("step", "preview")]).await;
        assert!(asked.body.contains("users.update") && asked.body.contains("users.read"), "{}", asked.body);
        let refused = browser.submit(&page, &path, &[("role", "nonsense"), ("step", "save")]).await;
        assert_eq!(refused.status, 400);
        assert_eq!(browser.submit(&page, &path, &[("role", &editor.id.0), ("step", "save")]).await.status, 303);
        let held = async || grants_of(&world.operator(), grace.id).await.unwrap().rows.remove(0);
        let now = held().await;
        assert_eq!((now.id, now.role_id, now.version), (grant, Some(editor.id.clone()), 2));
        let stale = browser.submit(&page, &path, &[("role", &reader.id.0), ("step", "save")]).await;
        assert_eq!(stale.status, 409, "somebody else replaced it meanwhile");
        undo(&world.operator(), last_id(&world).await).await.unwrap();
        assert_eq!(held().await.role_id, Some(reader.id));
    }

    async fn a_form_that_names_no_place_is_refused(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "").await);
        let mut browser = world.signed_in(&ada).await;
        let form = [("user", grace.id.to_string()), ("permission", "users.read".to_owned())];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        let answer = browser.post("/admin/grants/new", &form).await;
        assert!(answer.status == 400 && answer.body.contains("choose where it counts"), "{}", answer.status);
        assert_eq!(world.count("select count(*) from grants").await, 1, "ada's");
    }
}
