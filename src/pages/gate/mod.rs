//! The pages for strangers: set-up, sign-in, set a password or confirm an address by link. No script runs on them.

pub mod address;
pub mod again;
pub mod change_password;
mod dead;
pub mod forgot;
pub mod offered;
mod one_button;
mod qr;
pub mod reset;
pub mod second_factor;
pub mod set_up;
pub mod sign_in;
pub mod verify;

use leptos::prelude::*;

use super::Page;
use crate::{
    domain::setup,
    http::visit::{go, visit},
};

/// `/`: set-up, sign-in or the console, whichever is next.
pub async fn front_door() -> Page {
    let visit = visit();
    let open = setup::is_open(&mut *visit.ctx.read().await?).await?;
    go(match (open, visit.ctx.user().is_ok()) {
        (true, _) => "/setup",
        (false, true) => "/admin",
        (false, false) => "/signin",
    });
    Ok(().into_any())
}
