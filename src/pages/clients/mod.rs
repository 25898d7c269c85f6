//! Client credentials: the list, one of them, making and deleting.

pub mod detail;
pub mod list;
pub mod new;

/// The list's path in the console, and what it is called.
const LIST: (&str, &str) = ("/clients", "Clients");
/// What is sent by a program: its secret, and beside it.
const LABELS: (&str, &str) = ("Client secret", "Client id");
