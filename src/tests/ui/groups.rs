//! What a group's page says.

use crate::{
    domain::stage::{give, group, lasting, put, tenant},
    support::{World, on_both_engines},
};
use castellan::model::{permission::Permission, principal::Principal, scope::Scope};

on_both_engines! {
    async fn a_group_shows_what_the_groups_around_it_give(world: World) {
        let (ada, a) = (world.set_up().await, tenant(&world, "a").await);
        let mut browser = world.signed_in(&ada).await;
        let (far, near, team) = (group(&world, "far", &a).await, group(&world, "near", &a).await, group(&world, "team", &a).await);
        put(&world, Principal::Group(team.id), &near).await;
        put(&world, Principal::Group(near.id), &far).await;
        let page = format!("/admin/groups/{}", team.id);
        assert!(!browser.get(&page).await.body.contains("groups around it"));
        give(&world, &lasting(Principal::Group(far.id), Permission::AuditRead, Scope::Everywhere)).await;
        let body = browser.get(&page).await.body;
        let card = body.split("Access through groups around it").nth(1).unwrap().split("</section>").next().unwrap();
        assert!(card.contains("audit.read") && card.contains(&format!("/admin/groups/{}", far.id)), "{card}");
        assert!(!card.contains("/take"), "it is changed on the page of the group that has it");
        assert!(!browser.get(&format!("/admin/groups/{}", far.id)).await.body.contains("groups around it"));
    }
}
