//! Where a form was opened: what it makes belongs there. The tenant one works in is the browser's, so another tab may
//! have switched it since.

use leptos::prelude::*;

use super::{form::FormState, visit::Visit};
use crate::{
    domain::error::{Refused, Result},
    model::fields::Fields,
};

const NAME: &str = "place";

/// Says within a form where it was opened.
#[component]
pub fn OpenedIn(visit: Visit, form: FormState) -> impl IntoView {
    let place = match form.typed.text(NAME) {
        "" => here(&visit),
        opened => opened.to_owned(),
    };
    view! { <input type="hidden" name=NAME value=place/> }
}

/// Refuses a form that was opened somewhere else than its sender works now.
pub fn require_same(visit: &Visit, form: &Fields) -> Result<()> {
    match form.text(NAME) {
        opened if opened.is_empty() || opened == here(visit) => Ok(()),
        _ => Err(Refused::Elsewhere.into()),
    }
}

fn here(visit: &Visit) -> String {
    visit.ctx.tenant().map_or("everywhere".to_owned(), |tenant| tenant.to_string())
}
