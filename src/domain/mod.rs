//! What the product knows and does, by noun. Every action takes the caller first ([`ctx::Ctx`]) and goes
//! *may I — begin — load — rule — change — record — commit*. Pages, the command line and later the REST
//! families only translate.

pub mod access;

pub mod action;
pub mod affected;
pub mod attention;
pub mod audit;
mod base32;
pub mod bounds;
pub mod caller;
pub mod calling;
pub mod change;
pub mod clients;
pub mod clock;
pub mod codes;
pub mod command;
pub mod commands;
pub mod confirmation;
pub mod credentials;
pub mod ctx;
pub mod deleted;
pub mod domain_rules;
pub mod error;
pub mod grants;
pub mod groups;
pub mod input;
pub mod kept_answers;
pub mod key_pairs;
pub mod keyset;
pub mod mask;
pub mod names;
pub mod outbox;
pub mod parse;
pub mod passkeys;
pub mod passwords;
pub mod permissions;
pub mod profile_mail;
pub mod refusals;
pub mod resealing;
pub mod reset_requests;
pub mod roles;
pub mod second_factor;
pub mod secrets;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod tenants;
pub mod throttle;
pub mod tokens;
pub mod turn;
pub mod ulid;
pub mod usage;
pub mod users;

use crate::db::Statement;

/// Every SQL constant of the program, by module; a test prepares them all on both engines.
#[must_use]
pub fn statements() -> Vec<(&'static str, &'static [Statement])> {
    let modules = [
        ("codes", codes::STATEMENTS),
        ("names::refold", names::refold::STATEMENTS),
        ("kept_answers", kept_answers::STATEMENTS),
        ("passkeys", passkeys::store::STATEMENTS),
        ("refusals", refusals::STATEMENTS),
        ("resealing", resealing::STATEMENTS),
        ("reset_requests", reset_requests::STATEMENTS),
        ("second_factor", second_factor::store::STATEMENTS),
        ("sessions", sessions::store::STATEMENTS),
        ("settings", settings::STATEMENTS),
        ("setup", setup::STATEMENTS),
        ("throttle", throttle::STATEMENTS),
        ("usage", usage::STATEMENTS),
        ("commands::undo", commands::undo::STATEMENTS),
    ];
    let folders = [
        deleted::STATEMENTS,
        access::STATEMENTS,
        audit::STATEMENTS,
        clients::STATEMENTS,
        grants::STATEMENTS,
        groups::STATEMENTS,
        key_pairs::STATEMENTS,
        outbox::STATEMENTS,
        roles::STATEMENTS,
        tenants::STATEMENTS,
        tokens::STATEMENTS,
        users::STATEMENTS,
    ];
    modules.into_iter().chain(folders.concat()).collect()
}
