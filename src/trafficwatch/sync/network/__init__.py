# SPDX-License-Identifier: GPL-3.0-or-later
"""The way over the network: a PPT's inbox over HTTPS, and the village's part that talks to it (docs/network.md).

The same sealed bundles as on a stick. The network decides nothing: what a bundle is and whose, `sync.importing` says.
"""
