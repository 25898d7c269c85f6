//! What differs only in what nobody sees is the same, and is refused as taken.

use crate::{
    domain::stage::{content, group, is_invalid, role, tenant},
    support::{PASSWORD, World, changes::*, on_both_engines},
};
use castellan::{
    domain::{
        groups::{self, input::GroupUpdate},
        roles::{self, input::RoleUpdate},
        sessions::{self, commands::SignIn},
        tenants,
        users::input::NewUser,
    },
    model::{
        forms::{NewUserForm, ProfileForm},
        id::ROOT_TENANT,
    },
};

use super::found;

const TWINS: [&str; 5] = ["Support", "SUPPORT", "sup\u{200b}port", "ｓｕｐｐｏｒｔ", "support\u{2060}\u{ad}"];

fn new_user(email: &str) -> NewUser {
    let profile = ProfileForm { first_name: "Gil".into(), email: email.into(), ..ProfileForm::default() };
    NewUser::parse(&NewUserForm { profile, password: PASSWORD.into(), ..NewUserForm::default() }).unwrap()
}

async fn signs_in(world: &World, login: &str) -> bool {
    let form = SignIn { login, password: PASSWORD, user_agent: "", known: "" };
    sessions::commands::sign_in(&world.stranger(), form).await.is_ok()
}

on_both_engines! {
    async fn names_of_roles_that_look_alike_are_taken(world: World) {
        let ctx = world.operator();
        for twin in ["admin\u{200b}", "ADMIN", "ａｄｍｉｎ"] {
            assert!(is_invalid(&add_role(&ctx, content(twin, &["users.read"])).await, "name"), "{twin:?}");
        }
        let (support, other) = (role(&ctx, "support", &["users.read"]).await, role(&ctx, "other", &["users.read"]).await);
        for twin in TWINS {
            assert!(is_invalid(&add_role(&ctx, content(twin, &["users.read"])).await, "name"), "{twin:?}");
            let update = RoleUpdate { content: content(twin, &["users.read"]), version: other.version };
            assert!(is_invalid(&run(&ctx, UpdateRole { role: other.id.clone(), update }).await, "name"), "{twin:?}");
        }
        let own = RoleUpdate { content: content("Support", &["users.read"]), version: support.version };
        assert_eq!(run(&ctx, UpdateRole { role: support.id.clone(), update: own }).await.unwrap().name, "Support", "its own name in capitals");
        role(&ctx, "süpport", &["users.read"]).await;
    }

    async fn names_of_groups_that_look_alike_are_taken(world: World) {
        let ctx = world.operator();
        let root = tenants::queries::read(&ctx, ROOT_TENANT).await.unwrap();
        let (support, other) = (group(&world, "support", &root).await, group(&world, "other", &root).await);
        for twin in TWINS {
            let draft = groups::input::NewGroup { name: twin.into(), description: String::new(), tenant: Some(root.id) };
            assert!(is_invalid(&add_group(&ctx, draft).await, "name"), "{twin:?}");
            let update = |version| GroupUpdate { name: twin.into(), description: String::new(), version };
            assert!(is_invalid(&run(&ctx, UpdateGroup { group: other.id, update: update(1) }).await, "name"), "{twin:?}");
        }
        let own = GroupUpdate { name: "Support".into(), description: String::new(), version: support.version };
        assert_eq!(run(&ctx, UpdateGroup { group: support.id, update: own.clone() }).await.unwrap().name, "Support");
        let elsewhere = tenant(&world, "elsewhere").await;
        group(&world, "support", &elsewhere).await;
    }

    async fn a_twin_that_is_there_stays_and_can_be_kept(world: World) {
        world.execute("insert into roles (id, number, name, description, created_at, name_key, same_key)
            values ('01J00000000000000000000TWN', 77, 'Admin', '', 0, 'admin', 'admin')").await;
        let ctx = world.operator();
        let id = castellan::model::id::RoleId("01J00000000000000000000TWN".into());
        let update = RoleUpdate { content: content("Admin", &["users.list"]), version: 1 };
        assert_eq!(run(&ctx, UpdateRole { role: id.clone(), update }).await.unwrap().version, 2);
        let mut conn = world.services.db.read().await.unwrap();
        for (name, id) in [("admin", "0000000000000000000000ADM1"), ("Admin", id.0.as_str())] {
            let found = roles::store::find_by_name(&mut conn, name, castellan::model::scope::Scope::Everywhere).await.unwrap();
            assert_eq!(found.unwrap().id.0, id, "each by its own name");
        }
    }

    async fn addresses_that_look_alike_are_taken(world: World) {
        add_user(&world.operator(), new_user("gil@example.com")).await.unwrap();
        for twin in ["gil\u{200b}@example.com", "GIL@example.com", "ｇｉｌ@example.com", "gil@example.com\u{feff}", "g\u{ad}il@example.com"] {
            assert!(is_invalid(&add_user(&world.operator(), new_user(twin)).await, "email"), "{twin:?}");
            assert!(signs_in(&world, twin).await, "{twin:?}");
        }
        let profile = ProfileForm { first_name: "\u{200b}".into(), email: "x@example.com".into(), ..ProfileForm::default() };
        let form = NewUserForm { profile, ..NewUserForm::default() };
        assert!(NewUser::parse(&form).is_err_and(|errors| errors.of("first_name").is_some()));
    }

    async fn an_address_is_the_same_in_either_spelling_of_its_domain(world: World) {
        let made = add_user(&world.operator(), new_user("otto@xn--bcher-kva.example")).await.unwrap();
        assert_eq!(made.login, "otto@bücher.example", "as readers know it");
        assert!(is_invalid(&add_user(&world.operator(), new_user("otto@bücher.example")).await, "email"));
        for spelling in ["otto@bücher.example", "OTTO@BÜCHER.EXAMPLE", "otto@xn--bcher-kva.example", "otto@bu\u{308}cher.example"] {
            assert!(signs_in(&world, spelling).await, "{spelling}");
            assert_eq!(found(&world, spelling).await.len(), 1, "{spelling}");
        }
        add_user(&world.operator(), new_user("Jürgen@example.com")).await.unwrap();
        assert!(signs_in(&world, "jürgen@example.com").await);
    }

    async fn people_whose_logins_look_alike_still_sign_in_each_as_themselves(world: World) {
        let (gil, twin) = (world.add("gil", "").await, world.add("twin", "").await);
        world.execute("update users set login = 'gil\u{200b}@example.com', email = 'gil\u{200b}@example.com'
            where login = 'twin@example.com'").await;
        assert!(signs_in(&world, "gil@example.com").await && signs_in(&world, "gil\u{200b}@example.com").await);
        let sessions = "select count(distinct user_id) from sessions";
        assert_eq!(world.count(sessions).await, 2, "{} and {}", gil.id, twin.id);
    }
}
