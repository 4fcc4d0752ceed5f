//! What all HTML pages share: one self-contained file without scripts, light and dark, for screens of
//! any width.

const STYLE: &str = include_str!("page.css");

/// A page: `title` and `main` are HTML, `style` is what this kind of page adds.
pub(super) fn page(title: &str, style: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>\n{STYLE}{style}</style>\n</head>\n<body>\n<main>\n{main}\
         </main>\n</body>\n</html>\n"
    )
}
