"""`feedback-loop simulate`: a made-up company per seed, its files and truth on disk, and how well the loop did in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import known_file, open_models, settings_of
from feedback_loop.cli.printing import JsonFlag, plain, print_json, say
from feedback_loop.cli.progress import waiting
from feedback_loop.errors import BadInput, InputFileMissing, UnknownChoice

if TYPE_CHECKING:
    from feedback_loop.simulation import Scenario, Score
    from feedback_loop.workflows.simulate import SeedScores


def simulate(
    context: typer.Context,
    scenario: Annotated[str, typer.Argument(help="Name of a scenario that ships with the package, or a YAML file.", show_default=False)],
    days: Annotated[int | None, typer.Option("--days", min=20, help="Days to live through.", show_default="the scenario's")] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="How many companies, seeds 1 to this one.")] = 1,
    is_without_loop: Annotated[bool, typer.Option("--without-loop", help="Let the company mend its faults by hand.")] = False,
    folder: Annotated[Path | None, typer.Option("--out", help="Where to write; in the home if not given.", show_default=False)] = None,
    as_json: JsonFlag = False,
) -> None:
    """Simulate a company with known faults: files as its sources deliver them, truth tables, and a scored report.

    Example: `feedback-loop simulate release_regression --seeds 3`
    """
    from feedback_loop.workflows.simulate import report_of, scored_seed

    settings = settings_of(context)
    target = (folder or settings.home / "simulated") / Path(scenario).stem
    drawn = {seed: _scenario(scenario, seed, days) for seed in range(1, seeds + 1)}
    models = None if is_without_loop else open_models(settings)
    scores: list[dict[str, list[Score]]] = []
    for seed, company in drawn.items():
        with waiting(f"seed {seed} of {seeds}:") as note:
            done = scored_seed(company, seed, models, lambda day: note(str(day)))
        _write(done, target / f"seed-{seed}")
        scores.append(done.scores)
    report = report_of(scores)
    (target / "report.md").write_text(report, encoding="utf-8")
    (target / "scores.json").write_text(json.dumps(plain(scores), ensure_ascii=False), encoding="utf-8")
    if as_json:
        print_json({"folder": str(target), "is_simulated": True, "scores": scores})
    else:
        say(report)
        say(f"\nFiles, truth tables and this report: {known_file(target)}")


def _scenario(name: str, seed: int, days: int | None) -> Scenario:
    from pydantic import ValidationError
    from yaml import YAMLError

    from feedback_loop.methods.field_problems import field_problems
    from feedback_loop.simulation import scenario_from_text, scenario_names, scenario_of

    if name in scenario_names():
        return scenario_of(name, seed, days)
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        raise UnknownChoice("scenario", name, [*scenario_names(), "a YAML file"])
    if not path.is_file():
        raise InputFileMissing(path)
    try:
        found = scenario_from_text(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        raise BadInput(f"{path}: {next(field_problems(error))}. Mend the scenario.") from error
    except FileNotFoundError as error:
        raise BadInput(f"{path}: based_on names no scenario of the package. Choose printwren, or leave it out.") from error
    except (YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"{path}: is no YAML. Mend the scenario.") from error
    return found if days is None else found.model_copy(update={"days": days})


def _write(done: SeedScores, folder: Path) -> None:
    files: Mapping[str, bytes] = done.files()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
