//! The log: its chain, its filters, its pages.

mod chain;
mod filters;
mod whose;

use super::stage::{self, allowing, renamed, role, tenant};
use crate::support::{World, changes::*};
use castellan::{
    domain::audit::{self, event::Event, query::EventQuery},
    model::{principal::Principal, scope::Scope},
};

/// What several actions leave in the log: ten rows or more, of several actors, targets, tenants and days.
async fn history(world: &World) {
    let ada = world.set_up().await;
    let (a, b) = (tenant(world, "a").await, tenant(world, "b").await);
    let grace = world.add_with_role("grace", "admin").await;
    world.services.clock.advance(86_400);
    let (as_ada, as_grace) = (world.as_user(&ada).await, world.as_user(&grace).await);
    let linus = stage::member(world, "linus", &a).await;
    run(&as_ada, UpdateUser { user: linus.id, update: renamed(&linus, "Linus") }).await.unwrap();
    run(&as_grace.clone().working_in(Scope::Tenant(a.id)), DisableUser { user: linus.id }).await.unwrap();
    world.services.clock.advance(86_400);
    run(&as_ada, EnableUser { user: linus.id }).await.unwrap();
    let role = role(&as_grace.clone().working_in(Scope::Tenant(b.id)), "support", &["users.read"]).await;
    run(&as_grace, UpdateRole { role: role.id.clone(), update: allowing(&role, &["users.list"]) }).await.unwrap();
    run(&as_ada, DeleteRole { role: role.id.clone(), version: 2, unused: false }).await.unwrap();
    stage::put(world, Principal::User(linus.id), &stage::group(world, "helpers", &a).await).await;
}

/// Every row that the query asks for, newest first, page by page; the totals must agree with the pages.
async fn read(world: &World, query: &EventQuery) -> Vec<Event> {
    let mut rows: Vec<Event> = Vec::new();
    let mut page = audit::list::list(&world.operator(), query).await.unwrap();
    let total = page.total;
    loop {
        assert_eq!(page.total, total);
        rows.append(&mut page.rows);
        let Some(after) = page.after else { break };
        let next = EventQuery { before: Some(after.parse().unwrap()), ..query.clone() };
        page = audit::list::list(&world.operator(), &next).await.unwrap();
    }
    assert_eq!(rows.len() as i64, total, "{query:?}");
    rows
}
