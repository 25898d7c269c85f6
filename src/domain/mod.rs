//! What the product knows and does, by noun. Every verb takes the caller first ([`ctx::Ctx`]) and goes
//! *may I — begin — load — rule — change — record — commit*. Pages, the command line and later the REST
//! families only translate.

pub mod clock;
pub mod codes;
pub mod ctx;
pub mod demo;
pub mod engine;
pub mod error;
pub mod events;
pub mod grants;
pub mod parse;
pub mod passwords;
pub mod roles;
pub mod secrets;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod tenants;
pub mod throttle;
pub mod users;

use crate::db::Statement;

/// Every SQL constant of the program, by module; a test prepares them all on both engines.
pub const STATEMENTS: &[(&str, &[Statement])] = &[
    ("codes", codes::STATEMENTS),
    ("demo", demo::STATEMENTS),
    ("engine", engine::STATEMENTS),
    ("events", events::STATEMENTS),
    ("grants", grants::STATEMENTS),
    ("roles", roles::STATEMENTS),
    ("sessions", sessions::STATEMENTS),
    ("settings", settings::STATEMENTS),
    ("tenants", tenants::STATEMENTS),
    ("throttle", throttle::STATEMENTS),
    ("users", users::STATEMENTS),
];
