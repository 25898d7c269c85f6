//! What tries are counted for, and how many are let pass.

use crate::model::words::words;

words! {
    /// What tries are counted for.
    LaneKind {
        /// Sign-ins to one account from one network.
        AccountFromNetwork = "account-from-network",
        /// Sign-ins to one account from everywhere together.
        Account = "account",
        /// Sign-ins to one account from a browser that it was signed in with before.
        KnownBrowser = "known-browser",
        /// Old passwords that somebody typed who is signed in.
        OldPassword = "old-password",
        /// Codes of the second step of one account: from all browsers together, or from one that is known.
        SecondFactor = "second-factor",
        /// Codes that are sent to one account, in the same way.
        CodeMail = "code-mail",
        /// Sign-ins from one network, whatever the account.
        Network = "network",
        /// Guesses of the set-up code from one network.
        Setup = "set-up",
        /// Guesses of mailed codes from one network.
        Link = "link",
        /// Guesses of mailed codes of one user.
        LinkOf = "link-of",
        /// New people whose login is somebody's already, made or let in by one caller.
        TakenLogin = "taken-login",
        /// Mail that strangers ask for to one address.
        MailTo = "mail-to",
        /// Mail that strangers ask for from one network.
        MailFrom = "mail-from",
    }
}

/// How many failures are let pass, and how long one waits after more. Times are in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Failures that pass before the first wait.
    pub free: i64,
    /// The first wait; the second is four times as long, the third nine times.
    pub first_wait: i64,
    /// No wait is longer.
    pub longest_wait: i64,
    /// One failure is forgotten in this time.
    pub forgotten_in: i64,
}

impl LaneKind {
    /// Who is meant by it, as the end of a sentence about an account.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::AccountFromNetwork => "from one network",
            Self::Account => "from everywhere but browsers known from an earlier sign-in",
            Self::KnownBrowser => "from one known browser",
            Self::OldPassword => "for whoever is signed in already",
            Self::SecondFactor => "at the code of the second step",
            Self::CodeMail => "for codes by mail",
            Self::MailTo => "for mail to one address",
            Self::LinkOf => "for the links of one account",
            Self::TakenLogin => "for new people whose login is taken",
            Self::Network | Self::Setup | Self::Link | Self::MailFrom => "from one network, for everybody",
        }
    }

    /// The limit that holds for it. The README shows these numbers; a test compares.
    #[must_use]
    pub const fn limit(self) -> Limit {
        let (free, longest_wait, forgotten_in) = match self {
            Self::AccountFromNetwork | Self::KnownBrowser | Self::OldPassword => (10, 3600, 900),
            // Six digits: a guesser gets a handful.
            Self::SecondFactor => (5, 3600, 900),
            Self::CodeMail => (10, 3600, 360),
            Self::Account => (100, 900, 900),
            Self::Network => (100, 900, 30),
            Self::Setup => (20, 900, 60),
            Self::Link => (30, 900, 60),
            // Ten, five and twenty an hour (contract 000, rule 16).
            Self::LinkOf => (10, 3600, 360),
            Self::MailTo => (5, 3600, 720),
            Self::MailFrom => (20, 3600, 180),
            // Twenty an hour (contract 000, rule 27).
            Self::TakenLogin => (20, 3600, 180),
        };
        Limit { free, first_wait: 60, longest_wait, forgotten_in }
    }
}
