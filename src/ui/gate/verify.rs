//! `/verify-email`: confirms an address by a one-time link. Opening the link changes nothing, because programs that look for
//! harm in mail open every link.

use axum::response::Response;
use leptos::prelude::*;

use crate::{
    domain::{
        codes::{self, Link, Purpose},
        confirmation,
        error::{Refused, Result},
    },
    model::fields::Fields,
    server::request::Query,
    ui::{done::Done, layout::gate, visit::Visit},
};

/// `GET /verify-email?user=…&code=…`
pub async fn page(visit: Visit, Query(query): Query) -> Result<Response> {
    match codes::is_alive(&visit.ctx, &link(&query)).await? {
        true => Ok(view(&visit, &query)),
        false => Err(Refused::DeadLink.into()),
    }
}

/// `POST /verify-email`
pub async fn verify(visit: Visit, form: Fields) -> Result<Response> {
    confirmation::redeem(&visit.ctx, &link(&form)).await?;
    Ok(visit.done("/signin", Done::EmailVerified, 1))
}

fn link(fields: &Fields) -> Link {
    Link::read(Purpose::VerifyEmail, fields.text("user"), fields.text("code"))
}

fn view(visit: &Visit, query: &Fields) -> Response {
    let (user, code) = (query.text("user").to_owned(), query.text("code").to_owned());
    gate(visit, "Confirm your address", move || {
        view! {
            <form class="form" method="post" action="/verify-email">
                <h1>"Confirm your address"</h1>
                <p class="hint">"You say that the mail with this link came to you."</p>
                <input type="hidden" name="user" value=user/>
                <input type="hidden" name="code" value=code/>
                <div class="actions"><button class="btn main" autofocus>"Confirm this address"</button></div>
            </form>
        }
    })
}
