//! The console through its real router.

mod access;
mod audit;
mod bad_input;
mod conflicts;
mod effect;
mod frame;
mod giving;
mod groups;
mod headers;
mod languages;
mod names;
mod permissions;
mod places;
mod reads;
mod roles;
mod second_step;
mod sign_in;
mod switched;
mod undo;
mod users;
mod visitors;
mod words;
