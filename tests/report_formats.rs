//! What is written can be read back, and what cannot be read says why.

mod report_sample;

use std::fmt::Write as _;
use std::path::Path;

use fsrace::report::csv::{COLUMNS, Row, read_csv, read_csv_from};
use fsrace::report::json::{self, read_json};
use fsrace::report::latency::{read_latency_csv, read_latency_csv_from};
use fsrace::report::schema::result_schema;
use fsrace::report::{ReadProblem, Report, Verdict, csv, latency};
use report_sample::*;

fn csv_of(report: &Report) -> String {
    let mut out = Vec::new();
    csv::write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn json_of(report: &Report) -> String {
    let mut out = Vec::new();
    json::write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn rows(text: &str) -> Result<Vec<Row>, fsrace::report::ReadError> {
    read_csv_from(text.as_bytes(), Path::new("old.csv"))
}

fn message(text: &str) -> String {
    rows(text).unwrap_err().to_string()
}

#[test]
fn json_comes_back_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("result.json");
    for report in [full(), minimal()] {
        std::fs::write(&path, json_of(&report)).unwrap();
        assert_eq!(read_json(&path).unwrap(), report);
    }
}

#[test]
fn json_of_another_kind_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("result.json");
    let whole = json_of(&full());
    for (text, expected) in [
        ("", ": is empty"),
        (&whole[..whole.len() / 2], ": EOF while parsing"),
        ("{\"schema_version\":2,\"fsrace_version\":\"9.1.0\"}", "has schema version 2"),
        ("{}", "missing field `schema_version`"),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = read_json(&path).unwrap_err().to_string();
        assert!(error.contains(expected) && error.contains("result.json"), "{error}");
    }
    let absent = read_json(&dir.path().join("absent.json")).unwrap_err().to_string();
    assert!(absent.contains("cannot be read: ENOENT: No such file or directory"), "{absent}");
}

#[test]
fn unknown_json_keys_are_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("result.json");
    let text = json_of(&full()).replacen("{", "{\n  \"novelty\": [1],", 1);
    std::fs::write(&path, text).unwrap();
    assert_eq!(read_json(&path).unwrap(), full());
}

#[test]
fn csv_has_one_row_per_code_and_one_where_nothing_was_found() {
    insta::assert_snapshot!(csv_of(&full()));
}

#[test]
fn csv_comes_back_as_it_was() {
    let report = full();
    let rows = rows(&csv_of(&report)).unwrap();
    let anomalies: Vec<_> = report
        .results
        .iter()
        .flat_map(|r| match r.anomalies.as_slice() {
            [] => vec![(r, None)],
            some => some.iter().map(|a| (r, Some(a))).collect(),
        })
        .collect();
    assert_eq!(rows.len(), anomalies.len());
    for (row, (result, anomaly)) in rows.iter().zip(anomalies) {
        assert_eq!(row.fsrace_version, report.fsrace_version);
        assert_eq!(row.started, report.started);
        assert_eq!(row.host, report.host);
        assert_eq!(row.scenario, result.scenario);
        assert_eq!(row.digest, result.digest);
        assert_eq!(row.mode, result.mode);
        assert_eq!(row.seed, Some(result.seed));
        assert_eq!(row.actors, Some(result.actors));
        assert_eq!(row.target, result.target);
        assert_eq!(row.verdict, result.verdict);
        assert_eq!(row.reason, result.reason.clone().unwrap_or_default());
        assert_eq!(row.elapsed_s, Some(result.elapsed_s));
        assert_eq!(row.ops, Some(result.ops));
        assert_eq!(row.iterations, Some(result.iterations));
        assert_eq!(row.rounds, result.rounds);
        assert_eq!(row.overlap, result.overlap);
        assert_eq!(row.coverage, result.coverage);
        assert_eq!(row.looked_for.as_ref(), Some(&result.looked_for));
        assert_eq!(row.accepted.as_ref(), Some(&result.accepted));
        let Some(anomaly) = anomaly else {
            assert_eq!(row.found, None);
            continue;
        };
        let found = row.found.as_ref().unwrap();
        assert_eq!(found.code, anomaly.code);
        assert_eq!(found.class, anomaly.class);
        assert_eq!(found.relaxations, anomaly.relaxations);
        assert_eq!((found.count, found.trials), (anomaly.count, anomaly.trials));
        assert_eq!(found.rate, anomaly.rate);
        assert_eq!(found.rate_low, anomaly.rate_low);
        assert_eq!(found.rate_high, anomaly.rate_high);
    }
}

#[test]
fn concatenated_files_are_read_as_one() {
    let text = csv_of(&full());
    let twice = format!("{text}{text}");
    assert_eq!(rows(&twice).unwrap().len(), 2 * rows(&text).unwrap().len());
    // The second file may have other columns: every row belongs to the header above it.
    let short = "scenario,schema_version,digest,mode,fs_type,verdict,code,count,trials\n\
                 s,1,d,free,xfs,pass,,,\n";
    let mixed = rows(&format!("{text}\n{short}")).unwrap();
    assert_eq!(mixed.last().unwrap().target.fs_type, "xfs");
}

