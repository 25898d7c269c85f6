//! What a change would do to what people may do.

mod compare;
pub mod describe;
pub mod effect;
pub mod gather;
pub mod groups;
pub mod names;
pub mod nothing;
pub mod snapshot;
pub mod timeline;
pub mod trial;
