//! Names and addresses: how they are found, when two are the same, and how both are kept beside what was typed.
//!
//! Each thing with a name has two keys. By the *finding* key it is searched and sorted; it says little, so that *akesson*
//! finds *Åkesson*. By the *sameness* key two names are compared; it says all that a reader can tell apart. Both are made
//! here alone, for what is stored as for what is asked, and [`refold`] makes them anew where this file has changed.

mod address;
mod fold;
mod keys;
pub mod refold;
mod same;
mod words;

pub use address::{as_typed, canonical, login};
pub use fold::folded;
pub use keys::{UserKeys, tenant_search_key};
pub use same::{cleaned, same};
pub use words::{WORDS, Words};
pub(crate) use words::{bind_words, has_words};

/// Rises when the same text gets another key than before: then all that is stored is folded again.
pub const FOLDING: u32 = 1;
