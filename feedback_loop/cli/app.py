"""The command tree: which command is called what, and the options that stand before all of them."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from feedback_loop.adapters.home_lock import at_work
from feedback_loop.cli import (
    approvals,
    ask_for,
    ask_in_slack,
    audit,
    backtest,
    connectors,
    cost,
    demo,
    erase,
    forecast,
    identity,
    ingest,
    issues,
    knowledge,
    labels,
    messages,
    model,
    owners,
    playbooks,
    policy,
    quality,
    quarantine,
    query,
    receiver,
    report,
    reveal,
    roi,
    rollback,
    rules,
    run,
    simulate,
    sla,
    sources,
    taxonomy,
    try_stage,
)
from feedback_loop.config import load_settings

app = typer.Typer(
    name="feedback-loop",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

AT_WORK = (
    "approvals",
    "backtest",
    "demo",
    "identity",
    "ingest",
    "knowledge",
    "labels",
    "messages",
    "model",
    "policy",
    "quarantine",
    "reveal",
    "rollback",
    "run",
    "simulate",
    "sources",
    "taxonomy",
)
"""The commands that write what they read before: an erasure waits for them, and they for it."""


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"feedback-loop {_version()}")
        raise typer.Exit


def _version() -> str:
    try:
        return version("feedback-loop")
    except PackageNotFoundError:
        return "(not installed)"


@app.callback()
def feedback_loop(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option(help="Folder of all data; without it FEEDBACK_LOOP_HOME, otherwise .feedback_loop.", show_default=False)
    ] = None,
    token_file: Annotated[  # read where somebody acts (`places.who_reads`), from the parameters of this context
        Path | None,
        typer.Option(
            "--token-file",
            metavar="FILE",
            help="Bearer token of whoever acts, instead of --as; without it FEEDBACK_LOOP_TOKEN.",
            show_default=False,
        ),
    ] = None,
    is_version_wanted: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Customer feedback in, ranked issues out.

    Start with `feedback-loop demo`, or with your own data:
    `feedback-loop ingest google-play reviews.csv --product "My app"`, `feedback-loop run`, `feedback-loop issues`.

    Exit codes: 0 done, 1 a refusal or failed check, 2 wrong usage or bad input.
    """
    context.obj = home
    if context.invoked_subcommand in AT_WORK:
        context.with_resource(at_work(load_settings(home)))


app.command("demo")(demo.demo)
app.command("ingest")(ingest.ingest)
app.command("run")(run.run)
app.add_typer(issues.app, name="issues")
app.command("forecast")(forecast.forecast)
app.add_typer(knowledge.app, name="knowledge")
app.command("query")(query.query)
app.add_typer(quarantine.app, name="quarantine")
app.command("quality")(quality.quality)
app.add_typer(playbooks.app, name="playbooks")
app.add_typer(policy.app, name="policy")
app.add_typer(report.app, name="report")
app.add_typer(owners.app, name="owners")
app.add_typer(rules.app, name="rules")
app.add_typer(sla.app, name="sla")
app.add_typer(roi.app, name="roi")
app.add_typer(identity.app, name="identity")
approvals.app.command("request")(ask_for.request)
approvals.app.command("ask-in-slack")(ask_in_slack.ask_in_slack)
app.add_typer(approvals.app, name="approvals")
app.add_typer(messages.app, name="messages")
app.add_typer(connectors.app, name="connectors")
app.command("receiver")(receiver.receiver)
app.add_typer(sources.app, name="sources")
app.add_typer(labels.app, name="labels")
app.command("cost")(cost.cost)
app.add_typer(taxonomy.app, name="taxonomy")
app.add_typer(model.app, name="model")
app.command("reveal")(reveal.reveal)
app.command("rollback")(rollback.rollback)
app.command("simulate")(simulate.simulate)
app.command("backtest")(backtest.backtest)
app.add_typer(audit.app, name="audit")
app.command("erase")(erase.erase)
app.command("retain")(erase.retain)
app.add_typer(try_stage.app, name="try")
