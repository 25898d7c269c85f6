//! One event as a row: when, who did what to whom, and what changed.

use leptos::prelude::*;

use super::differences::{Difference, What, differences, lines};
use crate::{
    domain::{action::Action, audit::event::Event, groups::commands::AddToGroup},
    http::{error::capitalised, flash::Way, visit::to},
    model::{
        fields::Fields,
        principal::Principal,
        timestamp::{Moment, Timestamp},
    },
    pages::times::{moment, zoned},
};

/// One event: when, who did what to whom, and what changed. `named`: whether to say whom, where that is a person.
/// `undo`: where a reader comes back to who takes it back; `None` if they may not.
#[component]
pub fn EventRow(event: Event, now: Timestamp, named: bool, undo: Option<String>) -> impl IntoView {
    let mut changes = differences(event.before.as_deref(), event.after.as_deref());
    let deed = deed(&event, named, &mut changes);
    let from = event.address.clone().map(|address| view! { <span class="sub">" from "{address}</span> });
    let undid = event.undoes.map(|_| view! { " "<span class="tag plain">"undo"</span> });
    view! {
        <tr>
            <td class="when"><When at=event.at now/></td>
            <td class="lead">{actor(&event)}" "{deed}{undid}{from}</td>
            <td>{lines(&changes)}</td>
            <td class="act">{way_back(&event, undo)}</td>
        </tr>
    }
}

/// The moment itself, which can be compared with other logs; how long ago that is stands in the tooltip.
#[component]
fn When(at: Timestamp, now: Timestamp) -> impl IntoView {
    let Moment { label, exact } = moment(at, now);
    view! { <time datetime=exact.clone() title=format!("{label}, {exact}")>{clock(at, now)}</time> }
}

/// A moment as the reader's clock has it: to the second if it is today's, with the year if that is over.
fn clock(at: Timestamp, now: Timestamp) -> String {
    let (at, today) = (zoned(at), zoned(now));
    let format = match at.year() == today.year() {
        true if at.date() == today.date() => "%H:%M:%S",
        true => "%-d %b %H:%M",
        false => "%-d %b %Y %H:%M",
    };
    at.strftime(format).to_string()
}

/// Who did it, which begins the sentence: what is nobody's name gets a capital.
fn actor(event: &Event) -> AnyView {
    let name = event.actor_name.clone();
    match event.actor_id {
        Some(id) => link(name, Some(to(format_args!("/users/{id}")))),
        None if matches!(event.actor_kind.as_str(), "client" | "key_pair") => view! { <bdi>{name}</bdi> }.into_any(),
        None => capitalised(&name).into_any(),
    }
}

/// What was done to whom. Whoever is named here is no news among the changes.
fn deed(event: &Event, named: bool, changes: &mut Vec<Difference>) -> AnyView {
    let action = Action::parse(&event.action);
    let target = link(event.target_name.clone(), page_of_target(event, action));
    let about = action.and_then(|action| Some((about_member(action)?, take_member(action, changes)?)));
    if let Some(([before, after, unnamed], member)) = about {
        return match named {
            true => view! { {before}" "{link(member, page_of_member(event))}" "{after}" "{target} }.into_any(),
            false => view! { {unnamed}" "{target} }.into_any(),
        };
    }
    let phrase = action.map_or(event.action.clone(), |action| action.phrase().to_owned());
    match action {
        Some(Action::SignIn | Action::SignOut) => phrase.into_any(),
        _ if named || event.target_kind != "user" => view! { {phrase}" "{target} }.into_any(),
        _ => view! { {phrase}" them" }.into_any(),
    }
}

/// What was done to a member, in words: before their name and after it, and where the page is theirs anyway.
const fn about_member(action: Action) -> Option<[&'static str; 3]> {
    Some(match action {
        Action::AddToGroup => ["added", "to the group", "added them to the group"],
        Action::RemoveFromGroup => ["removed", "from the group", "removed them from the group"],
        Action::AddMembership => ["added", "to", "added them to"],
        Action::UpdateMembership => ["changed the membership of", "in", "changed their membership in"],
        Action::RemoveMembership => ["removed", "from", "removed them from"],
        Action::MakeOwner => ["made", "the owner of", "made them the owner of"],
        Action::EndOwnership => ["removed", "as the owner of", "removed them as the owner of"],
        _ => return None,
    })
}

