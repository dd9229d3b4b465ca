"""Add every module except those for tests and for PyInstaller itself."""

from PyInstaller.utils.hooks import collect_submodules

_EXCLUDED = ("paws_common.pyinstaller", "paws_common.pytest_plugin")

hiddenimports = collect_submodules(
    "paws_common", filter=lambda name: name not in _EXCLUDED
)
