//! The fields that every form of ours carries.

/// Names the form's function. A button of the same name counts before the form's own.
pub const FUNCTION: &str = "fn";

/// Says whose page the form was opened on.
pub const BY: &str = "by";

/// Of a button without a form that could say why it was refused: the page says it.
pub const BARE: &str = "bare";

/// Of an island that asks what a form would do while it is still being filled in: that it isn't finished is no failure then,
/// and browsers report every failure in their console.
pub const PEEK: &str = "peek";

/// What the path of a function ends with that only says what another would do.
pub const PREVIEW: &str = "/preview";

/// Fields that are never shown again.
pub const SECRETS: [&str; 4] = ["password", "again", "old", FUNCTION];
