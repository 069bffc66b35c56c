"""`assistant models …`: what there is, how to get it, and whether it is what it claims to be."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli import models_tune
from assistant.cli.configure import configured
from assistant.cli.console import err, out
from assistant.errors import ModelError

if TYPE_CHECKING:
    from assistant.catalog.meaning import Trial
    from assistant.catalog.verify import Report
    from assistant.settings import Settings

app = typer.Typer(
    help="The models: what there is, how to get it, and whether it is what it claims to be.",
    no_args_is_help=True,
)

app.command("tune")(models_tune.tune)

MARKS = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[dim]-[/]"}

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="A set or a model.")]


@app.command("list")
def list_models(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Everything about one set or model.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every single model, not sets.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the sets on offer: what for, how large, how fast, whose, and whether they are here."""
    from assistant.api import models
    from assistant.cli import models_view

    settings = configured(None, None)
    if as_json:
        found = {
            "set": settings.set,
            "sets": [_without_cards(asdict(card)) for card in models.sets(settings)],
            "models": [asdict(card) for card in models.models(settings)],
        }
        out.print_json(json.dumps(found))
    elif name is not None:
        chosen = next((card for card in models.sets(settings) if card.name == name), None)
        if chosen is not None:
            models_view.show_set(out, chosen)
        else:
            models_view.show_model(out, models.parts(name, settings)[0])
    elif every:
        models_view.show_models(out, models.models(settings))
        err.print("● in use   ✓ here   - can be downloaded   ? not known", style="dim")
    else:
        models_view.show_sets(out, models.sets(settings))
        hint = "`assistant models list NAME` tells all about one, `list --all` shows every model."
        err.print(hint, style="dim")


def _without_cards(card: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in card.items() if key != "cards"}


