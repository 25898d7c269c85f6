//! SQL as named constants that can be listed, so that a test prepares every one on both engines.

/// A named SQL text.
#[derive(Clone, Copy, Debug)]
pub struct Statement {
    /// The constant's name, for the test's message.
    pub name: &'static str,
    /// The text, in the dialect both engines share.
    pub sql: &'static str,
}

/// Declares SQL constants and `STATEMENTS`, the list of them.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)+) => {
        $($(#[$doc])* const $name: &str = $sql;)+
        /// Every statement of this module.
        pub const STATEMENTS: &[$crate::db::statements::Statement] =
            &[$($crate::db::statements::Statement { name: stringify!($name), sql: $sql }),+];
    };
}
pub(crate) use statements;

/// Appends values to a text that is being built, as a list between two pieces of SQL.
macro_rules! push_list {
    ($builder:expr, $before:literal, $values:expr, $after:literal) => {
        let mut list = $builder.push($before).separated(", ");
        for value in $values {
            list.push_bind(value);
        }
        $builder.push($after);
    };
}
pub(crate) use push_list;
