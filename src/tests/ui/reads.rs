//! What pages read: in one transaction, and nothing twice.

use crate::{
    support::{World, on_both_engines},
    ui::places::Places,
};
use castellan::app::PAGES;

/// Pages that say what a change would do make it and take it back in between; so they read before and after it. The
/// page of a mailed link counts a try before it looks.
const READ_TWICE: &[&str] = &[
    "/reset-password",
    "/activate",
    "/verify-email",
    "/confirm-address",
    "/stop-address-change",
    "/admin/users/bulk",
    "/admin/users/:id/disable",
    "/admin/users/:id/second-factor",
    "/admin/users/:id/delete",
    "/admin/grants/:id/take",
    "/admin/roles/:id/rollback",
    "/admin/roles/:id/delete",
    "/admin/groups/:id/delete",
    "/admin/groups/:id/members/:user/remove",
    "/admin/groups/:id/groups/:group/remove",
    "/admin/tenants/:id/members/:user/remove",
    "/admin/audit/:id/undo",
    "/admin/clients/:id/delete",
    "/admin/tokens/:id/delete",
    "/admin/keys/:id/delete",
    "/admin/key-pairs/:id/delete",
];

/// The lists of the console, with the statements that each takes: who is calling and what they may, how many there are,
/// and the rows; of users their roles, too, and how many are found. The log says besides when it was checked, what was refused, and which tenants there are to choose from.
const LISTS: [(&str, u32); 10] = [
    ("/admin/users", 4),
    ("/admin/users?q=ada", 5),
    ("/admin/users?q=ada&sort=email", 5),
    ("/admin/roles", 3),
    ("/admin/groups", 3),
    ("/admin/tenants", 3),
    ("/admin/clients", 3),
    ("/admin/tokens", 3),
    ("/admin/deleted", 3),
    ("/admin/audit", 6),
];

on_both_engines! {
    async fn a_list_takes_few_statements_everywhere_and_in_a_tenant(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        for place in ["", "in a tenant"] {
            for (list, most) in LISTS {
                let answer = browser.get(list).await;
                assert_eq!(answer.status, 200, "{list}");
                assert!((2..=most).contains(&answer.work.statements), "{list} {place} takes {:?}", answer.work);
            }
            browser.work_in("root");
        }
    }

    // The person, all that decides what they may (four), grants, access through groups, groups, memberships, the
    // second factor, passkeys, from where they are let in, sessions, locks, whether a password would let them in, whether a link may be made (one asks about oneself here, so what one may: two), events, sign-ins; and who is asking.
    async fn a_persons_page_reads_each_thing_once(world: World) {
        let ada = world.set_up().await;
        let answer = world.signed_in(&ada).await.get(&format!("/admin/users/{}", ada.id)).await;
        assert_eq!((answer.status, answer.work.statements), (200, 18));
    }

    async fn a_request_reads_in_one_transaction(world: World) {
        let ada = world.set_up().await;
        let places = Places::make(&world, &ada).await;
        let mut browser = world.signed_in(&ada).await;
        for (path, _) in PAGES {
            let answer = browser.get(&places.page(path)).await;
            let most = if READ_TWICE.contains(path) { 2 } else { 1 };
            assert!((1..=most).contains(&answer.work.snapshots), "{path} reads in {} transactions", answer.work.snapshots);
        }
    }
}
