//! The colours and the shape of what is printed.

use std::fmt::Display;
use std::io::IsTerminal;

use anstyle::{AnsiColor, Style};

use crate::report::{Class, Verdict};

/// Columns assumed where the width of the terminal is unknown, as in a file or a pipe.
pub const DEFAULT_WIDTH: usize = 100;

/// What each kind of text looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Styles {
    /// What is as it should be.
    pub good: Style,
    /// What fails a run.
    pub bad: Style,
    /// What needs a second look.
    pub doubtful: Style,
    /// What the eye looks for first.
    pub strong: Style,
    /// What only explains.
    pub faint: Style,
}

impl Styles {
    /// No style at all.
    #[must_use]
    pub fn plain() -> Self {
        Self::default()
    }

    /// The colours of a terminal.
    #[must_use]
    pub fn coloured() -> Self {
        let colour = |c: AnsiColor| Style::new().fg_color(Some(c.into()));
        Self {
            good: colour(AnsiColor::Green),
            bad: colour(AnsiColor::Red).bold(),
            doubtful: colour(AnsiColor::Yellow),
            strong: Style::new().bold(),
            faint: Style::new().dimmed(),
        }
    }

    /// The style of a verdict.
    #[must_use]
    pub fn verdict(&self, verdict: Verdict) -> Style {
        match verdict {
            Verdict::Pass => self.good,
            Verdict::Fail => self.bad,
            Verdict::Inconclusive | Verdict::Skipped => self.doubtful,
        }
    }

    /// The style of a class of anomaly.
    #[must_use]
    pub fn class(&self, class: Class) -> Style {
        match class {
            Class::Forbidden | Class::Unexplained => self.bad,
            Class::Documented | Class::Unspecified => self.doubtful,
        }
    }
}

/// `text` in `style`.
#[must_use]
pub fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// How to write to standard output: coloured where it is a terminal that wants colours
/// (`NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE` are respected), and as wide as it is.
#[must_use]
pub fn for_stdout() -> (Styles, usize) {
    let stdout = std::io::stdout();
    let coloured = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
    let width = if stdout.is_terminal() { terminal_width(&stdout) } else { None };
    let styles = if coloured { Styles::coloured() } else { Styles::plain() };
    (styles, width.unwrap_or(DEFAULT_WIDTH))
}

/// The columns of a terminal, unless it does not tell (a serial line says 0).
fn terminal_width(terminal: &impl std::os::fd::AsFd) -> Option<usize> {
    let columns = rustix::termios::tcgetwinsize(terminal).ok()?.ws_col;
    (columns > 0).then_some(usize::from(columns))
}
