"""Hooks for PyInstaller, which does not detect modules that are imported when first used.

The entry point ``pyinstaller40`` refers to this package.
"""

from __future__ import annotations

from pathlib import Path


def hook_dirs() -> list[str]:
    """Return the folder that contains the hooks."""
    return [str(Path(__file__).parent)]