/// The member's name, out of the changes. An owner who came for another stays there beside them.
fn take_member(action: Action, changes: &mut Vec<Difference>) -> Option<String> {
    let field = if matches!(action, Action::MakeOwner | Action::EndOwnership) { "owner" } else { "member" };
    let name = match &changes.iter().find(|change| change.name == field)?.what {
        What::Plain(name) | What::Changed(_, name) => name.clone(),
        What::Words(..) => return None,
    };
    changes.retain(|change| change.name != field || !change.is_plain());
    Some(name)
}

/// A name, with the way to its page if it has one.
fn link(name: String, page: Option<String>) -> AnyView {
    match page {
        Some(href) => view! { <a href=href><bdi>{name}</bdi></a> }.into_any(),
        None => view! { <bdi>{name}</bdi> }.into_any(),
    }
}

/// The page of what an event was done to, unless that event removed it.
fn page_of_target(event: &Event, action: Option<Action>) -> Option<String> {
    if matches!(
        action,
        Some(
            Action::DeleteUser
                | Action::DeleteRole
                | Action::DeleteGroup
                | Action::DeleteTenant
                | Action::DeleteClient
                | Action::DeleteKeyPair
        )
    ) {
        return None;
    }
    let family = match event.target_kind.as_str() {
        "user" => "users",
        "role" => "roles",
        "group" => "groups",
        "tenant" => "tenants",
        "client" => "clients",
        "key_pair" => "key-pairs",
        _ => return None,
    };
    Some(to(format_args!("/{family}/{}", event.target_id)))
}

/// The page of the member that an event is about. Of a group's members only the way back says whether they are people.
fn page_of_member(event: &Event) -> Option<String> {
    if event.target_kind == "tenant" {
        return event.member_id.as_ref().map(|id| to(format_args!("/users/{id}")));
    }
    // Adding and removing hold the same.
    let way_back: AddToGroup = serde_json::from_str(event.undo_data.as_deref()?).ok()?;
    Some(match way_back.member {
        Principal::User(id) => to(format_args!("/users/{id}")),
        Principal::Group(id) => to(format_args!("/groups/{id}")),
    })
}

/// The way to take it back, or the way to whoever did.
fn way_back(event: &Event, undo: Option<String>) -> Option<AnyView> {
    let href =
        undo.map(|back| to(format_args!("/audit/{}/undo?{}", event.id, Fields::default().with("back", back).encode())));
    let way = Way::from_action(&event.action);
    match (event.undone_by, href) {
        (Some(_), Some(href)) => Some(view! { <a class="link" href=href>{way.past()}</a> }.into_any()),
        (Some(_), None) => Some(view! { <span class="tag plain">{way.past()}</span> }.into_any()),
        (None, Some(href)) if event.undo_data.is_some() => {
            Some(view! { <a class="btn quiet" href=href>{format!("{}…", way.label())}</a> }.into_any())
        }
        (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_says_as_much_as_tells_it_apart() {
        let now = Timestamp(1_795_385_600_000); // 2026-11-22T22:13:20Z
        let said = |seconds: i64| clock(now.plus_seconds(-seconds), now);
        assert_eq!([said(0), said(80_000)], ["22:13:20", "00:00:00"]);
        assert_eq!([said(80_001), said(400 * 86_400)], ["21 Nov 23:59", "18 Oct 2025 22:13"]);
    }

    #[test]
    fn whom_the_sentence_names_is_not_said_again() {
        let mut joined = differences(None, Some(r#"{"member":"Grace","status":"active"}"#));
        assert_eq!(take_member(Action::AddMembership, &mut joined).as_deref(), Some("Grace"));
        assert_eq!(joined.len(), 1);
        let mut owner = differences(Some(r#"{"owner":"Ada"}"#), Some(r#"{"owner":"Grace"}"#));
        assert_eq!(take_member(Action::MakeOwner, &mut owner).as_deref(), Some("Grace"));
        assert_eq!(owner.len(), 1, "whom she came for is said nowhere else");
        assert_eq!(take_member(Action::AddToGroup, &mut Vec::new()), None);
    }
}
