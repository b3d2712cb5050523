# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps a whole workbook from being read; what is wrong with single rows are refusals (`rows`, `plan`)."""

from __future__ import annotations

from trafficwatch.errors import FileError


class WorkbookUnreadable(FileError):
    """Not a workbook or table that can be read, or a damaged one; parameter `file`."""

    key = "workbook_unreadable"


class WorkbookLocked(FileError):
    """The workbook is under a password; parameter `file`."""

    key = "workbook_locked"


class WorkbookTooLarge(FileError):
    """The file, or what it unpacks to, is larger than a village's register; parameters `file` and `megabytes`."""

    key = "workbook_too_large"


class WorkbookTooWide(FileError):
    """More rows or columns than a village's register has; parameters `file`, `rows` and `columns`."""

    key = "workbook_too_wide"


class SheetUnknown(FileError):
    """The workbook has no such sheet that holds a table; parameter `sheet`."""

    key = "sheet_unknown"


class NoTable(FileError):
    """No sheet has a row of column headings; parameter `file`."""

    key = "no_table"


class NameColumnMissing(FileError):
    """No column is the residents' name, or one field has two columns."""

    key = "name_column_missing"
