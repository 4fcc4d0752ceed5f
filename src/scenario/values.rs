//! Values that are written with a unit: times, sizes, offsets and permission bits.

use std::time::Duration;

use toml::de::DeValue;

use super::diagnostic::Text;
use super::reader::Item;
use super::suggest;

const TIME_UNITS: [(&str, u64); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

const SIZE_UNITS: [(&str, u64); 4] =
    [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

/// A time such as `1us`, `5ms`, `1.5s` or `2m`.
pub(super) fn time(item: &Item<'_>) -> Option<Duration> {
    let DeValue::String(_) = item.value else {
        item.wrong_type("a time such as \"5ms\"");
        return None;
    };
    let text = item.text()?;
    match duration(text.value) {
        Ok(time) => Some(time),
        Err(NotATime::Unit) => {
            let message = format!("`{}` is not a time", text.value);
            item.log.add(
                item.wrong(message)
                    .label("write a number and a unit, such as \"5ms\"")
                    .help("the units are `ns`, `us`, `ms`, `s`, `m` and `h`".to_owned()),
            );
            None
        }
        Err(NotATime::Number) => {
            item.log.add(
                item.wrong(format!("`{}` is not a time", text.value))
                    .label("the number is malformed, finer than a nanosecond or too large"),
            );
            None
        }
    }
}

/// What is wrong with the text of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotATime {
    /// The unit is missing or unknown.
    Unit,
    /// The number is malformed, finer than a nanosecond or too large.
    Number,
}

/// Reads a time such as `1us`, `5ms`, `1.5s` or `2m`.
///
/// # Errors
/// [`NotATime`], which tells what is wrong with it.
pub fn duration(text: &str) -> Result<Duration, NotATime> {
    let (number, unit) = split(text);
    let factor = TIME_UNITS.iter().find(|(name, _)| *name == unit).ok_or(NotATime::Unit)?.1;
    decimal(number, factor).map(Duration::from_nanos).ok_or(NotATime::Number)
}

/// A time that is more than nothing.
pub(super) fn positive_time(item: &Item<'_>) -> Option<Duration> {
    let time = time(item)?;
    if time.is_zero() {
        item.log.add(item.wrong(format!("{} must be more than 0", item.name)));
        return None;
    }
    Some(time)
}

/// A byte count: an integer, or a text such as `64KiB`.
pub(super) fn size(item: &Item<'_>, limit: u64) -> Option<u64> {
    let value = offset(item)?;
    match u64::try_from(value) {
        Ok(value) if value <= limit => Some(value),
        Ok(_) => {
            item.log.add(
                item.wrong(format!("{} is too large", item.name))
                    .label(format!("the limit is {}", show_size(limit))),
            );
            None
        }
        Err(_) => {
            item.log.add(item.wrong(format!("{} must not be negative", item.name)));
            None
        }
    }
}

/// A byte position, which may be negative.
pub(super) fn offset(item: &Item<'_>) -> Option<i64> {
    match item.value {
        DeValue::Integer(integer) => {
            let value = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
            if value.is_none() {
                item.log.add(item.wrong(format!("{} is too large", item.name)));
            }
            value
        }
        DeValue::String(_) => {
            let text = item.text()?;
            let value = parse_size(text.value);
            if value.is_none() {
                size_mistake(item, &text);
            }
            value
        }
        _ => {
            item.wrong_type("a byte count such as 512 or \"64KiB\"");
            None
        }
    }
}

fn size_mistake(item: &Item<'_>, text: &Text<'_>) {
    let (_, unit) = split(text.value);
    let units = SIZE_UNITS.iter().map(|(name, _)| *name);
    let help = match unit.to_lowercase().as_str() {
        "k" | "kb" => Some("did you mean `KiB` (1024 bytes)?".to_owned()),
        "m" | "mb" => Some("did you mean `MiB`?".to_owned()),
        "g" | "gb" => Some("did you mean `GiB`?".to_owned()),
        _ => suggest::did_you_mean(unit, units.clone()),
    };
    item.log.add(
        item.wrong(format!("`{}` is not a byte count", text.value))
            .label(format!("write an integer, or a number and {}", suggest::list(units, "or")))
            .help(help),
    );
}

fn parse_size(text: &str) -> Option<i64> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (number, unit) = split(text);
    let (_, factor) = SIZE_UNITS.iter().find(|(name, _)| *name == unit)?;
    let value = i64::try_from(decimal(number, *factor)?).ok()?;
    Some(if negative { -value } else { value })
}

