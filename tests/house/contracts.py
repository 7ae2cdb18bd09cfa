"""A kind of import contract that import-linter lacks: these modules may import this list, nothing else."""

import sys
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class AllowedOnly(Contract):
    """`modules` may directly import only what `allowed` names; `stdlib` stands for the standard library."""

    type_name = "allowed"

    modules = fields.ListField(subfield=fields.StringField())
    allowed = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Collect every import that is not on the list."""
        strangers = [
            f"{module} imports {imported}"
            for module in _texts(self.modules)
            for imported in sorted(graph.find_modules_directly_imported_by(module))
            if not self._may(imported)
        ]
        return ContractCheck(kept=not strangers, metadata={"strangers": strangers})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line for each import that is not on the list."""
        for line in check.metadata["strangers"]:
            output.print_error(line)

    def _may(self, imported: str) -> bool:
        allowed = _texts(self.allowed)
        if "stdlib" in allowed and imported.partition(".")[0] in sys.stdlib_module_names:
            return True
        return any(imported == name or imported.startswith(f"{name}.") for name in allowed)


def _texts(field: Any) -> list[str]:
    # import-linter replaces the declared field by its parsed value; its types do not say so.
    return [str(item) for item in field]
