//! What pages read: in one transaction, and nothing twice.

use crate::{
    support::{World, on_both_engines},
    ui::places::Places,
};
use castellan::ui::ROUTES;

/// Pages that say what a change would do make it and take it back in between; so they read before and after it. The
/// page of a mailed link counts a try before it looks.
const READ_TWICE: &[&str] = &[
    "/reset-password",
    "/admin/users/bulk",
    "/admin/users/{id}/disable",
    "/admin/users/{id}/delete",
    "/admin/grants/{id}/take",
    "/admin/roles/{id}/rollback",
    "/admin/roles/{id}/delete",
    "/admin/groups/{id}/delete",
    "/admin/groups/{id}/members/{user}/remove",
    "/admin/groups/{id}/groups/{group}/remove",
    "/admin/tenants/{id}/members/{user}/remove",
    "/admin/audit/{id}/undo",
];

on_both_engines! {
    async fn a_request_reads_in_one_transaction(world: World) {
        let ada = world.set_up().await;
        let places = Places::make(&world, &ada).await;
        let mut browser = world.signed_in(&ada).await;
        for route in ROUTES.iter().filter(|route| route.method == "get") {
            let answer = browser.get(&places.page(route)).await;
            eprintln!("{:50} {} {:?}", route.path, answer.status, answer.work);
            let most = if READ_TWICE.contains(&route.path) { 2 } else { 1 };
            assert!((1..=most).contains(&answer.work.snapshots), "{} reads in {} transactions", route.path, answer.work.snapshots);
        }
    }
}
