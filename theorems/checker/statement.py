"""What a paper states: where, under which label, and in which words of mathematics."""

import re
from dataclasses import dataclass

SPELLED_OUT = {
    "thm": "theorem",
    "lem": "lemma",
    "prop": "proposition",
    "cor": "corollary",
    "eq": "equation",
    "def": "definition",
    "sec": "section",
    "alg": "algorithm",
    "fig": "figure",
}


def slug(label: str) -> str:
    """Lower case, abbreviations spelled out, every other run of characters one hyphen.

    >>> slug("Lem 6.3"), slug("Eqs 12-14"), slug("Sec 4.1-k")
    ('lemma-6.3', 'eqs-12-14', 'section-4.1-k')
    """
    words: list[str] = re.findall(r"[a-z0-9.]+", label.lower())
    return "-".join(SPELLED_OUT.get(word, word) for word in words).strip("-")


@dataclass(frozen=True, kw_only=True)
class Statement:
    r"""One labelled statement of a paper.

    paper:       folder of the paper, for instance ``low_rank_jacobian``
    label:       the paper's own label, abbreviated: ``Lem 6.3``
    title:       what it says, in a few words
    kind:        deterministic, probability, expectation, existential ...
    claim:       the statement as LaTeX that GitHub renders between ``$$``
    place:       where the paper prints it
    reading:     how gaps of the printed text were closed; empty where there are none
    depends_on:  labels of the same paper that it rests on
    """

    paper: str
    label: str
    title: str
    kind: str
    claim: str
    place: str
    reading: str = ""
    depends_on: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """``paper/theorem-9.2``"""
        return f"{self.paper}/{slug(self.label)}"
