//! Forms. One piece of code serves both ways: without a script a form is posted to the page that it is on, names its
//! function in a hidden field, and comes back as that page; with one, islands answer in place.

use leptos::{context::Provider, prelude::*};

use super::overtaken::Overtaken;
use crate::{
    domain::error::Error,
    http::{
        error::refusal,
        fields::{BARE, BY, FUNCTION, PREVIEW},
        visit::{Answered, visit},
    },
    islands::{FormScope, FormSignals, LiveForm, LiveMessage, message, note},
    model::{
        error::Refusal,
        fields::Fields,
        merge::{Part, open},
    },
};

/// A form as it is shown: filled with what is saved, or with what was typed and refused.
#[derive(Clone, Debug, Default)]
pub struct FormState {
    /// What the fields hold. Never secrets.
    pub typed: Fields,
    /// Why it was refused, if it was.
    pub refusal: Option<Refusal>,
    /// What it would do, as a piece of a page, if that was asked.
    pub effect: Option<String>,
}

const SEEN_AGAIN: &str = "Somebody changed this while you had it open. Look at it again before you go on.";
const SIGNED_OUT: &str = "Nothing was saved yet. This is what you had typed: send it again.";

impl FormState {
    /// A form filled with what is saved.
    #[must_use]
    pub fn filled(typed: Fields) -> Self {
        Self { typed, ..Self::default() }
    }

    /// The form of a function on this page: as it was sent and answered; as it was typed when its sender's session had
    /// ended; or filled with what is saved.
    #[must_use]
    pub fn of(function: &str, saved: Fields) -> Self {
        let Some(answered) = Self::answer_to(function) else { return Self::kept(function, saved) };
        let typed = answered.typed.clone();
        match answered.refused() {
            None => Self { typed, refusal: None, effect: answered.value() },
            Some(error) => Self { typed, refusal: Some(refusal(error)), effect: None },
        }
    }

    /// The form of an edit: like [`of`](Self::of), but one that somebody overtook holds both edits. `shown` says what a part
    /// holds in words.
    #[must_use]
    pub fn editing(
        function: &str,
        (parts, saved): (&[Part], Fields),
        shown: impl Fn(&Part, &Fields) -> String,
    ) -> Self {
        match Self::answer_to(function) {
            Some(answered) if matches!(answered.refused(), Some(Error::Stale)) => {
                let Overtaken { form, refusal } = Overtaken::new(parts, &saved, &answered.typed, shown);
                Self { typed: form, refusal: Some(refusal), effect: None }
            }
            _ => Self::of(function, open(parts, saved)),
        }
    }

    /// A question that is asked about what is there now, also after it was answered too late.
    #[must_use]
    pub fn asking(function: &str, now: Fields) -> Self {
        let answered = Self::answer_to(function);
        let refusal = answered.as_ref().and_then(|answered| answered.refused()).map(|error| match error {
            Error::Stale => Refusal { message: SEEN_AGAIN.into(), ..Refusal::default() },
            other => refusal(other),
        });
        let effect = answered.and_then(|answered| answered.value());
        Self { typed: now, refusal, effect }
    }

    /// What this page was answered about the form of `function`, or about what that would do.
    #[must_use]
    pub fn answer_to(function: &str) -> Option<std::sync::Arc<Answered>> {
        Answered::here().filter(|answered| is_about(&answered.function, function))
    }

