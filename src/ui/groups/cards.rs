//! The cards of a group's page.

use leptos::prelude::*;

use crate::{
    domain::{
        engine::what_if::Effect,
        groups::{GroupRef, Inherited, MemberView},
    },
    islands::LiveForm,
    model::{
        fields::Fields,
        page::{First, Page},
        timestamp::Timestamp,
        user::grouped,
    },
    ui::{
        effect::{EffectCard, Steps},
        form::{Choice, Field, FormNote, FormState},
        pager::{NotAll, Pager, Search},
        times::moment,
        users::detail::Time,
    },
};

/// What the cards have in common.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The group's page.
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
        (true, true) => "Nobody is in it yet. Add somebody by their e-mail address.",
        (true, false) => "Nobody is in it yet. Whoever may change groups can add people.",
    };
    let Page { rows, total, after, .. } = page;
    let (href, may) = (shown.href.clone(), shown.may);
    let row = |member: MemberView| {
        let remove = may.then(|| (format!("{href}/members/{}/remove", member.id), member.display_name.clone()));
        view! {
            <li>
                <div>
                    <a href=format!("/admin/users/{}", member.id)><bdi>{member.display_name}</bdi></a>
                    <div class="sub"><bdi>{member.login}</bdi>" · since "<Time at=moment(member.added_at, now)/></div>
                </div>
                {remove.map(|(href, name)| view! { <Remove href name/> })}
            </li>
        }
    };
    view! {
        <section class="card">
            <header><h2>"Members"</h2><span class="hint">{grouped(total)}</span></header>
            <Empty when=rows.is_empty() text=nothing/>
            <ul class="rows">{rows.into_iter().map(row).collect_view()}</ul>
            <More shown total after cursor="after"/>
        </section>
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
                    <a href=format!("/admin/users/{}", member.id)><bdi>{member.display_name}</bdi></a>
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

/// Groups directly in the group.
#[component]
pub fn Inside(shown: Shown, groups: First<GroupRef>) -> impl IntoView {
    let Shown { href, may, .. } = shown;
    let nothing = match may {
        true => "None. Add a group, and whoever is in it is in this one, too.",
        false => "None. Whoever may change groups can add one.",
    };
    let row = |group: GroupRef| {
        let remove = may.then(|| (format!("{href}/groups/{}/remove", group.id), group.name.clone()));
        view! {
            <li>
                <div><a href=format!("/admin/groups/{}", group.id)><bdi>{group.name}</bdi></a></div>
                {remove.map(|(href, name)| view! { <Remove href name/> })}
            </li>
        }
    };
    view! {
        <section class="card">
            <header><h2>"Groups inside"</h2></header>
            <Empty when=groups.rows.is_empty() text=nothing/>
            <ul class="rows">{groups.rows.into_iter().map(row).collect_view()}</ul>
            <NotAll more=groups.more/>
        </section>
    }
}

/// Groups that the group is directly in.
#[component]
pub fn Outside(groups: First<GroupRef>) -> impl IntoView {
    let nothing = "No other group. To put it into one, open that one and add it there.";
    let row = |group: GroupRef| {
        view! { <li><div><a href=format!("/admin/groups/{}", group.id)><bdi>{group.name}</bdi></a></div></li> }
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

/// Groups that can be put into the group.
#[derive(Clone, Debug)]
pub struct Others {
    /// Their ids and names.
    pub options: Vec<(String, String)>,
    /// Whether there are more than these.
    pub more: bool,
    /// What they were searched by.
    pub search: String,
}

/// The forms that add somebody or a group, and what adding would do.
#[component]
pub fn Adding(href: String, others: Option<Others>, form: FormState, effect: Option<Effect>) -> impl IntoView {
    let of_group = form.typed.all("member_group").next().is_some();
    let (group, person) = if of_group { (form, FormState::default()) } else { (FormState::default(), form) };
    let action = format!("{href}/members");
    view! {
        <section class="card">
            <header><h2>"Add somebody"</h2></header>
            <div class="in">
                <LiveForm action=action.clone()>
                    <FormNote form=person.clone()/>
                    <Field form=person name="email" label="E-mail" kind="email" required=true hint="Of somebody who belongs to the group's tenant."/>
                    <Steps save="Add"/>
                </LiveForm>
            </div>
        </section>
        {others.map(|others| view! { <AddGroup href action others form=group/> })}
        <EffectCard effect heading="What adding would do"/>
    }
}

#[component]
fn AddGroup(href: String, action: String, others: Others, form: FormState) -> impl IntoView {
    let Others { options, more, search } = others;
    let find = (more || !search.is_empty()).then(|| {
        view! { <div class="in"><Search path=href label="Find a group" search=search.clone()/></div> }
    });
    let choice = match options.is_empty() {
        false => view! {
            <LiveForm action=action>
                <FormNote form=form.clone()/>
                <input type="hidden" name="q" value=search/>
                <Choice form name="member_group" label="Group" none="Choose a group…" options/>
                <Steps save="Add group"/>
            </LiveForm>
        }
        .into_any(),
        true if search.is_empty() => {
            view! { <p class="hint">"There is no other group in this tenant. Make one, then add it here."</p> }
                .into_any()
        }
        true => view! { <p class="hint">"No other group that can be added is called that."</p> }.into_any(),
    };
    view! {
        <section class="card">
            <header><h2>"Add a group"</h2>{more.then(|| view! { <span class="hint">"not all are listed"</span> })}</header>
            {find}
            <div class="in">{choice}</div>
        </section>
    }
}
