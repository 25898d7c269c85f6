//! How a form's fields become a function's arguments: as HTML means them. A field that is absent is empty, names repeat for
//! lists, and a struct's fields stand beside the others. serde_qs, which Leptos takes, refuses ordinary forms: `role=a&role=b`
//! for a list, and an absent field for a text.

use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};
use serde::{
    Serialize,
    de::{
        self, DeserializeOwned, DeserializeSeed, IntoDeserializer, Visitor,
        value::{Error, SeqDeserializer},
    },
};

use crate::model::fields::Fields;

/// Write `Post<Form>`.
pub struct Form;

impl ContentType for Form {
    const CONTENT_TYPE: &'static str = "application/x-www-form-urlencoded";
}

impl FormatType for Form {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: DeserializeOwned> Decodes<T> for Form {
    type Error = Error;

    fn decode(body: Bytes) -> Result<T, Error> {
        let fields = Fields::decode(&String::from_utf8_lossy(&body));
        T::deserialize(Value { fields: &fields, name: "" })
    }
}

impl<T: Serialize> Encodes<T> for Form {
    type Error = serde_urlencoded::ser::Error;

    fn encode(arguments: &T) -> Result<Bytes, Self::Error> {
        serde_urlencoded::to_string(arguments).map(Bytes::from)
    }
}

/// What a form holds under a name.
#[derive(Clone, Copy)]
struct Value<'a> {
    fields: &'a Fields,
    name: &'static str,
}

impl<'de> de::Deserializer<'de> for Value<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(self.fields.text(self.name))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(SeqDeserializer::new(self.fields.all(self.name)))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(Struct { fields: self.fields, names: fields.iter(), name: "" })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct tuple
        tuple_struct map enum identifier ignored_any
    }
}

/// A struct's fields, each by its name.
struct Struct<'a> {
    fields: &'a Fields,
    names: std::slice::Iter<'static, &'static str>,
    name: &'static str,
}

impl<'de> de::MapAccess<'de> for Struct<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(name) = self.names.next() else { return Ok(None) };
        self.name = name;
        seed.deserialize((*name).into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(Value { fields: self.fields, name: self.name })
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        name: String,
        #[serde(rename = "role")]
        roles: Vec<String>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Arguments {
        id: String,
        form: Inner,
    }

    fn read(body: &'static str) -> Arguments {
        Form::decode(Bytes::from(body)).unwrap()
    }

    #[test]
    fn a_form_is_read_as_html_means_it() {
        let inner = |name: &str, roles: &[&str]| Inner {
            name: name.into(),
            roles: roles.iter().map(|&role| role.into()).collect(),
        };
        assert_eq!(
            read("id=7&name=a&role=x&role=y&more=1"),
            Arguments { id: "7".into(), form: inner("a", &["x", "y"]) }
        );
        assert_eq!(read("name=a&name=b"), Arguments { id: String::new(), form: inner("a", &[]) });
        assert_eq!(read("%ff=%00"), Arguments { id: String::new(), form: inner("", &[]) });
    }
}
