"""The store: what audits of one source have found from night to night."""

from auditor.results.store.address import address
from auditor.results.store.history import COUNTED, History, Night, Series, Tally, history
from auditor.results.store.lives import Life, Moment, Spell, by_fingerprint, by_subject
from auditor.results.store.opening import usable
from auditor.results.store.record import SERIES, named, record

__all__ = [
    "COUNTED", "SERIES", "History", "Life", "Moment", "Night", "Series", "Spell", "Tally", "address", "by_fingerprint",
    "by_subject", "history", "named", "record", "usable",
]  # fmt: skip
