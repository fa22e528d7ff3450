"""The names of a pack together with those of the packs that it extends; its own stand in place of theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from auditor.log.schema import Field
from auditor.rules.clocks import build_clocks
from auditor.rules.names import Known, NamedList, Pack, Parameter
from auditor.rules.packs import with_setting
from auditor.rules.sources import Source, Sources

WORDS = {"params": "parameter", "lists": "list", "clocks": "clock", "fields": "field"}


def namespace(source: Source, sources: Sources, settings: Mapping[str, str]) -> Pack:
    """What rules of `source`, and of the packs that it extends, can name in this run."""
    packs = [*(parent.pack for parent in sources.ancestors(source.pack.name)), source.pack]
    below = {pack.name: {parent.pack.name for parent in sources.ancestors(pack.name)} for pack in packs}
    owners = _owners(packs, below)
    joined = replace(
        source.pack,
        places={name: owner.places[name] for name, owner in owners.items()},
        broken=set().union(*(pack.broken for pack in packs)),
    )
    for space in ("parameters", "lists", "clock_sources", "fields"):
        setattr(joined, space, {k: v for pack in packs for k, v in getattr(pack, space).items()})
    joined.known = Known(joined.known.events, {**joined.fields, **joined.known.fields})
    for name, parameter in joined.parameters.items():
        owner = owners[f"params.{name}"]
        texts = [
            settings[key] for key in (f"{source.pack.name}.{name}", f"{owner.name}.{name}", name) if key in settings
        ]
        if texts:
            joined.parameters[name] = with_setting(parameter, texts[0], joined.places[f"params.{name}"])
    build_clocks(joined)
    return joined


def setting_names(pack: Pack) -> set[str]:
    """What `--set` can name: parameters, also with the pack's name or with that of the pack that defines them."""
    owners = {name: pack.places[f"params.{name}"].pack for name in pack.parameters}
    return {form for name, owner in owners.items() for form in (name, f"{pack.name}.{name}", f"{owner}.{name}")}


def _owners(packs: Sequence[Pack], below: Mapping[str, set[str]]) -> dict[str, Pack]:
    """The pack whose definition of a name counts: the last one, which must extend the others that have it."""
    owners: dict[str, Pack] = {}
    for name in dict.fromkeys(name for pack in packs for name in pack.places):
        definers = [pack for pack in packs if name in pack.places]
        *others, last = definers
        owners[name] = last
        for other in others:
            if other.name not in below[last.name]:
                _conflict(name, other, last)
            elif not _same_kind(name, other, last):
                last.broken.add(name)
    return owners


def _conflict(name: str, first: Pack, second: Pack) -> None:
    space, _, word = name.partition(".")
    origin = second.places[name]
    message = f"the packs `{first.name}` and `{second.name}` both have a {WORDS[space]} `{word}`"
    help = "define it in the pack that extends both, or rename one of them"
    origin.page.report("pack-conflict", message, origin.node, help)


def _same_kind(name: str, parent: Pack, child: Pack) -> bool:
    space, _, word = name.partition(".")
    kinds = [_kind(pack, space, word) for pack in (parent, child)]
    if None in kinds or kinds[0] == kinds[1]:
        return True
    origin = child.places[name]
    message = f"`{word}` holds {kinds[0]} in `{parent.name}`, so it cannot hold {kinds[1]} here"
    origin.page.report("wrong-type", message, origin.node, "keep the kind of value, or choose another name")
    return False


def _kind(pack: Pack, space: str, word: str) -> str | None:
    match getattr(pack, {"params": "parameters", "clocks": "clock_sources"}.get(space, space)).get(word):
        case Parameter(type=type) | Field(type=type):
            return f"a {type}"
        case NamedList(items=(first, *_)):
            return f"{first.type}s"
    return None
