"""The Thai alphabet, by the rules of its dictionaries."""

import pytest

from otp_policy.thai_order import compare_thai, thai_key

IN_ORDER = [
    # A vowel before its consonant is sorted after it.
    ["กา", "เกา", "แก", "ขา", "เขา"],
    # Tones count only between words that are otherwise the same.
    ["ปา", "ป่า", "ป้า", "ปาก", "ปี", "ปี่", "ปู"],
    # Sara am lies between sara aa and sara i.
    ["กาย", "กำ", "กิน"],
    # Digits of either kind come before letters, Latin before Thai.
    ["2560", "๒๕๖๑", "2562", "apple", "Banana", "กอง"],
]


@pytest.mark.parametrize("words", IN_ORDER)
def test_words_are_in_the_order_of_the_dictionary(words):
    assert sorted(reversed(words), key=thai_key) == words


def test_both_spellings_of_sara_am_are_one():
    assert thai_key("นํ้า")[:2] == thai_key("น้ำ")[:2]
    assert thai_key("กํา")[:2] == thai_key("กำ")[:2]


def test_a_comparison_says_which_comes_first():
    assert [compare_thai("กา", "เกา"), compare_thai("เกา", "กา"), compare_thai("กา", "กา")] == [
        -1,
        1,
        0,
    ]
