//! What a form or a query string carries: names and texts, in order, names repeating.

use serde::{Deserialize, Serialize};

/// Decoded `application/x-www-form-urlencoded` pairs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Decodes a query string or a form's body. Bytes that aren't UTF-8 become U+FFFD, and so does NUL,
    /// which Postgres can't hold: parsing refuses both.
    #[must_use]
    pub fn decode(encoded: &str) -> Self {
        let mut pairs: Vec<(String, String)> = serde_urlencoded::from_str(encoded).unwrap_or_default();
        for (_, text) in pairs.iter_mut().filter(|(_, text)| text.contains('\0')) {
            *text = text.replace('\0', "\u{fffd}");
        }
        Self(pairs)
    }

    /// Encodes for a URL, leaving out empty texts.
    #[must_use]
    pub fn encode(&self) -> String {
        let filled: Vec<_> = self.0.iter().filter(|(_, text)| !text.is_empty()).collect();
        serde_urlencoded::to_string(filled).unwrap_or_default()
    }

    /// Adds a pair.
    #[must_use]
    pub fn with(mut self, name: &str, text: impl Into<String>) -> Self {
        self.0.push((name.to_owned(), text.into()));
        self
    }

    /// Adds a pair for each text.
    #[must_use]
    pub fn with_all(mut self, name: &str, texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.0.extend(texts.into_iter().map(|text| (name.to_owned(), text.into())));
        self
    }

    /// The same with this one text of `name`.
    #[must_use]
    pub fn holding(self, name: &str, text: impl Into<String>) -> Self {
        self.without(&[name]).with(name, text)
    }

    /// The text of `name`, empty when absent.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, text)| text)
    }

    /// Every text of `name`.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, text)| text.as_str())
    }

    /// The same without the named fields: what may be shown again of a form that holds secrets.
    #[must_use]
    pub fn without(mut self, secret: &[&str]) -> Self {
        self.0.retain(|(name, _)| !secret.contains(&name.as_str()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_repeat_and_empty_texts_stay_out_of_urls() {
        let fields = Fields::decode("user=1&user=2&q=&name=a%20b");
        assert_eq!(fields.all("user").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(fields.text("name"), "a b");
        assert_eq!(fields.encode(), "user=1&user=2&name=a+b");
    }

    #[test]
    fn broken_encoding_is_not_an_error() {
        assert_eq!(Fields::decode("q=a%00b").text("q"), "a\u{fffd}b");
        assert_eq!(Fields::decode("q=%ff%zz").text("q"), "\u{fffd}%zz");
    }
}
