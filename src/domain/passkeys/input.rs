//! What people call their passkeys.

use crate::{
    domain::{parse::filled, sessions::device},
    model::error::FieldErrors,
};

/// Characters of a name.
const NAME_MAX: usize = 60;

/// What somebody calls a passkey.
pub fn name(text: &str) -> Result<String, FieldErrors> {
    filled(text, NAME_MAX, "enter a name").map_err(|message| FieldErrors::one("name", &message))
}

/// What a passkey is called unless its owner says another name: after the browser that it is added with.
#[must_use]
pub fn usual_name(user_agent: &str) -> String {
    match device::called(user_agent) {
        name if name.is_empty() => "Passkey".into(),
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passkey_is_called_after_its_browser() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0";
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1";
        assert_eq!([edge, phone, "curl"].map(usual_name), ["Edge, Windows", "Safari, iPhone", "Passkey"]);
    }

    #[test]
    fn a_name_is_one_line_that_can_be_seen() {
        assert_eq!(name(" Ada's phone ").unwrap(), "Ada's phone");
        assert!([" ", "a\u{0}b", &"x".repeat(61)].iter().all(|text| name(text).is_err()));
    }
}
