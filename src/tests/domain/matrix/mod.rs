//! Every action against every permission, however it is held: [`rows`] has a row for each action, and doesn't
//! compile without one.

mod holders;
mod rows;

use crate::support::{World, on_both_engines};
use castellan::{
    domain::{
        action::Action,
        ctx::Ctx,
        error::{Error, Refused},
    },
    model::permission::Permission,
};

use self::{
    holders::{Held, Holders},
    rows::{Targets, attempt, needs},
};
use super::{stage, state};

/// What everybody does about themself, once they are signed in.
const OF_ONESELF: [Action; 17] = [
    Action::AddPasskey,
    Action::RenamePasskey,
    Action::DeletePasskey,
    Action::EndSession,
    Action::EndSessions,
    Action::ChangePassword,
    Action::UpdateOwnProfile,
    Action::SendOwnVerification,
    Action::RequestAddressChange,
    Action::BindSecondFactor,
    Action::MakeRecoveryCodes,
    Action::RemoveSecondFactor,
    Action::ProveAgain,
    Action::AddOwnToken,
    Action::UpdateOwnToken,
    // Last of those with a session.
    Action::SignOut,
    Action::FillDemo,
];

/// What strangers do by a password or a code, programs by a secret, and the server by itself.
const OF_STRANGERS: [Action; 12] = [
    Action::SignIn,
    Action::SetPassword,
    Action::ConfirmAddressChange,
    Action::StopAddressChange,
    Action::RefuseSignIn,
    Action::LockSignIn,
    Action::RefuseCode,
    Action::IssueToken,
    Action::RevokeToken,
    Action::ResealSecrets,
    Action::SendPasswordLink,
    Action::VerifyEmail,
];

/// Actions that a permission guards.
fn guarded() -> impl Iterator<Item = Action> {
    Action::ALL.iter().copied().filter(|action| action.permission().is_some())
}

async fn assert_forbidden(action: Action, targets: &Targets, ctx: &Ctx, (needed, held): (Permission, &str)) {
    let outcome = attempt(action, targets, ctx).await;
    assert!(matches!(outcome, Err(Error::Forbidden(named)) if named == needed), "{action:?} with {held}: {outcome:?}");
}

/// A later rule may refuse (making a tenant from inside another, say), but nothing is lacking or missing.
async fn assert_allowed(action: Action, targets: &Targets, ctx: &Ctx, held: Held) {
    let outcome = attempt(action, targets, ctx).await;
    let other_tenant = matches!(action, Action::DeleteTenant | Action::RestoreTenant);
    // The outbox and the settings of all belong to the installation.
    let of_installation = matches!(
        action,
        Action::ListMessages
            | Action::ReadMessage
            | Action::ResendMessage
            | Action::RevealMessage
            | Action::ReadSettings
            | Action::SetSettings
            | Action::SendTestMail
    );
    let elsewhere = ctx.tenant().is_some()
        && (other_tenant
            || of_installation
            || matches!(action, Action::AddTenant | Action::AddMembership | Action::SetTenantScope));
    // What is done to another tenant is in no log but its own.
    let unseen = elsewhere && other_tenant && matches!(outcome, Err(Error::NotFound("event")));
    let unseen =
        unseen || elsewhere && of_installation && matches!(outcome, Err(Error::NotFound("message" | "setting")));
    let fine = unseen || matches!(outcome, Ok(()) | Err(Error::Refused(_) | Error::Invalid(_)));
    assert!(fine, "{action:?} with {held:?}: {outcome:?}");
    assert_eq!(outcome.is_ok(), !elsewhere, "{action:?} with {held:?}: {outcome:?}");
}

