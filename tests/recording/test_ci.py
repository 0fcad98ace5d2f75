"""The workflows of docs/ci, step by step and as they stand, in a repository with a small program: it is built with
the plugin, measured, judged and commented on. The hosts themselves are not here: what they check out is, and gh
and the server that curl talks to are stand-ins."""

import contextlib
import http.server
import json
import os
import pathlib
import re
import subprocess
import threading
import unittest
import urllib.parse

import junitparser  # python3-junitparser
import yaml  # python3-yaml

from support import BUILD, PLUGIN, PROFINST, ROOT, Case, tool

WORKFLOWS = ROOT / "docs" / "ci"
MARK = "<!-- profinst check -->\n"

# The program of both sides. Times are off: whether the gate judges them well is no matter of workflows.
FILES = {
    "Makefile": "app: app.c\n\t$(CC) $(CFLAGS) app.c -o app\n",
    ".gitignore": "app\nprofinst.db*\n",
    "input.txt": "3\n",
    "profinst.ini": "[gate]\ntime-warn = off\ntime-fail = off\n",
    "app.c": """#include <stdio.h>

__attribute__((noinline)) int parse(int n)
{
    __asm__ volatile("");
    return n + 1;
}

int main(int argc, char **argv)
{
    FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
    int times = 0;
    if (!file || fscanf(file, "%d", &times) != 1)
        return 1;
    for (int i = 0; i < times; i++)
        parse(i);
    return fclose(file) != 0;
}
""",
}
SLOWER = ("parse(i);", "parse(parse(i));")

# Steps that are not shell: the host's own, all of them.
ACTIONS = ["actions/checkout@v4", "actions/upload-artifact@v4"]

# What GitHub replaces in the environment of steps, and the conditions of steps, all that are there.
EXPRESSIONS = {"${{ github.token }}": "the token", "${{ github.event.pull_request.number }}": "7"}
CONDITIONS = {
    None: lambda folder, failed: not failed,
    "always()": lambda folder, failed: True,
    "always() && hashFiles('comment.md') != ''": lambda folder, failed: (folder / "comment.md").exists(),
}

# gh: writes down what it was asked and with which comment, and answers with comments.json as gh does.
GH = r"""#!/bin/sh
printf '%s\n' "$GH_TOKEN" "$@" >> "$STAND_IN/gh.log"
filter=
while [ $# -gt 0 ]; do
    case $1 in
    --jq) filter=$2; shift ;;
    body=@*) cp "${1#body=@}" "$STAND_IN/comment" ;;
    esac
    shift
done
if [ -n "$filter" ]; then jq -r "$filter" "$STAND_IN/comments.json"; fi
"""


class GitLab(http.server.BaseHTTPRequestHandler):
    """The notes of merge request 7 of project 5."""

    def answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def asked(self):
        text = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.asked.append((self.command, self.path, self.headers["PRIVATE-TOKEN"],
                                  urllib.parse.parse_qs(text).get("body", [None])[0]))

    def do_GET(self):
        self.asked()
        self.answer(self.server.notes)

    def do_POST(self):
        self.asked()
        self.answer({})

    do_PUT = do_POST

    def log_message(self, *words):
        pass


