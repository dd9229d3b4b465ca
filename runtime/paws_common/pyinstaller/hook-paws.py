"""Add every service, and the names of their functions."""

from PyInstaller.utils.hooks import collect_submodules

hiddenimports = collect_submodules("paws")
