//! `/verify-email`: confirms an address by a one-time link.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{dead::dead, one_button::OneButton};
use crate::{
    domain::codes::{Purpose, redeeming},
    functions::sign_in::VerifyEmail,
    http::{link, visit::visit},
    pages::{Page, language::Language},
};

const PATH: &str = "/verify-email";

/// `/verify-email?user=…&code=…`
pub async fn page() -> Page {
    if link::arrives(PATH) {
        return Ok(().into_any());
    }
    let visit = visit();
    let language = Language::here();
    if !redeeming::is_alive(&visit.ctx, &link::read(PATH, Purpose::VerifyEmail)).await? {
        return Ok(dead(language));
    }
    Ok(view! {
        <OneButton function=VerifyEmail::PATH title=language.say("page-confirm") hint=language.say("page-confirm-hint")
            button=language.say("page-confirm-action") language/>
    }
    .into_any())
}