class Workflow(Case):
    def setUp(self):
        super().setUp()
        self.stand_in = self.folder / "stand-in"
        self.project = self.folder / "project"
        for folder in self.stand_in, self.project, self.project / "perf":
            folder.mkdir()
        for name in "jq", "curl", "make", "clang", "git":
            tool(name)
        self.script("gh", GH)
        for name in "apt-get", "apt", "sudo":  # the image has all that is needed
            self.script(name, '#!/bin/sh\necho "$0 $*" >> "$STAND_IN/installed"\nexit 1\n')
        self.environment = {
            # An image has these where everybody finds them.
            "PATH": f"{self.stand_in}:{PROFINST.parent}:{os.environ['PATH']}", "LD_LIBRARY_PATH": str(PLUGIN.parent),
            "HOME": str(self.folder), "LANG": "C.UTF-8", "STAND_IN": str(self.stand_in),
            **{f"GIT_{who}_{what}": "tester@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        }
        for name, text in FILES.items():
            (self.project / name).write_text(text)
        self.git("init", "--quiet")
        self.git("add", ".")
        self.git("commit", "--quiet", "--message=A program")

    def script(self, name, text):
        (self.stand_in / name).write_text(text)
        (self.stand_in / name).chmod(0o755)

    def git(self, *words):
        subprocess.run(["git", *words], cwd=self.project, env=self.environment, check=True)

    def shell(self, script, code, *flags, **environment):
        """By the shell that the host would take; what it prints on standard output."""
        result = subprocess.run(["bash", "-e", *flags, "-c", script], cwd=self.project, text=True, timeout=300,
                                env={**self.environment, **environment}, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(result.returncode, code, f"{script}\n{result.stdout}{result.stderr}")
        return result.stdout

    def propose(self, build_and_measure, slower):
        """The baseline as the comment at the top of the workflow tells, then the change, as it is checked out."""
        self.shell("\n".join(build_and_measure), 0)
        told = re.search(r"made by:\s+#? ?(profinst baseline export .*)", (WORKFLOWS / self.workflow).read_text())
        self.shell(f"profinst baseline save main\n{told[1]}", 0)
        self.git("add", "perf")
        if slower:
            source = self.project / "app.c"
            source.write_text(source.read_text().replace(*SLOWER))
        self.git("commit", "--quiet", "--all", "--message=A change")
        self.git("clean", "--quiet", "-fdx")
        self.assertEqual(sorted(path.name for path in self.project.iterdir()),
                         sorted([".git", "perf", *FILES]))

    def check_comment(self, comment, slower):
        self.assertTrue(comment.startswith(MARK), comment)
        if slower:
            self.assertIn("parse", comment)
            self.assertRegex(comment, r"\b3\b.*\b6\b")
        else:
            self.assertIn("passed", comment)
            self.assertNotIn("parse", comment)
        self.assertFalse((self.stand_in / "installed").exists(), "a step installs something")


class GitHub(Workflow):
    workflow = "github.yml"

    def setUp(self):
        super().setUp()
        self.workflow_read = yaml.safe_load((WORKFLOWS / self.workflow).read_text())
        self.steps = self.workflow_read["jobs"]["check"]["steps"]
        self.summary = self.folder / "summary.md"

    def comments(self, *bodies):
        (self.stand_in / "comments.json").write_text(json.dumps(
            [{"id": 100 + at, "body": body} for at, body in enumerate(bodies)]))

    def execute(self):
        """All steps; the names of those that failed, and what each printed."""
        failed, printed, used = [], {}, []
        for step in self.steps:
            if not CONDITIONS[step.get("if")](self.project, failed):
                continue
            if "uses" in step:
                used.append(step)
                continue
            environment = {name: EXPRESSIONS.get(value, value) for name, value in step.get("env", {}).items()}
            self.assertNotIn("${{", "".join(environment.values()) + step["run"])
            result = subprocess.run(["bash", "-e", "-c", step["run"]], cwd=self.project, text=True, timeout=300,
                                    env={**self.environment, **environment, "GITHUB_REPOSITORY": "owner/project",
                                         "GITHUB_STEP_SUMMARY": str(self.summary)}, stdin=subprocess.DEVNULL,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            printed[step["name"]] = result.stdout
            if result.returncode and not step.get("continue-on-error"):
                failed.append((step["name"], result.returncode, result.stderr))
        self.assertEqual([step["uses"] for step in used], ACTIONS)
        for path in used[-1]["with"]["path"].split():
            self.assertGreater((self.project / path).stat().st_size, 0, path)
        return failed, printed

    def judge(self, slower):
        self.propose([step["run"] for step in self.steps if step.get("name") in ("Build", "Measure")], slower)
        failed, printed = self.execute()
        self.assertEqual(failed, [("Judge", 1, "")] if slower else [])
        comment = (self.stand_in / "comment").read_text()
        self.check_comment(comment, slower)
        self.assertEqual(comment, (self.project / "comment.md").read_text())
        self.assertEqual(self.summary.read_text(), comment)
        self.assertEqual(json.loads((self.project / "verdict.json").read_text())["verdict"], "fail" if slower else "pass")
        return printed["Judge"], (self.stand_in / "gh.log").read_text()

    def test_steps(self):
        """Exactly these, and the right to comment."""
        self.assertEqual([step.get("name") or step["uses"] for step in self.steps],
                         ["actions/checkout@v4", "Build", "Measure", "Judge", "Keep what was measured", "Comment"])
        self.assertEqual([step["uses"] for step in self.steps if "uses" in step], ACTIONS)
        self.assertEqual(self.workflow_read["permissions"], {"contents": "read", "pull-requests": "write"})

    def test_passes(self):
        self.comments("of somebody else")
        annotations, asked = self.judge(slower=False)
        self.assertTrue(annotations.startswith("::notice title=profinst check::passed"), annotations)
        self.assertEqual(asked.splitlines()[-8:],
                         ["the token", "api", "--silent", "--method", "POST", "repos/owner/project/issues/7/comments",
                          "--field", "body=@comment.md"])

    def test_fails(self):
        """The second time: its comment is there already, and is replaced."""
        self.comments("of somebody else", MARK + "of last time", f"cites {MARK}")
        annotations, asked = self.judge(slower=True)
        self.assertTrue(annotations.startswith("::error file=app.c,line=3,title=calls of parse::"), annotations)
        self.assertEqual(asked.splitlines()[-8:],
                         ["the token", "api", "--silent", "--method", "PATCH", "repos/owner/project/issues/comments/101",
                          "--field", "body=@comment.md"])

    def test_may_not_comment(self):
        """A pull request from a fork: the verdict is what counts."""
        self.comments()
        self.script("gh", "#!/bin/sh\necho 'gh: Resource not accessible by integration (HTTP 403)' >&2\nexit 1\n")
        self.propose([step["run"] for step in self.steps if step.get("name") in ("Build", "Measure")], slower=False)
        self.assertEqual(self.execute()[0], [])
        self.assertTrue(self.summary.read_text().startswith(MARK))

    def test_does_not_build(self):
        """Nothing is judged, and nothing is said of it."""
        (self.project / "app.c").write_text("no program\n")
        executed = [step["name"] for step in self.steps if "run" in step and CONDITIONS[step.get("if")](self.project, [1])]
        self.shell(self.steps[1]["run"], 2)
        self.assertEqual(executed, [])


class GitLabJob(Workflow):
    workflow = "gitlab.yml"

    def setUp(self):
        super().setUp()
        self.job = yaml.safe_load((WORKFLOWS / self.workflow).read_text())["performance"]

    @contextlib.contextmanager
    def server(self, *bodies):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), GitLab)
        server.asked, server.notes = [], [{"id": 100 + at, "body": body} for at, body in enumerate(bodies)]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def judge(self, slower, server, **environment):
        """Of a runner: one shell for the script, another one for what comes after."""
        self.propose(self.job["script"][:2], slower)
        printed = self.shell("\n".join(self.job["script"]), int(slower), "-o", "pipefail")
        said = self.shell("\n".join(self.job["after_script"]), 0, "-o", "pipefail",
                          CI_API_V4_URL=f"http://127.0.0.1:{server.server_port}/api/v4", CI_PROJECT_ID="5",
                          CI_MERGE_REQUEST_IID="7", **environment)
        self.assertEqual(said, "")
        for path in self.job["artifacts"]["paths"]:
            self.assertGreater((self.project / path).stat().st_size, 0, path)
        self.assertIn(self.job["artifacts"]["reports"]["junit"], self.job["artifacts"]["paths"])
        self.check_comment((self.project / "comment.md").read_text(), slower)
        self.assertEqual(junitparser.JUnitXml.fromfile(str(self.project / "junit.xml")).failures, int(slower))
        return printed

    def notes(self, server):
        path = "/api/v4/projects/5/merge_requests/7/notes"
        comment = (self.project / "comment.md").read_text()
        self.assertEqual(server.asked[0], ("GET", f"{path}?per_page=100", "the token", None))
        self.assertEqual([(token, body) for _, _, token, body in server.asked[1:]], [("the token", comment)])
        return server.asked[1][0], server.asked[1][1].removeprefix(path)

    def test_keys(self):
        self.assertEqual(list(self.job), ["image", "rules", "script", "after_script", "artifacts"])

    def test_passes(self):
        with self.server("of somebody else") as server:
            self.assertIn("\npassed\n", "\n" + self.judge(False, server, PROFINST_TOKEN="the token"))
            self.assertEqual(self.notes(server), ("POST", ""))

    def test_fails(self):
        with self.server("of somebody else", MARK + "of last time", f"cites {MARK}") as server:
            self.assertIn("FAILED: 1 failure, 0 warnings\n", self.judge(True, server, PROFINST_TOKEN="the token"))
            self.assertEqual(self.notes(server), ("PUT", "/101"))

    def test_no_token(self):
        with self.server() as server:
            self.judge(True, server)
            self.assertEqual(server.asked, [])


if __name__ == "__main__":
    unittest.main()
