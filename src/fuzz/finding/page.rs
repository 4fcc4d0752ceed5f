//! The report of a finding, in Markdown.

use std::fmt::Write;

use super::Finding;
use crate::detect::DETECTORS;
use crate::model::relax::relaxation;
use crate::report::text::{self, TextOptions};
use crate::scenario::{Mode, to_toml};
use crate::ui::units;

/// What was seen, why it cannot be, and how to see it again.
pub fn page(finding: &Finding) -> String {
    let result = &finding.result;
    let confirmed = &result.confirmed;
    let ran = confirmed.result();
    let (host, target) = (&confirmed.report.host, &ran.target);
    let mut out = format!("# {}\n\n", result.name);
    let _ = writeln!(
        out,
        "On {} ({}), {} {} {}: {}, class {}.\n",
        target.fs_type,
        target.mount_options,
        host.os,
        host.kernel,
        host.arch,
        result.signature,
        result.class.name()
    );
    if let Some(anomaly) = confirmed.anomaly(&result.signature) {
        let rate =
            units::k_in_n(anomaly.count, anomaly.trials, anomaly.rate_low, anomaly.rate_high);
        let _ = writeln!(out, "Seen {rate}, with the 95 % interval of the rate.\n");
    }
    let _ = writeln!(out, "## See it again\n\n```sh\n{}\n```\n", result.replay);
    let _ = match &finding.repro {
        Ok(_) => writeln!(
            out,
            "Or without fsrace, in C: `cc -std=c99 repro.c -o repro -lpthread && ./repro DIR{}`, with a \
             directory of that filesystem{}.\n",
            " CLIENT_DIR".repeat(finding.clients - 1),
            if finding.clients > 1 { ", and one of each further mount of it" } else { "" }
        ),
        Err(why) => writeln!(out, "It cannot be given as a program in C: {why}.\n"),
    };
    let toml = to_toml(&finding.scenario);
    let _ = writeln!(out, "## The program\n\n```toml\n{toml}```\n");
    out.push_str("## What was seen\n\n```text\n");
    out.push_str(text::scenario(ran, &TextOptions::plain()).trim_end());
    out.push_str("\n```\n\n");
    let why = match finding.scenario.run.mode {
        Mode::Rounds => {
            "POSIX makes these calls atomic with respect to each other, so that every run must look \
             like one of the orders below. What was seen is none of them."
        }
        Mode::Free => {
            "The actors loop, and what was seen is judged by what each step can show in any state \
             that they can reach. For one iteration of each, these are the outcomes of all orders."
        }
    };
    let _ = writeln!(out, "## Why no order of the calls explains it\n\n{why}\n");
    let _ = writeln!(out, "```text\n{}\n```\n", finding.allowed.trim_end());
    evidence(&mut out, finding);
    explanation(&mut out, finding);
    out
}

/// What it took, and what was ruled out.
fn evidence(out: &mut String, finding: &Finding) {
    let result = &finding.result;
    let (confirmed, count) = (&result.confirmed, &result.count);
    let (host, target) = (&confirmed.report.host, &confirmed.result().target);
    let _ = writeln!(out, "## Evidence\n");
    let serial = match finding.scenario.run.mode {
        Mode::Rounds => {
            ", and nor did the serial rounds, in several orders, that every run begins with"
        }
        Mode::Free => "",
    };
    let _ = writeln!(
        out,
        "* **It is a race.** With one actor after the other, {} rounds of the same program showed \
         nothing that is not allowed (negative control){serial}.",
        units::count(confirmed.control.rounds)
    );
    let before = match confirmed.unseen {
        0 => String::new(),
        trials => format!(" One before it had not shown it, in {} trials.", units::count(trials)),
    };
    let _ = writeln!(
        out,
        "* **It shows again.** The figures above are those of a fresh process in a fresh directory, \
         with seed {}.{before}",
        confirmed.seed
    );
    let _ = writeln!(
        out,
        "* **It is small.** Found in `{}`; {}, after {} smaller programs ({} showed it too), {} \
         rounds and {}.",
        result.found_in,
        result.standing,
        units::count(count.candidates),
        units::count(count.accepted),
        units::count(count.rounds),
        units::seconds(count.seconds)
    );
    let _ = writeln!(
        out,
        "* **Where.** {target}, {host}, preemption {}; fsrace {}, {}.\n",
        host.preemption, result.fsrace_version, confirmed.report.started
    );
}

/// The pages of the detector and of the relaxations.
fn explanation(out: &mut String, finding: &Finding) {
    let signature = &finding.result.signature;
    let detector = DETECTORS.iter().find(|one| one.code == signature.code).map(|one| one.page);
    let relaxed = signature.relaxations.iter().filter_map(|name| Some(relaxation(name)?.page));
    for page in detector.into_iter().chain(relaxed) {
        for line in page.lines() {
            let deeper = if line.starts_with('#') { "#" } else { "" };
            let _ = writeln!(out, "{deeper}{line}");
        }
        out.push('\n');
    }
}
