//! Rules of domains alone (contract 004).

/// What is refused in a domain, whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DomainRule {
    /// Whoever begins a domain looks after it.
    #[error("the first user of a domain must be its owner")]
    FirstIsOwner,
    /// Who may begin one, and let in somebody without a mail.
    #[error("only a reseller's key pair may do this")]
    ResellersOnly,
    /// A domain has one owner.
    #[error("this domain has an owner already")]
    HasOwner,
    /// An owner stays an administrator.
    #[error("the owner of a domain keeps the role ADMIN")]
    OwnersRole,
    /// Nobody comes twice.
    #[error("they belong to this domain already")]
    BelongsAlready,
    /// Without a mail nobody could choose a password.
    #[error("only somebody who is known and has a password can do without the mail")]
    NoPassword,
    /// What may do everything needs nothing beside it, and hides what it stands beside.
    #[error("in a domain the administrator's role stands alone; remove what else they have there first")]
    AdminAlone,
    /// Whoever belongs to a domain has a role there.
    #[error("a user must keep at least one role")]
    KeepsOne,
    /// Making an owner belongs to adding somebody.
    #[error("OWNER is only for somebody who is added")]
    OwnerIsAdded,
    /// Disabling is for who is active.
    #[error("the user is not active")]
    NotActive,
    /// A membership that waits is opened by whoever it waits for.
    #[error("the user has yet to follow the link in their mail")]
    Waits,
}
