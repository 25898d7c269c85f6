//! The pages of the console, one folder for each noun. A page reads what it shows, and shows it; what its forms change is
//! done by [`crate::functions`].

pub mod account;
pub mod audit;
mod choices;
pub mod deleted;
pub mod effect;
pub mod failure;
pub mod form;
pub mod gate;
pub mod grants;
pub mod groups;
pub mod language;
mod layout;
mod overtaken;
mod pager;
mod parts;
pub mod permissions;
pub mod roles;
pub mod tenants;
mod times;
pub mod users;
mod why;
pub mod workplace;

use leptos::prelude::AnyView;

use crate::domain::error::Error;

/// What a page shows, or why it can't be shown.
pub type Page = Result<AnyView, Error>;
