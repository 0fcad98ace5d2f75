"""profinst query and profinst schema: what is asked in SQL, and what can be asked."""

import csv
import io
import json
import pathlib
import re
import signal
import sqlite3
import subprocess
import time
import unittest

from support import ENVIRONMENT, HERE, PROFINST, Case, example

EVERY_KIND = ("SELECT 1 AS i, -0.5 AS r, 9e999 AS inf, 'a,\"b\"' AS t, '-x' AS minus, NULL AS n, x'00fF41' AS b,"
              " char(65, 0, 66) AS nul, CAST(x'41ff' AS TEXT) AS bad, char(27) || '[31m' AS e")
ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "


class Query(Case):
    def setUp(self):
        super().setUp()
        self.name = self.write(example())

    def rows(self, sql, *arguments):
        return json.loads(self.output("query", "--format=json", sql, *(arguments or [self.name])))

    def refused(self, why, sql):
        """Of profiles and of a database alike."""
        self.output("load", self.name)
        before = (self.folder / "profinst.db").read_bytes()
        for source in ([self.name], ["--db", "profinst.db"]):
            self.fails(2, "query: " + why, "query", sql, *source)
        self.assertEqual((self.folder / "profinst.db").read_bytes(), before)

    def test_answers(self):
        sql = "SELECT name, calls FROM functions ORDER BY calls DESC LIMIT 2"
        expected = [{"name": "visit", "calls": 1_235_567},
                    {"name": "store::parse(store::Input const&, int)", "calls": 262}]
        self.assertEqual(self.rows(sql), expected)
        self.output("load", self.name)
        self.assertEqual(self.rows(sql, "--db", "profinst.db"), expected)
        self.assertEqual(self.rows(sql), self.rows(sql + " ; -- two of them\n"))
        self.assertEqual(self.rows("SELECT count(*) AS n FROM contexts"), [{"n": 6}])
        self.assertEqual(self.rows("SELECT count(*) AS n FROM estimate, duration, cross_call"), [{"n": 0}])
        self.assertEqual(self.rows("SELECT name FROM threads WHERE process IN (SELECT id FROM processes)",
                                   "--thread=worker", self.name), [{"name": "worker"}])
        self.assertEqual(self.rows("SELECT value FROM processes, json_each(arguments) LIMIT 1 OFFSET 1"),
                         [{"value": "--fast"}])
        self.assertEqual(self.rows("VALUES (1)"), [{"column1": 1}])
        self.assertEqual(self.rows("PRAGMA table_info(run)")[1]["name"], "run_key")
        self.assertEqual(self.rows("SELECT name FROM pragma_table_info('run')"), [{"name": "id"}, {"name": "run_key"}])

    def test_newest_profiles(self):
        self.assertEqual(self.output("query", "SELECT count(*) FROM functions").split(), ["count(*)", "4"])

    def test_table(self):
        self.assertEqual(self.output("query", EVERY_KIND, self.name),
                         "i     r  inf  t      minus  n  b       nul     bad    e\n"
                         '1  -0.5  Inf  a,"b"  -x     -  00FF41  A\\x00B  A\\xFF  \\x1B[31m\n')
        self.assertEqual(self.output("query", "SELECT name, calls FROM functions ORDER BY 1", self.name),
                         "name                                      calls\n"
                         "compress                                     93\n"
                         "main                                          1\n"
                         "store::parse(store::Input const&, int)      262\n"
                         "visit                                   1235567\n")

    def test_json(self):
        self.assertEqual(self.output("query", "--format=json", EVERY_KIND, self.name),
                         '[\n {"i": 1, "r": -0.5, "inf": null, "t": "a,\\"b\\"", "minus": "-x", "n": null,'
                         ' "b": "00FF41", "nul": "A\\\\x00B", "bad": "A\\\\xFF", "e": "\\u001B[31m"}\n]\n')
        self.assertEqual(self.rows("SELECT 1 AS a, 2 AS a, 3 AS \"a:1\", 4 AS a, 5 AS ''"),
                         [{"a": 1, "a:1": 2, "a:1:1": 3, "a:2": 4, "": 5}])
        self.assertEqual(self.rows(f"SELECT {2**63 - 1} AS most, {-2**63} AS least, 0.1 AS r"),
                         [{"most": 2**63 - 1, "least": -2**63, "r": 0.1}])

    def test_csv(self):
        text = self.output("query", "--format=csv", EVERY_KIND, self.name)
        self.assertEqual(list(csv.reader(io.StringIO(text, newline=""))),
                         [["i", "r", "inf", "t", "minus", "n", "b", "nul", "bad", "e"],
                          ["1", "-0.5", "Inf", 'a,"b"', "'-x", "", "00FF41", "A\\x00B", "A\\xFF", "\\x1B[31m"]])
        self.assertTrue(text.endswith("\r\n"))

    def test_markdown(self):
        self.assertEqual(self.output("query", "--format=markdown", "SELECT 'a|b' AS t, 7 AS n", self.name),
                         "| t | n |\n| --- | ---: |\n| a\\|b | 7 |\n")

    def test_no_rows(self):
        sql = "SELECT name, calls FROM functions WHERE calls < 0"
        self.assertEqual(self.output("query", sql, self.name), "name  calls\n\nno rows\n")
        self.assertEqual(self.output("query", "--format=json", sql, self.name), "[]\n")
        self.assertEqual(self.output("query", "--format=csv", sql, self.name), "name,calls\r\n")

    def test_on_a_terminal(self):
        """Text is shortened; where that is not enough, the last columns are left out, and it is said."""
        text = self.terminal(40, "query", "--color=never", "SELECT name, linkage_name FROM functions", self.name)
        for line in text.splitlines():
            self.assertLessEqual(len(line), 40)
        self.assertIn("store::parse()", text)
        sql = f"SELECT {', '.join(f'{n} AS number_{n}' for n in range(10, 20))}"
        self.assertEqual(self.terminal(40, "query", "--color=never", sql, self.name),
                         "number_10  number_11  number_12\n       10         11         12\n\n"
                         "7 more columns have no room here; a pipe shows all\n")
        long = "SELECT calls" + " + 0" * 50 + ", 12345 FROM functions LIMIT 1"
        self.assertEqual(self.terminal(40, "query", "--color=never", long, self.name).splitlines()[0],
                         "calls + 0 + 0 + 0 + 0 +…  12345")

    def test_statements_that_are_wrong(self):
        functions = "SELECT {} FROM functions"
        for why, sql in (
                ("no such column: self_sn, at character 8: self_sn FROM functions; did you mean 'self_ns'?",
                 functions.format("self_sn")),
                ("no such column: f.cals, at character 8: f.cals FROM functions AS f; did you mean 'calls'?",
                 functions.format("f.cals") + " AS f"),
                ("no such column: wholly_other, at character 8: wholly_other FROM functions; 'profinst schema' "
                 "shows what there is", functions.format("wholly_other")),
                ("no such table: fuctions; did you mean 'functions'?", "SELECT 1 FROM fuctions"),
                ("no such function: coutn, at character 8: coutn(*) FROM functions; did you mean 'count'?",
                 functions.format("coutn(*)")),
                ("near \"FORM\": syntax error, at character 10: FORM functions; mend the statement",
                 "SELECT *\nFORM\tfunctions"),
                ("near \"functions\": syntax error, at character 18: functions; mend the statement",
                 "SELECT 'ä€' FORM functions"),
                ("incomplete input; mend the statement", "SELECT name FROM (SELECT 1"),
                ("integer overflow; change the statement", f"SELECT sum({2**63 - 1}) FROM functions"),
                ("string or blob too big; change the statement", "SELECT zeroblob(1000000)")):
            with self.subTest(sql):
                self.refused(why, sql)

    def test_only_one_statement(self):
        for sql in ("SELECT 1; SELECT 2", "SELECT 1; nonsense", "SELECT 1;; DELETE FROM run"):
            self.refused("more than one statement; give them one by one", sql)
        for sql in ("", " ", "/* nothing */", ";"):
            self.refused("there is no statement; give one like 'SELECT name, calls FROM functions'", sql)
        self.refused("parameter '?1' has no value; write the value in its place", "SELECT ?1")
        self.refused("parameter ':name' has no value; write the value in its place", "SELECT :name")
        self.fails(2, "query: no statement given; try 'SELECT name, calls FROM functions'", "query")

    def test_nothing_but_reading(self):
        advice = "a query can read and do nothing else: use SELECT"
        self.refused(f"cannot modify runs because it is a view; {advice}", "DELETE FROM runs")
        for sql in ("DELETE FROM run", "INSERT INTO run VALUES (9, 'x')", "UPDATE run SET id = 9", "DROP VIEW edges",
                    "CREATE TABLE t (x)", "CREATE TEMP TABLE t (x)", "CREATE TEMP VIEW functions AS SELECT 1",
                    "ATTACH 'other.db' AS other", "DETACH main", "BEGIN", "COMMIT", "SAVEPOINT s",
                    "PRAGMA user_version = 7", "PRAGMA writable_schema = ON", "PRAGMA journal_mode = WAL",
                    "PRAGMA database_list", "ANALYZE", "REINDEX", "ALTER TABLE run RENAME TO r",
                    "WITH x AS (SELECT 1) DELETE FROM run", "EXPLAIN DELETE FROM run"):
            with self.subTest(sql):
                self.refused("not authorized; " + advice, sql)
        self.refused(advice, "VACUUM")
        self.refused("not authorized to use function: load_extension, at character 8: load_extension('x'); mend "
                     "the statement", "SELECT load_extension('x')")
        for sql in ("SELECT readfile('/etc/passwd')", "SELECT writefile('x', 'y')", "SELECT fts3_tokenizer('x')"):
            self.profinst("query", sql, self.name, code=2)
        self.assertEqual(self.files(), [self.name, "profinst.db"])

    def test_what_others_put_into_a_database(self):
        """A view that somebody added may be asked, and can do no more than a statement of one's own."""
        self.output("load", self.name)
        connection = sqlite3.connect(self.folder / "profinst.db")
        connection.executescript("CREATE VIEW mine AS SELECT name AS who FROM function;"
                                 "CREATE VIEW trap AS SELECT load_extension('x');")
        connection.close()
        self.assertEqual(len(self.rows("SELECT who FROM mine", "--db", "profinst.db")), 4)
        result = self.profinst("query", "SELECT * FROM trap", "--db", "profinst.db", code=2)
        self.assertRegex(result.stderr, "^profinst: query: .*load_extension")
        self.fails(2, "query: no such column: wo, at character 8: wo FROM mine; did you mean 'who'?", "query",
                   "SELECT wo FROM mine", "--db", "profinst.db")
        connection = sqlite3.connect(self.folder / "profinst.db")
        connection.executescript("CREATE VIEW broken AS SELECT * FROM nowhere;")
        connection.close()
        self.fails(2, "query: no such table: main.nowhere; 'profinst schema' shows what there is", "query",
                   "SELECT * FROM broken", "--db", "profinst.db")

    def test_too_much(self):
        self.fails(2, "query: the result takes more than 512 MiB; ask for less, with WHERE or LIMIT", "query",
                   ENDLESS + "SELECT hex(zeroblob(60000)) FROM n", self.name)

    def test_without_end(self):
        """An interrupt ends it, as it ends any program."""
        process = subprocess.Popen([PROFINST, "query", ENDLESS + "SELECT count(*) FROM n", self.name],
                                   cwd=self.folder, env=ENVIRONMENT, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        status = pathlib.Path(f"/proc/{process.pid}/stat")
        while int(status.read_text().rpartition(")")[2].split()[11]) < 20:  # ticks: it is at work
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.communicate(), (b"", b""))
        self.assertEqual(process.returncode, -signal.SIGINT)

    def test_output(self):
        self.output("query", "SELECT 1 AS one", self.name, "-o", "result.txt")
        self.assertEqual((self.folder / "result.txt").read_text(), "one\n  1\n")
        self.fails(2, f"query: {self.name}: it is read from, and would be overwritten; give another name with -o",
                   "query", "SELECT 1", self.name, "-o", self.name)
        self.fails(2, "query: unknown format 'jsno'; did you mean 'json'?", "query", "--format=jsno", "SELECT 1",
                   self.name)

    def test_in_the_documentation(self):
        text = (HERE.parent.parent / "README.md").read_text()
        for sql in re.findall(r"profinst query '(SELECT [^…']*)'", text):
            self.output("query", sql, self.name)


