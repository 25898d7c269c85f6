//! Reading the log: each filter, alone and together, and every page.

use super::{history, read};
use crate::{
    domain::stage::{self, is_not_found, last, last_id, renamed, role},
    support::{World, changes::*, on_both_engines},
};
use castellan::{
    domain::{
        action::Action,
        audit::{self, event::Event, query::EventQuery},
        users,
    },
    model::{
        id::{TenantId, UserId},
        scope::Scope,
    },
};

/// What the query asks for, said again in plain Rust.
fn wanted(query: &EventQuery, all: &[Event], event: &Event) -> bool {
    (query.actors.is_empty() || event.actor_id.is_some_and(|actor| query.actors.contains(&actor)))
        && query.actor_name.as_ref().is_none_or(|name| event.actor_name.eq_ignore_ascii_case(name))
        && query.actor_kind.as_ref().is_none_or(|kind| event.actor_kind == *kind)
        && query.target_kind.as_ref().is_none_or(|kind| event.target_kind == *kind)
        && (query.target_ids.is_empty() || query.target_ids.contains(&event.target_id))
        && (query.about.is_empty() || query.about.iter().any(|user| is_about(event, &user.to_string())))
        && query
            .target_name
            .as_ref()
            .is_none_or(|name| event.target_name.eq_ignore_ascii_case(name) || member_is_called(all, event, name))
        && query.action.is_none_or(|action| event.action == action.name())
        && query.tenant.is_none_or(|tenant| event.tenant_id == Some(tenant) || is_of_member(all, event, tenant))
        && query.from.is_none_or(|from| event.at >= from)
        && query.until.is_none_or(|until| event.at < until)
}

fn is_about(event: &Event, user: &str) -> bool {
    event.target_kind == "user" && event.target_id == user || event.member_id.as_deref() == Some(user)
}

/// Whether it is about a person themself who belongs to the tenant: in this history everybody stays where they came.
fn is_of_member(all: &[Event], event: &Event, tenant: TenantId) -> bool {
    let themself = event.action == "users.update" || event.action == "users.disable" || event.action == "users.enable";
    let came = |other: &&Event| other.action == "users.add" && other.target_id == event.target_id;
    themself && all.iter().find(came).and_then(|came| came.tenant_id) == Some(tenant)
}

/// Whether the event is about a member who has this name anywhere in the log.
fn member_is_called(all: &[Event], event: &Event, name: &str) -> bool {
    let named = |other: &&Event| other.target_name.eq_ignore_ascii_case(name);
    event.member_id.is_some()
        && all.iter().filter(named).any(|other| event.member_id.as_ref() == Some(&other.target_id))
}

/// One query for each filter, from what a row says of itself; and one that asks for all of it at once.
fn queries(event: &Event) -> Vec<EventQuery> {
    let none = EventQuery::default;
    let action = Action::parse(&event.action);
    let (target_kind, target_ids) = (Some(event.target_kind.clone()), vec![event.target_id.clone()]);
    let actors: Vec<UserId> = event.actor_id.into_iter().collect();
    vec![
        EventQuery { actors: actors.clone(), ..none() },
        EventQuery { actors: [&actors[..], &[UserId(uuid::Uuid::nil())]].concat(), ..none() },
        EventQuery { actor_name: Some(event.actor_name.to_uppercase()), ..none() },
        EventQuery { target_name: Some(event.target_name.to_uppercase()), ..none() },
        EventQuery { actor_kind: Some(event.actor_kind.clone()), ..none() },
        EventQuery { target_kind: target_kind.clone(), ..none() },
        EventQuery { target_kind: target_kind.clone(), target_ids: target_ids.clone(), ..none() },
        EventQuery { about: event.member_id.iter().flat_map(|id| id.parse()).collect(), ..none() },
        EventQuery { about: [&actors[..], &[UserId(uuid::Uuid::nil())]].concat(), ..none() },
        EventQuery { action, ..none() },
        EventQuery { tenant: event.tenant_id, ..none() },
        EventQuery { from: Some(event.at), ..none() },
        EventQuery { until: Some(event.at), ..none() },
        EventQuery { from: Some(event.at), until: Some(event.at.plus_seconds(1)), ..none() },
        EventQuery { actors, target_kind, target_ids, action, tenant: event.tenant_id, ..none() },
    ]
}

