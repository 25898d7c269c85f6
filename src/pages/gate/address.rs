//! `/confirm-address` and `/stop-address-change`: what is done about another address to sign in with, by a one-time link.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{dead::dead, one_button::OneButton};
use crate::{
    domain::{codes::Purpose, users::address},
    functions::address::{ConfirmAddress, StopAddressChange},
    http::{link, visit::visit},
    pages::{Page, language::Language},
};

/// `/confirm-address?user=…&code=…`
pub async fn confirm_page() -> Page {
    open(("/confirm-address", Purpose::ChangeAddress), (ConfirmAddress::PATH, "page-new-address")).await
}

/// `/stop-address-change?user=…&code=…`
pub async fn stop_page() -> Page {
    open(("/stop-address-change", Purpose::StopAddressChange), (StopAddressChange::PATH, "page-stop-address")).await
}

/// `says` is the function of the button, and what the names of the page's texts begin with.
async fn open((path, purpose): (&str, Purpose), says: (&'static str, &str)) -> Page {
    if link::arrives(path) {
        return Ok(().into_any());
    }
    let language = Language::here();
    if !address::is_alive(&visit().ctx, &link::read(path, purpose)).await? {
        return Ok(dead(language));
    }
    let (function, name) = says;
    let [title, hint, button] = ["", "-hint", "-action"].map(|part| language.say(&format!("{name}{part}")));
    Ok(view! { <OneButton function title hint button language/> }.into_any())
}
