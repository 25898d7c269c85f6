//! Grants: a role or one permission, to a user or a group, in one tenant or everywhere, from then until then.
//! They count while they run; nothing has to end them.

pub mod alone;
pub mod around;
pub mod give;
pub mod guards;
pub mod holders;
pub mod input;
pub mod queries;
pub mod remind;
pub mod store;
pub mod terms;

use crate::db::Statement;

/// The SQL of grants, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[
    ("grants::alone", alone::STATEMENTS),
    ("grants::around", around::STATEMENTS),
    ("grants::holders", holders::STATEMENTS),
    ("grants::remind", remind::STATEMENTS),
    ("grants::store", store::STATEMENTS),
];
