"""`feedback-loop identity`: who you are here and what you may do, the identity file checked, and tokens of services made or hashed.

The rule that is easy to break: a token is read from a file, the environment or standard input, and never from an argument, which other
users of the machine see; and the only one that is ever printed is one that was just made.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import AsOption, known_file, settings_of, who_reads
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, remark, say
from feedback_loop.errors import BadInput

if TYPE_CHECKING:
    from feedback_loop.config import Settings
    from feedback_loop.contracts.identity import Actor
    from feedback_loop.workflows.identity_file import IdentityRules

app = typer.Typer(help="Who people are: tokens of the organisation's identity provider, and the roles that its groups give.")


@app.command()
def whoami(context: typer.Context, person: AsOption = None, as_json: JsonFlag = False) -> None:
    """Say who you are here, how that is known, and what your roles let you run. A token's groups count as those of now from here on.

    Example: `feedback-loop identity whoami --as ada`
    """
    from feedback_loop.workflows.permissions import commands_of

    actor = who_reads(context, person)
    if actor is None:
        raise BadInput("nobody says who they are. Give a token in FEEDBACK_LOOP_TOKEN or with --token-file, or a name with --as.")
    may = commands_of(actor)
    if as_json:
        print_json({**vars(actor), "commands": may})
    else:
        _print_actor(actor, may)


@app.command()
def lint(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Check identity.yaml: every word known, every account and token somebody's alone, no approver that is a service.

    Example: `feedback-loop identity lint`
    """
    from feedback_loop.workflows.identity_file import named_roles, read_identity

    settings = settings_of(context)
    rules = read_identity(settings.identity_file)
    unused = [] if rules is None else sorted(named_roles(rules) - _known_roles(settings))
    if as_json:
        told = {"allows_local": rules is None or rules.allows_local, "unused_roles": unused, "problems": []}
        print_json({"place": known_file(settings.identity_file), "exists": rules is not None, **told})
    elif rules is None:
        say(f"There is no {known_file(settings.identity_file)}: people are known by name, and people.yaml says what they may do.")
    else:
        _print_rules(rules, unused, settings)


@app.command("hash-token")
def hash_token(
    is_random: Annotated[bool, typer.Option("--random", help="Make a token and print it, this once, instead of reading one.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Print the hash of a service's token for `token_hash` in identity.yaml. The token is read from standard input, or made.

    Example: `feedback-loop identity hash-token --random`
    """
    from feedback_loop.workflows.service_tokens import MOST_CHARS, hashed, made_token

    if is_random:
        token, found = made_token()
    else:
        token, found = None, hashed(_typed() if sys.stdin.isatty() else sys.stdin.read(MOST_CHARS + 2).strip())
    if as_json:
        print_json({"token_hash": str(found), **({} if token is None else {"token": token})})
        return
    if token is not None:
        say(f"token       {token}")
        remark("the token is shown this once and kept nowhere; give it to the service alone.")
    say(f"token_hash  {found}" if token is not None else str(found))


def _typed() -> str:
    """What somebody types at a terminal, which does not show it."""
    return str(typer.prompt("token", hide_input=True, err=True)).strip()


def _known_roles(settings: Settings) -> frozenset[str]:
    """The roles that something here asks for: a command, a playbook, or an approval of one class."""
    from feedback_loop.contracts.roles import Role, approver_of
    from feedback_loop.contracts.vocab import ComplaintClass
    from feedback_loop.workflows.playbook_files import read_playbooks

    of_playbooks = (role for playbook in read_playbooks(settings.playbooks_folder) for role in playbook.approver_roles)
    return frozenset([*map(str, Role), *map(approver_of, ComplaintClass), *of_playbooks])


def _print_actor(actor: Actor, may: list[str]) -> None:
    say(f"{actor.name}, known by {'name' if actor.known_by == 'local' else actor.known_by}")
    if actor.issuer is not None:
        say(f"account  {actor.subject} of {actor.issuer}")
    say(f"roles    {', '.join(actor.roles) or 'none'}")
    say(f"may      {', '.join(may) or 'read'}")


def _print_rules(rules: IdentityRules, unused: list[str], settings: Settings) -> None:
    rows = [(one.name, one.issuer, one.audience, ", ".join(one.algorithms), len(one.groups)) for one in rules.issuers]
    if rows:
        print_table(("issuer", "address", "audience", "algorithms", "groups"), rows)
    local = "are believed" if rules.allows_local else "are not believed"
    counts = f"{len(rules.issuers)} issuers, {len(rules.people)} people, {len(rules.services)} services"
    say(f"{known_file(settings.identity_file)}: {counts}, nothing wrong. Names given with --as {local}.")
    if rules.issuers and rules.allows_local:
        remark(
            "whoever can run this command can be anybody in people.yaml, and so approve twice; leave local_users out where that matters."
        )
    if unused:
        remark(f"no command and no playbook asks for the role {', '.join(unused)}; such roles open documents at most.")
