//! Every server function, by noun: it calls one command and says where to go on to. Compiled for both halves; the bodies are
//! the server's. Who may call it stands beside it, and the domain asks again.

pub mod account;
pub mod address;
pub mod audit;
#[cfg(feature = "ssr")]
mod back;
pub mod clients;
mod form;
pub mod grants;
pub mod groups;
pub mod invitations;
pub mod key_pairs;
pub mod keys;
pub mod languages;
pub mod outbox;
pub mod passkeys;
pub mod recovery;
pub mod roles;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod tenants;
pub mod tokens;
#[cfg(feature = "ssr")]
mod typed;
pub mod users;
pub mod wire;

use crate::model::error::Refusal;
#[cfg(feature = "ssr")]
use crate::{
    domain::{command::AnyCommand, commands::preview::preview},
    http::visit::visit,
};

/// What a function answers, or why it refuses.
pub type Answer<T = ()> = Result<T, Refusal>;

/// What a change would do, as a piece of a page: what every preview answers.
#[cfg(feature = "ssr")]
async fn would(command: &dyn AnyCommand) -> Answer<String> {
    let visit = visit();
    Ok(visit.would(preview(&visit.ctx, command).await?))
}
