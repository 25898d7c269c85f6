//! The forms that put somebody or another group into a group, and what that would do.

use leptos::prelude::*;

use crate::{
    domain::access::preview::effect::Effect,
    islands::LiveForm,
    ui::{
        effect::{Changes, Steps},
        form::{Choice, Field, FormNote, FormState},
        pager::Search,
    },
};

/// One of the two forms.
#[derive(Clone, Debug, Default)]
pub struct Adding {
    form: FormState,
    effect: Option<Effect>,
}

impl Adding {
    /// The form of a person and that of a group. What was sent, and what it would do, belongs to one of them.
    #[must_use]
    pub fn both(form: FormState, effect: Option<Effect>) -> (Self, Self) {
        let of_group = form.typed.all("member_group").next().is_some();
        let (sent, other) = (Self { form, effect }, Self::default());
        if of_group { (other, sent) } else { (sent, other) }
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

/// Adds somebody by their address.
#[component]
pub fn AddPerson(href: String, adding: Adding) -> impl IntoView {
    let Adding { form, effect } = adding;
    view! {
        <div class="in">
            <LiveForm action=format!("{href}/members")>
                <FormNote form=form.clone()/>
                <Field form name="email" label="E-mail" kind="email" required=true hint="Of somebody who belongs to the group's tenant."/>
                <Steps save="Add"/>
            </LiveForm>
            <Answer effect/>
        </div>
    }
}

/// Adds another group of the tenant. The page's first button is the one that adds a person.
#[component]
pub fn AddGroup(href: String, others: Others, adding: Adding) -> impl IntoView {
    let Others { options, more, search } = others;
    let Adding { form, effect } = adding;
    let find = (more || !search.is_empty()).then(|| {
        view! { <Search path=href.clone() label="Find a group" search=search.clone()/> }
    });
    let choice = match (options.is_empty(), search.is_empty()) {
        (false, _) => view! { <ChooseGroup action=format!("{href}/members") options search form/> }.into_any(),
        (true, true) => {
            view! { <p class="hint">"No other group of this tenant can be added. Make one, then add it here."</p> }
                .into_any()
        }
        (true, false) => view! { <p class="hint">"No other group that can be added is called that."</p> }.into_any(),
    };
    view! {
        <div class="in">
            {find}
            {more.then(|| view! { <p class="hint">"Not all groups are listed: find the one you mean."</p> })}
            {choice}
            <Answer effect/>
        </div>
    }
}

#[component]
fn ChooseGroup(action: String, options: Vec<(String, String)>, search: String, form: FormState) -> impl IntoView {
    view! {
        <LiveForm action=action>
            <FormNote form=form.clone()/>
            <input type="hidden" name="q" value=search/>
            <Choice form name="member_group" label="Group" none="Choose a group…" options/>
            <div class="actions">
                <button class="btn" name="step" value="save">"Add group"</button>
                <button class="btn quiet" name="step" value="preview">"What would this do?"</button>
            </div>
        </LiveForm>
    }
}

/// What adding would do: nothing is seen of it until somebody asks.
#[component]
fn Answer(effect: Option<Effect>) -> impl IntoView {
    view! {
        <div class="effect answer">
            <h3>"What adding would do"</h3>
            <div data-effect="" aria-live="polite">{effect.map(|effect| view! { <Changes effect/> })}</div>
        </div>
    }
}
