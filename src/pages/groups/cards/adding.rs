//! The forms that put somebody or another group into a group, and what that would do.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    functions::groups::{AddInnerGroup, AddPerson},
    islands::WouldDo,
    model::{fields::Fields, id::GroupId},
    pages::{
        effect::Steps,
        form::{Choice, Field, Form, FormState, Scope},
        pager::Search,
    },
};

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

/// Adds somebody by their address.
#[component]
pub fn AddingPerson(group: GroupId) -> impl IntoView {
    let state = FormState::of(AddPerson::PATH, Fields::default());
    view! {
        <div class="in">
            <Scope state=state.clone()>
                <Form function=AddPerson::PATH state previews=true>
                    <input type="hidden" name="id" value=group.to_string()/>
                    <Field name="email" label="E-mail" kind="email" required=true hint="Of somebody who belongs to the group's tenant."/>
                    <Steps function=AddPerson::PATH save="Add"/>
                </Form>
                <Answer/>
            </Scope>
        </div>
    }
}

/// Adds another group of the tenant. The page's main button is the one that adds a person.
#[component]
pub fn AddingGroup(group: GroupId, href: String, others: Others) -> impl IntoView {
    let Others { options, more, search } = others;
    let is_searched = !search.is_empty();
    let state = FormState::of(AddInnerGroup::PATH, Fields::default());
    view! {
        <div class="in">
            <Scope state=state.clone()>
                {(more || is_searched).then(|| view! { <Search path=href label="Find a group" search/> })}
                {more.then(|| view! { <p class="hint">"Not all groups are listed: find the one you mean."</p> })}
                {match (options.is_empty(), is_searched) {
                    (false, _) => view! { <ChooseGroup group options state/> }.into_any(),
                    (true, false) => view! {
                        <p class="hint">"No other group of this tenant can be added. Make one, then add it here."</p>
                    }
                    .into_any(),
                    (true, true) => view! { <p class="hint">"No other group that can be added is called that."</p> }.into_any(),
                }}
                <Answer/>
            </Scope>
        </div>
    }
}

#[component]
fn ChooseGroup(group: GroupId, options: Vec<(String, String)>, state: FormState) -> impl IntoView {
    view! {
        <Form function=AddInnerGroup::PATH state previews=true>
            <input type="hidden" name="id" value=group.to_string()/>
            <Choice name="member_group" label="Group" none="Choose a group…" options/>
            <Steps function=AddInnerGroup::PATH save="Add group" main=false/>
        </Form>
    }
}

/// What adding would do: nothing is seen of it until somebody asks.
#[component]
fn Answer() -> impl IntoView {
    view! {
        <div class="effect answer">
            <h3>"What adding would do"</h3>
            <WouldDo class="would".to_owned() hint=String::new()/>
        </div>
    }
}
