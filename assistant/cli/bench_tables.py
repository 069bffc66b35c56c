"""How measurements are shown: a table of distributions, and the machine they were made on."""

from __future__ import annotations

from rich.table import Table

from assistant.cli.console import out
from assistant.metrics import Distribution


def distribution_table(title: str, rows: dict[str, Distribution]) -> Table:
    """A table of distributions, one row each."""
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for column in ("P50", "P95", "min", "max", "runs"):
        table.add_column(column, justify="right")
    for name, figure in rows.items():
        values = (figure.p50, figure.p95, figure.min, figure.max)
        table.add_row(name, *(f"{value:.3g}" for value in values), str(figure.runs))
    return table


def print_machine() -> None:
    """Say on one line what was measured on."""
    from assistant.bench.machine import machine

    facts = machine()
    out.print(
        f"{facts['processor']}, {facts['cores']} cores, {facts['memory_gb']} GB, {facts['system']}",
        style="dim",
        highlight=False,
    )
