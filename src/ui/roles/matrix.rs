//! The catalogue as boxes to tick, by noun. What was saved is marked, so that the style sheet can show what is
//! added and removed without a script.

use leptos::prelude::*;

use crate::{
    islands::Filter,
    model::{fields::Fields, permission::Permission},
    ui::form::FormState,
};

/// Whether a form asks to be shown again with the permissions that its `find` is part of, rather than to be saved.
/// Enter asks for that only where something else was looked for than is shown.
pub fn finds(form: &Fields) -> bool {
    match form.text("step") {
        "find" => true,
        "enter" => form.text("find").trim() != form.text("found"),
        _ => false,
    }
}

/// The boxes. `saved` is what the role allows now, `editable` whether they can be ticked.
#[component]
pub fn Matrix(form: FormState, saved: Vec<String>, editable: bool) -> impl IntoView {
    let ticked: Vec<String> = form.typed.all("pattern").map(str::to_owned).collect();
    let error = form.error("pattern");
    let fine = error.is_none();
    let find = form.typed.text("find").trim().to_owned();
    let state = State { ticked, saved, editable, find: find.to_lowercase() };
    let everything = state.cell("*.*");
    let found = Permission::nouns().into_iter().any(|noun| state.finds(&searched_all(noun)));
    view! {
        <section class="card matrix" id="matrix">
            <header><h2>"Permissions"</h2><Find find=find.clone() editable/></header>
            <p class="err in" data-error="pattern" hidden=fine>{error}</p>
            <label class="perm everything">
                {everything}<code>"*.*"</code><span>"Everything, also what later versions add"</span>
            </label>
            <p class="in hint" role="status" data-none="" hidden=found>"No permission matches “"<bdi data-wanted="">{find}</bdi>"”."</p>
            {Permission::nouns().into_iter().map(|noun| view! { <Noun noun state=state.clone()/> }).collect_view()}
            <span class="count">" of "{Permission::ALL.len()}</span>
        </section>
    }
}

/// The field that narrows the boxes. Without a script its button sends the form, which comes back with what was ticked.
/// Enter presses a form's first button, so that one stands before it which saves, too.
#[component]
fn Find(find: String, editable: bool) -> impl IntoView {
    let field = |value| view! { <Filter within="#matrix".to_owned() label="Find a permission".to_owned() value/> };
    match editable {
        true => view! {
            <noscript>
                <input type="hidden" name="found" value=find.clone()/>
                <button class="sr" name="step" value="enter" tabindex="-1" aria-hidden="true"></button>
            </noscript>
            {field(find)}
            <noscript><button class="btn" name="step" value="find">"Find"</button></noscript>
        }
        .into_any(),
        false => {
            view! { <form method="get">{field(find)}<noscript><button class="btn">"Find"</button></noscript></form> }
                .into_any()
        }
    }
}

/// What the boxes show.
#[derive(Clone)]
struct State {
    ticked: Vec<String>,
    saved: Vec<String>,
    editable: bool,
    /// In lower case, as what it is looked for in.
    find: String,
}

impl State {
    fn finds(&self, text: &str) -> bool {
        text.contains(&self.find)
    }

    /// The box of one pattern.
    fn cell(&self, pattern: &str) -> impl IntoView + use<> {
        let was = self.saved.iter().any(|saved| saved == pattern);
        let checked = self.ticked.iter().any(|ticked| ticked == pattern);
        view! {
            <input type="checkbox" name="pattern" value=pattern.to_owned() checked=checked class=was.then_some("was")
                disabled=!self.editable/>
        }
    }
}

/// Where a permission is found: in its name and its sentence.
fn searched(permission: Permission) -> String {
    format!("{} {}", permission.name(), permission.sentence().to_lowercase())
}

/// Where all of a noun's are found: where any of them is.
fn searched_all(noun: &str) -> String {
    let of = Permission::ALL.iter().copied().filter(|permission| permission.noun() == noun);
    of.fold(format!("{noun}.*"), |text, permission| format!("{text} {}", searched(permission)))
}

/// What doesn't match is hidden, and sent all the same. The count is the style sheet's, so it comes after the boxes.
#[component]
fn Noun(noun: &'static str, state: State) -> impl IntoView {
    let of: Vec<Permission> = Permission::ALL.iter().copied().filter(|p| p.noun() == noun).collect();
    let all = format!("{noun}.*");
    let row = |class: &'static str, pattern: &str, find: String, sentence: &'static str| {
        view! {
            <label class=class hidden=!state.finds(&find) data-find=find>
                {state.cell(pattern)}<code>{pattern.to_owned()}</code><span>{sentence}</span><Marks/>
            </label>
        }
    };
    let found = state.finds(&searched_all(noun));
    view! {
        <fieldset data-group="" hidden=!found>
            <legend class="group">{noun}</legend>
            {row("perm all", &all, searched_all(noun), "All below, also what later versions add")}
            {of.iter().map(|permission| row("perm", permission.name(), searched(*permission), permission.sentence())).collect_view()}
            <span class="count">" of "{of.len()}</span>
        </fieldset>
    }
}

/// What the style sheet shows of a box: that it is new, gone, or covered by a wider one.
#[component]
fn Marks() -> impl IntoView {
    view! {
        <span class="marks">
            <span class="tag good plain added">"+ added"</span><span class="tag bad plain removed">"− removed"</span>
            <span class="tag plain covered">"included"</span>
        </span>
    }
}
