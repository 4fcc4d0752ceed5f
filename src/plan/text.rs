//! A step in words, for timelines and messages: `open DEST.txt wronly+creat+trunc`.

use crate::scenario::{Content, RenameFlag, Step, Word};

/// The operation and its arguments on one short line.
pub(super) fn of(step: &Step) -> String {
    let mut words = vec![step.op.name().to_owned()];
    words.extend(step.fd.clone());
    words.extend(step.target.as_ref().map(ToString::to_string));
    words.extend(step.path.as_ref().map(ToString::to_string));
    words.extend(step.to.as_ref().or(None).map(|to| format!("-> {to}")));
    words.extend(step.new.as_ref().map(|new| format!("-> {new}")));
    if !step.flags.is_empty() {
        words.push(step.flags.iter().map(|flag| flag.word()).collect::<Vec<_>>().join("+"));
    }
    match step.rename {
        Some(RenameFlag::Noreplace) => words.push("noreplace".to_owned()),
        Some(RenameFlag::Exchange) => words.push("exchange".to_owned()),
        None => {}
    }
    words.extend(step.lock.map(|lock| lock.word().to_owned()));
    words.extend(step.content.as_ref().map(|content| match content {
        Content::Text(text) => format!("{text:?}"),
        Content::Tagged(size) => format!("{size} bytes"),
    }));
    words.extend(step.len.map(|len| format!("{len} bytes")));
    words.extend(step.seek.then(|| "seek".to_owned()));
    words.extend(step.size.map(|size| format!("to {size} bytes")));
    words.extend(step.offset.map(|offset| format!("at {offset}")));
    words.extend(step.mode.map(|mode| format!("{mode:#o}")));
    words.extend(step.time.map(|time| format!("{time:?}")));
    words.join(" ")
}
