"""Where results and pages lie, and how they are written and compared."""

import json
from pathlib import Path

from reports import figures
from reports.compare import differences
from reports.pages import pages, verdicts_table
from reports.statement_page import picture_path
from reports.summary import Json
from theorems.checker import ledger

HERE = Path(__file__).parent
GENERATED = HERE / "generated"
README = HERE.parent / "README.md"
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
    """``results.json``, every page and picture; those of statements that are gone are removed."""
    texts = {**pages(found), **pictures(found), "results.json": json.dumps(found, indent=1, ensure_ascii=False) + "\n"}
    for stale_page in [path for path in out.rglob("*.*") if path.suffix in (".md", ".svg") and str(path.relative_to(out)) not in texts]:
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


def pictures(found: Json) -> dict[str, str]:
    """Every plot as SVG by its path below the folder of generated pages."""
    return {picture_path(each, plot): figures.svg(plot) for each in found["statements"] for plot in each["plots"]}


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
    drawn = [out / picture_path(each, plot) for each in committed["statements"] for plot in each["plots"]]
    sentences += [f"{path} is missing; write it with 'theorems report'" for path in drawn if not path.exists()]
    return sentences
