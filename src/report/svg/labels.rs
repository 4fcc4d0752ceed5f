//! Where the labels of the steps of a lane go: beside each other where there is room, above each
//! other where there is not, so that none covers another on a screen as narrow as a phone.

/// Width of the narrowest picture, in pixels: a phone's.
const WIDTH: f64 = 330.0;
/// Width of a letter of a label.
const LETTER: f64 = 6.6;
/// Space between two labels.
const GAP: f64 = 4.0;
/// Lines in which a label may say more than its number.
const WORDY: usize = 3;

/// The label of a step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Label {
    pub(super) text: String,
    /// Its middle, in per cent of the width.
    pub(super) at: f64,
    /// Its line, counted from the bars up.
    pub(super) row: usize,
}

/// Places labels one after the other.
#[derive(Default)]
pub(super) struct Labels {
    /// Of each line, which parts are taken, in pixels.
    rows: Vec<Vec<(f64, f64)>>,
}

impl Labels {
    /// A label at `at` per cent of the width: the number, and the word where there is room or it
    /// must be there.
    pub(super) fn place(&mut self, number: usize, word: &str, at: f64, must: bool) -> Label {
        let full = if must { format!("▼ {number} {word}") } else { format!("{number} {word}") };
        let (middle, half) = spot(&full, at);
        let free = self.free(middle, half);
        if must || free < WORDY {
            return self.take(full, middle, half, free);
        }
        let short = number.to_string();
        let (middle, half) = spot(&short, at);
        let free = self.free(middle, half);
        self.take(short, middle, half, free)
    }

    /// How many lines there are.
    pub(super) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The lowest line with room for a label.
    fn free(&self, middle: f64, half: f64) -> usize {
        let clear = |row: &Vec<(f64, f64)>| {
            row.iter().all(|&(from, to)| middle + half + GAP <= from || to + GAP <= middle - half)
        };
        self.rows.iter().position(clear).unwrap_or(self.rows.len())
    }

    fn take(&mut self, text: String, middle: f64, half: f64, row: usize) -> Label {
        if row == self.rows.len() {
            self.rows.push(Vec::new());
        }
        self.rows[row].push((middle - half, middle + half));
        Label { text, at: middle / WIDTH * 100.0, row }
    }
}

/// The middle and half the width of a label that shall be at `at`, in pixels: moved in where it would
/// stick out.
#[expect(clippy::cast_precision_loss, reason = "a few letters")]
fn spot(text: &str, at: f64) -> (f64, f64) {
    let half = text.chars().count() as f64 * LETTER / 2.0;
    ((at / 100.0 * WIDTH).clamp(half, (WIDTH - half).max(half)), half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_label_covers_another() {
        let mut labels = Labels::default();
        let placed: Vec<Label> =
            (0..24).map(|n| labels.place(n, "fstat", 99.0 + n as f64 / 24.0, n == 23)).collect();
        for (index, one) in placed.iter().enumerate() {
            let (middle, half) = spot(&one.text, one.at);
            assert!(middle - half >= 0.0 && middle + half <= WIDTH + 1e-9, "{one:?}");
            for other in &placed[..index] {
                let (other_middle, other_half) = spot(&other.text, other.at);
                let apart = (middle - other_middle).abs() >= half + other_half;
                assert!(one.row != other.row || apart, "{one:?} covers {other:?}");
            }
        }
        assert!(placed[23].text.starts_with("▼ 23 fstat"));
        assert_eq!(placed[0].text, "0 fstat");
        assert_eq!(placed[12].text, "12", "where there is no room, the number is enough");
    }
}