@app.command("pull")
def pull(
    name: NameArgument,
    *,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Accept size and licences without being asked.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Download a set or model; a download that was cut off goes on where it stopped."""
    from assistant.api import models
    from assistant.cli import models_view

    settings = configured(None, None)
    lacking = [card for card in models.parts(name, settings) if not card.is_installed]
    if lacking and not yes and all(card.download_bytes is not None for card in lacking):
        size = models.as_size(sum(card.download_bytes or 0 for card in lacking))
        models_view.show_terms(err, lacking)
        _agree(f"Download {size} under these licences?", "licence_not_accepted")
    with models_view.progress_bar(err) as bar:
        models.pull(name, lambda report: models_view.advance(bar, report), settings=settings)
    if as_json:
        fetched = [card.name for card in lacking]
        out.print_json(json.dumps({"name": name, "complete": True, "fetched": fetched}))
    elif lacking:
        err.print(f"[green]✓[/] {name} is here.{_how_to_use(name, settings)}", highlight=False)
    else:
        err.print(f"[green]✓[/] {name} was here already.", highlight=False)


def _how_to_use(name: str, settings: Settings) -> str:
    is_other_set = name in settings.sets and name != settings.set
    return f" Use it with `set: {name}` in your settings, or --set {name}." if is_other_set else ""


@app.command("import")
def import_models(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A folder, stick, zip or file.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Take models from a folder, zip or USB stick; files are recognised by their content."""
    from assistant.api import models
    from assistant.cli import models_view

    with models_view.progress_bar(err) as bar:
        found = models.import_from(path, lambda report: models_view.advance(bar, report))
    if as_json:
        out.print_json(json.dumps(asdict(found)))
        return
    for model in found.complete:
        err.print(f"[green]✓[/] {model} is here.", highlight=False)
    for model, names in found.incomplete.items():
        err.print(f"[yellow]-[/] {model} still lacks {', '.join(names)}.", highlight=False)
    if not found.files:
        err.print("Everything of it was here already.")


@app.command("remove")
def remove(name: NameArgument, *, yes: YesOption = False, as_json: JsonOption = False) -> None:
    """Remove a set's or model's files; what another set here needs too stays."""
    from assistant.api import models

    settings = configured(None, None)
    plan = models.plan_removal(name, settings)
    for model, reason in plan.kept.items():
        err.print(f"[dim]-[/] {model} stays: it {reason}.", highlight=False)
    if plan.bytes and not yes:
        names = ", ".join(plan.models)
        _agree(f"Remove {names} ({models.as_size(plan.bytes)})?", "removal_not_confirmed")
    removed = models.remove(name, settings)
    if as_json:
        out.print_json(json.dumps(asdict(removed)))
    elif plan.bytes:
        err.print(f"[green]✓[/] {models.as_size(removed.bytes)} freed.", highlight=False)
    else:
        err.print("Nothing of it is here to remove.")


@app.command("replica")
def replica(
    name: NameArgument,
    *,
    again: Annotated[bool, typer.Option("--again", help="Build those that are here too.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take them away instead.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Build models with random weights in a set's true shape and size, to measure this computer with.

    They answer nonsense. `assistant bench … --replica` runs them; nothing else does unless SARAI_REPLICAS=1
    is in the environment.
    """
    from assistant.api.replicas import remove_replicas, replicate
    from assistant.cli import models_view

    settings = configured(None, None)
    if remove:
        gone = remove_replicas(name, settings)
        if as_json:
            out.print_json(json.dumps({"name": name, "removed": gone}))
        else:
            err.print(f"Removed: {', '.join(gone) or 'nothing was here'}.", highlight=False)
        return
    with models_view.progress_bar(err) as bar:
        built = replicate(
            name, lambda report: models_view.advance(bar, report), again=again, settings=settings
        )
    if as_json:
        out.print_json(json.dumps({"name": name, "complete": True, "built": built}))
    elif built:
        err.print(f"[green]✓[/] Built replicas of {', '.join(built)}.", highlight=False)
    else:
        err.print(f"[green]✓[/] The replicas of {name} were here already.", highlight=False)


def _agree(question: str, code: str) -> None:
    """Ask; go on only with a yes."""
    if not sys.stdin.isatty():
        raise ModelError(code, f"{question} Nobody is there to answer.", "Add --yes to agree.")
    if not typer.confirm(question, err=True):
        err.print("Nothing was done.")
        raise typer.Exit(code=1)


@app.command("verify")
def verify(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="A set or model, instead of the one in use."),
    ] = None,
    *,
    recording: Annotated[
        Path | None,
        typer.Option(help="Recording of a person asking `what time is it`, for the recogniser."),
    ] = None,
    files_only: Annotated[
        bool, typer.Option("--files-only", help="Only look at the files; run nothing.")
    ] = False,
    model_set: Annotated[str | None, typer.Option("--set", help="Model set to verify.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Check the models of a set: their files, and by running them: hear, think, speak and read back.

    A single model, or a set that the settings do not have, is checked by its files only.
    """
    settings = configured(None, model_set)
    if name is not None and name in settings.sets:
        settings = configured(None, name)
        name = None
    if name is not None:
        from assistant.api import models

        reports = list(models.verify(name, settings=settings))
    else:
        reports = _verified_set(settings, recording, files_only=files_only)
    failed = [report for report in reports if not report.ok]
    if as_json:
        rows = [{**asdict(report), "ok": report.ok} for report in reports]
        found = {"set": name or settings.set, "ok": not failed, "models": rows}
        out.print_json(json.dumps(found))
    else:
        for report in reports:
            out.print(
                f"{MARKS[report.ok]} [bold]{report.model}[/] ({report.role})", highlight=False
            )
            for check in report.checks:
                out.print(f"   {MARKS[check.ok]} {check.name}: {check.detail}", highlight=False)
    if failed:
        names = ", ".join(report.model for report in failed)
        if as_json:
            raise typer.Exit(code=ModelError.exit_code)
        raise ModelError(
            "verification_failed",
            f"These models are not what they should be: {names}.",
            "See the lines marked ✗; fetch the model again.",
        )


def _verified_set(settings: Settings, recording: Path | None, *, files_only: bool) -> list[Report]:
    from assistant.catalog.catalog import Catalog
    from assistant.catalog.verify import verify_set

    catalog = Catalog.load()
    if files_only:
        return verify_set(settings, catalog)
    with open_pool(settings) as open_engine:
        return verify_set(settings, catalog, open_engine, _trial(settings, recording))


@contextmanager
def open_pool(settings: Settings) -> Iterator[Any]:
    """Give a function that opens engines by name for a ``with`` block, from a pool of its own."""
    from assistant.pool.pool import ModelPool

    with ModelPool(settings) as pool:

        @contextmanager
        def open_engine(name: str) -> Iterator[Any]:
            with pool.get(name) as lease:
                if lease.fallback_reason:
                    raise ModelError("model_missing", lease.fallback_reason)
                yield lease.engine

        yield open_engine


def _trial(settings: Settings, recording: Path | None) -> Trial:
    from assistant.api import tool_specs
    from assistant.audio.speech_files import RATE_HZ, read_speech
    from assistant.catalog.meaning import Recording, Trial

    heard = None
    if recording is not None:
        samples = read_speech(recording).samples
        heard = Recording(samples, RATE_HZ, "what time is it")
    return Trial(heard, tool_specs(settings), settings.conversation.system_prompt)