#[test]
fn columns_may_be_missing_moved_or_unknown() {
    let text = "novelty,count,schema_version,scenario,digest,mode,fs_type,verdict,code,class,trials\n\
                x,1,1,s,d,rounds,xfs,fail,torn-read,forbidden,2000\n\
                x,,1,s,d,rounds,xfs,skipped,,,\n";
    let rows = rows(text).unwrap();
    let found = rows[0].found.as_ref().unwrap();
    assert_eq!((found.count, found.trials, found.rate), (1, 2000, 0.0005));
    assert!(found.rate_low > 0.0 && found.rate_high > found.rate);
    assert_eq!((rows[0].ops, rows[0].seed, rows[0].actors), (None, None, None));
    assert_eq!((&rows[0].looked_for, &rows[0].accepted), (&None, &None));
    assert_eq!((rows[0].line, rows[1].line), (2, 3));
    assert_eq!((rows[1].verdict, &rows[1].found), (Verdict::Skipped, &None));
}

#[test]
fn a_byte_order_mark_and_carriage_returns_do_no_harm() {
    let text = format!("\u{feff}{}", csv_of(&full()).replace("processor\n", "processor\r\n"));
    assert_eq!(rows(&text).unwrap().len(), 6);
}

#[test]
fn wrong_rows_are_told_by_file_line_and_column() {
    let text = csv_of(&full());
    assert_eq!(
        message(&text.replacen(",free,", ",loose,", 1)),
        "old.csv:2: column `mode`: `loose` is not `free` or `rounds`"
    );
    assert_eq!(
        message(&text.replacen(",2746,", ",many,", 1)),
        "old.csv:2: column `trials`: `many` is not a whole number in range"
    );
    assert_eq!(
        message(&text.replacen("0.43", "NaN", 1)),
        "old.csv:2: column `overlap`: `NaN` is not a number"
    );
    assert_eq!(
        message(&text.replace(",scenario,", ",szenario,")),
        "old.csv:1: the header has no column `scenario`: is this the right kind of file?"
    );
    assert!(matches!(rows("").unwrap_err().problem, ReadProblem::Empty));
    let mut torn: String = text.lines().take(2).collect::<Vec<_>>().join("\n");
    torn.truncate(torn.len() - 80);
    let error = message(&torn);
    assert!(error.starts_with("old.csv:2: the row has "), "{error}");
    let mut bytes = text.into_bytes();
    let at = bytes.len() - 100;
    bytes[at] = 0xff;
    let error = read_csv_from(bytes.as_slice(), Path::new("old.csv")).unwrap_err().to_string();
    assert!(error.contains("is not UTF-8"), "{error}");
}

#[test]
fn another_schema_version_says_what_to_do() {
    let mut text = String::from(
        "schema_version,fsrace_version,scenario,digest,mode,fs_type,verdict,code,count,trials\n",
    );
    writeln!(text, "2,9.1.0,s,d,quantum,xfs,pass,,,").unwrap();
    assert_eq!(
        message(&text),
        "old.csv:2: has schema version 2, this fsrace 0.1.0 reads version 1: it was made by a newer \
         fsrace; read it with fsrace 9.1.0 or make it again with this version"
    );
}

#[test]
fn the_header_is_the_contract() {
    assert_eq!(csv_of(&minimal()).lines().next().unwrap(), COLUMNS.join(","));
    assert_eq!(COLUMNS[0], "schema_version");
}

#[test]
fn latencies_come_back_as_they_were() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x-latency.csv");
    let report = full();
    let mut out = Vec::new();
    latency::write(&report, &mut out).unwrap();
    out.extend(out.clone());
    std::fs::write(&path, &out).unwrap();
    let rows = read_latency_csv(&path).unwrap();
    assert_eq!(rows.len(), 8);
    assert_eq!(rows[0].latency, report.results[0].latencies[0]);
    assert_eq!((rows[0].os.as_str(), rows[0].cpus), ("Linux", 2));
    assert_eq!(
        (rows[1].scenario.as_str(), rows[1].fs_type.as_str()),
        ("rename-into-place", "ext4")
    );

    // The other CSV given by mistake.
    let error = read_latency_csv_from(csv_of(&report).as_bytes(), Path::new("x.csv"));
    assert!(error.unwrap_err().to_string().contains("no column `op`"));
    std::fs::write(&path, &out).unwrap();
    assert!(read_csv(&path).unwrap_err().to_string().contains("no column `mode`"));
}

#[test]
fn the_committed_schema_is_the_generated_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/result.schema.json");
    let generated = format!("{}\n", serde_json::to_string_pretty(&result_schema()).unwrap());
    if std::env::var_os("FSRACE_BLESS").is_some_and(|v| v == "1") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == generated,
        "reports/result.schema.json is out of date: run `FSRACE_BLESS=1 cargo test --test \
         report_formats` and commit it"
    );
}

#[test]
fn reports_are_valid_by_the_schema() {
    let schema = jsonschema::validator_for(&result_schema()).unwrap();
    for report in [full(), minimal(), report(Vec::new())] {
        let value = serde_json::to_value(&report).unwrap();
        let errors: Vec<_> = schema.iter_errors(&value).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    let mut value = serde_json::to_value(minimal()).unwrap();
    // What is optional may be left out, what is not may not.
    let result = value["results"][0].as_object_mut().unwrap();
    for optional in ["reason", "rounds", "overlap", "coverage"] {
        result.remove(optional);
    }
    assert!(schema.is_valid(&value));
    value["results"][0]["mode"] = "loose".into();
    assert!(!schema.is_valid(&value));
    value["results"][0].as_object_mut().unwrap().remove("mode");
    assert!(!schema.is_valid(&value));
}
