"""Where results and pages lie, and how they are written and compared."""

import json
from pathlib import Path

from reports.compare import differences
from reports.pages import pages, verdicts_table
from reports.summary import Json
from theorems.checker import ledger

HERE = Path(__file__).parent
GENERATED = HERE / "generated"
README = HERE.parent / "README.md"
RECORDS = HERE / "records"
SCHEMA = 1


class Unwritten(ValueError):
    """A report that is missing or damaged; the message says which command writes it."""


def results(objects: list[Json], budget: str, seed: int) -> Json:
    """The content of ``results.json``."""
    return {"schema": SCHEMA, "budget": budget, "seed": seed, "statements": objects, "ledger": ledger.counts()}


def sound(each: Json) -> bool:
    """Whether a version and its steps came out as announced, and every control was refuted."""
    return all(part["as_expected"] for part in (each, *each["steps"])) and each["controls"] == each["controls_refuted"]


def write(found: Json, out: Path) -> None:
    """``results.json`` and every page; pages of statements that are gone are removed."""
    texts = {**pages(found), "results.json": json.dumps(found, indent=1, ensure_ascii=False) + "\n"}
    for stale_page in [path for path in out.rglob("*.md") if str(path.relative_to(out)) not in texts]:
        stale_page.unlink()
    for name, text in texts.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text)


def readme_table(found: Json) -> str:
    """The verdicts as the project's README shows them; links start at the project's root."""
    return verdicts_table(found["statements"]).replace("](", "](reports/generated/").strip()


def write_readme(found: Json, readme: Path) -> None:
    """Puts the verdicts between the README's two marks."""
    before, mark, rest = readme.read_text().partition("<!-- verdicts -->")
    _, end, after = rest.partition("<!-- /verdicts -->")
    readme.write_text(f"{before}{mark}\n{readme_table(found)}\n{end}{after}")


def read(out: Path = GENERATED) -> Json:
    """The committed results.

    Raises Unwritten where there are none that can be read.
    """
    path = out / "results.json"
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Unwritten(f"{path} holds no results ({error}); write them with 'theorems report'") from error


def verdicts(out: Path = GENERATED) -> dict[str, str]:
    """Verdicts of the last report by id, none where there is no report yet."""
    if not (out / "results.json").exists():
        return {}
    found = {each["id"]: each["verdict"] for each in read(out)["statements"]}
    return found | {step["id"]: step["verdict"] for each in read(out)["statements"] for step in each["steps"]}


def stale(fresh: Json, out: Path) -> list[str]:
    """Where the committed results or pages are not what the code makes."""
    committed = read(out)
    sentences = list(differences(committed, json.loads(json.dumps(fresh))))
    for name, text in pages(committed).items():
        path = out / name
        if not path.exists() or path.read_text() != text:
            sentences.append(f"{path} is not rendered from results.json; write it again with 'theorems report'")
    return sentences
