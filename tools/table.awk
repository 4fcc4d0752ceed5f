# A table of the CSV of `fsrace run`: scenarios down, targets across, by the last part of their path.
#
#     awk -f tools/table.awk [-v markdown=1] [-v words=1] FILE.csv
#
# A cell says how often something was found (the worst, of several codes), or 0/N: never in N rounds. With
# words, it says what the verdict was: `ok`, or the codes that were found, each with its rate and whether it
# fails the run (`!`), or why nothing is known.

# Splits a line of CSV into cell[1..n].
function split_line(line, cell,   n, i, c, quoted) {
    n = 1; cell[1] = ""; quoted = 0
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (c == "\"") quoted = !quoted
        else if (c == "," && !quoted) cell[++n] = ""
        else cell[n] = cell[n] c
    }
    return n
}

function rate() { return sprintf("%.1f %%", 100 * cell[place["rate"]]) }

# What a row of the CSV says.
function sight(   code, bad) {
    code = cell[place["code"]]
    if (!words) return code == "" ? "0/" cell[place["rounds"]] : rate()
    if (code == "") return cell[place["verdict"]] == "pass" ? "ok" : cell[place["verdict"]]
    bad = cell[place["class"]] == "unspecified" ? "" : "!"
    return code bad " " rate()
}

NR == 1 { columns = split_line($0, cell); for (i = 1; i <= columns; i++) place[cell[i]] = i; next }
{
    split_line($0, cell)
    scenario = cell[place["scenario"]]; target = cell[place["target"]]; sub(/.*\//, "", target)
    if (!(scenario in known)) { known[scenario]; rows[++height] = scenario }
    if (!(target in beside)) { beside[target]; heads[++width] = target }
    # The worst comes first.
    if (!words && (scenario, target) in found) next
    before = words && (scenario, target) in found ? found[scenario, target] ", " : ""
    found[scenario, target] = before sight()
}

function print_row(name, y,   x, text, out) {
    out = (markdown ? "| " : "") sprintf("%-" longest "s", name)
    for (x = 1; x <= width; x++) {
        text = y ? found[rows[y], heads[x]] : heads[x]
        out = out (markdown ? " | " : "  ") sprintf("%" wide[x] "s", text)
    }
    print out (markdown ? " |" : "")
}

END {
    for (y = 1; y <= height; y++) if (length(rows[y]) > longest) longest = length(rows[y])
    for (x = 1; x <= width; x++) {
        wide[x] = length(heads[x])
        for (y = 1; y <= height; y++) {
            text = found[rows[y], heads[x]]
            if (length(text) > wide[x]) wide[x] = length(text)
        }
    }
    # Markdown needs no padding, and a wide table only grows by it.
    if (markdown) { longest = 1; for (x = 1; x <= width; x++) wide[x] = 1 }
    print_row(markdown ? "scenario" : "", 0)
    if (markdown) { line = "|---|"; for (x = 1; x <= width; x++) line = line "---|"; print line }
    for (y = 1; y <= height; y++) print_row(rows[y], y)
}
