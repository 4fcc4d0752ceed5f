//! What a person reads.

mod report_sample;

use fsrace::report::text::{TextOptions, scenario, summary};
use fsrace::ui::styles::Styles;
use report_sample::*;

fn all_blocks(width: usize) -> String {
    let options = TextOptions { styles: Styles::plain(), width };
    full().results.iter().map(|r| scenario(r, &options)).collect()
}

#[test]
fn every_verdict_has_its_block() {
    insta::assert_snapshot!(all_blocks(100));
}

#[test]
fn on_a_narrow_terminal_actors_share_a_column() {
    insta::assert_snapshot!(all_blocks(72));
}

#[test]
fn the_summary_is_one_table() {
    insta::assert_snapshot!(summary(&full(), &TextOptions::plain()));
}
