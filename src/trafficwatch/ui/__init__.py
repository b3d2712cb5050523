# SPDX-License-Identifier: GPL-3.0-or-later
"""The Qt desks: pages draw and ask; they hold no session, SQL, crypto or rule."""
