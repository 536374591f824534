"""Each merged town is known from where its row says, not from the parser that reads it."""

from __future__ import annotations

from cases.test_addresses import FILE

from orchestration.addresses.gazetteer import town_name
from orchestration.addresses.tables import FormerTown, former_towns
from orchestration.reference.places import all_communities

#: No source was found for these yet; there may only be fewer.
FROM_MEMORY = {"城北", "鹿河", "浏家港", "芦墟", "陆慕", "湘城", "东桥", "西山", "沺泾"}


def _known_from(source: str) -> list[FormerTown]:
    found = [town for town in former_towns() if town.known_from == source]
    assert found
    return found


def test_a_community_of_the_successor_bears_the_name() -> None:
    lists = [(p.district_id, town_name(p.town), p.community) for p in all_communities()]
    lost = [
        town.name
        for town in _known_from("communities")
        if not any(
            (district_id, successor) == (town.district_id, town.successor)
            and community.startswith(town.name)
            for district_id, successor, community in lists
        )
    ]
    assert lost == []


def test_a_public_address_names_the_town_in_its_successor() -> None:
    addresses = FILE.read_text(encoding="utf-8")
    named = {town.name: town.successor + town.name in addresses for town in _known_from("address")}
    assert all(named.values()), named


def test_no_town_more_is_known_from_memory_alone() -> None:
    assert {town.name for town in _known_from("memory")} <= FROM_MEMORY
    sources = {town.known_from for town in former_towns()}
    assert sources == {"communities", "address", "memory"}
