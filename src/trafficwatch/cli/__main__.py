# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m trafficwatch.cli`."""

from trafficwatch.cli import main

if __name__ == "__main__":
    main()
