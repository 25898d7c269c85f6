//! Every verb against every permission, however it is held: [`rows`] has a row for each verb, and doesn't
//! compile without one.

mod holders;
mod rows;

use castellan::{
    domain::{ctx::Ctx, error::Error, verb::Verb},
    model::permission::Permission,
};

use self::{
    holders::{Held, Holders},
    rows::{Targets, attempt, needs},
};
use super::{stage, state};
use crate::support::{World, on_both_engines};

/// Verbs that a permission guards.
fn guarded() -> impl Iterator<Item = Verb> {
    Verb::ALL.iter().copied().filter(|verb| verb.permission().is_some())
}

async fn assert_forbidden(verb: Verb, targets: &Targets, ctx: &Ctx, (needed, held): (Permission, &str)) {
    let outcome = attempt(verb, targets, ctx).await;
    assert!(matches!(outcome, Err(Error::Forbidden(named)) if named == needed), "{verb:?} with {held}: {outcome:?}");
}

/// A later rule may refuse (making a tenant from inside another, say), but nothing is lacking or missing.
async fn assert_allowed(verb: Verb, targets: &Targets, ctx: &Ctx, held: Held) {
    let outcome = attempt(verb, targets, ctx).await;
    let other_tenant = matches!(verb, Verb::DeleteTenant | Verb::RestoreTenant);
    let elsewhere = ctx.tenant().is_some() && (other_tenant || matches!(verb, Verb::AddTenant | Verb::AddMembership));
    // What is done to another tenant is in no log but its own.
    let unseen = elsewhere && other_tenant && matches!(outcome, Err(Error::NotFound("event")));
    let fine = unseen || matches!(outcome, Ok(()) | Err(Error::Refused(_) | Error::Invalid(_)));
    assert!(fine, "{verb:?} with {held:?}: {outcome:?}");
    assert_eq!(outcome.is_ok(), !elsewhere, "{verb:?} with {held:?}: {outcome:?}");
}

on_both_engines! {
    async fn each_verb_takes_its_own_permission_and_no_other(world: World) {
        let holders = Holders::new(&world).await;
        let targets = Targets::in_tenant(&world, &holders.here).await;
        let mut alone = Vec::new();
        for permission in Permission::ALL {
            alone.push((*permission, holders.with(Held::Everywhere, &[*permission]).await));
        }
        let before = state::all(&world).await;
        let mut tried = 0;
        for verb in guarded() {
            for (permission, ctx) in &alone {
                if let Some(needed) = needs(verb).iter().find(|needed| *needed != permission) {
                    assert_forbidden(verb, &targets, ctx, (*needed, permission.name())).await;
                    tried += 1;
                }
            }
        }
        assert!(tried > 1500, "{tried}");
        assert_eq!(state::all(&world).await, before, "a refusal changes nothing");
    }

    async fn nobody_passes_on_what_they_hold_nowhere_elsewhere_or_at_another_time(world: World) {
        let holders = Holders::new(&world).await;
        let targets = Targets::in_tenant(&world, &holders.here).await;
        for held in [Held::Nothing, Held::InAnotherTenant, Held::InOneTenantOnly, Held::Ended, Held::NotBegun, Held::Inactive] {
            for verb in guarded() {
                let ctx = holders.with(held, &needs(verb)).await;
                let before = state::all(&world).await;
                assert_forbidden(verb, &targets, &ctx, (needs(verb)[0], &format!("{held:?}"))).await;
                assert_eq!(state::all(&world).await, before, "{verb:?}");
            }
        }
    }

    async fn whoever_holds_it_directly_through_groups_by_pattern_or_in_the_tenant_passes(world: World) {
        let holders = Holders::new(&world).await;
        for held in [Held::Everywhere, Held::ThroughGroups, Held::ByPattern, Held::InTheTenant] {
            let targets = Targets::in_tenant(&world, &holders.here).await;
            for verb in guarded() {
                let ctx = holders.with(held, &needs(verb)).await;
                assert_allowed(verb, &targets, &ctx, held).await;
            }
        }
    }

    async fn strangers_are_asked_to_sign_in_whatever_they_try(world: World) {
        let targets = Targets::in_tenant(&world, &stage::tenant(&world, "here").await).await;
        for verb in guarded().chain([Verb::SignOut, Verb::FillDemo]) {
            let outcome = attempt(verb, &targets, &world.stranger()).await;
            assert!(matches!(outcome, Err(Error::Unauthenticated)), "{verb:?}: {outcome:?}");
        }
    }

    async fn verbs_without_a_permission_have_a_rule_of_their_own(world: World) {
        let holders = Holders::new(&world).await;
        let targets = Targets::in_tenant(&world, &holders.here).await;
        let nobody = holders.with(Held::Nothing, &[]).await;
        let mut left: Vec<Verb> = Verb::ALL.iter().copied().filter(|verb| verb.permission().is_none()).collect();
        for verb in [Verb::SignIn, Verb::SetPassword, Verb::RefuseSignIn, Verb::LockSignIn, Verb::SignOut, Verb::FillDemo] {
            left.retain(|other| *other != verb);
            let stranger = if verb == Verb::SignOut || verb == Verb::FillDemo { nobody.clone() } else { world.stranger() };
            let outcome = attempt(verb, &targets, &stranger).await;
            let expected = match verb {
                Verb::RefuseSignIn | Verb::LockSignIn => matches!(outcome, Err(Error::WrongCredentials)),
                Verb::FillDemo => matches!(outcome, Err(Error::Forbidden(Permission::UsersAdd))),
                _ => outcome.is_ok(),
            };
            assert!(expected, "{verb:?}: {outcome:?}");
        }
        assert_eq!(left, [], "each is tried above");
    }

    async fn made_up_people_need_each_permission_that_making_them_by_hand_would(world: World) {
        let holders = Holders::new(&world).await;
        let targets = Targets::in_tenant(&world, &holders.here).await;
        let all = needs(Verb::FillDemo);
        for lacking in &all {
            let others: Vec<_> = all.iter().copied().filter(|permission| permission != lacking).collect();
            let ctx = holders.with(Held::Everywhere, &others).await;
            assert_forbidden(Verb::FillDemo, &targets, &ctx, (*lacking, "the others")).await;
        }
        let outcome = attempt(Verb::FillDemo, &targets, &holders.with(Held::Everywhere, &all).await).await;
        // The roles it makes allow more than these five.
        assert!(stage::is_refused(&outcome, stage::MORE_THAN_ONESELF), "{outcome:?}");
        assert!(attempt(Verb::FillDemo, &targets, &world.operator()).await.is_ok());
    }
}
