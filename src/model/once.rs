//! What is told once.

use serde::{Deserialize, Serialize};

/// A credential that was made or changed just now, with its secret, which stands in this answer alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldOnce {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What is sent beside the secret and is none: the public half of a key pair, or the id of client credentials.
    pub key: Option<String>,
    /// The secret.
    pub secret: String,
}
