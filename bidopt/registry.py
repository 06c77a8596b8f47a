"""Finds the plug-ins of a folder: one public class per file, named in settings by its file."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache
from types import ModuleType

from pydantic import BaseModel

from bidopt.domain.errors import SchemaError


@cache
def plugins(package: ModuleType, base: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """The plug-ins of a package.

    Args:
        package: folder in which each module holds one plug-in; modules without one are passed over.
        base: class that every plug-in of the family extends.

    Returns:
        File name (without .py) -> class, in alphabetical order.

    Raises:
        SchemaError: a file holds two plug-ins, or one whose docstring or `name` is missing or wrong.
    """
    found: dict[str, type[BaseModel]] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        if info.ispkg:
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        here = [
            item
            for _, item in inspect.getmembers(module, inspect.isclass)
            if issubclass(item, base) and not inspect.isabstract(item) and item.__module__ == module.__name__
        ]
        if len(here) > 1:
            raise SchemaError(f"{module.__name__} holds {len(here)} plug-ins; one file, one plug-in")
        if here:
            found[info.name] = here[0]
    return found


def plugin_name(plugin: BaseModel | type[BaseModel]) -> str:
    """The name a plug-in goes by in settings and tables: its file."""
    return plugin.__module__.rpartition(".")[2] if isinstance(plugin, type) else plugin_name(type(plugin))
