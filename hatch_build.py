"""Puts the templates beside the generator in a wheel; a checkout has them at the top."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TemplatesHook(BuildHookInterface[Any]):
    """Maps ``templates`` to ``make_paws/templates``, in a wheel of the standard version.

    An editable install that had the mapping would have a copy that does not follow the
    source; and an sdist that had it could not be built again.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the mapping to what hatchling is about to build."""
        if version == "standard" and self.target_name == "wheel":
            build_data["force_include"]["templates"] = "make_paws/templates"