on_both_engines! {
    async fn each_action_takes_its_own_permission_and_no_other(world: World) {
        let holders = Holders::new(&world).await;
        let targets = Targets::in_tenant(&world, &holders.here).await;
        let mut alone = Vec::new();
        for permission in Permission::ALL {
            alone.push((*permission, holders.with(Held::Everywhere, &[*permission]).await));
        }
        let before = state::all(&world).await;
        let mut tried = 0;
        for action in guarded() {
            for (permission, ctx) in &alone {
                if let Some(needed) = needs(action).iter().find(|needed| *needed != permission) {
                    assert_forbidden(action, &targets, ctx, (*needed, permission.name())).await;
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
            for action in guarded() {
                let ctx = holders.with(held, &needs(action)).await;
                let before = state::all(&world).await;
                assert_forbidden(action, &targets, &ctx, (needs(action)[0], &format!("{held:?}"))).await;
                assert_eq!(state::all(&world).await, before, "{action:?}");
            }
        }
    }

    async fn whoever_holds_it_directly_through_groups_by_pattern_or_in_the_tenant_passes(world: World) {
        let holders = Holders::new(&world).await;
        for held in [Held::Everywhere, Held::ThroughGroups, Held::ByPattern, Held::InTheTenant] {
            let targets = Targets::in_tenant(&world, &holders.here).await;
            for action in guarded() {
                let ctx = holders.with(held, &needs(action)).await;
                assert_allowed(action, &targets, &ctx, held).await;
            }
        }
    }

    async fn strangers_are_asked_to_sign_in_whatever_they_try(world: World) {
        let targets = Targets::in_tenant(&world, &stage::tenant(&world, "here").await).await;
        for action in guarded().chain(OF_ONESELF) {
            let outcome = attempt(action, &targets, &world.stranger()).await;
            assert!(matches!(outcome, Err(Error::Unauthenticated)), "{action:?}: {outcome:?}");
        }
    }

    async fn actions_without_a_permission_have_a_rule_of_their_own(world: World) {
        let holders = Holders::new(&world).await;
        let targets = Targets::in_tenant(&world, &holders.here).await;
        let nobody = holders.with(Held::Nothing, &[]).await;
        let mut left: Vec<Action> = Action::ALL.iter().copied().filter(|action| action.permission().is_none()).collect();
        for action in OF_ONESELF.into_iter().chain(OF_STRANGERS) {
            left.retain(|other| *other != action);
            let caller = if OF_ONESELF.contains(&action) { nobody.clone() } else { world.stranger() };
            let outcome = attempt(action, &targets, &caller).await;
            let expected = match action {
                Action::RefuseSignIn | Action::LockSignIn | Action::ChangePassword | Action::ProveAgain => matches!(outcome, Err(Error::WrongCredentials)),
                Action::BindSecondFactor => matches!(outcome, Err(Error::WrongCode)),
                Action::MakeRecoveryCodes => matches!(outcome, Err(Error::Refused(Refused::NoApp))),
                // Not one of theirs.
                Action::UpdateOwnToken => matches!(outcome, Err(Error::NotFound("token"))),
                // Nobody was asked, and there is none.
                Action::AddPasskey => stage::is_refused(&outcome, Refused::PasskeyLate),
                Action::RenamePasskey | Action::DeletePasskey => matches!(outcome, Err(Error::NotFound("passkey"))),
                // Programs only, and whoever is at the machine only.
                Action::IssueToken | Action::RevokeToken | Action::ResealSecrets => matches!(outcome, Err(Error::Unauthenticated)),
                Action::EndSession | Action::EndSessions => matches!(outcome, Err(Error::Forbidden(Permission::UsersRevoke))),
                Action::FillDemo => matches!(outcome, Err(Error::Forbidden(Permission::UsersAdd))),
                _ => outcome.is_ok(),
            };
            assert!(expected, "{action:?}: {outcome:?}");
        }
        assert_eq!(left, [], "each is tried above");
    }

    async fn made_up_people_need_each_permission_that_making_them_by_hand_would(world: World) {
        let holders = Holders::new(&world).await;
        let targets = Targets::in_tenant(&world, &holders.here).await;
        let all = needs(Action::FillDemo);
        for lacking in &all {
            let others: Vec<_> = all.iter().copied().filter(|permission| permission != lacking).collect();
            let ctx = holders.with(Held::Everywhere, &others).await;
            assert_forbidden(Action::FillDemo, &targets, &ctx, (*lacking, "the others")).await;
        }
        let outcome = attempt(Action::FillDemo, &targets, &holders.with(Held::Everywhere, &all).await).await;
        // The roles it makes allow more than these five.
        assert!(stage::is_refused(&outcome, stage::MORE_THAN_ONESELF), "{outcome:?}");
        assert!(attempt(Action::FillDemo, &targets, &world.operator()).await.is_ok());
    }
}
