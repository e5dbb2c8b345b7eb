"""
A walk that went wrong, taken again from the lines that its failure printed: `ATTACK_STORY`.

A walk depends on all the walks before it; its story does not, and takes a minute.
"""

import os
from pathlib import Path

import pytest

from tests.walk.random_walk import ALL, database_as_it_was
from tests.walk.walk import Walk, name_of

__all__ = ["database_as_it_was"]


@pytest.mark.django_db(transaction=True)
def test_a_story_ends_well():
    walk = Walk()
    walk.begin()
    ways = {name_of(way): way for way in ALL}
    for line in Path(os.environ["ATTACK_STORY"]).read_text().splitlines():
        print(line, flush=True)
        told = line.partition(", with")[0]
        if told.startswith("new item "):
            walk.new_item(int(told.removeprefix("new item ")))
        elif told.startswith("go on "):
            walk.go_on(int(told.removeprefix("go on ")))
        else:
            way, who, number, other = told.split(" ")
            walk.through(ways[way], who, int(number), int(other))
