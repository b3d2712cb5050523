# SPDX-License-Identifier: GPL-3.0-or-later
"""Consent, safe contact, cases and referrals: pure rules and use cases."""
