"""The tables of a store: what was found in which run of which series.

A finding has one row, however often it is seen; each time that it is open has one row of `spell`.  What was open in
any run can be told from the spells, and a night that changes nothing adds a run and its tallies.  Kept are ids and
times only: the subject, so that people can look for a case; the activation, so that a later run can tell whether its
log reaches that far.  No evidence, no message, no other value of a log.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)  # fmt: skip

from auditor.results.marks import MARKED
from auditor.results.store.values import Count, Instant, Word
from auditor.rules.model import SEVERITIES

APPLICATION = "report-auditor"
VERSION = 1
RESOLVED = "resolved"
COUNTS = ("activations", "met", "violated", "pending", "undetermined", "exempt")
STATUSES = ("new", "continuing", "waived", RESOLVED)
GROUPS = ("groups_violated", "groups_undetermined")


TABLES = MetaData()

meta = Table("meta", TABLES, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

run = Table(
    "run",
    TABLES,
    Column("series", Text, primary_key=True),
    Column("number", Count, primary_key=True, autoincrement=False),  # from 1, without gaps, in each series
    Column("key", Text),  # of the audit: the same for the same log and rules; null where that cannot be told
    Column("as_of", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("provenance", Text, nullable=False),  # JSON
    Index("run_key", "series", "key"),
)

tally = Table(  # one row for each rule of a run
    "tally",
    TABLES,
    Column("series", Text, primary_key=True),
    Column("number", Count, primary_key=True, autoincrement=False),
    Column("rule", Text, primary_key=True),
    Column("severity", Word(*SEVERITIES), nullable=False),
    Column("draft", Boolean, nullable=False),
    Column("judged", Boolean, nullable=False),  # false: the log could not tell whether the rule ever activated
    *(Column(name, Count, nullable=False) for name in (*COUNTS, *STATUSES, *GROUPS)),
    ForeignKeyConstraint(["series", "number"], [run.c.series, run.c.number]),
)

finding = Table(
    "finding",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("series", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("subject", Text),  # null where the log does not tell it
    Column("activated_at", Instant, nullable=False),
    UniqueConstraint("series", "fingerprint"),
)

spell = Table(  # a time in which a finding was open with one verdict
    "spell",
    TABLES,
    Column("finding", ForeignKey(finding.c.id), primary_key=True),
    Column("first_run", Count, primary_key=True, autoincrement=False),
    Column("last_run", Count, nullable=False),  # that saw it; it is open until `ended_run`
    Column("verdict", Word(*MARKED), nullable=False),
    Column("ended_run", Count),  # that found it otherwise; null: open
    Column("ended_as", Word(*MARKED, RESOLVED)),  # a verdict: with it a spell of its own begins
)
Index("spell_open", spell.c.finding, sqlite_where=spell.c.ended_run.is_(None),
      postgresql_where=spell.c.ended_run.is_(None))  # fmt: skip
