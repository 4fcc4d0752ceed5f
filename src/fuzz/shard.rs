//! One of several runs that share all programs among them.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Number `number` of `of`, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: u64,
    of: u64,
}

/// Shards at most: each makes the programs of all, to race its own.
const MOST: u64 = 64;

/// A text that names no shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("write which one of how many, at most {MOST}, such as 1/4, 2/4, 3/4 and 4/4")]
pub struct NotAShard;

impl Default for Shard {
    fn default() -> Self {
        Self { number: 1, of: 1 }
    }
}

impl Shard {
    /// Whether the program of this digest is one of the shard's.
    pub fn has(self, digest: &str) -> bool {
        let first = digest.get(..8).and_then(|first| u64::from_str_radix(first, 16).ok());
        first.unwrap_or_default() % self.of == self.number - 1
    }

    /// How many there are.
    pub fn of(self) -> usize {
        self.of as usize
    }

    /// A number that no other shard has.
    pub fn salt(self) -> u64 {
        (self.number - 1).wrapping_mul(0xd129_0d3b_3b5f_a9c5)
    }
}

impl FromStr for Shard {
    type Err = NotAShard;

    fn from_str(text: &str) -> Result<Self, NotAShard> {
        let (number, of) = text.split_once('/').ok_or(NotAShard)?;
        let (number, of) = (number.parse(), of.parse());
        let (Ok(number), Ok(of)) = (number, of) else { return Err(NotAShard) };
        if number == 0 || number > of || of > MOST {
            Err(NotAShard)
        } else {
            Ok(Self { number, of })
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_program_is_in_one_shard() {
        let shards: Vec<Shard> = (1..=3).map(|n| format!("{n}/3").parse().unwrap()).collect();
        for number in 0..100_u64 {
            let digest = format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            assert_eq!(shards.iter().filter(|shard| shard.has(&digest)).count(), 1);
        }
        for text in ["", "1", "0/2", "3/2", "a/b", "1/0", "1/65"] {
            assert_eq!(text.parse::<Shard>(), Err(NotAShard), "{text}");
        }
    }
}