/// Permission bits: octal text, or an integer that is written in octal.
pub(super) fn mode(item: &Item<'_>) -> Option<u32> {
    let value = match item.value {
        DeValue::Integer(integer) => {
            if integer.radix() != 8 {
                // 644 in decimal is 0o1204: nobody means that.
                let digits = integer.as_str();
                item.log.add(
                    item.wrong("permission bits must be octal")
                        .label("this integer is not written in octal")
                        .help(format!("write \"{digits:0>4}\" or 0o{digits}")),
                );
                return None;
            }
            u32::from_str_radix(integer.as_str(), 8).ok()
        }
        DeValue::String(text) => {
            let digits = text.strip_prefix("0o").unwrap_or(text);
            let octal = !digits.is_empty() && digits.bytes().all(|b| (b'0'..=b'7').contains(&b));
            u32::from_str_radix(digits, 8).ok().filter(|_| octal)
        }
        _ => {
            item.wrong_type("permission bits such as \"0644\"");
            return None;
        }
    };
    let value = value.filter(|value| *value <= 0o7777);
    if value.is_none() {
        item.log.add(
            item.wrong("these are not permission bits")
                .label("write \"0000\" to \"7777\" in octal"),
        );
    }
    value
}

/// Splits `1.5ms` into `1.5` and `ms`.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    (&text[..end], text[end..].trim_start_matches(' '))
}

/// `number` times `factor`, when that is a whole number that fits.
fn decimal(number: &str, factor: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 18 {
        return None;
    }
    let scale = 10u128.pow(u32::try_from(fraction.len()).ok()?);
    let part = fraction.parse::<u128>().ok()? * u128::from(factor);
    if part % scale != 0 {
        return None;
    }
    let whole = whole.parse::<u128>().ok()?.checked_mul(u128::from(factor))?;
    u64::try_from(whole.checked_add(part / scale)?).ok()
}

/// A byte count with the largest unit that divides it: `64KiB`.
pub(super) fn show_size(bytes: u64) -> String {
    let unit =
        SIZE_UNITS[1..].iter().rev().find(|(_, factor)| bytes >= *factor && bytes % factor == 0);
    match unit {
        Some((name, factor)) => format!("{} {name}", bytes / factor),
        None if bytes == 1 => "1 byte".to_owned(),
        None => format!("{bytes} bytes"),
    }
}

/// A time with the largest unit that divides it: `5 ms`.
pub(super) fn show_time(time: Duration) -> String {
    let nanos = time.as_nanos();
    let unit = TIME_UNITS
        .iter()
        .rev()
        .filter(|(name, _)| *name != "µs")
        .find(|(_, factor)| nanos % u128::from(*factor) == 0 && nanos > 0);
    match unit {
        Some((name, factor)) => format!("{} {name}", nanos / u128::from(*factor)),
        None => "0 s".to_owned(),
    }
}

/// A byte count as a file has it: large round ones with a unit.
pub(super) fn write_size(bytes: u64) -> String {
    let round = |factor: u64| bytes >= 64 * factor && bytes % factor == 0;
    match SIZE_UNITS[1..].iter().rev().find(|(_, factor)| round(*factor)) {
        Some((name, factor)) => format!("\"{}{name}\"", bytes / factor),
        None => bytes.to_string(),
    }
}

/// A time as a file has it.
pub(super) fn write_time(time: Duration) -> String {
    format!("\"{}\"", show_time(time).replace(' ', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact() {
        assert_eq!(decimal("1.5", 1_000_000_000), Some(1_500_000_000));
        assert_eq!(decimal("0.5", 1), None);
        assert_eq!(decimal("1.", 10), None);
        assert_eq!(decimal(".5", 10), None);
        assert_eq!(decimal("1.2.3", 10), None);
        assert_eq!(decimal("99999999999999999999", 1 << 30), None);
        assert_eq!(parse_size("64KiB"), Some(65536));
        assert_eq!(parse_size("-1B"), Some(-1));
        assert_eq!(parse_size("64"), None);
        assert_eq!(parse_size("64KB"), None);
    }

    #[test]
    fn values_are_shown_with_their_unit() {
        assert_eq!(show_size(65536), "64 KiB");
        assert_eq!(show_size(65537), "65537 bytes");
        assert_eq!(show_size(0), "0 bytes");
        assert_eq!(show_time(Duration::from_millis(1500)), "1500 ms");
        assert_eq!(show_time(Duration::from_secs(10)), "10 s");
        assert_eq!(show_time(Duration::from_micros(1)), "1 us");
    }

    #[test]
    fn values_are_written_as_they_are_read() {
        for (bytes, text) in [
            (0, "0"),
            (4096, "4096"),
            (65536, "\"64KiB\""),
            (65537, "65537"),
            (1 << 26, "\"64MiB\""),
        ] {
            assert_eq!(write_size(bytes), text);
        }
        assert_eq!(write_time(Duration::from_millis(1500)), "\"1500ms\"");
    }
}
