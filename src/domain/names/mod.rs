//! Names and addresses: how they are found, when two are the same, and how both are kept beside what was typed.
//!
//! Each thing with a name has two keys. By the *finding* key it is searched and sorted; it says little, so that *akesson*
//! finds *Åkesson*. By the *sameness* key two names are compared; it says all that a reader can tell apart. Both are made
//! here alone, for what is stored as for what is asked, and [`refold`] makes them anew where this file has changed.

pub mod address;
pub mod fold;
pub mod forms;
pub mod keys;
pub mod refold;
pub mod same;
pub mod words;

/// Rises when the same text gets another key than before: then all that is stored is folded again.
pub const FOLDING: u32 = 1;
