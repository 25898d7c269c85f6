//! The words of pages: one for each thing, as the glossary has them.

use crate::{
    domain::stage::{give, lasting, tenant},
    support::{World, changes::*, on_both_engines},
};
use castellan::{
    app::PAGES,
    model::{permission::Permission, principal::Principal, scope::Scope},
};

use super::places::Places;

/// Words that were given up, as they would stand in a page's text.
const OLD: [&str; 9] = [
    ">Below<",
    "below it",
    ">What it is for<",
    "Go back",
    "Take away",
    ">Besides",
    "Work here",
    "You work here",
    "you can undo this",
];

on_both_engines! {
    async fn no_page_uses_a_word_that_was_given_up(world: World) {
        let ada = world.set_up().await;
        let places = Places::make(&world, &ada).await;
        let (a, linus) = (tenant(&world, "a").await, world.add("linus", "").await);
        for login in [&ada.login, &linus.login] {
            add_member(&world.operator(), a.id, login).await.unwrap();
        }
        give(&world, &lasting(Principal::User(linus.id), Permission::UsersRead, Scope::Tenant(a.id))).await;
        let mut browser = world.signed_in(&ada).await;
        let more = [format!("/admin/users/{}", linus.id), format!("/admin/tenants/{}", a.id), format!("/admin/tenants/{}/edit", a.id)];
        let paths = PAGES.iter().map(|(path, _)| places.page(path));
        for path in paths.chain(more) {
            let body = browser.get(&path).await.body;
            let old = OLD.iter().find(|word| body.contains(**word));
            assert_eq!(old, None, "{path}");
        }
        let body = browser.get(&format!("/admin/users/{}", linus.id)).await.body;
        assert!(body.contains("Also, in <bdi>a</bdi>"), "{body}");
    }
}
