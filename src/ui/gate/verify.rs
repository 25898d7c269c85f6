//! `/verify-email`: confirms an address by a one-time link. Opening the link changes nothing, because programs that look for
//! harm in mail open every link.

use axum::response::Response;
use leptos::prelude::*;

use super::dead::dead;
use crate::{
    domain::{
        codes::{Link, Purpose, redeeming},
        confirmation,
        error::{Error, Refused, Result},
    },
    model::fields::Fields,
    server::request::Query,
    ui::{done::Done, language::Language, layout::gate_in, visit::Visit},
};

/// `GET /verify-email?user=…&code=…`
pub async fn page(visit: Visit, Query(query): Query) -> Result<Response> {
    let language = Language::of(&query);
    match redeeming::is_alive(&visit.ctx, &link(&query)).await? {
        true => Ok(view(&visit, language, &query)),
        false => Ok(dead(&visit, language)),
    }
}

/// `POST /verify-email`
pub async fn verify(visit: Visit, form: Fields) -> Result<Response> {
    match confirmation::redeem(&visit.ctx, &link(&form)).await {
        Err(Error::Refused(Refused::DeadLink)) => Ok(dead(&visit, Language::of(&form))),
        Err(error) => Err(error),
        Ok(_) => Ok(visit.done("/signin", Done::EmailVerified, 1)),
    }
}

fn link(fields: &Fields) -> Link {
    Link::read(Purpose::VerifyEmail, fields.text("user"), fields.text("code"))
}

fn view(visit: &Visit, language: Language, query: &Fields) -> Response {
    let kept = ["user", "code", "lang"].map(|name| (name, query.text(name).to_owned()));
    let title = language.say("page-confirm");
    gate_in(visit, (&title.clone(), language), move || {
        view! {
            <form class="form" method="post" action="/verify-email">
                <h1>{title}</h1>
                <p class="hint">{language.say("page-confirm-hint")}</p>
                {kept.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()}
                <div class="actions"><button class="btn main" autofocus>{language.say("page-confirm-action")}</button></div>
            </form>
        }
    })
}
