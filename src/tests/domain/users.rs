//! Making, editing and removing users.

use crate::{
    domain::stage::{group, is_invalid, is_stale, may, renamed, tenant},
    support::{World, changes::*, on_both_engines, person},
};
use castellan::{
    domain::{
        audit::{self, query::EventQuery},
        commands,
        error::Error,
        groups::input::GroupUpdate,
        tenants::{self, input::TenantUpdate},
        users::{
            self,
            input::{Counting, FirstRoles, NewUser, UserUpdate},
        },
    },
    model::{
        forms::{NewUserForm, ProfileForm, UserForm},
        id::ROOT_TENANT,
        permission::Permission,
        scope::Scope,
        user::UserStatus,
    },
};

fn profile(first: &str, email: &str, phone: &str) -> ProfileForm {
    ProfileForm { first_name: first.into(), email: email.into(), phone: phone.into(), ..ProfileForm::default() }
}

fn new(profile: ProfileForm) -> NewUser {
    NewUser::parse(&NewUserForm { profile, ..NewUserForm::default() }).unwrap()
}

fn edit(first: &str, email: &str, version: i64) -> UserUpdate {
    UserUpdate::parse(&UserForm { profile: profile(first, email, ""), version: version.to_string() }).unwrap()
}

on_both_engines! {
    async fn saving_what_is_unchanged_writes_nothing(world: World) {
        let grace = world.add("grace", "Hopper").await;
        let before = world.count("select count(*) from events").await;
        let same = run(&world.operator(), UpdateUser { user: grace.id, update: renamed(&grace, &grace.display_name) }).await.unwrap();
        assert_eq!(same.version, grace.version, "the forms of others stay as they are");
        let root = tenants::queries::read(&world.operator(), ROOT_TENANT).await.unwrap();
        let kept = TenantUpdate { name: root.name.clone(), use_: root.use_, parent: root.parent_id, version: root.version };
        assert_eq!(run(&world.operator(), UpdateTenant { tenant: ROOT_TENANT, update: kept.clone() }).await.unwrap().version, root.version);
        assert_eq!(world.count("select count(*) from events").await, before);
        let team = group(&world, "team", &root).await;
        let before = world.count("select count(*) from events").await;
        let kept = GroupUpdate { name: team.name.clone(), description: team.description.clone(), version: team.version };
        assert_eq!(run(&world.operator(), UpdateGroup { group: team.id, update: kept.clone() }).await.unwrap().version, team.version);
        assert_eq!(world.count("select count(*) from events").await, before);
    }

    async fn logins_are_unique_whatever_their_case(world: World) {
        world.set_up().await;
        let taken = add_user(&world.operator(), person("ADA", "Byron")).await;
        assert!(matches!(taken, Err(Error::Invalid(fields)) if fields.of("email").is_some()));
        let grace = world.add("grace", "Hopper").await;
        let taken = run(&world.operator(), UpdateUser { user: grace.id, update: edit("Grace", "Ada@example.com", 1) }).await;
        assert!(matches!(taken, Err(Error::Invalid(fields)) if fields.of("email").is_some()));
    }

    async fn roles_of_a_new_user_count_where_they_belong(world: World) {
        let (a, roles) = (tenant(&world, "a").await, vec![world.role("read-only").await]);
        let new = |first: &str, count| {
            let roles = Some(FirstRoles { roles: roles.clone(), count });
            NewUser { tenant: Some(a.id), roles, ..person(first, "") }
        };
        let grace = add_user(&world.operator(), new("grace", Counting::There)).await.unwrap();
        assert!(!may(&world, &grace, Permission::UsersRead, Scope::Everywhere).await);
        assert!(may(&world, &grace, Permission::UsersRead, Scope::Tenant(a.id)).await);
        let linus = add_user(&world.operator(), new("linus", Counting::Everywhere)).await.unwrap();
        assert!(may(&world, &linus, Permission::UsersRead, Scope::Everywhere).await, "it was said");
    }

    async fn whoever_works_everywhere_names_the_tenant_of_a_new_user(world: World) {
        let none = commands::people::add_user(&world.operator(), person("grace", "")).await;
        assert!(is_invalid(&none, "tenant"), "{none:?}");
        assert_eq!(world.count("select count(*) from users").await, 0);
    }

    async fn an_edit_from_a_stale_form_is_refused_and_writes_nothing(world: World) {
        world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        let ctx = world.operator();
        run(&ctx, UpdateUser { user: grace.id, update: edit("Amazing", "grace@example.com", grace.version) }).await.unwrap();
        let events = world.count("select count(*) from events").await;
        let stale = run(&ctx, UpdateUser { user: grace.id, update: edit("Late", "grace@example.com", grace.version) }).await;
        assert!(matches!(stale, Err(Error::Stale)));
        assert_eq!(users::queries::find(&ctx, grace.id).await.unwrap().first_name, "Amazing");
        assert_eq!(world.count("select count(*) from events").await, events);
    }

    async fn of_two_edits_at_once_one_wins(world: World) {
        world.set_up().await;
        let mut grace = world.add("grace", "Hopper").await;
        for round in 0..25 {
            let (one, two) = (world.operator(), world.operator());
            let (first, second) = tokio::join!(
                // Never what it is already: saving that is no change.
                run(&one, UpdateUser { user: grace.id, update: edit(&format!("One {round}"), "grace@example.com", grace.version) }),
                run(&two, UpdateUser { user: grace.id, update: edit(&format!("Two {round}"), "grace@example.com", grace.version) }),
            );
            assert!(first.is_ok() != second.is_ok(), "round {round}");
            grace = users::queries::find(&world.operator(), grace.id).await.unwrap();
        }
    }

    async fn a_user_without_a_password_is_pending(world: World) {
        world.set_up().await;
        let new = new(profile("Mary", "mary@example.com", ""));
        let mary = add_user(&world.operator(), new).await.unwrap();
        assert_eq!(mary.status, UserStatus::Pending);
        run(&world.operator(), DisableUser { user: mary.id }).await.unwrap();
        assert_eq!(run(&world.operator(), EnableUser { user: mary.id }).await.unwrap().status, UserStatus::Pending);
    }

    async fn deleting_removes_what_is_theirs_and_keeps_the_log(world: World) {
        world.set_up().await;
        let grace = world.add_with_role("grace", "read-only").await;
        run(&world.operator(), DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
        assert!(matches!(users::queries::find(&world.operator(), grace.id).await, Err(Error::NotFound(_))));
        assert_eq!(world.count("select count(*) from memberships").await, 1);
        assert_eq!(world.count("select count(*) from grants").await, 1);
        let log = audit::list::list(&world.operator(), &EventQuery::default()).await.unwrap();
        assert_eq!(log.rows[0].action, "users.delete");
        assert_eq!(log.rows[0].target_name, grace.display_name);
    }

    async fn every_action_writes_who_what_and_the_difference(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        let ctx = world.as_user(&ada).await;
        run(&ctx, UpdateUser { user: grace.id, update: edit("Amazing", "grace@example.com", 1) }).await.unwrap();
        run(&ctx, DisableUser { user: grace.id }).await.unwrap();
        run(&ctx, DisableUser { user: grace.id }).await.unwrap();
        run(&ctx, EnableUser { user: grace.id }).await.unwrap();
        let log = audit::list::list(&ctx, &EventQuery::default()).await.unwrap().rows;
        let actions: Vec<_> = log.iter().rev().map(|event| event.action.as_str()).collect();
        assert_eq!(actions, ["users.add", "grants.give", "users.add", "users.update", "users.disable", "users.enable"]);
        let update = log.iter().find(|event| event.action == "users.update").unwrap();
        assert_eq!(update.actor_id, Some(ada.id));
        assert!(update.before.as_deref().unwrap().contains("grace") && !update.before.as_deref().unwrap().contains("e-mail"));
        assert_eq!(world.count("select count(*) from events where before like '%argon2%' or after like '%argon2%'").await, 0);
    }

    async fn phone_numbers_of_others_are_masked_without_the_permission(world: World) {
        let ada = world.set_up().await;
        let reader = world.add_with_role("grace", "read-only").await;
        world.execute("update users set phone = '+1 202 555 0143'").await;
        let seen = users::queries::find(&world.as_user(&reader).await, ada.id).await.unwrap().phone.unwrap();
        assert_eq!(seen, "+• ••• ••• ••43");
        let own = users::queries::find(&world.as_user(&reader).await, reader.id).await.unwrap().phone.unwrap();
        assert_eq!(own, "+1 202 555 0143");
    }

    async fn whoever_sees_a_number_masked_can_save_the_rest(world: World) {
        let grace = world.add("grace", "Hopper").await;
        world.execute("update users set phone = '+1 202 555 0143'").await;
        let phone = |phone: &str, version: i64| {
            let profile = profile("Grace", &grace.email, phone);
            UserUpdate::parse(&UserForm { profile, version: version.to_string() }).unwrap()
        };
        let ctx = world.operator();
        let saved = run(&ctx, UpdateUser { user: grace.id, update: phone("+• ••• ••• ••43", 1) }).await.unwrap();
        assert_eq!((saved.phone.as_deref(), saved.first_name.as_str()), (Some("+1 202 555 0143"), "Grace"));
        assert!(is_invalid(&run(&ctx, UpdateUser { user: grace.id, update: phone("+• ••• ••• ••44", 2) }).await, "phone"));
        assert!(is_stale(&run(&ctx, UpdateUser { user: grace.id, update: phone("+• ••• ••• ••44", 1) }).await));
        assert_eq!(run(&ctx, UpdateUser { user: grace.id, update: phone("", 2) }).await.unwrap().phone, None);
    }

    async fn the_log_masks_numbers_as_the_pages_do(world: World) {
        let reader = world.add_with_role("grace", "read-only").await;
        let linus = new(profile("Linus", "linus@example.com", "+1 202 555 0143"));
        let linus = add_user(&world.operator(), linus).await.unwrap();
        let seen = async |ctx| {
            let added = users::overview::overview(&ctx, linus.id).await.unwrap().events.pop().unwrap();
            let found = audit::list::find(&ctx, &mut ctx.read().await.unwrap(), added.id).await.unwrap();
            assert_eq!(added.after, found.after);
            added.after.unwrap()
        };
        let (masked, whole) = (seen(world.as_user(&reader).await).await, seen(world.operator()).await);
        assert!(masked.contains(r#""phone":"+• ••• ••• ••43""#) && !masked.contains("202"), "{masked}");
        assert!(whole.contains("+1 202 555 0143"), "{whole}");
    }
}
