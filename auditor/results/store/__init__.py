"""The store: what audits of one source have found from night to night."""

from auditor.results.store.address import address
from auditor.results.store.opening import reading, usable
from auditor.results.store.record import SERIES, named, record

__all__ = ["SERIES", "address", "named", "reading", "record", "usable"]
