//! The cards of a group's page, each with the form that adds to it above what is in it.

mod adding;

pub use adding::Others;

use leptos::prelude::*;

use super::cards::adding::{AddingGroup, AddingPerson};
use crate::{
    domain::groups::{
        member_store::{GroupRef, Inherited, MemberView},
        queries::Neighbours,
    },
    http::visit::{to, visit},
    model::{
        fields::Fields,
        id::GroupId,
        page::{Limited, Page},
        permission::Permission,
        timestamp::Timestamp,
        user::grouped,
    },
    pages::{
        pager::{NotAll, Pager},
        times::{Time, moment},
    },
};

/// What the cards have in common.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The group.
    pub group: GroupId,
    /// Its page.
    pub href: String,
    /// Where its lists stand.
    pub query: Fields,
    /// Whether the reader may change who is in it.
    pub may: bool,
}

/// People directly in the group.
#[component]
pub fn Members(shown: Shown, page: Page<MemberView>, now: Timestamp) -> impl IntoView {
    let nothing = match (shown.query.text("after").is_empty(), shown.may) {
        (false, _) => "The list ended with the page before.",
        (true, true) => "Nobody is in it directly yet. Add somebody by their e-mail address.",
        (true, false) => "Nobody is in it directly yet. Whoever may change groups can add people.",
    };
    let Page { rows, total, after, .. } = page;
    let (href, may) = (shown.href.clone(), shown.may);
    let add = may.then(|| view! { <AddingPerson group=shown.group/> });
    let empty = rows.is_empty();
    let in_list = visit().ctx.may(Permission::UsersList).then(|| {
        let href = to(format_args!("/users?group={}", shown.group));
        view! { <span class="do"><a class="link" href=href>"Search them"</a></span> }
    });
    let rows = rows.into_iter().map(|member| {
        let remove = may.then(|| format!("{href}/members/{}/remove", member.id));
        view! { <MemberRow member remove now/> }
    });
    view! {
        <section class="card">
            <header><h2>"Members"</h2><span class="hint">{grouped(total)}</span>{in_list}</header>
            {add}
            <Empty when=empty text=nothing/>
            <ul class="rows">{rows.collect_view()}</ul>
            <More shown total after cursor="after"/>
        </section>
    }
}

/// `remove` leads to the question whether they shall leave, for a reader who may ask.
#[component]
fn MemberRow(member: MemberView, remove: Option<String>, now: Timestamp) -> impl IntoView {
    let name = member.display_name.clone();
    view! {
        <li>
            <div>
                <a href=to(format_args!("/users/{}", member.id))><bdi>{member.display_name}</bdi></a>
                <div class="sub"><bdi>{member.login}</bdi>" · since "<Time at=moment(member.added_at, now)/></div>
            </div>
            {remove.map(|href| view! { <Remove href name/> })}
        </li>
    }
}

/// People who are in the group through groups in it only.
#[component]
pub fn Through(shown: Shown, page: Page<Inherited>) -> impl IntoView {
    let nothing = match shown.query.text("inherited") {
        "" => "Nobody else is in the groups inside. Whoever joins one of them is in this group, too.",
        _ => "The list ended with the page before.",
    };
    let Page { rows, total, after, .. } = page;
    let row = |member: Inherited| {
        view! {
            <li>
                <div>
                    <a href=to(format_args!("/users/{}", member.id))><bdi>{member.display_name}</bdi></a>
                    <div class="sub"><bdi>{member.login}</bdi></div>
                </div>
                <div class="do"><span class="hint">"via group "<bdi>{member.via}</bdi></span></div>
            </li>
        }
    };
    view! {
        <section class="card">
            <header><h2>"Through other groups"</h2><span class="hint">{grouped(total)}</span></header>
            <Empty when=rows.is_empty() text=nothing/>
            <ul class="rows">{rows.into_iter().map(row).collect_view()}</ul>
            <More shown total after cursor="inherited"/>
        </section>
    }
}

/// What to do where a list has no rows.
#[component]
fn Empty(when: bool, text: &'static str) -> impl IntoView {
    when.then(|| view! { <div class="in"><p class="hint">{text}</p></div> })
}

/// The way on, where a list is longer than a page.
#[component]
fn More(shown: Shown, total: i64, after: Option<String>, cursor: &'static str) -> impl IntoView {
    let Shown { href, query, .. } = shown;
    let begun = !query.text(cursor).is_empty();
    let query = query.without(&[cursor]);
    (begun || after.is_some()).then(|| {
        let label = if cursor == "after" { "Pages of members" } else { "Pages of people through groups" };
        view! { <Pager total noun=("person", "people") path=href query after begun cursor label/> }
    })
}

/// The way to the question whether somebody or some group shall leave.
#[component]
fn Remove(href: String, name: String) -> impl IntoView {
    let label = format!("Remove {name}");
    view! { <div class="do"><a class="btn quiet" href=href aria-label=label>"Remove…"</a></div> }
}

/// The groups that are directly in the group, beside those that it is directly in.
#[component]
pub fn Nested(shown: Shown, neighbours: Neighbours, others: Option<Others>) -> impl IntoView {
    view! {
        <div class="two">
            <Inside shown groups=neighbours.inside others/>
            <Outside groups=neighbours.outside/>
        </div>
    }
}

#[component]
fn Inside(shown: Shown, groups: Limited<GroupRef>, others: Option<Others>) -> impl IntoView {
    let Shown { group, href, may, .. } = shown;
    let add = others.map(|others| view! { <AddingGroup group href=href.clone() others/> });
    let nothing = match may {
        true => "None. Add a group, and whoever is in it is in this one, too.",
        false => "None. Whoever may change groups can add one.",
    };
    let row = |group: GroupRef| {
        let remove = may.then(|| (format!("{href}/groups/{}/remove", group.id), group.name.clone()));
        view! {
            <li>
                <div><a href=to(format_args!("/groups/{}", group.id))><bdi>{group.name}</bdi></a></div>
                {remove.map(|(href, name)| view! { <Remove href name/> })}
            </li>
        }
    };
    view! {
        <section class="card">
            <header><h2>"Groups inside"</h2></header>
            {add}
            <Empty when=groups.rows.is_empty() text=nothing/>
            <ul class="rows">{groups.rows.into_iter().map(row).collect_view()}</ul>
            <NotAll more=groups.more/>
        </section>
    }
}

#[component]
fn Outside(groups: Limited<GroupRef>) -> impl IntoView {
    let nothing = "No other group. To put it into one, open that one and add it there.";
    let row = |group: GroupRef| {
        view! { <li><div><a href=to(format_args!("/groups/{}", group.id))><bdi>{group.name}</bdi></a></div></li> }
    };
    view! {
        <section class="card">
            <header><h2>"Is inside"</h2></header>
            <Empty when=groups.rows.is_empty() text=nothing/>
            <ul class="rows">{groups.rows.into_iter().map(row).collect_view()}</ul>
            <NotAll more=groups.more/>
        </section>
    }
}