on_both_engines! {
    async fn each_filter_finds_exactly_what_it_asks_for(world: World) {
        history(&world).await;
        let all = read(&world, &EventQuery::default()).await;
        let mut narrowed = 0;
        for query in all.iter().flat_map(queries) {
            let found: Vec<_> = read(&world, &query).await.iter().map(|event| event.seq).collect();
            let expected: Vec<_> = all.iter().filter(|event| wanted(&query, &all, event)).map(|event| event.seq).collect();
            assert_eq!(found, expected, "{query:?}");
            assert_eq!(query.is_filtered(), query != EventQuery::default());
            narrowed += usize::from(found.len() < all.len() && !found.is_empty());
        }
        assert!(narrowed > 5 * all.len(), "{narrowed}");
        let named = EventQuery { target_name: Some("Österreich".into()), ..EventQuery::default() };
        stage::role(&world.operator(), "Österreich", &["users.read"]).await;
        assert_eq!(read(&world, &named).await.len(), 1);
        let nobody = EventQuery { actors: vec![UserId(uuid::Uuid::nil())], ..EventQuery::default() };
        assert!(read(&world, &nobody).await.is_empty());
    }

    async fn pages_hold_every_row_once_newest_first(world: World) {
        let ada = world.set_up().await;
        for round in 0..120 {
            let now = users::queries::find(&world.operator(), ada.id).await.unwrap();
            run(&world.operator(), UpdateUser { user: ada.id, update: renamed(&now, &format!("ada {round}")) }).await.unwrap();
        }
        let seqs: Vec<_> = read(&world, &EventQuery::default()).await.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, (1..=122).rev().collect::<Vec<_>>());
        let edits = EventQuery { action: Some(Action::UpdateUser), ..EventQuery::default() };
        let seqs: Vec<_> = read(&world, &edits).await.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, (3..=122).rev().collect::<Vec<_>>());
        let batch = audit::export::batch(&world.operator(), &edits).await.unwrap();
        assert_eq!(batch.iter().map(|event| event.seq).collect::<Vec<_>>(), seqs, "an export reads the same");
    }

    async fn in_a_tenant_only_what_concerns_it_is_seen_whatever_is_asked(world: World) {
        history(&world).await;
        let ctx = world.operator();
        let all = read(&world, &EventQuery::default()).await;
        let a = all.iter().find(|event| event.target_name == "a").unwrap().tenant_id;
        let b = all.iter().find(|event| event.target_name == "b").unwrap().tenant_id;
        let inside = ctx.clone().working_in(Scope::from(a));
        for tenant in [None, a, b] {
            let page = audit::list::list(&inside, &EventQuery { tenant, ..EventQuery::default() }).await.unwrap();
            assert!(!page.rows.is_empty() && page.rows.iter().all(|event| event.tenant_id == a));
            assert_eq!(page.total, page.rows.len() as i64);
        }
        let conn = &mut world.services.db.read().await.unwrap();
        for event in &all {
            let found = audit::list::find(&inside, conn, event.id).await;
            assert_eq!(is_not_found(&found), event.tenant_id != a && !is_of_member(&all, event, a.unwrap()), "{event:?}");
        }
    }

    async fn an_event_names_the_one_that_took_it_back(world: World) {
        world.set_up().await;
        let role = role(&world.operator(), "support", &["users.read"]).await;
        let made = last_id(&world).await;
        undo(&world.operator(), made).await.unwrap();
        let taken = last(&world).await;
        assert_eq!((taken.undoes, taken.target_id.as_str()), (Some(made), role.id.0.as_str()));
        let conn = &mut world.services.db.read().await.unwrap();
        assert_eq!(audit::list::find(&world.operator(), conn, made).await.unwrap().undone_by, Some(taken.id));
        assert_eq!(audit::list::find(&world.operator(), conn, taken.id).await.unwrap().undone_by, None);
        let listed = read(&world, &EventQuery::default()).await;
        let undone: Vec<_> = listed.iter().filter_map(|event| Some((event.id, event.undone_by?))).collect();
        assert_eq!(undone, [(made, taken.id)], "the list says it, too");
    }
}
