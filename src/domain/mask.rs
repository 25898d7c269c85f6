//! What those see of other people's phone numbers who may not see them in full (`data.unmask`).

use serde_json::Value;

/// Stands for a digit. Nobody can type it into a number, so whoever sends it back saw the mask.
pub const MASK: char = '•';

/// A phone number of which the last two digits stay.
#[must_use]
pub fn phone(number: &str) -> String {
    let kept = number.chars().count().saturating_sub(2);
    number.chars().enumerate().map(|(i, c)| if i < kept && c.is_ascii_digit() { MASK } else { c }).collect()
}

/// What the audit log calls the addresses from which somebody is let in.
pub const LET_IN_FROM: &str = "let in from";

/// What the audit log kept of somebody, a JSON object, with their number masked, and from where they are let in.
#[must_use]
pub fn state(kept: &str) -> String {
    let Ok(Value::Object(mut state)) = serde_json::from_str(kept) else {
        return kept.to_owned();
    };
    if let Some(Value::String(number)) = state.get_mut("phone") {
        *number = phone(number);
    }
    if let Some(Value::String(addresses)) = state.get_mut(LET_IN_FROM).filter(|addresses| **addresses != "") {
        *addresses = MASK.to_string();
    }
    Value::Object(state).to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_masked_phone_keeps_its_shape_and_two_digits() {
        assert_eq!(super::phone("+1 202 555 0143"), "+• ••• ••• ••43");
        let kept = super::state(r#"{"phone":"+1 202 555 0143","last name":"2"}"#);
        assert_eq!(kept, r#"{"last name":"2","phone":"+• ••• ••• ••43"}"#);
        assert_eq!(super::state(r#"{"let in from":"10.0.0.9 10.0.0.7"}"#), r#"{"let in from":"•"}"#);
        assert_eq!(super::state(r#"{"let in from":""}"#), r#"{"let in from":""}"#);
    }
}
