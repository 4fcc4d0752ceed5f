//! Which fields an operation takes: what is missing, what is too much, and where it belongs.

use std::ops::Range;

use crate::ops::{self, FieldSpec, Need, OpSpec};

use super::diagnostic::{Diagnostic, Log};
use super::reader::{Item, Reader};
use super::step::COMMON_FIELDS;
use super::suggest;

/// Reports required fields that are absent and alternatives that are both there or both absent.
pub(super) fn check_needs(
    log: &Log<'_>,
    spec: &OpSpec,
    given: &[(&FieldSpec, Item<'_>)],
    place: &Range<usize>,
) {
    let is_given = |name: &str| given.iter().any(|(field, _)| field.name == name);
    for field in spec.fields {
        if field.need == Need::Required && !is_given(field.name) {
            log.add(
                Diagnostic::new(place.clone(), format!("`{}` needs `{}`", spec.name, field.name))
                    .label(format!("`{}` is missing: {}", field.name, uncapital(field.about))),
            );
        }
    }
    let choices = || spec.fields.iter().filter(|field| field.need == Need::OneOf);
    if choices().next().is_none() {
        return;
    }
    let names = suggest::list(choices().map(|field| field.name), "or");
    let mut chosen = given.iter().filter(|(field, _)| field.need == Need::OneOf);
    if chosen.next().is_none() {
        log.add(
            Diagnostic::new(place.clone(), format!("`{}` needs {names}", spec.name))
                .label("neither is there"),
        );
    }
    for (_, item) in chosen {
        let message = format!("`{}` takes either {names}", spec.name);
        log.add(Diagnostic::new(item.key.clone(), message).label("there is one already"));
    }
}

/// `What it does.` within a sentence.
fn uncapital(text: &str) -> String {
    let mut chars = text.trim_end_matches('.').chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}

/// Reports keys that the operation does not take, and says where they belong.
pub(super) fn report_strangers(reader: &Reader<'_>, spec: &OpSpec) {
    for key in reader.unknown() {
        let fields = || spec.fields.iter().map(|field| field.name);
        let common = COMMON_FIELDS.iter().map(|(name, _)| *name);
        let takers: Vec<&str> = ops::specs()
            .filter(|other| other.field(key.value).is_some())
            .map(|other| other.name)
            .collect();
        let label = match fields().next() {
            Some(_) => format!("`{}` takes {}", spec.name, suggest::list(fields(), "and")),
            None => format!("`{}` takes no fields", spec.name),
        };
        let (message, help) = if takers.is_empty() {
            let message = format!("unknown field `{}` in `{}`", key.value, spec.name);
            (message, suggest::did_you_mean(key.value, fields().chain(common)))
        } else {
            let message = format!("`{}` does not take `{}`", spec.name, key.value);
            let takers = match takers.len() {
                0..=12 => suggest::list(takers, "and"),
                many => format!("{many} other operations"),
            };
            let near = suggest::nearest(key.value, fields());
            let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            (message, Some(format!("`{}` belongs to {takers}{near}", key.value)))
        };
        reader.log.add(Diagnostic::new(key.span, message).label(label).help(help));
    }
}
