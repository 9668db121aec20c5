"""What the README shows is what happens."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from reports import files

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_a_lemma_of_your_own_runs_and_prints_what_is_said():
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    promised = re.findall(r"It prints `([^`]*)`", README)[0]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
    assert printed.getvalue().strip() == promised
    assert len([line for line in code.splitlines() if line.strip()]) <= 25, "the README promises 25 lines"


def test_verdicts_are_those_of_the_report():
    shown = README.split("<!-- verdicts -->")[1].split("<!-- /verdicts -->")[0].strip()
    assert shown == files.readme_table(files.read()), "the README's table is not the report's; 'theorems report' writes both"


@pytest.mark.parametrize("command", re.findall(r"^theorems (.*?)(?:\s+#.*)?$", README, re.MULTILINE))
def test_commands_of_the_readme_are_known(command):
    assert command.split()[0] in {"list", "show", "check", "search", "certify", "replay", "report", "record"}, f"theorems {command}"
