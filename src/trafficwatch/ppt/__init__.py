# SPDX-License-Identifier: GPL-3.0-or-later
"""The district service centre (PPT): set-up, enrolment of villages, inbox."""