    fn kept(function: &str, saved: Fields) -> Self {
        match visit().kept.as_ref().filter(|kept| is_about(&kept.function, function)) {
            Some(kept) => {
                let refusal = Refusal { message: SIGNED_OUT.into(), ..Refusal::default() };
                Self { typed: kept.typed.clone(), refusal: Some(refusal), effect: None }
            }
            None => Self::filled(saved),
        }
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn error(&self, field: &str) -> Option<String> {
        self.refusal.as_ref()?.fields.of(field).map(str::to_owned)
    }

    fn signals(&self) -> (Refusal, Option<String>) {
        (self.refusal.clone().unwrap_or_default(), self.effect.clone())
    }
}

/// Whether what is called is the function of a form, or about it.
fn is_about(called: &str, function: &str) -> bool {
    called.strip_prefix(function).is_some_and(|rest| rest.is_empty() || ASIDE.contains(&rest))
}

/// What the paths of functions end with that are about another's form.
const ASIDE: [&str; 3] = [PREVIEW, "/find", "/enter"];

/// A form on a page without a script.
#[derive(Clone, Copy)]
struct Still;

/// The form of a server function, by its path. Where it `previews`, every change asks what it would do; `still` is for
/// pages without a script.
#[component]
pub fn Form(
    function: &'static str,
    state: FormState,
    #[prop(optional)] previews: bool,
    #[prop(optional)] still: bool,
    children: Children,
) -> impl IntoView {
    let by = visit().ctx.user_id().map(|id| view! { <input type="hidden" name=BY value=id.to_string()/> });
    let named = view! { <input type="hidden" name=FUNCTION value=function/>{by} };
    let (refusal, effect) = state.signals();
    let preview = if previews { format!("{function}{PREVIEW}") } else { String::new() };
    view! {
        <Provider value=state>
            {match still {
                false => view! { <LiveForm preview refusal>{named}{children()}</LiveForm> }.into_any(),
                true => view! {
                    <Provider value=FormSignals::new(refusal, effect)><Provider value=Still>
                        <form method="post" class="form" novalidate>{note()}{named}{children()}</form>
                    </Provider></Provider>
                }
                .into_any(),
            }}
        </Provider>
    }
}

/// The fields of a form that is asked with `GET`, like a filter: they hold what the address says.
#[component]
pub fn Filled(state: FormState, children: Children) -> impl IntoView {
    let (refusal, effect) = state.signals();
    view! {
        <Provider value=state><Provider value=FormSignals::new(refusal, effect)><Provider value=Still>
            {children()}
        </Provider></Provider></Provider>
    }
}

/// Around a form and what else speaks of it: what it would do is shown beside it.
#[component]
pub fn Scope(state: FormState, children: Children) -> impl IntoView {
    let (refusal, effect) = state.signals();
    view! { <FormScope refusal effect>{children()}</FormScope> }
}

/// A button that does something at once: a form without fields that anybody sees. What it is refused is said on top of the
/// page.
#[component]
pub fn Act(
    function: &'static str,
    #[prop(optional)] fields: Vec<(&'static str, String)>,
    #[prop(optional)] class: Option<&'static str>,
    #[prop(optional, into)] label: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <form method="post" class=class aria-label=label>
            <input type="hidden" name=FUNCTION value=function/>
            <input type="hidden" name=BARE value="1"/>
            {fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()}
            {children()}
        </form>
    }
}

/// The form that the fields are in.
fn state() -> FormState {
    use_context().unwrap_or_default()
}

/// The message of a field; empty and hidden until there is one.
#[component]
pub fn Message(field: &'static str, #[prop(default = "err")] class: &'static str) -> impl IntoView {
    match use_context::<Still>() {
        Some(Still) => message(field.to_owned(), class.to_owned()).into_any(),
        None => view! { <LiveMessage field=field.to_owned() class=class.to_owned()/> }.into_any(),
    }
}

/// A field that nobody sees.
#[component]
pub fn Hidden(name: &'static str) -> impl IntoView {
    let value = state().typed.text(name).to_owned();
    view! { <input type="hidden" name=name value=value/> }
}

/// A labelled input with its hint and its message.
#[component]
pub fn Field(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] hint: String,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
    #[prop(optional)] digits: bool,
) -> impl IntoView {
    let state = state();
    let wrong = state.error(name).map(|_| "true");
    // A browser's own field for addresses refuses some that are right, and sends others in another form than was typed.
    let is_address = kind == "email";
    let kind = if is_address { "text" } else { kind };
    let keys = if digits { Some("numeric") } else { is_address.then_some("email") };
    // Addresses and codes begin at the left in every language.
    let direction = if is_address || digits { "ltr" } else { "auto" };
    // What is typed once, or is a secret, is never shown again.
    let value = (kind != "password" && !digits).then(|| state.typed.text(name).to_owned());
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    let described = if hint.is_empty() { error_id } else { format!("{error_id} {hint_id}") };
    view! {
        <div class="control">
            <label for=name>{label}</label>
            <input class="field" id=name name=name type=kind value=value dir=direction autocomplete=autocomplete
                inputmode=keys autocapitalize=is_address.then_some("none")
                spellcheck=is_address.then_some("false")
                required=required autofocus=autofocus aria-describedby=described aria-invalid=wrong/>
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> })}
            <Message field=name/>
        </div>
    }
}

/// A labelled choice with its message. Without `none` the first option stands.
#[component]
pub fn Choice(
    name: &'static str,
    #[prop(into)] label: String,
    none: &'static str,
    options: Vec<(String, String)>,
) -> impl IntoView {
    let state = state();
    let chosen = state.typed.text(name).to_owned();
    let wrong = state.error(name).map(|_| "true");
    view! {
        <div class="control">
            <label for=name>{label}</label>
            <select class="field" id=name name=name aria-describedby=format!("{name}-error") aria-invalid=wrong>
                {(!none.is_empty()).then(|| view! { <option value="">{none}</option> })}
                {options.into_iter().map(|(value, label)| {
                    let selected = value == chosen;
                    view! { <option value=value selected=selected>{label}</option> }
                }).collect_view()}
            </select>
            <Message field=name/>
        </div>
    }
}
