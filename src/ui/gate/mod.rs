//! The pages for strangers: set-up, sign-in, set a password or confirm an address by link. No
//! script runs on them.

mod arriving;
mod change_password;
mod dead;
mod forgot;
mod qr;
mod reset;
mod second_factor;
mod set_up;
mod sign_in;
mod verify;

use axum::response::Redirect;

pub use change_password::{change as change_password, page as change_password_page};
pub use forgot::{ask as ask_for_reset, page as forgot_page};
pub use reset::{activate, activation_page, page as reset_page, reset_password};
pub use second_factor::{answer as answer_second_factor, page as second_factor_page};
pub use set_up::{page as setup_page, set_up};
pub use sign_in::{page as sign_in_page, sign_in};
pub use verify::{page as verify_page, verify};

use super::visit::Visit;
use crate::domain::{error::Result, setup};

/// `GET /`: set-up, sign-in or the console, whichever is next.
pub async fn front_door(visit: Visit) -> Result<Redirect> {
    let open = setup::is_open(&mut *visit.ctx.read().await?).await?;
    Ok(Redirect::to(match (open, visit.ctx.user().is_ok()) {
        (true, _) => "/setup",
        (false, true) => "/admin",
        (false, false) => "/signin",
    }))
}
