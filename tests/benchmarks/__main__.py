"""``make bench``: ratios of ours against a stated baseline, interleaved in one run, single thread, minimum CPU time."""

from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from tests.benchmarks import batching, judging, label_noise, network
from tests.benchmarks.ratio import Row, measured


def main() -> None:
    rows: list[Row] = [*network.rows(), *label_noise.rows(), *batching.rows(), *judging.rows()]
    table = Table(box=None)
    table.add_column("what", no_wrap=True)
    for heading in ("baseline", "size", "ratio", "target", ""):
        table.add_column(heading)
    with threadpool_limits(limits=1):
        for row in rows:
            ratio = measured(row)
            said = "" if row.target is None else "pass" if row.met(ratio) else "below"
            table.add_row(row.what, row.baseline_name, row.size, f"{ratio:.3g}", row.target_text, said)
    Console().print(table)


main()
