//! Two people edited one thing: what each changed, and both together.

use super::fields::Fields;

/// What a form says with one field, or with several that mean nothing without each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is called within a sentence.
    pub label: &'static str,
    /// Its fields; a message about it stands beside the first.
    pub fields: &'static [&'static str],
}

impl Part {
    /// The part of this name and these fields.
    #[must_use]
    pub const fn new(label: &'static str, fields: &'static [&'static str]) -> Self {
        Self { label, fields }
    }

    /// What its fields hold. Blanks around a text are no change.
    fn texts<'a>(&self, form: &'a Fields) -> Vec<&'a str> {
        self.fields.iter().map(|field| form.text(field).trim()).collect()
    }

    /// What its fields held when the form was opened, if the form carries that.
    fn opened(&self, form: &Fields) -> Option<Vec<String>> {
        let opened = |field: &&str| form.all(&opened(field)).next().map(|text| text.trim().to_owned());
        self.fields.iter().map(opened).collect()
    }
}

/// The name under which a form carries what a field held when it was opened.
#[must_use]
pub fn opened(field: &str) -> String {
    format!("was_{field}")
}

/// A form filled with what is saved, which carries that beside what its reader will type.
#[must_use]
pub fn open(parts: &[Part], saved: Fields) -> Fields {
    let fields = parts.iter().flat_map(|part| part.fields);
    fields.fold(saved, |form, field| {
        let text = form.text(field).to_owned();
        form.with(&opened(field), text)
    })
}

/// Whose edit stands after two people edited the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Mine: they left it as it was, or did the same.
    Mine,
    /// Theirs: I left it as it was.
    Theirs,
    /// Mine for now: both changed it differently, so I decide.
    Both,
}

/// Whose edit of one thing stands. Without knowing what it was, every difference is one that I decide.
#[must_use]
pub fn stands<T: PartialEq + ?Sized>(was: Option<&T>, theirs: &T, mine: &T) -> Stands {
    match was {
        _ if theirs == mine => Stands::Mine,
        Some(was) if was == mine => Stands::Theirs,
        Some(was) if was == theirs => Stands::Mine,
        _ => Stands::Both,
    }
}

/// Two edits of one version, put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// What was typed, with what only they changed taken over; opened anew with what is saved.
    pub form: Fields,
    /// What only they changed.
    pub kept: Vec<Part>,
    /// What both changed differently: the form holds mine.
    pub clashes: Vec<Part>,
}

/// Puts what was typed into a form together with what was saved since it was opened.
#[must_use]
pub fn merge(parts: &[Part], saved: &Fields, typed: &Fields) -> Merged {
    let (mut form, mut kept, mut clashes) = (typed.clone(), Vec::new(), Vec::new());
    for part in parts {
        let (was, theirs, mine) = (part.opened(typed), part.texts(saved), part.texts(typed));
        let was = was.as_ref().map(|texts| texts.iter().map(String::as_str).collect::<Vec<_>>());
        match stands(was.as_ref(), &theirs, &mine) {
            Stands::Mine => {}
            Stands::Both => clashes.push(*part),
            Stands::Theirs => {
                kept.push(*part);
                form = part.fields.iter().fold(form, |form, field| form.holding(field, saved.text(field)));
            }
        }
        form = part.fields.iter().fold(form, |form, field| form.holding(&opened(field), saved.text(field)));
    }
    let form = form.holding("version", saved.text("version"));
    Merged { form, kept, clashes }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: Part = Part::new("name", &["name"]);
    const END: Part = Part::new("end", &["lasts", "until"]);

    fn form(texts: [&str; 3], version: &str) -> Fields {
        let [name, lasts, until] = texts;
        Fields::default().with("name", name).with("lasts", lasts).with("until", until).with("version", version)
    }

    /// A form opened with `was`, into which `typed` was typed.
    fn opened_with(was: [&str; 3], typed: [&str; 3]) -> Fields {
        let opened = open(&[NAME, END], form(was, "1"));
        ["name", "lasts", "until"].iter().zip(typed).fold(opened, |form, (field, text)| form.holding(field, text))
    }

    #[test]
    fn an_edit_stands_unless_both_changed_the_same_differently() {
        for (was, theirs, mine, who) in [
            (Some("a"), "a", "a", Stands::Mine),
            (Some("a"), "a", "b", Stands::Mine),
            (Some("a"), "b", "a", Stands::Theirs),
            (Some("a"), "b", "b", Stands::Mine),
            (Some("a"), "b", "c", Stands::Both),
            (None, "b", "b", Stands::Mine),
            (None, "b", "c", Stands::Both),
        ] {
            assert_eq!(stands(was, theirs, mine), who, "{was:?} {theirs} {mine}");
        }
    }

    #[test]
    fn what_only_they_changed_is_taken_over_and_the_form_is_opened_anew() {
        let saved = form(["theirs", "", ""], "2");
        let merged = merge(&[NAME, END], &saved, &opened_with(["was", "", ""], [" was ", "3600", ""]));
        assert_eq!((merged.kept, merged.clashes), (vec![NAME], Vec::new()));
        let texts = ["name", "was_name", "lasts", "was_lasts", "version"].map(|field| merged.form.text(field));
        assert_eq!(texts, ["theirs", "theirs", "3600", "", "2"]);
        let again = merge(&[NAME, END], &saved, &merged.form);
        assert_eq!((again.kept, again.clashes, again.form), (Vec::new(), Vec::new(), merged.form));
    }

    #[test]
    fn what_both_changed_stays_as_i_typed_it_and_fields_that_belong_together_are_one() {
        let saved = form(["theirs", "", ""], "2");
        let mine = opened_with(["was", "until", "2027-01-01T00:00"], ["mine", "until", "2027-02-01T00:00"]);
        let merged = merge(&[NAME, END], &saved, &mine);
        assert_eq!((merged.kept, merged.clashes), (Vec::new(), vec![NAME, END]));
        let texts = ["name", "was_name", "lasts", "until"].map(|field| merged.form.text(field));
        assert_eq!(texts, ["mine", "theirs", "until", "2027-02-01T00:00"]);
    }
}
