#!/usr/bin/env python3
"""Reads the JSON of `fsrace compare` from standard input and prints a Markdown table of all that was found:
scenario, filesystem and code down, systems across. A cell is the rate, and of how many trials; in bold with
its verdict if it has changed since the first system."""
import json
import sys

ABSENT = {"inconclusive": "inconclusive", "skipped": "skipped", "absent": "-", "unlike": "another"}
CHANGED = {"new", "regressed", "gone-quiet", "fixed", "improved"}


def cell(one):
    if one["state"] != "ran":
        return ABSENT[one["state"]]
    trials = one["trials"]
    if not trials:
        return "-"
    rate = f"{100 * one['count'] / trials:.2g} % of {trials:,}" if one["count"] else f"0/{trials:,}"
    change = one.get("change")
    if change and change["verdict"] in CHANGED:
        return f"**{rate}**, {change['verdict'].replace('-', ' ')}"
    return rate


comparison = json.load(sys.stdin)
labels = [column["label"] for column in comparison["columns"]]
print("| scenario | filesystem | found | " + " | ".join(labels) + " |")
print("|---" * (3 + len(labels)) + "|")
rows = sorted(comparison["rows"], key=lambda row: (row["code"], row["scenario"], row["fs_type"]))
for row in rows:
    if row["code"]:
        sight = row["code"] if row["class"] == "unspecified" else f"{row['code']}, {row['class']}"
        cells = " | ".join(cell(one) for one in row["cells"])
        print(f"| {row['scenario']} | {row['fs_type']} | {sight} | {cells} |")
