"""Build hook: put the browser assets and the compiled translations into the wheel."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BrowserAssets(BuildHookInterface):  # type: ignore[type-arg]
    """Build what git does not carry; a source distribution carries it, and needs neither Node nor npm."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run the same builders as `make demo`, except for an editable install, where make runs them."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "tools"))
        import assets

        assets.build(root, force=(root / ".git").exists())
        if (root / "src/qitao/locale").is_dir():
            sys.path.insert(0, str(root / "src"))
            from qitao.project.translations import compile_catalogs

            compile_catalogs(root / "src/qitao/locale")
