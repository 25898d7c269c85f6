//! `/account`: what everybody sees and changes of themselves, in their language and without a script.

pub mod access;
pub mod address;
pub mod codes;
pub mod factor;
pub mod profile;
pub mod security;
pub mod tokens;

use leptos::prelude::*;

use super::{
    form::{Form, FormState},
    language::Language,
    layout::Own,
};

/// A page that asks for one thing: a form, and the way back.
#[component]
fn Asking(
    title: String,
    /// What stands below the title.
    #[prop(optional)]
    about: Option<String>,
    function: &'static str,
    state: FormState,
    language: Language,
    /// What its button says.
    button: String,
    /// Whether something is lost by it.
    #[prop(optional)]
    bad: bool,
    back: &'static str,
    children: Children,
) -> impl IntoView {
    let class = if bad { "btn main bad" } else { "btn main" };
    view! {
        <Own title=title.clone()>
            <div class="head"><div><h1>{title}</h1>{about.map(|about| view! { <p><bdi>{about}</bdi></p> })}</div></div>
            <section class="card"><div class="in">
                <Form function state still=true>
                    {children()}
                    <div class="actions">
                        <button class=class>{button}</button>
                        <a class="btn quiet" href=back>{language.say("page-cancel")}</a>
                    </div>
                </Form>
            </div></section>
        </Own>
    }
}
