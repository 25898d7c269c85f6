//! What all parts of the list share: where it is, and who is chosen in it.

use leptos::prelude::*;

use crate::model::id::UserId;

/// The people that are chosen: a page has fifty, so looking through them costs less than the code of a set.
pub type Chosen = RwSignal<Vec<UserId>>;

/// Its address, without a state.
#[derive(Clone)]
pub struct Path(pub String);

/// The same, for what is shown of it.
pub fn path() -> StoredValue<String> {
    StoredValue::new(expect_context::<Path>().0)
}
