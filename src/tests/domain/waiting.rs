//! What was waiting for its turn to write is looked at again when the turn comes, and chores don't stop each other.

use crate::support::{World, changes::*, on_both_engines};
use castellan::{
    domain::{
        audit,
        calling::Caller,
        error::{Error, Refused},
        turn,
    },
    http::chores,
};

use super::stage::{is_refused, last, role};

on_both_engines! {
    async fn whoever_was_disabled_deleted_or_signed_out_meanwhile_writes_nothing(world: World) {
        world.set_up().await;
        let victim = world.add("victim", "").await;
        for how in ["disabled", "deleted", "signed out", "expired"] {
            let fired = world.add_with_role(&how.replace(' ', ""), "admin").await;
            let ctx = world.as_user(&fired).await;
            match how {
                "disabled" => drop(run(&world.operator(), DisableUser { user: fired.id }).await.unwrap()),
                "deleted" => drop(run(&world.operator(), DeleteUser { user: fired.id, unchanged: None }).await.unwrap()),
                "signed out" => run(&ctx, SignOut).await.unwrap(),
                _ => world.execute("update sessions set expires_at = 1").await,
            }
            let outcome = run(&ctx, DeleteUser { user: victim.id, unchanged: None }).await;
            assert!(matches!(outcome, Err(Error::Unauthenticated)), "{how}: {outcome:?}");
        }
        assert_eq!(world.count("select count(*) from users where login = 'victim@example.com'").await, 1);
    }

    async fn whoever_lost_a_permission_meanwhile_writes_nothing(world: World) {
        let (victim, helper) = (world.add("victim", "").await, role(&world.operator(), "helper", &["users.*"]).await);
        let fired = world.add_with_role("fired", "helper").await;
        let ctx = world.as_user(&fired).await;
        let grant = grants_of(&world.operator(), fired.id).await.unwrap().rows[0].id;
        run(&world.operator(), RemoveAccess { grant, version: 1 }).await.unwrap();
        let outcome = run(&ctx, DisableUser { user: victim.id }).await;
        assert!(is_refused(&outcome, Refused::LostMeanwhile), "{helper:?}: {outcome:?}");
        world.give(&fired, "helper").await;
        world.give(&fired, "read-only").await;
        assert!(run(&ctx, DisableUser { user: victim.id }).await.is_ok(), "who only won may go on");
    }

    async fn what_nobody_waits_for_any_more_is_taken_back_and_the_next_can_write(world: World) {
        let ada = world.set_up().await;
        for _ in 0..20 {
            // Given up wherever it is by then: before the gate, in the transaction, or at its end.
            let ctx = world.operator();
            let work = tokio::spawn(async move { run(&ctx, DisableUser { user: ada.id }).await });
            tokio::task::yield_now().await;
            work.abort();
            let _ = work.await;
            drop(world.services.db.begin().await.unwrap());
        }
        world.add("grace", "").await;
        let said = last(&world).await;
        assert_eq!(said.action, "users.add");
        assert!(audit::check::verify(&world.operator()).await.unwrap().broken.is_none());
    }

    async fn one_chore_that_fails_does_not_stop_the_others(world: World) {
        let ada = world.set_up().await;
        let _session = world.as_user(&ada).await;
        world.execute("update sessions set expires_at = 1").await;
        world.execute("alter table refusals rename to lost").await;
        chores::sweep(&chores::context(&world.services)).await;
        assert_eq!(world.count("select count(*) from sessions").await, 0);
        world.execute("alter table lost rename to refusals").await;
    }

    async fn the_log_is_checked_again_by_the_time_of_the_last_check(world: World) {
        let ctx = world.operator();
        let at = async || audit::check::checks(&ctx).await.unwrap().last.map(|last| last.at);
        assert_eq!(at().await, None);
        audit::check::check_if_due(&ctx).await.unwrap();
        let first = at().await;
        assert_eq!(first, Some(ctx.now()), "at the first start");
        world.services.clock.advance(23 * 3600);
        audit::check::check_if_due(&ctx).await.unwrap();
        assert_eq!(at().await, first, "not before a day is over, however often the server was started");
        world.services.clock.advance(3600);
        audit::check::check_if_due(&ctx).await.unwrap();
        assert_eq!(at().await, Some(ctx.now()));
        world.services.clock.advance(-10 * 86_400);
        audit::check::check_if_due(&ctx).await.unwrap();
        assert_eq!(at().await, Some(ctx.now()), "a check of the future isn't believed");
    }

    async fn a_check_that_is_under_way_is_shown_runs_once_and_is_taken_up_after_its_process_died(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        let now = world.services.clock.now().0;
        let running = serde_json::json!({"id": world.operator().id(), "said_at": now, "seen": 30_000, "of": 90_000});
        let sql = format!("insert into settings (name, value) values ('audit-check-running', '{running}')");
        world.execute_text(sql).await;
        let body = browser.get("/admin/audit").await.body;
        assert!(body.contains("30,000") && body.contains("90,000") && body.contains("<progress"), "{body}");
        assert_eq!(browser.post("/admin/audit/check", &[]).await.status, 303);
        assert!(browser.get("/admin/users").await.body.contains("The log is being checked"));
        assert_eq!(audit::check::checks(&world.operator()).await.unwrap().last, None, "it is under way, so no second one begins");
        world.services.clock.advance(61);
        assert_eq!(browser.post("/admin/audit/check", &[]).await.status, 303);
        let checks = audit::check::checks(&world.operator()).await.unwrap();
        assert!(checks.last.is_some_and(|last| last.broken.is_none()) && checks.running.is_none());
        assert!(browser.get("/admin/audit").await.body.contains("unaltered"));
    }

    async fn the_command_line_and_the_server_itself_are_not_looked_at_again(world: World) {
        assert!(matches!(world.operator().caller, Caller::CommandLine));
        assert!(turn::begin(&world.operator()).await.is_ok() && turn::begin(&chores::context(&world.services)).await.is_ok());
    }
}
