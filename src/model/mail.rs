//! What the outbox tells about a message.

use super::words::words;

words! {
    /// How far a message is.
    MessageState {
        /// Not sent yet, and tried again.
        Waiting = "waiting",
        /// The mail server took it.
        Sent = "sent",
        /// Never to be sent, unless somebody says so.
        Failed = "failed",
    }
}
