//! The catalogue as boxes to tick, by noun. What was saved is marked, so that the style sheet can show what is
//! added and removed without a script.

use leptos::prelude::*;

use crate::{
    islands::Filter,
    model::permission::{Permission, PermissionSet},
    ui::form::FormState,
};

/// The boxes. `saved` is what the role allows now, `editable` whether they can be ticked.
#[component]
pub fn Matrix(form: FormState, saved: Vec<String>, editable: bool) -> impl IntoView {
    let ticked: Vec<String> = form.typed.all("pattern").map(str::to_owned).collect();
    let error = form.error("pattern");
    let fine = error.is_none();
    let state =
        State { covered: PermissionSet::from_patterns(ticked.iter().map(String::as_str)), ticked, saved, editable };
    let everything = state.cell("*.*");
    view! {
        <section class="card matrix" id="matrix">
            <header>
                <h2>"Permissions"</h2>
                <Filter within="#matrix".to_owned() label="Filter permissions".to_owned()/>
                <span class="hint">{state.covered.len()}" of "{Permission::ALL.len()}</span>
            </header>
            <p class="err in" data-error="pattern" hidden=fine>{error}</p>
            <label class="perm everything">
                {everything}<code>"*.*"</code><span>"Everything, also what later versions add"</span>
            </label>
            {Permission::nouns().into_iter().map(|noun| view! { <Noun noun state=state.clone()/> }).collect_view()}
        </section>
    }
}

/// What the boxes show.
#[derive(Clone)]
struct State {
    ticked: Vec<String>,
    covered: PermissionSet,
    saved: Vec<String>,
    editable: bool,
}

impl State {
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

#[component]
fn Noun(noun: &'static str, state: State) -> impl IntoView {
    let of: Vec<Permission> = Permission::ALL.iter().copied().filter(|p| p.noun() == noun).collect();
    let held = of.iter().filter(|p| state.covered.contains(**p)).count();
    let all = format!("{noun}.*");
    let names: Vec<&str> = of.iter().map(|p| p.name()).collect();
    view! {
        <fieldset data-group="">
            <legend class="group">{noun}" "<span>{held}" of "{of.len()}</span></legend>
            <label class="perm all" data-find=format!("{all} {}", names.join(" "))>
                {state.cell(&all)}<code>{all.clone()}</code><span>"All below, also what later versions add"</span><Marks/>
            </label>
            {of.iter().map(|permission| view! {
                <label class="perm" data-find=format!("{} {}", permission.name(), permission.sentence().to_lowercase())>
                    {state.cell(permission.name())}<code>{permission.name()}</code><span>{permission.sentence()}</span><Marks/>
                </label>
            }).collect_view()}
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
