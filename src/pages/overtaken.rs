//! A form that somebody overtook: what they saved and what was typed, put together and told apart.

use crate::model::{
    error::{FieldErrors, Refusal},
    fields::Fields,
    merge::{Merged, Part, merge},
};

/// A form to be looked at once more before it is saved: it holds both edits.
#[derive(Clone, Debug)]
pub struct Overtaken {
    /// What the form holds now.
    pub form: Fields,
    /// What was changed meanwhile, and theirs beside what clashes.
    pub refusal: Refusal,
}

impl Overtaken {
    /// What was typed, together with what is saved now; `shown` says what a part holds in words.
    #[must_use]
    pub fn new(parts: &[Part], saved: &Fields, typed: &Fields, shown: impl Fn(&Part, &Fields) -> String) -> Self {
        let Merged { form, kept, clashes } = merge(parts, saved, typed);
        let mut fields = FieldErrors::default();
        for (part, field) in clashes.iter().filter_map(|part| Some((part, part.fields.first()?))) {
            fields.add(field, both(&shown(part, typed), &shown(part, saved)));
        }
        let labels = |parts: &[Part]| parts.iter().map(|part| part.label).collect::<Vec<_>>();
        let message = message(&labels(&kept), &labels(&clashes));
        Self { form, refusal: Refusal { message, fields } }
    }
}

/// What the first field of a part holds.
#[must_use]
pub fn as_typed(part: &Part, form: &Fields) -> String {
    part.fields.first().map_or(String::new(), |field| form.text(field).trim().to_owned())
}

/// Both texts of what clashes, each apart from the words around it, whatever way it is written.
#[must_use]
pub fn both(yours: &str, theirs: &str) -> String {
    let shown = |text: &str| if text.is_empty() { "(empty)".to_owned() } else { format!("\u{2068}{text}\u{2069}") };
    format!("Yours: {} / theirs: {}", shown(yours), shown(theirs))
}

/// What happened, and what saving again does.
#[must_use]
pub fn message(kept: &[&str], clashes: &[&str]) -> String {
    let kept_is = (!kept.is_empty()).then(|| format!("Somebody changed {} meanwhile; that is kept.", listed(kept)));
    let clash = (!clashes.is_empty())
        .then(|| format!("You both changed {}: the form holds yours. Save to overwrite theirs.", listed(clashes)));
    match (kept_is, clash) {
        (None, None) => {
            "Somebody changed this while you had it open, but nothing that this form would overwrite. Save again."
                .into()
        }
        (Some(kept), None) => format!("{kept} Save again to keep both."),
        (kept, Some(clash)) => [kept, Some(clash)].into_iter().flatten().collect::<Vec<_>>().join(" "),
    }
}

/// `the name, the phone and the e-mail`.
fn listed(labels: &[&str]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| format!("the {label}")).collect();
    match &labels[..] {
        [some @ .., last] if !some.is_empty() => format!("{} and {last}", some.join(", ")),
        _ => labels.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_names_what_is_kept_and_what_clashes() {
        assert_eq!(
            message(&["phone"], &[]),
            "Somebody changed the phone meanwhile; that is kept. Save again to keep both."
        );
        let clash = "You both changed the name: the form holds yours. Save to overwrite theirs.";
        assert_eq!(message(&[], &["name"]), clash);
        let both = message(&["a", "b", "c"], &["name"]);
        assert_eq!(both, format!("Somebody changed the a, the b and the c meanwhile; that is kept. {clash}"));
        assert!(message(&[], &[]).starts_with("Somebody changed this"));
    }

    #[test]
    fn what_clashes_is_told_apart() {
        assert_eq!(super::both("a", ""), "Yours: \u{2068}a\u{2069} / theirs: (empty)");
    }
}
