"""Our facts agree with two open libraries' profiles."""

from __future__ import annotations

import fitdecode.profile as second
import fitparse.profile as first
import pytest

from tracklint.fit import profile
from tracklint.fit.facts import FIELDS, WORDS


def _base(kind: object) -> str:
    name = getattr(kind, "name", "")
    if name in ("date_time", "local_date_time"):
        return "uint32"
    return getattr(getattr(kind, "base_type", None), "name", name)


def _ours(fact: profile.FieldFact) -> str | None:
    return None if fact.base is None else profile.BASE_TYPES[fact.base].name


#: (message, field) -> why the older of the two libraries disagrees.
OLDER = "fitdecode's profile is older and does not hold what came later"


@pytest.mark.parametrize("global_", sorted(FIELDS))
def test_fields_agree_with_fitparse(global_: int) -> None:
    theirs = first.MESSAGE_TYPES[global_]
    assert profile.message_name(global_) == theirs.name
    for number, known in theirs.fields.items():
        fact = profile.field_fact(global_, number)
        assert (fact.name, _ours(fact)) == (known.name, _base(known.type)), number
        if isinstance(known.scale, int | float):
            assert fact.scale == known.scale
        assert fact.offset == (known.offset or 0)


@pytest.mark.parametrize("global_", sorted(FIELDS))
def test_fields_agree_with_fitdecode(global_: int) -> None:
    theirs = second.MESSAGE_TYPES.get(global_)
    if theirs is None:
        pytest.skip(OLDER)
    fields = theirs.fields.values() if isinstance(theirs.fields, dict) else theirs.fields
    compared = 0
    for known in fields:
        fact = profile.field_fact(global_, known.def_num)
        if fact.name == known.name and isinstance(known.scale, int | float):
            assert fact.scale == known.scale, known.name
            assert fact.offset == (known.offset or 0), known.name
        compared += fact.name == known.name
    assert compared >= 0.7 * len(list(fields))


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_words_agree_with_fitparse(kind: str) -> None:
    known = first.FIELD_TYPES[kind]
    assert WORDS[kind][0] == known.base_type.name
    for number, name in known.values.items():
        assert profile.word(kind, int(number)) == name


def test_what_nobody_knows_keeps_its_number() -> None:
    assert profile.message_name(233) == "message 233"
    assert profile.field_fact(20, 61).name == "field 61"
    assert profile.field_fact(60_000, 3).name == "field 3"
    assert profile.field_fact(60_000, 253).name == "timestamp"
    assert profile.file_type_name(77) == "file type 77"
    assert profile.message_number("message 233") == 233
    with pytest.raises(KeyError):
        profile.message_number("no such message")


def test_messages_beyond_our_own_are_looked_up() -> None:
    assert 80 not in FIELDS
    assert profile.field_fact(80, 0).name == first.MESSAGE_TYPES[80].fields[0].name


@pytest.mark.parametrize(
    ("number", "name"), [(4, "activity"), (5, "workout"), (6, "course"), (2, "settings"), (32, "monitoring_b")]
)
def test_file_types(number: int, name: str) -> None:
    assert profile.file_type_name(number) == name


def test_products_have_names_where_their_makers_list_is_known() -> None:
    assert profile.product_name(1, 3121) == "edge_530"
    assert profile.product_name(32, 31) is None
