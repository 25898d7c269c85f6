//! Who belongs to a tenant. A user without any membership is deleted; a tenant's owner is protected.

pub mod attributes;
pub mod commands;
pub mod inviting;
pub mod joining;
pub mod leaving;
pub mod ownership;
pub mod pending;
pub mod queries;
pub mod store;
pub mod tagging;
