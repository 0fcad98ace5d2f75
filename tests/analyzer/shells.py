"""Shells that people type into, to see what they complete.

    with Bash(folder, "source profinst.bash") as shell:
        shell.offers("profinst report --so")   # what Tab would choose from
        shell.completed("profinst report --so")  # the line behind one Tab
"""

import os
import pty
import re
import select
import shutil
import subprocess
import time

from support import PROFINST

LINE = re.compile(rb"<LINE>(.*?)</LINE>", re.DOTALL)


class Terminal:
    """A shell behind a pseudo-terminal. Ctrl-T prints the line and empties it, Ctrl-X * puts all that it could
    be completed to into it."""

    def __init__(self, folder, *start):
        if shutil.which(self.COMMAND[0]) is None:
            raise AssertionError(f"no {self.COMMAND[0]} to test with: install {self.PACKAGES}")
        environment = {"PATH": f"{PROFINST.parent}:{os.environ['PATH']}", "HOME": str(folder), "TERM": "dumb",
                       "LC_ALL": "C.UTF-8", "PS1": "", "COLUMNS": "1000"}
        self.terminal, theirs = pty.openpty()
        self.process = subprocess.Popen(self.COMMAND, cwd=folder, env=environment, stdin=theirs, stdout=theirs,
                                        stderr=theirs, start_new_session=True)
        os.close(theirs)
        self.seen = b""
        for line in [*self.SETUP, *start]:
            self.type(line + "\n")
        self.type("echo 'rea''dy'\n")
        self.wait(rb"ready")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)

    def type(self, text):
        os.write(self.terminal, text.encode())

    def wait(self, pattern):
        """What comes until the pattern has come; forgets all up to there."""
        end = time.monotonic() + 60
        while not (found := re.search(pattern, self.seen, re.DOTALL)):
            if not select.select([self.terminal], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"{self.COMMAND[0]} does not answer: {self.seen[-2000:]}")
            self.seen += os.read(self.terminal, 65536)
        self.seen = self.seen[found.end():]
        return found

    def line_after(self, keys):
        self.type(keys + "\x14")
        return self.wait(LINE.pattern)[1].decode()

    def completed(self, line):
        return self.line_after(line + "\t")

    def offers(self, line):
        start = line.rpartition(" ")[0] + " "
        after = self.line_after(line + "\x18*")
        assert after.startswith(start), after
        return after.removeprefix(start).split()


class Bash(Terminal):
    COMMAND, PACKAGES = ["bash", "--norc", "--noprofile", "-i"], "bash and bash-completion"
    SETUP = ["bind 'set enable-bracketed-paste off'", r"""bind '"\C-x*": insert-completions'""",
             r"""bind -x '"\C-t": printf "<LI""NE>%s</LI""NE>\n" "$READLINE_LINE"; READLINE_LINE=""'"""]


class Zsh(Terminal):
    COMMAND, PACKAGES = ["zsh", "-f", "-i"], "zsh"
    SETUP = ["unsetopt prompt_cr prompt_sp beep", "bindkey -e",
             "report() { print -rn -- '<LI''NE>'$BUFFER'</LI''NE>'; BUFFER=; }", "zle -N report",
             "bindkey '^T' report", "zle -C all complete-word _generic", "bindkey '^X*' all",
             "zstyle ':completion:all:*' completer _all_matches _complete",
             "zstyle ':completion:all:*' insert yes", "zstyle ':completion:all:*' old-matches no"]


def fish_offers(folder, script, line):
    """What fish would choose from, with what it says of it."""
    if shutil.which("fish") is None:
        raise AssertionError("no fish to test with: install fish")
    result = subprocess.run(["fish", "--no-config", "-c", 'source $argv[1]; complete -C $argv[2]', script, line],
                            cwd=folder, capture_output=True, text=True,
                            env={"PATH": f"{PROFINST.parent}:{os.environ['PATH']}", "HOME": str(folder)})
    assert result.returncode == 0 and not result.stderr, result.stderr
    return dict(row.partition("\t")[::2] for row in result.stdout.splitlines())
