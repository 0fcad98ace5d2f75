"""Holds what tools show of exported files against the report of the same profile, to the nanosecond."""

import collections
import re

import consumers
from support import Case

# As the report shows names: what is a control, invisible, reorders text, or is no character.
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\uffff"
                    "\U000e0000-\U000e0fff]")
OUTSIDE, UNATTRIBUTED = "(outside)", "(unattributed)"


def spell(match):
    return "".join(f"\\x{byte:02X}" for byte in match[0].encode())


def shown(name, marks="(?!)"):
    """A name in a text format; `marks` is what else is spelled out."""
    return re.sub("^ | $|" + marks, spell, HIDDEN.sub(spell, name or "(no name)"))


def folded_name(name):
    return re.sub(r" (?=[\d.]*$)", spell, shown(name, ";"))


class ExportCase(Case):
    def export(self, form, *arguments):
        """The file's path."""
        path = self.folder / f"exported.{form}"
        self.assertEqual(self.output("export", f"--format={form}", "-o", path, *arguments), "")
        return path

    def report(self, *arguments):
        """Of several programs, that of all together."""
        reports = super().report("--edges", "--contexts", "--no-advice", *arguments)
        if isinstance(reports, dict):
            return reports
        return {key: sum((report[key] for report in reports), type(value)())
                for key, value in reports[0].items()}

    def sums(self, report):
        """Time and calls of all."""
        calls = sum(function["calls"] for function in report["functions"])
        return (report["total_ns"], calls) if report["total_ns"] is not None else (calls,)

    def check_callgrind(self, *arguments):
        """All that callgrind_annotate shows; only functions of one name in one file make it sum up."""
        report = self.report(*arguments)
        timed = report["total_ns"] is not None
        annotation = consumers.Annotation(self.export("callgrind", *arguments))
        self.assertEqual(annotation.events, ["ns", "calls"] if timed else ["calls"])
        self.assertEqual(tuple(annotation.totals), self.sums(report))

        def key(function):
            file = shown(function["file"]) if function["file"] is not None else "???"
            return f"{file}:{shown(function['function'])}"

        def costs(row, ns):
            return (row[ns], row["calls"]) if timed else (row["calls"],)

        own, inclusive = collections.Counter(), collections.Counter()
        names = {f"???:{name}": name for name in (OUTSIDE, UNATTRIBUTED, "(uncounted)")}
        for row in report["functions"]:
            names[key(row)] = row["function"]
            for at, cost in enumerate(costs(row, "self_ns")):
                own[key(row), at] += cost
            for at, cost in enumerate(costs(row, "cumulative_ns")):
                inclusive[key(row), at] += cost
        if timed:
            own[f"???:{OUTSIDE}", 0] = report["outside_ns"]
            own[f"???:{UNATTRIBUTED}", 0] = report["unattributed_ns"]
        self.assertEqual(self.counter(annotation.own), +own)
        calls_in = {callee for _, callee in annotation.calls}
        self.assertEqual(self.counter({function: costs for function, costs in annotation.inclusive.items()
                                       if function in calls_in}), +inclusive)
        self.check_edges(report, annotation, names, timed)
        return annotation

    @staticmethod
    def counter(annotated):
        return +collections.Counter({(function, at): cost for (function, _), costs in annotated.items()
                                     for at, cost in enumerate(costs)})

    def check_edges(self, report, annotation, names, timed):
        wanted, found = collections.Counter(), collections.Counter()
        from_outside = collections.Counter()
        for row in report["functions"]:
            from_outside[row["function"]] += row["calls"]
        for row in report["edges"]:
            pair = row["caller"], row["callee"]
            from_outside[row["callee"]] -= row["calls"]
            wanted[pair, "calls"] += row["calls"]
            wanted[pair, "ns"] += row["cumulative_ns"] if timed else 0
        wanted.update({((OUTSIDE, name), "calls"): calls for name, calls in from_outside.items()})
        for ((caller, _), (callee, _)), (count, *costs) in annotation.calls.items():
            pair = names[caller], names[callee]
            self.assertEqual(count, costs[-1] or 1, pair)
            found[pair, "calls"] += costs[-1]
            if timed and pair[0] not in (OUTSIDE, "(uncounted)"):
                found[pair, "ns"] += costs[0]
        self.assertEqual(+found, +wanted)

    def check_pprof(self, *arguments):
        report = self.report(*arguments)
        path = self.export("pprof", *arguments)
        values = ["calls"] + ["time"] * (report["total_ns"] is not None)
        flat = {value: collections.Counter() for value in values}
        for row in report["functions"]:
            flat["calls"][shown(row["function"])] += row["calls"]
            if "time" in values:
                flat["time"][shown(row["function"])] += row["self_ns"]
        if "time" in values:
            flat["time"].update({OUTSIDE: report["outside_ns"], UNATTRIBUTED: report["unattributed_ns"]})
            self.check_pprof_cumulative(report, consumers.pprof_top(path, "time"))
        for value in values:
            top = consumers.pprof_top(path, value)
            self.assertEqual(+collections.Counter({name: row[0] for name, row in top.items()}),
                             +flat[value])
        self.check_tags(path, values, *arguments)

    def check_pprof_cumulative(self, report, top):
        """pprof takes functions of one name for one, so only the others can be compared."""
        times = collections.defaultdict(list)
        for row in report["functions"]:
            times[shown(row["function"])].append(row["cumulative_ns"])
        for name, (time, *more) in times.items():
            if not more:
                self.assertEqual(top.get(name, (0, 0))[1], time, name)

    def check_tags(self, path, values, *arguments):
        name = f"{path.name}.db"
        (self.folder / name).unlink(missing_ok=True)
        self.output("load", "--db", name, *arguments)
        threads = self.database(name).execute(
            "SELECT processes.process_id, program, number, name, threads.calls, threads.timed_ns"
            " FROM threads JOIN processes ON processes.id = threads.process").fetchall()
        for value, column in (("calls", 4), ("time", 5)):
            wanted = {"process": collections.Counter(), "thread": collections.Counter()}
            for row in threads if value in values else []:
                wanted["process"][shown(f"{row[0]} {row[1].rsplit('/', 1)[-1]}")] += row[column]
                wanted["thread"][shown(f"{row[2]} {row[3]}")] += row[column]
            if value in values:
                tags = consumers.pprof_tags(path, value)
                self.assertEqual({key: +collections.Counter(rows) for key, rows in tags.items()},
                                 {key: +rows for key, rows in wanted.items()})

    def check_folded(self, *arguments):
        """Of one program."""
        report = self.report(*arguments)
        path = self.export("folded", *arguments)
        stacks = consumers.folded(path.read_text())
        wanted = collections.Counter()
        amount = "self_ns" if report["total_ns"] is not None else "calls"
        for row in report["contexts"]:
            wanted[tuple(folded_name(name) for name in row["path"])] += row[amount]
        if amount == "self_ns":
            wanted.update({(OUTSIDE,): report["outside_ns"], (UNATTRIBUTED,): report["unattributed_ns"]})
        self.assertEqual(stacks, +wanted)
        self.assertEqual(sum(stacks.values()), self.sums(report)[0])
        frames = collections.Counter()
        for stack, total in consumers.cumulative(stacks).items():
            name = stack[-1].translate(str.maketrans("<>", "()")) if stack else "all"
            frames[name] += total
        self.assertEqual(consumers.flamegraph(path), frames)

    def check_metrics(self, *arguments):
        report = self.report(*arguments)
        text = self.export("prometheus", *arguments).read_text()
        self.assertEqual(consumers.check_metrics(text), "")
        plain = consumers.metrics(text, openmetrics=False)
        self.check_samples(report, plain)
        self.assertEqual(
            consumers.metrics(self.export("openmetrics", *arguments).read_text(), openmetrics=True), plain)

    def check_samples(self, report, samples):
        wanted = {f"profinst_function_{kind}_total": kind for kind in
                  ("calls", "inlined_calls", "recursive_calls")}
        totals = {}
        if report["total_ns"] is not None:
            wanted.update({f"profinst_function_{kind}_seconds_total": f"{kind}_ns" for kind in
                           ("self", "cumulative")})
            wanted.update({f"profinst_function_{kind}_error_seconds": f"{kind}_error_ns" for kind in
                           ("self", "cumulative")})
            totals = {f"profinst_{kind}_seconds_total": {(): report[f"{kind}_ns"] / 1e9} for kind in
                      ("outside", "unattributed")}
        self.assertEqual({name: samples[name] for name in samples if name not in wanted}, totals)
        for name, column in wanted.items():
            scale = 1e9 if column.endswith("_ns") else 1
            found = {(labels_of(labels), value) for labels, value in samples[name].items()}
            self.assertEqual(len(found), len(report["functions"]))
            self.assertEqual(found ^ {(labels_of_row(row), row[column] / scale)
                                      for row in report["functions"]}, set())


def labels_of(labels):
    labels = dict(labels)
    return (labels["function"], labels["linkage_name"], base(labels.get("module", "")),
            labels.get("file", ""), labels.get("line", ""))


def labels_of_row(row):
    def known(key):
        return shown(row[key]) if row[key] is not None else ""

    return (known("function"), known("linkage_name"), base(shown(f"/{row['module']}"))
            if row["module"] else "", known("file"), str(row["line"] or ""))


def base(path):
    """The report has a module's name only."""
    return path[path.rstrip("/").rfind("/") + 1:].strip("/")
