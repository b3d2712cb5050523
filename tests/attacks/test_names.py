# SPDX-License-Identifier: GPL-3.0-or-later
"""Every attack and accident that issue 8 names, and the tests that try it; each of them is there."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
BUNDLE, BOX, CONTENT = "attacks/test_bundle_attacks", "attacks/test_container_attacks", "attacks/test_hostile_content"
LINE, STRANGERS, TRUST = "attacks/test_network_line", "attacks/test_network_strangers", "test_exchange_trust"
ATTACKS: dict[str, tuple[str, ...]] = {
    "every bit of a bundle flipped": (
        "attacks/test_fuzz::test_flips_and_cuts_of_a_golden_bundle_change_nothing",
        f"{BUNDLE}::test_a_bit_of_every_byte",
        f"{BUNDLE}::test_a_bit_of_every_byte_inside_sealed_again_with_the_public_key",
    ),
    "cut at every length": (
        f"{BUNDLE}::test_cut_at_any_length",
        f"{BUNDLE}::test_the_inside_cut_or_lengthened_and_sealed_again",
        f"{BOX}::test_archive_cut_at_every_length",
    ),
    "tar members added, reordered, duplicated": (
        "test_bundle::test_members_that_are_not_as_listed",
        "test_bundle::test_other_members_than_the_format_has",
        f"{BOX}::test_two_members_of_one_name",
        f"{CONTENT}::test_a_file_that_is_not_what_its_name_says",
    ),
    "tar members linked": (f"{BOX}::test_header_that_we_do_not_write",),
    "tar members with huge sizes": (f"{BOX}::test_forged_fields", f"{BOX}::test_sizes_are_added_up"),
    "tar members with `..`": (f"{BOX}::test_names_that_lead_elsewhere",),
    "age header attacks": (
        "test_age_vectors::test_hybrid_vectors",
        "test_age_vectors::test_container_vectors",
        f"{BOX}::test_hundred_thousand_stanzas_cost_nothing",
        f"{BOX}::test_stanza_of_one_file_before_the_rest_of_another",
    ),
    "signature of another device": ("test_bundle::test_signatures_of_something_else",),
    "signature of a revoked device": (
        f"{BUNDLE}::test_a_revoked_device_sends_nothing_any_more",
        f"{TRUST}::test_a_revoked_device_is_refused_and_learns_it",
    ),
    "signature over another manifest, in another namespace": ("test_bundle::test_signatures_of_something_else",),
    "payload of another bundle": (f"{BUNDLE}::test_the_content_of_another_bundle_behind_this_head",),
    "replay": (f"{BUNDLE}::test_repeated", "test_exchange::test_the_same_bundle_twice_gives_the_same_receipt"),
    "older bundle re-sent": (f"{CONTENT}::test_an_older_bundle_sent_again_takes_nothing_back",),
    "number reused with other content": (
        f"{BUNDLE}::test_two_contents_under_one_number",
        f"{TRUST}::test_another_content_under_a_known_number_is_a_fork",
    ),
    "forked history": (
        f"{CONTENT}::test_a_history_that_forks_is_refused_from_either_end",
        "test_bundle::test_a_bundle_names_the_one_before_it",
    ),
    "bundle for another PPT": ("test_bundle::test_not_for_us",),
    "xz bomb": (
        f"{BUNDLE}::test_a_bomb_unpacks_no_further_than_claimed",
        f"{BUNDLE}::test_a_stream_that_wants_a_dictionary_of_a_gigabyte",
    ),
    "tar bomb": (f"{BOX}::test_a_million_empty_members_stop_at_the_limit",),
    "surreptitious forwarding": (
        f"{BUNDLE}::test_a_recipient_seals_a_bundle_again_for_somebody_else",
        f"{TRUST}::test_a_bundle_that_was_passed_on_is_refused",
    ),
    "a million records": (
        f"{CONTENT}::test_a_million_records",
        f"{CONTENT}::test_more_keys_values_contexts_or_records_than_any_bundle",
        f"{BUNDLE}::test_millions_of_lines_are_counted_before_they_are_read",
    ),
    "deep JSON, NaN, huge integers, lone surrogates": (
        f"{CONTENT}::test_values_that_are_none_are_set_aside_and_named_in_the_receipt",
        "test_wire::test_bad_line",
    ),
    "stamps far in the future": (f"{CONTENT}::test_stamps_far_in_the_future_do_not_push_others_out",),
    "sender claiming another village's records": (f"{TRUST}::test_a_record_of_another_village_is_refused",),
    "receipt forged": (
        f"{TRUST}::test_a_receipt_that_answers_nothing_of_ours_is_refused",
        f"{TRUST}::test_a_receipt_speaks_only_of_what_its_bundle_held",
    ),
    "receipt replayed": (f"{CONTENT}::test_a_receipt_replayed_confirms_nothing_new",),
    "server cut at random bytes": (f"{LINE}::test_a_line_that_breaks_at_random_bytes",),
    "slow-loris": (f"{LINE}::test_slow_guests_are_put_out_and_hold_nobody_up",),
    "1,000 connections": (f"{LINE}::test_a_thousand_connections_of_one_guest_leave_room_for_a_village",),
    "wrong certificate": (f"{STRANGERS}::test_another_certificate_hears_nothing",),
    "clock off by years": (f"{STRANGERS}::test_a_clock_off_by_years_does_no_harm",),
    "stick pulled while writing": (
        "test_usb::test_a_stick_pulled_out_between_writing_and_naming",
        "faults/test_crash_states::test_after_a_power_cut_everything_confirmed_is_there",
        f"{BOX}::test_tail_of_zeros_as_a_stick_pulled_too_early_leaves_it",
    ),
    "anything else that is malformed": (
        "attacks/test_fuzz::test_generated_malformed_bundles_are_refused_by_name_and_spoil_no_store",
    ),
}


@cache
def functions_of(module: str) -> frozenset[str]:
    tree = ast.parse((TESTS / f"{module}.py").read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_attack_is_tried(attack: str) -> None:
    assert [where for where in ATTACKS[attack] if where.split("::")[1] not in functions_of(where.split("::")[0])] == []
