//! The catalogue as boxes to tick, by noun. What was saved is marked, so that the style sheet can show what is
//! added and removed without a script.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    functions::roles::{EnterNewRole, EnterRole, FindForNewRole, FindForRole},
    http::fields::FUNCTION,
    islands::Filter,
    model::permission::Permission,
    pages::form::{FormState, Message},
};

/// What looks for a permission where no script runs: the paths of two functions.
#[derive(Clone, Copy)]
pub struct Finding {
    enter: &'static str,
    find: &'static str,
}

impl Finding {
    /// In the form of a new role.
    pub const NEW: Self = Self { enter: EnterNewRole::PATH, find: FindForNewRole::PATH };
    /// In the form of a role that there is.
    pub const SAVED: Self = Self { enter: EnterRole::PATH, find: FindForRole::PATH };
}

/// The boxes of the form that they are in. `saved` is what the role allows now; without `finding` they can't be ticked.
#[component]
pub fn Matrix(saved: Vec<String>, #[prop(optional)] finding: Option<Finding>) -> impl IntoView {
    let typed = use_context::<FormState>().unwrap_or_default().typed;
    let ticked: Vec<String> = typed.all("pattern").map(str::to_owned).collect();
    let find = typed.text("find").trim().to_owned();
    let state = State { ticked, saved, editable: finding.is_some(), find: find.to_lowercase() };
    let everything = state.cell("*.*");
    let found = Permission::nouns().into_iter().any(|noun| state.finds(&searched_all(noun)));
    view! {
        <section class="card matrix" id="matrix">
            <header><h2>"Permissions"</h2><Find find=find.clone() finding/></header>
            <Message field="pattern" class="err in"/>
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
fn Find(find: String, finding: Option<Finding>) -> impl IntoView {
    let field = |value| view! { <Filter within="#matrix".to_owned() label="Find a permission".to_owned() value/> };
    match finding {
        Some(Finding { enter, find: only_find }) => view! {
            <noscript>
                <input type="hidden" name="found" value=find.clone()/>
                <button class="sr" name=FUNCTION value=enter tabindex="-1" aria-hidden="true"></button>
            </noscript>
            {field(find)}
            <noscript><button class="btn" name=FUNCTION value=only_find>"Find"</button></noscript>
        }
        .into_any(),
        None => {
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
