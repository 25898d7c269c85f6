//! The question whether a credential shall be deleted.

use leptos::prelude::*;

use crate::{
    domain::access::preview::effect::Effect,
    model::fields::Fields,
    pages::{
        form::FormState,
        layout::Console,
        parts::{Confirm, Trail},
    },
};

/// What is asked about.
pub struct Question {
    /// What a yes calls.
    pub function: &'static str,
    /// The list's path in the console, and what it is called.
    pub list: (&'static str, &'static str),
    /// What it is: `token`.
    pub noun: &'static str,
    /// Its id and version.
    pub which: (String, i64),
    /// What people call it.
    pub name: String,
    /// Its page.
    pub page: String,
    /// What happens.
    pub sentence: &'static str,
    /// What it would do to what people may.
    pub effect: Effect,
}

/// The page that asks.
pub fn page(question: Question) -> AnyView {
    let Question { function, list, noun, which: (id, version), name, page, sentence, effect } = question;
    let state = FormState::asking(function, Fields::default().with("id", id).with("version", version.to_string()));
    view! {
        <Console title=format!("Delete the {noun}")>
            <Trail list page=Some((page.clone(), name.clone())) here="Delete"/>
            <div class="head"><div><h1>{format!("Delete the {noun} ")}<bdi>{name}</bdi>"?"</h1></div></div>
            <Confirm function state fields=&["id"] effect sentence button="Delete for good" back=page/>
        </Console>
    }
    .into_any()
}
