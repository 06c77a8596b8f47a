"""A shop's folder: where everything lies, and its settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bidopt.domain.errors import SettingsError
from bidopt.settings.shop_settings import ShopSettings, load_settings


@dataclass(frozen=True)
class Shop:
    """One shop.

    Args:
        folder: the shop's folder.
        settings: its checked shop.yaml.
    """

    folder: Path
    settings: ShopSettings

    @property
    def inbox(self) -> Path:
        """Exports are dropped here."""
        return self.folder / "inbox"

    @property
    def archive(self) -> Path:
        """Exports that were read."""
        return self.folder / "archive"

    @property
    def quarantine(self) -> Path:
        """Exports that were refused, each with a .why.txt."""
        return self.folder / "quarantine"

    @property
    def facts(self) -> Path:
        """The warehouse."""
        return self.folder / "facts"

    @property
    def ledger(self) -> Path:
        """The SQLite ledger."""
        return self.folder / "ledger.sqlite"

    @property
    def plans(self) -> Path:
        """Published plans, a folder per day."""
        return self.folder / "plans"


def open_shop(folder: Path) -> Shop:
    """Open a shop's folder.

    Raises:
        SettingsError: there is no such folder, or its shop.yaml is wrong.
    """
    if not folder.is_dir():
        raise SettingsError(f"没有这个文件夹: {folder}", f"新店铺请先运行 bidopt init {folder}")
    return Shop(folder, load_settings(folder / "shop.yaml"))