class Schema(Case):
    def tables(self, *names):
        return json.loads(self.output("schema", "--format=json", *names))

    def test_sql(self):
        source = (HERE.parent.parent / "analyzer" / "schema.sql").read_text()
        self.assertEqual(self.output("schema"), source)
        self.assertEqual(self.output("schema", "--format=sql", "run"),
                         re.search(r"CREATE TABLE run \(.*?;\n", source, re.DOTALL).group())

    def test_all_that_there_is(self):
        self.output("load", self.write(example()))
        database = self.database()
        names = [name for name, in database.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"
                                                    " AND name NOT LIKE 'sqlite%' ORDER BY rowid")]
        tables = self.tables()
        self.assertEqual([table["name"] for table in tables], names)
        for table in tables:
            self.assertTrue(table["about"] or table["name"] in ("source_file", "threads", "processes", "runs"),
                            table["name"])
            self.assertEqual([(column["name"], column["type"]) for column in table["columns"]],
                             [row[1:3] for row in database.execute(f"PRAGMA table_info({table['name']})")])

    def test_comments(self):
        """Each is at its column, and none is lost."""
        source = (HERE.parent.parent / "analyzer" / "schema.sql").read_text()
        tables = {table["name"]: table for table in self.tables()}
        def comment(table, column):
            return next(row["comment"] for row in tables[table]["columns"] if row["name"] == column)
        self.assertEqual(comment("run", "run_key"), "hex; drawn at random by the runtime")
        self.assertEqual(comment("context", "raw_self_ns"), "in the function itself, and what is inlined into it, and "
                         "in the profiler's work for it; less than 1 ns off per context")
        self.assertEqual(comment("contexts", "path"), "'main > f > name'; '(folded) > name' if its callers are not "
                         "told apart")
        self.assertEqual(comment("functions", "calls"), comment("run_functions", "calls"))
        self.assertEqual(comment("function_total", "self_ns"), "in the function itself, and what is inlined into it")
        self.assertEqual(comment("source_file", "id"), "")
        self.assertTrue(tables["cross_call"]["about"].startswith("Calls that led across the tree, to a context"))
        told = " ".join(text for table in tables.values() for text in
                        [table["about"], *(column["comment"] for column in table["columns"])])
        for statement in re.findall(r"CREATE (?:TABLE|VIEW) .*?;\n", source, re.DOTALL):
            for text in re.findall(r"^[^'\n]*(?:'[^'\n]*'[^'\n]*)*?-- (.*)$", statement, re.MULTILINE):
                self.assertIn(text, told)

    def test_table(self):
        self.assertEqual(self.output("schema", "run", "module"),
                         "Table run\n"
                         "One start of the program under measurement, with all processes that it forked.\n\n"
                         "  id       INTEGER\n"
                         "  run_key  TEXT     hex; drawn at random by the runtime\n\n"
                         "Table module\nAn executable or shared library.\n\n"
                         "  id    INTEGER\n  path  TEXT\n  name  TEXT     last part of the path\n")
        text = self.terminal(50, "schema", "--no-pager", "--color=never", "contexts")
        for line in text.splitlines():
            self.assertLessEqual(len(line), 50)
        self.assertIn("  path                          'main > f > name';\n" + " " * 32 + "'(folded) > name'", text)

    def test_markdown(self):
        self.assertEqual(self.output("schema", "--format=markdown", "run"),
                         "## Table `run`\n\n"
                         "One start of the program under measurement, with all processes that it forked.\n\n"
                         "| column | type | what it is |\n| --- | --- | --- |\n| `id` | INTEGER |  |\n"
                         "| `run_key` | TEXT | hex; drawn at random by the runtime |\n")

    def test_usage(self):
        self.fails(2, "schema: unknown table or view 'functoins'; did you mean 'functions'?", "schema", "functoins")
        self.fails(2, "schema: unknown format 'csv'; use table, sql, json or markdown", "schema", "--format=csv")
        self.output("schema", "-o", "schema.sql")
        self.assertEqual((self.folder / "schema.sql").read_text(), self.output("schema"))


if __name__ == "__main__":
    unittest.main()
