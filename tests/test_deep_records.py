"""What is too slow to be played each time: the committed records are whole, and one block of each still comes out the same."""

import json
from dataclasses import asdict

from reports import figures, slow
from reports.compare import differences
from theorems.checker import registry
from theorems.checker.check import planned
from theorems.checker.plan import settings
from theorems.checker.play import run

SLOW = {id: theorem for id, theorem in registry.everything().items() if theorem.deep}
DRAWN = {id: theorem for id, theorem in registry.versions().items() if theorem.plots}


def test_records_hold_every_planned_block():
    for id, theorem in SLOW.items():
        missing = slow.unrecorded(theorem)
        assert not missing, f"the records of {id} lack {len(missing)} blocks; compute them with 'theorems record {id}'"


def test_the_first_block_comes_out_as_recorded():
    for id, theorem in SLOW.items():
        first = planned(theorem, settings(theorem))[0]
        again, kept = (json.loads(json.dumps(asdict(outcome))) for outcome in (run(theorem, first), slow.recorded(theorem)[first.key]))
        found = list(differences(kept, again, id))
        assert not found, f"the records of {id} are not what the code makes: {found[0]}; compute them again"


def test_plots_have_their_numbers():
    for id, theorem in DRAWN.items():
        assert figures.kept(slow.RECORDS, theorem), f"the plots of {id} were never computed; run 'theorems record {id}'"
