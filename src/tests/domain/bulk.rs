//! Many at once: what a rule protects stays, and the others change.

use crate::support::{World, changes::*, on_both_engines};
use castellan::{
    domain::{access::preview::effect::Left, commands::bulk::BulkResult, error::Refused},
    model::user::BulkAction,
};

use super::state;

on_both_engines! {
    async fn the_last_administrator_stays_in_bulk_too(world: World) {
        let ada = world.set_up().await;
        for action in [BulkAction::Disable, BulkAction::Delete] {
            let before = state::all(&world).await;
            let outcomes = bulk::run(&world.operator(), action, &[ada.id]).await.unwrap();
            assert_eq!(outcomes[0].result, BulkResult::Refused(Refused::LastAdministrator));
            assert_eq!(state::all(&world).await, before, "{action:?}");
        }
    }

    async fn what_a_rule_keeps_does_not_keep_the_others(world: World) {
        let (ada, grace) = (world.set_up().await, world.add_with_role("grace", "admin").await);
        let linus = world.add("linus", "").await;
        let ids = [ada.id, linus.id, grace.id];
        let refused = BulkResult::Refused(Refused::LastAdministrator);
        let before = state::all(&world).await;
        let (preview, effect) = bulk::preview(&world.operator(), BulkAction::Disable, &ids).await.unwrap();
        assert_eq!(state::all(&world).await, before, "asking changes nothing");
        assert!(effect.changes.iter().all(|change| change.people == 1 && change.left == Left::Somebody), "ada loses, grace doesn't");
        let outcomes = bulk::run(&world.operator(), BulkAction::Disable, &ids).await.unwrap();
        for outcomes in [preview, outcomes] {
            let effects: Vec<_> = outcomes.iter().map(|outcome| outcome.result).collect();
            assert_eq!(effects, [BulkResult::Done, BulkResult::Done, refused]);
        }
        assert_eq!(world.count("select count(*) from users where status = 'active'").await, 1);
        assert_eq!(world.count("select count(*) from events where action = 'users.disable'").await, 2);
    }
}
