"""How customers fared: how they rate, who has to write again, whom a word of ours spared that, what was paid back, who stayed.

How a share of a week is told is `weekly`, what each figure means stands in `metrics`. The rules that are easy to break: a repetition of one
complaint is no second contact; and what needs days to show, such as that somebody does not write again, is told only of those whom the
records followed for so long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from feedback_loop.contracts.loop_vocab import BusinessEventKind, MessageKind
from feedback_loop.contracts.outcome_vocab import OutcomeMetric
from feedback_loop.outcomes.assumptions import RoiAssumptions
from feedback_loop.outcomes.event_excess import latest_events
from feedback_loop.outcomes.treated import complaints
from feedback_loop.outcomes.weekly import COLUMNS, Figure, mean, share, week_of

AGAIN_WITHIN = timedelta(days=7)
"""A complaint about the same class by the same customer within this time is a repeat contact."""

ASSUMED_AFTER = timedelta(days=14)
"""A customer who was told of a fix and says nothing for this time is assumed to be content, which is never a confirmation."""

LEFT_WITHIN = timedelta(days=30)
"""A customer at risk who cancels within this time of the week's beginning was lost."""

AT_RISK_CONTACTS = 2
"""Complaints of one customer in one week from which on the account is at risk: judgement, not measured."""

NEGATIVE_STARS = 2

_CONTACT = ("product", "customer_id", "best_class", "occurred_at", "record_id")


@dataclass(frozen=True)
class Customers:
    """What is known of customers, as the tables of these names, of which are read:

    messages: product, occurred_at, rating. fragments: fragment_id, record_id, duplicate_of, product, customer_id, occurred_at.
    classifications: fragment_id, best_class. The others whole.
    """

    messages: pl.DataFrame
    fragments: pl.DataFrame
    classifications: pl.DataFrame
    events: pl.DataFrame
    told: pl.DataFrame
    proposals: pl.DataFrame
    alerts: pl.DataFrame


def customer_figures(customers: Customers, assumptions: RoiAssumptions) -> Iterator[Figure]:
    """The figures of customers."""
    events, contacts = latest_events(customers.events), contacts_of(customers.fragments, customers.classifications)
    ends = customers.messages.group_by("product").agg(last_at=pl.col("occurred_at").max())
    yield Figure(OutcomeMetric.NEGATIVE_REVIEWS, _negative_reviews(customers.messages))
    yield Figure(OutcomeMetric.REPEAT_CONTACT, _repeat_contact(contacts, ends))
    yield Figure(OutcomeMetric.DEFLECTED, _deflected(customers, contacts, ends))
    yield from _answers(customers, contacts, ends)
    yield Figure(OutcomeMetric.REFUNDED, _refunded(events))
    yield Figure(OutcomeMetric.CASE_COST_USD, _case_cost(events, assumptions))
    yield Figure(OutcomeMetric.RETAINED_AT_RISK, _retained(contacts, events, ends))


def contacts_of(fragments: pl.DataFrame, classifications: pl.DataFrame) -> pl.DataFrame:
    """The complaints of known customers, one row per record and class: product, customer_id, best_class, occurred_at, record_id.

    Ids are numbers made of them (`_number`).
    """
    known = fragments.filter(pl.col("customer_id").is_not_null())
    # Millions of ids are only held against each other, for which a number of 64 bits does as well in a tenth of the memory.
    said = known.select("fragment_id", "duplicate_of", "product", "occurred_at", _number("customer_id"), _number("record_id"))
    joined = complaints(said, classifications).select(_CONTACT)
    return joined.unique(["record_id", "best_class"]).sort("product", "customer_id", "best_class", "occurred_at", "record_id")


def _negative_reviews(messages: pl.DataFrame) -> pl.DataFrame:
    return share(messages.drop_nulls("rating"), "occurred_at", pl.col("rating") <= NEGATIVE_STARS)


def _repeat_contact(contacts: pl.DataFrame, ends: pl.DataFrame) -> pl.DataFrame:
    key = ("product", "customer_id", "best_class")
    is_same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(-1) for name in key)
    is_again = is_same & (pl.col("occurred_at").shift(-1) - pl.col("occurred_at") <= AGAIN_WITHIN)
    marked = contacts.with_columns(is_again=is_again.fill_null(False)).join(ends, on="product")
    return share(marked.filter(pl.col("occurred_at") + AGAIN_WITHIN <= pl.col("last_at")), "occurred_at", "is_again")


