//! The pages of the console, one folder for each noun. A page reads what it shows, and shows it; what its forms change is
//! done by [`crate::functions`].

pub mod account;
pub mod audit;
mod choices;
pub mod clients;
mod credentials;
pub mod deleted;
pub mod effect;
pub mod failure;
pub mod form;
pub mod gate;
pub mod grants;
pub mod groups;
pub mod home;
pub mod key_pairs;
pub mod keys;
pub mod language;
mod languages;
mod layout;
pub mod outbox;
mod overtaken;
mod pager;
mod parts;
pub mod passkeys;
pub mod permissions;
pub mod roles;
pub mod settings;
pub mod tenants;
mod times;
pub mod tokens;
pub mod users;
mod why;
pub mod workplace;

use leptos::prelude::AnyView;

use crate::domain::error::Error;

/// What a page shows, or why it can't be shown.
pub type Page = Result<AnyView, Error>;
