//! What the product knows and does, by noun. Every verb takes the caller first ([`ctx::Ctx`]) and goes
//! *may I — begin — load — rule — change — record — commit*. Pages, the command line and later the REST
//! families only translate.

mod base32;
pub mod clock;
pub mod codes;
pub mod command;
pub mod commands;
pub mod ctx;
pub mod deleted;
pub mod demo;
pub mod engine;
pub mod error;
pub mod events;
pub mod grants;
pub mod groups;
pub mod input;
pub mod keyset;
pub mod mask;
pub mod messages;
pub mod names;
pub mod parse;
pub mod passwords;
pub mod permissions;
pub mod refusals;
pub mod roles;
pub mod secrets;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod tenants;
pub mod throttle;
pub mod turn;
pub mod ulid;
pub mod users;
pub mod verb;

use crate::db::Statement;

/// Every SQL constant of the program, by module; a test prepares them all on both engines.
#[must_use]
pub fn statements() -> Vec<(&'static str, &'static [Statement])> {
    let modules = [
        ("codes", codes::STATEMENTS),
        ("demo", demo::STATEMENTS),
        ("messages", messages::STATEMENTS),
        ("names::refold", names::refold::STATEMENTS),
        ("refusals", refusals::STATEMENTS),
        ("sessions", sessions::STATEMENTS),
        ("settings", settings::STATEMENTS),
        ("setup", setup::STATEMENTS),
        ("throttle", throttle::STATEMENTS),
        ("commands::undo", commands::undo::STATEMENTS),
    ];
    let folders = [
        deleted::STATEMENTS,
        engine::STATEMENTS,
        events::STATEMENTS,
        grants::STATEMENTS,
        groups::STATEMENTS,
        roles::STATEMENTS,
        tenants::STATEMENTS,
        users::STATEMENTS,
    ];
    modules.into_iter().chain(folders.concat()).collect()
}
