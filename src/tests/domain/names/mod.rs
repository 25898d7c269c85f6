//! Names and addresses: found however they are typed, and the same however they are written.

mod refolded;
mod sameness;

use super::stage::{group, last_id, role, tenant};
use crate::support::{World, changes::*, on_both_engines, person};
use castellan::{
    domain::{
        audit::{self, query::EventQuery},
        groups,
        names::fold::folded,
        parse::Email,
        roles, tenants, users,
    },
    model::{id::ROOT_TENANT, user::UserQuery},
};

/// A user with these names and an address that says nothing about them.
pub async fn called(world: &World, n: usize, [first, last, display]: [&str; 3]) -> users::store::User {
    let mut new = person("x", "");
    new.password = None;
    new.profile.first_name = first.into();
    new.profile.last_name = last.into();
    new.profile.display_name =
        if display.is_empty() { format!("{first} {last}").trim().into() } else { display.into() };
    new.profile.email = Email::parse(&format!("u{n}@example.com")).unwrap();
    add_user(&world.operator(), new).await.unwrap()
}

/// The display names of all whom a search finds.
pub async fn found(world: &World, search: &str) -> Vec<String> {
    let query = UserQuery { search: search.into(), ..UserQuery::default() };
    let page = users::list::list(&world.operator(), &query).await.unwrap().page;
    assert_eq!(page.total, page.rows.len() as i64, "{search}: as many as it says");
    page.rows.into_iter().map(|row| row.display_name).collect()
}

/// A name, and what finds it.
const FOUND: [(&str, &[&str]); 9] = [
    ("Linßen", &["linssen", "LINSSEN", "linßen", "LINẞEN"]),
    ("Łazienbny", &["lazienbny", "ŁAZIENBNY"]),
    ("Søren", &["soren", "SØREN"]),
    ("Đorđe", &["dorde", "ĐORĐE"]),
    ("Æsir", &["aesir", "æsir"]),
    ("Zqışık", &["ZQIŞIK", "zqisik", "zqışık"]),
    ("O’Brien", &["o'brien", "O’BRIEN", "oʼbrien"]),
    ("Jean‑Luc", &["jean-luc", "JEAN–LUC"]),
    ("철수 홍길", &["홍길", "철수", "홍길 철수"]),
];

on_both_engines! {
    async fn people_are_found_by_any_spelling(world: World) {
        for (n, (name, _)) in FOUND.iter().enumerate() {
            called(&world, n, [name, "", ""]).await;
        }
        for (name, searches) in FOUND {
            for search in searches {
                assert_eq!(found(&world, search).await, [name], "{search}");
            }
        }
    }

    async fn one_syllable_finds_all_who_are_called_so(world: World) {
        for (n, first) in ["민준", "서연", "지훈", "하은"].into_iter().enumerate() {
            called(&world, n, [first, "김", &format!("김{first}")]).await;
        }
        called(&world, 9, ["철수", "홍길", "철수 홍길"]).await;
        assert_eq!(found(&world, "김").await.len(), 4);
        assert_eq!(found(&world, "김민준").await, ["김민준"]);
    }

    async fn words_are_found_in_any_order_in_any_name_and_the_address(world: World) {
        called(&world, 0, ["Timotheus", "Quarrington", ""]).await;
        called(&world, 1, ["Timotheus", "Other", ""]).await;
        called(&world, 2, ["Augusta", "King", "Countess of Lovelace"]).await;
        for search in ["Quarrington Timotheus", "Quarrington, Timotheus", "timotheus  quarrington", "ring u0@", "qu ti u0"] {
            assert_eq!(found(&world, search).await, ["Timotheus Quarrington"], "{search}");
        }
        for search in ["augusta", "king augusta", "love king", "u2@example.com augusta", "co of ki"] {
            assert_eq!(found(&world, search).await, ["Countess of Lovelace"], "{search}");
        }
        assert_eq!(found(&world, "timotheus lovelace").await, Vec::<String>::new());
        assert_eq!(found(&world, &"timotheus ".repeat(5_000)).await.len(), 2, "a long search is cut");
        assert_eq!(found(&world, ", ;").await, Vec::<String>::new());
    }

    async fn a_display_name_that_was_made_of_the_names_follows_them(world: World) {
        let ada = called(&world, 0, ["Ada", "Byron", ""]).await;
        let mut profile = ada.profile();
        profile.last_name = "King".into();
        let update = users::input::UserUpdate { profile, masked_phone: None, version: ada.version };
        let changed = run(&world.operator(), UpdateUser { user: ada.id, update }).await.unwrap();
        assert_eq!(changed.display_name, "Ada King");
        let event = last_id(&world).await;
        undo(&world.operator(), event).await.unwrap();
        let back = users::queries::find(&world.operator(), ada.id).await.unwrap();
        assert_eq!((back.display_name.as_str(), back.last_name.as_str()), ("Ada Byron", "Byron"));
        let mut profile = back.profile();
        profile.last_name = "King".into();
        let update = users::input::UserUpdate { profile, masked_phone: None, version: back.version };
        assert_eq!(run(&world.operator(), UpdateUser { user: ada.id, update }).await.unwrap().display_name, "Ada King", "still");
    }

    async fn every_list_finds_and_sorts_alike(world: World) {
        let ctx = world.operator();
        let root = tenants::queries::read(&ctx, ROOT_TENANT).await.unwrap();
        for (n, (name, searches)) in FOUND.iter().enumerate() {
            role(&ctx, name, &["users.read"]).await;
            group(&world, name, &root).await;
            let made = tenant(&world, &format!("slug_{n}")).await;
            let update = tenants::input::TenantUpdate { name: (*name).into(), use_: made.use_, parent: None, version: made.version };
            run(&ctx, UpdateTenant { tenant: made.id, update: update.clone() }).await.unwrap();
            for search in *searches {
                let found = roles::queries::list(&ctx, search, "").await.unwrap();
                assert_eq!((found.total, found.rows[0].name.as_str()), (1, *name), "{search}");
                let found = groups::queries::list(&ctx, search, "").await.unwrap();
                assert_eq!((found.total, found.rows[0].name.as_str()), (1, *name), "{search}");
                for search in [(*search).to_owned(), format!("slug_{n} {search}")] {
                    let found = tenants::queries::list(&ctx, &search, "").await.unwrap();
                    assert_eq!((found.total, found.rows[0].name.as_str()), (1, *name), "{search}");
                }
            }
        }
        let names: Vec<_> = groups::queries::list(&ctx, "", "").await.unwrap().rows.into_iter().map(|row| row.name).collect();
        assert!(names.is_sorted_by_key(|name| folded(name)), "{names:?}");
        let choices = roles::queries::choices(&ctx).await.unwrap().rows;
        assert!(choices.is_sorted_by_key(|role| folded(&role.name)), "{choices:?}");
    }

    async fn the_log_finds_names_by_any_spelling(world: World) {
        for (name, searches) in FOUND {
            role(&world.operator(), name, &["users.read"]).await;
            for search in searches.iter().filter(|search| folded(search) == folded(name)) {
                let query = EventQuery { target_name: Some((*search).into()), ..EventQuery::default() };
                let page = audit::list::list(&world.operator(), &query).await.unwrap();
                assert_eq!((page.total, page.rows[0].target_name.as_str()), (1, name), "{search}");
            }
        }
        let actor = EventQuery { actor_name: Some("Command  LINE".into()), ..EventQuery::default() };
        assert_eq!(audit::list::list(&world.operator(), &actor).await.unwrap().total, FOUND.len() as i64);
    }
}
