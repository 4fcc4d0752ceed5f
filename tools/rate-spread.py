#!/usr/bin/env python3
"""Reads result CSVs of one system from standard input and prints how much rates vary between runs:
the smallest and the largest rate of each code, and the standard deviation of its logarithm as a
factor. Runs that did not see it are left out."""
import collections
import csv
import math
import sys

rates = collections.defaultdict(list)
header = None
for row in csv.reader(sys.stdin):
    if "schema_version" in row:
        header = row
        continue
    row = dict(zip(header, row))
    if row["code"]:
        key = (row["scenario"], row["fs_type"], row["code"])
        rates[key].append(int(row["count"]) / int(row["trials"]))
for key, seen in sorted(rates.items()):
    logs = [math.log(rate) for rate in seen]
    mean = sum(logs) / len(logs)
    spread = math.sqrt(sum((log - mean) ** 2 for log in logs) / max(1, len(logs) - 1))
    print(f"    {key[0]:<34} {key[1]:<6} {key[2]:<10} {len(seen):>3} runs, {min(seen):.2%} to "
          f"{max(seen):.2%}, a factor of {math.exp(spread):.1f}")
