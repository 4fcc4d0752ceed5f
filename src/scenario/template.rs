//! Names with holes: `log-{actor}`, `trash/{random:1000}`.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::suggest;

/// The holes by name, as a message lists them.
const HOLES: &str = "the holes are `{actor}`, `{iteration}`, `{random:N}` and, in the fixture, \
                     `{index}`; write `{{` and `}}` for braces";

/// A path made of literal text and holes that are filled as the actor runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template(pub Vec<Piece>);

/// One part of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    /// Text as it stands.
    Text(String),
    /// `{actor}`: the name of the actor instance.
    Actor,
    /// `{iteration}`: how many iterations this actor instance has finished.
    Iteration,
    /// `{random:N}` or `{random:N:label}`: a number below N, drawn once an iteration for each
    /// different hole, so that two steps of an iteration name the same file.
    Random {
        /// Exclusive upper bound.
        below: u64,
        /// Tells two draws of the same bound apart; empty when not given.
        label: String,
    },
    /// `{index}`: the number of a fixture entry with `count`.
    Index,
}

/// Why a text is not a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// Byte range in the text.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TemplateError {}

impl Template {
    /// A template without holes: braces in the text are just braces.
    pub fn literal(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Template(Vec::new()) } else { Template(vec![Piece::Text(text)]) }
    }

    /// The text of a template without holes.
    pub fn as_literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether a piece of this kind is in it.
    pub fn has(&self, wanted: impl Fn(&Piece) -> bool) -> bool {
        self.0.iter().any(wanted)
    }

    /// The text with `{index}` filled in; other holes stay as they are written.
    pub fn at_index(&self, index: u32) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Index => index.to_string(),
                other => other.to_string(),
            })
            .collect()
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    /// Reads text with holes; `{{` and `}}` stand for single braces.
    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut at = 0;
        while let Some(found) = text[at..].find(['{', '}']) {
            let brace = at + found;
            literal.push_str(&text[at..brace]);
            let rest = &text[brace..];
            if rest.starts_with("{{") || rest.starts_with("}}") {
                literal.push_str(&rest[..1]);
                at = brace + 2;
            } else if rest.starts_with('}') {
                return Err(TemplateError {
                    span: brace..brace + 1,
                    message: "`}` without `{`".to_owned(),
                    help: Some("write `}}` for a brace in a name".to_owned()),
                });
            } else {
                let Some(end) =
                    rest[1..].find(['{', '}', '/']).filter(|end| rest[1 + end..].starts_with('}'))
                else {
                    return Err(TemplateError {
                        span: brace..brace + 1,
                        message: "`{` without `}`".to_owned(),
                        help: Some(HOLES.to_owned()),
                    });
                };
                let inner = &rest[1..1 + end];
                let piece = hole(inner, brace + 1)?;
                if !literal.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut literal)));
                }
                pieces.push(piece);
                at = brace + end + 2;
            }
        }
        literal.push_str(&text[at..]);
        if !literal.is_empty() {
            pieces.push(Piece::Text(literal));
        }
        Ok(Template(pieces))
    }
}

/// Reads what stands between the braces, which starts at `start` of the whole text.
fn hole(inner: &str, start: usize) -> Result<Piece, TemplateError> {
    let wrong = |span: Range<usize>, message: String, help: Option<String>| TemplateError {
        span: start + span.start..start + span.end,
        message,
        help,
    };
    let mut parts = inner.splitn(3, ':');
    let name = parts.next().unwrap_or_default();
    let bound = parts.next();
    let label = parts.next();
    let bare = match name {
        "actor" => Some(Piece::Actor),
        "iteration" => Some(Piece::Iteration),
        "index" => Some(Piece::Index),
        "random" => None,
        _ => {
            let nearest = suggest::nearest(name, ["actor", "iteration", "random", "index"]);
            let help = match nearest {
                Some(nearest) => format!("did you mean `{{{nearest}}}`? {HOLES}"),
                None => HOLES.to_owned(),
            };
            return Err(wrong(0..inner.len(), format!("unknown hole `{{{inner}}}`"), Some(help)));
        }
    };
    if let Some(piece) = bare {
        return match bound {
            None => Ok(piece),
            Some(_) => {
                let message = format!("`{{{name}}}` takes nothing after its name");
                Err(wrong(name.len()..inner.len(), message, Some(format!("write `{{{name}}}`"))))
            }
        };
    }
    let example = Some("write `{random:1000}`, or `{random:1000:label}` for a second draw".into());
    let Some(bound) = bound else {
        return Err(wrong(0..inner.len(), "`{random}` needs a bound".to_owned(), example));
    };
    let number = name.len() + 1..name.len() + 1 + bound.len();
    let digits = !bound.is_empty() && bound.bytes().all(|byte| byte.is_ascii_digit());
    let Some(below) = bound.parse::<u64>().ok().filter(|_| digits) else {
        return Err(wrong(number, format!("`{bound}` is not a whole number"), example));
    };
    if below == 0 {
        let message = "there is no number below 0 to draw".to_owned();
        return Err(wrong(number, message, example));
    }
    let label = match label {
        None => String::new(),
        Some(label) => {
            let span = number.end + 1..inner.len();
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if label.is_empty() || !label.chars().all(plain) {
                let message = "a label is made of letters, digits, `-` and `_`".to_owned();
                return Err(wrong(span, message, example));
            }
            label.to_owned()
        }
    };
    Ok(Piece::Random { below, label })
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| piece.fmt(f))
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Piece::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}")),
            Piece::Actor => f.write_str("{actor}"),
            Piece::Iteration => f.write_str("{iteration}"),
            Piece::Random { below, label } if label.is_empty() => write!(f, "{{random:{below}}}"),
            Piece::Random { below, label } => write!(f, "{{random:{below}:{label}}}"),
            Piece::Index => f.write_str("{index}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> (Range<usize>, String) {
        let error = text.parse::<Template>().unwrap_err();
        (error.span, error.message)
    }

    #[test]
    fn every_hole_is_read_and_written_back() {
        for text in ["", "a", "log-{actor}", "{random:7}{random:7:x}/{iteration}", "a{{b}}c{index}"]
        {
            assert_eq!(text.parse::<Template>().unwrap().to_string(), text);
        }
        assert_eq!(
            "a{{b}}{random:10:x}".parse::<Template>().unwrap().0,
            [Piece::Text("a{b}".into()), Piece::Random { below: 10, label: "x".into() }]
        );
    }

    #[test]
    fn errors_point_into_the_text() {
        assert_eq!(error("ab{actr}").0, 3..7);
        assert_eq!(error("ab{").0, 2..3);
        assert_eq!(error("a{b/c}").0, 1..2);
        assert_eq!(error("a}b").0, 1..2);
        assert_eq!(error("x{random}").0, 2..8);
        assert_eq!(error("x{random:0}").0, 9..10);
        assert_eq!(error("x{random:+1}").0, 9..11);
        assert_eq!(error("x{random:5:}").0, 11..11);
        assert_eq!(error("{actor:3}").0, 6..8);
    }

    #[test]
    fn a_literal_keeps_its_braces() {
        let template = Template::literal("a{b}");
        assert_eq!(template.to_string(), "a{{b}}");
        assert_eq!(template.to_string().parse::<Template>().unwrap(), template);
    }
}
