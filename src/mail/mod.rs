//! Mail as it leaves: in the recipient's language, as text and as HTML, over SMTP. What is written and when it is tried is the
//! domain's ([`outbox`](crate::domain::outbox)).

pub mod letter;
pub mod links;
mod parts;
pub mod sender;
pub mod texts;
pub mod worker;
