//! `/admin/grants/{id}/renew`: how long access lasts.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{Crumb, Lasts, about::About, length, page_of};
use crate::{
    functions::grants::ChangeAccess,
    http::visit::{ctx, to},
    model::{fields::Fields, merge::Part},
    pages::{
        Page,
        effect::{Steps, WouldCard},
        form::{Field, Form, FormState, Hidden, Scope},
        layout::Console,
        overtaken::as_typed,
        parts::Opened,
        times::{local, zone_at},
    },
};

const END: Part = Part::new("end", &["lasts", "until"]);
const PARTS: &[Part] = &[END, Part::new("reason", &["reason"])];

/// `/admin/grants/{id}/renew`
pub async fn page() -> Page {
    let about = About::load().await?;
    let zone = zone_at(ctx().now());
    let state = FormState::editing(ChangeAccess::PATH, (PARTS, saved(&about)), |part, form| shown(part, form, &zone));
    let About { grant, target, name } = about;
    let (back, replace) = (page_of(&target), to(format_args!("/grants/{}/replace", grant.id)));
    Ok(view! {
        <Console title="Change access">
            <Crumb target=target.clone() here="Change access"/>
            <div class="head"><div><h1>"How long may "<bdi>{target.name}</bdi>" keep "{name}"?"</h1>
                <p>"A new length is counted from now. To give something else, "<a class="link" href=replace>"replace it"</a>"."</p></div></div>
            <Scope state=state.clone()>
                <div class="cols">
                    <section class="card"><div class="in"><Changing state back/></div></section>
                    <div class="stack"><WouldCard heading="What saving would do now"/></div>
                </div>
            </Scope>
        </Console>
    }
    .into_any())
}

#[component]
fn Changing(state: FormState, back: String) -> impl IntoView {
    view! {
        <Form function=ChangeAccess::PATH state previews=true>
            <Hidden name="id"/>
            <Opened parts=PARTS/>
            <Lasts/>
            <Field name="reason" label="Reason"/>
            <Steps function=ChangeAccess::PATH save="Save" cancel=back/>
        </Form>
    }
}

fn saved(about: &About) -> Fields {
    let fields = about.fields().with("reason", &about.grant.reason);
    match about.grant.expires_at {
        Some(at) => fields.with("lasts", "until").with("until", local(at)),
        None => fields,
    }
}

/// An end in words, by the clock of this `zone`: a length counts from when it is saved.
fn shown(part: &Part, form: &Fields, zone: &str) -> String {
    match (*part == END, form.text("lasts")) {
        (false, _) => as_typed(part, form),
        (true, "until") => format!("until {} {zone}", form.text("until").replace('T', " ")),
        (true, lasts) => length(lasts).to_owned(),
    }
}
