//! What kinds of tokens there are.

use super::words::words;

words! {
    /// What a token is for, which decides where it is taken.
    TokenKind {
        /// Acts for a member of one tenant; its value can be read again (contract 004).
        Account = "account",
        /// Somebody's own.
        Personal = "personal",
        /// A service account's.
        ServiceKey = "service_key",
        /// Short-lived: given for client credentials (RFC 6749), or for name and password.
        Access = "access",
        /// Changed once for another access token (contract 001).
        Refresh = "refresh",
    }
}

impl TokenKind {
    /// How tokens of this kind begin, so that one that is found somewhere is known for what it is. Account tokens are
    /// 32 digits and nothing else.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Account => "",
            Self::Personal => "cst_",
            Self::ServiceKey => "sk:",
            Self::Access => "at_",
            Self::Refresh => "rt_",
        }
    }

    /// What people call it, as the middle of a sentence.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Account => "account token",
            Self::Personal => "personal token",
            Self::ServiceKey => "service key",
            Self::Access => "access token",
            Self::Refresh => "refresh token",
        }
    }
}
