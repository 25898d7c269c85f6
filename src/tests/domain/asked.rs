//! What is asked of everybody: it holds beside what tenants ask, and what a change would do is said before.

use castellan::{
    domain::{
        commands::undo::undo,
        error::Result,
        passwords::rules::ALONE,
        second_factor::need::{self, Need},
        tenants::{
            asked::{self, SetSettings},
            asked_input::AskedUpdate,
            settings::{Required, SetTenantSettings, TenantSettings},
            would::{Would, would},
        },
        users::{policy, store, store::User},
    },
    model::{id::TenantId, scope::Scope},
};

use super::stage::{is_not_found, is_stale, last_id, member, tenant};
use crate::support::{World, changes::*, on_both_engines};

fn factor() -> TenantSettings {
    TenantSettings { second_factor: Some(Required::Required), ..TenantSettings::default() }
}

async fn set(world: &World, from: TenantSettings, to: TenantSettings) -> Result<()> {
    run(&world.operator(), SetSettings { from, to }).await
}

async fn need(world: &World, user: &User) -> Need {
    let mut conn = world.services.db.read().await.unwrap();
    let credentials = store::credentials(&mut conn, &user.login).await.unwrap().unwrap();
    need::of(&mut conn, &credentials, world.services.clock.now()).await.unwrap()
}

async fn least(world: &World, user: &User) -> usize {
    policy::least(&mut world.services.db.read().await.unwrap(), (user.id, false)).await.unwrap().length
}

/// How many people would have to set up a second factor.
async fn enrolling(world: &World, tenant: Option<TenantId>) -> Vec<Would> {
    let update = AskedUpdate { from: TenantSettings::default(), to: factor() };
    would(&world.operator(), tenant, &update).await.unwrap()
}

on_both_engines! {
    async fn a_second_factor_can_be_required_of_everybody(world: World) {
        let ada = world.set_up().await;
        assert_eq!(need(&world, &ada).await, Need::Nothing);
        set(&world, TenantSettings::default(), factor()).await.unwrap();
        assert_eq!((need(&world, &ada).await, least(&world, &ada).await), (Need::Enrolment, 8));
        let stale = set(&world, TenantSettings::default(), TenantSettings::default()).await;
        assert!(stale.is_ok(), "nothing changes");
        let to = TenantSettings { password_min: Some(20), ..TenantSettings::default() };
        assert!(is_stale(&set(&world, TenantSettings::default(), to).await), "somebody changed it");
        undo(&world.operator(), last_id(&world).await).await.unwrap();
        assert_eq!((need(&world, &ada).await, least(&world, &ada).await), (Need::Nothing, ALONE));
    }

    async fn what_is_asked_of_everybody_makes_nothing_easier_in_a_tenant(world: World) {
        let a = tenant(&world, "a").await;
        let grace = member(&world, "grace", &a).await;
        let (from, ten) = (TenantSettings::default(), TenantSettings { password_min: Some(10), ..TenantSettings::default() });
        run(&world.operator(), SetTenantSettings { tenant: a.id, from: from.clone(), to: ten }).await.unwrap();
        assert_eq!(least(&world, &grace).await, 10);
        let hour = TenantSettings { session_minutes: Some(60), ..TenantSettings::default() };
        set(&world, from, hour.clone()).await.unwrap();
        assert_eq!(least(&world, &grace).await, 10, "of passwords nothing was said");
        set(&world, hour.clone(), TenantSettings { password_min: Some(20), ..hour }).await.unwrap();
        assert_eq!(least(&world, &grace).await, 20);
        let mut conn = world.services.db.read().await.unwrap();
        assert_eq!(asked::of_user(&mut conn, grace.id).await.unwrap().session_limits().lasts, 3600);
    }

    async fn people_who_would_have_to_set_up_a_second_factor_are_counted_once(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (grace, linus) = (member(&world, "grace", &a).await, member(&world, "linus", &a).await);
        member(&world, "una", &b).await;
        assert_eq!(enrolling(&world, Some(a.id)).await, [Would::Enrol(2, false)]);
        assert_eq!(enrolling(&world, None).await, [Would::Enrol(3, false)]);
        run(&world.operator(), DisableUser { user: linus.id }).await.unwrap();
        run(&world.operator(), AddMembership { user: grace.id, tenant: b.id }).await.unwrap();
        run(&world.operator(), SetTenantSettings { tenant: b.id, from: TenantSettings::default(), to: factor() }).await.unwrap();
        assert_eq!(enrolling(&world, Some(a.id)).await, [Would::Enrol(0, false)], "one is locked out, one asked elsewhere");
        assert_eq!(enrolling(&world, None).await, [Would::Enrol(0, false)], "una is asked in her tenant");
        assert_eq!(world.count("select count(*) from settings where name = 'asked'").await, 0, "nothing was saved");
    }

    async fn people_with_older_passwords_are_counted(world: World) {
        let a = tenant(&world, "a").await;
        for name in ["grace", "linus"] {
            member(&world, name, &a).await;
        }
        drop(world.set_up().await);
        let days = |days| TenantSettings { password_days: days, ..TenantSettings::default() };
        let expiring = async |tenant, from, to| {
            would(&world.operator(), tenant, &AskedUpdate { from: days(from), to: days(to) }).await.unwrap()
        };
        assert_eq!(expiring(None, None, Some(30)).await, [Would::Expire(0, false)]);
        world.services.clock.advance(30 * 86_400);
        assert_eq!(expiring(None, None, Some(30)).await, [Would::Expire(3, false)]);
        assert_eq!(expiring(Some(a.id), Some(60), Some(30)).await, [Would::Expire(2, false)]);
        assert_eq!(expiring(Some(a.id), None, Some(31)).await, [Would::Expire(0, false)]);
        assert_eq!(expiring(None, Some(30), None).await, [Would::LastLonger]);
    }

    async fn a_change_says_what_it_would_do(world: World) {
        let update = |from: (Option<usize>, Option<u32>), to: (Option<usize>, Option<u32>)| {
            let of = |(password_min, idle_minutes)| TenantSettings { password_min, idle_minutes, ..TenantSettings::default() };
            AskedUpdate { from: of(from), to: of(to) }
        };
        let rules = |from: (Option<usize>, Option<usize>), to: (Option<usize>, Option<usize>)| {
            let of = |(password_kinds, password_history)| TenantSettings { password_kinds, password_history, ..TenantSettings::default() };
            AskedUpdate { from: of(from), to: of(to) }
        };
        for (update, expected) in [
            (update((None, None), (None, None)), vec![]),
            (update((None, None), (Some(20), Some(30))), vec![Would::LongerPasswords(20), Would::Sessions]),
            (update((Some(20), None), (Some(10), None)), vec![Would::EasierPasswords]),
            (rules((None, None), (Some(3), Some(5))), vec![Would::MoreKinds(3), Would::History(5)]),
            (rules((Some(3), Some(5)), (Some(2), None)), vec![Would::EasierPasswords, Would::NoHistory]),
            (AskedUpdate { from: factor(), to: TenantSettings::default() }, vec![Would::NotEnrol]),
        ] {
            assert_eq!(would(&world.operator(), None, &update).await.unwrap(), expected);
        }
    }

    async fn there_are_no_settings_of_all_in_a_tenant(world: World) {
        let inside = world.operator().working_in(Scope::Tenant(tenant(&world, "a").await.id));
        assert!(is_not_found(&asked::read(&inside).await));
        assert!(is_not_found(&run(&inside, SetSettings { from: TenantSettings::default(), to: factor() }).await));
    }
}