def _deflected(customers: Customers, contacts: pl.DataFrame, ends: pl.DataFrame) -> pl.DataFrame:
    subjects = customers.proposals.select("proposal_id", "product", "alert_id").join(
        customers.alerts.select("alert_id", "alerted_class").unique("alert_id"), on="alert_id", how="left"
    )
    known = customers.told.drop_nulls(["sent_at", "recipient_customer_id"])
    sent = known.select("proposal_id", "sent_at", _number("recipient_customer_id").alias("customer_id"))
    first = sent.join(subjects, on="proposal_id").sort("sent_at").unique(["proposal_id", "customer_id"], keep="first")
    followed = first.join(ends, on="product").filter(pl.col("sent_at") + AGAIN_WITHIN <= pl.col("last_at")).with_row_index("told")
    wrote = followed.join(contacts, on=["product", "customer_id"]).filter(
        (pl.col("alerted_class").is_null() | (pl.col("alerted_class") == pl.col("best_class")))
        & (pl.col("occurred_at") > pl.col("sent_at"))
        & (pl.col("occurred_at") <= pl.col("sent_at") + AGAIN_WITHIN)
    )
    return share(followed, "sent_at", ~pl.col("told").is_in(wrote["told"].unique().implode()))


def _answers(customers: Customers, contacts: pl.DataFrame, ends: pl.DataFrame) -> Iterator[Figure]:
    """Of those who were told of a fix and followed for long enough, who confirmed it, and who said nothing; nobody is both."""
    told = customers.told.filter(pl.col("message_kind") == str(MessageKind.FIXED)).drop_nulls(["sent_at", "recipient_customer_id"])
    sent = told.select("proposal_id", "sent_at", "confirmed_at", _number("recipient_customer_id").alias("customer_id"))
    products = customers.proposals.select("proposal_id", "product").unique("proposal_id")
    by_then = pl.col("sent_at") + ASSUMED_AFTER
    followed = sent.join(products, on="proposal_id").join(ends, on="product").filter(by_then <= pl.col("last_at")).with_row_index("told")
    spoke = followed.join(contacts, on=["product", "customer_id"]).filter(
        pl.col("occurred_at").is_between("sent_at", by_then, closed="right")
    )
    has_confirmed = pl.col("confirmed_at").is_not_null() & (pl.col("confirmed_at") <= by_then)
    complained = pl.col("told").is_in(spoke["told"].unique().implode())
    yield Figure(OutcomeMetric.CONFIRMED, share(followed, "sent_at", has_confirmed))
    yield Figure(OutcomeMetric.ASSUMED, share(followed, "sent_at", pl.col("confirmed_at").is_null() & ~complained))


def _refunded(events: pl.DataFrame) -> pl.DataFrame:
    orders, refunds = (
        _of_kind(events, kind).group_by("product", week_of("occurred_at").alias("event_date")).agg(pl.len().cast(pl.Float64).alias(name))
        for kind, name in ((BusinessEventKind.ORDER, "denominator"), (BusinessEventKind.REFUND, "numerator"))
    )
    counted = orders.join(refunds, on=["product", "event_date"], how="left").with_columns(pl.col("numerator").fill_null(0.0))
    return counted.with_columns(value=pl.col("numerator") / pl.col("denominator")).select(COLUMNS)


def _case_cost(events: pl.DataFrame, assumptions: RoiAssumptions) -> pl.DataFrame:
    cases, price = _of_kind(events, BusinessEventKind.CASE_HANDLED).drop_nulls("handling_minutes"), assumptions.agent_hour_usd.value
    # A price of nothing would make cases free; without a price there is no row, and `metrics` names what is missing.
    return mean(cases if price is not None else cases.clear(), "occurred_at", pl.col("handling_minutes") / 60.0 * (price or 0.0))


def _retained(contacts: pl.DataFrame, events: pl.DataFrame, ends: pl.DataFrame) -> pl.DataFrame:
    cancelled = _of_kind(events, BusinessEventKind.CANCELLATION).drop_nulls("customer_id").with_columns(_number("customer_id"))
    known = contacts.join(cancelled.select("product").unique(), on="product", how="semi")
    weeks = (
        known.with_columns(week_at=pl.col("occurred_at").dt.truncate("1w"))
        .group_by("product", "customer_id", "week_at")
        .agg(contacts=pl.col("record_id").n_unique())
        .filter(pl.col("contacts") >= AT_RISK_CONTACTS)
        .join(ends, on="product")
        .filter(pl.col("week_at") + LEFT_WITHIN <= pl.col("last_at"))
    )
    left = cancelled.group_by("product", "customer_id").agg(left_at=pl.col("occurred_at").min())
    judged = weeks.join(left, on=["product", "customer_id"], how="left").filter(
        # Who had left before is nobody's account any more.
        pl.col("left_at").is_null() | (pl.col("left_at") >= pl.col("week_at"))
    )
    return share(judged, "week_at", pl.col("left_at").is_null() | (pl.col("left_at") > pl.col("week_at") + LEFT_WITHIN))


def _number(column: str) -> pl.Expr:
    """A number for each id, the same for the same id; two of a hundred million share one with a chance of one in four thousand."""
    return pl.col(column).hash()


def _of_kind(events: pl.DataFrame, kind: BusinessEventKind) -> pl.DataFrame:
    return events.filter(pl.col("business_event_kind") == str(kind))
