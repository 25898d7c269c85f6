//! Parts of forms: each field keeps what was typed and says what is wrong beside itself.

use leptos::prelude::*;

use crate::model::{error::Refusal, fields::Fields};

/// A form as it is shown: filled with what is saved, or with what was typed and refused.
#[derive(Clone, Debug, Default)]
pub struct FormState {
    /// What the fields hold. Never secrets.
    pub typed: Fields,
    /// Why it was refused, if it was.
    pub refusal: Option<Refusal>,
}

impl FormState {
    /// A form filled with what is saved.
    #[must_use]
    pub fn filled(typed: Fields) -> Self {
        Self { typed, refusal: None }
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn error(&self, field: &str) -> Option<String> {
        self.refusal.as_ref()?.fields.of(field).map(str::to_owned)
    }
}

/// The message about the whole form; empty and hidden until there is one.
#[component]
pub fn FormNote(form: FormState) -> impl IntoView {
    let message = form.refusal.map(|refusal| refusal.message);
    let hidden = message.is_none();
    view! { <div class="note bad" role="alert" data-refusal="" hidden=hidden>{message}</div> }
}

/// A labelled input with its hint and its message.
#[component]
pub fn Field(
    form: FormState,
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] hint: String,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
    #[prop(optional)] digits: bool,
) -> impl IntoView {
    let error = form.error(name);
    let fine = error.is_none();
    // A browser's own field for addresses refuses some that are right, and sends others in another form than was typed.
    let is_address = kind == "email";
    let kind = if is_address { "text" } else { kind };
    let keys = if digits { Some("numeric") } else { is_address.then_some("email") };
    let value = (kind != "password").then(|| form.typed.text(name).to_owned());
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    let described = if hint.is_empty() { error_id.clone() } else { format!("{error_id} {hint_id}") };
    view! {
        <div class="control">
            <label for=name>{label}</label>
            <input class="field" id=name name=name type=kind value=value dir="auto" autocomplete=autocomplete
                inputmode=keys autocapitalize=is_address.then_some("none")
                spellcheck=is_address.then_some("false")
                required=required autofocus=autofocus aria-describedby=described
                aria-invalid=(!fine).then_some("true")/>
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> })}
            <p class="err" id=error_id data-error=name hidden=fine>{error}</p>
        </div>
    }
}

/// A labelled choice with its message. Without `none` the first option stands.
#[component]
pub fn Choice(
    form: FormState,
    name: &'static str,
    label: &'static str,
    none: &'static str,
    options: Vec<(String, String)>,
) -> impl IntoView {
    let chosen = form.typed.text(name).to_owned();
    let error = form.error(name);
    let fine = error.is_none();
    let error_id = format!("{name}-error");
    view! {
        <div class="control">
            <label for=name>{label}</label>
            <select class="field" id=name name=name aria-describedby=error_id.clone() aria-invalid=(!fine).then_some("true")>
                {(!none.is_empty()).then(|| view! { <option value="">{none}</option> })}
                {options.into_iter().map(|(value, label)| {
                    let selected = value == chosen;
                    view! { <option value=value selected=selected>{label}</option> }
                }).collect_view()}
            </select>
            <p class="err" id=error_id data-error=name hidden=fine>{error}</p>
        </div>
    }
}
