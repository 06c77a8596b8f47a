"""Creates the folder of a new shop with a commented shop.yaml."""

from __future__ import annotations

import re
from pathlib import Path

from bidopt.domain.errors import SettingsError
from bidopt.facts.atomic_file import write_atomically
from bidopt.jobs.shop import Shop, open_shop
from bidopt.settings.rules import configs_folder


def init_shop(
    folder: Path,
    *,
    name: str = "",
    currency: str = "CNY",
    target_roas: float = 3.0,
    daily_budget: float | None = None,
) -> Shop:
    """Create a shop's folder.

    Args:
        folder: new or empty folder; an existing shop.yaml is never touched.
        name: display name; the folder's name by default.
        currency: ISO code.
        target_roas: revenue / cost to reach.
        daily_budget: account budget per day; None leaves it to the sum of the campaigns' budgets.

    Raises:
        SettingsError: the folder is a shop already, or a value is wrong.
    """
    path = folder / "shop.yaml"
    if path.exists():
        raise SettingsError(
            f"{folder} 已经是一个店铺 (有 shop.yaml)", "直接运行 bidopt run，或换一个文件夹名"
        )
    for place in (folder / "inbox", folder / "archive", folder / "quarantine"):
        place.mkdir(parents=True, exist_ok=True)
    title = name or folder.resolve().name
    shop_id = re.sub(r"[^a-z0-9_-]+", "-", title.lower()).strip("-")[:40] or "shop"
    text = (configs_folder() / "shop.example.yaml").read_text(encoding="utf-8")
    text = _set(text, "shop: my-shop ", f"shop: {shop_id} ")
    text = _set(text, "name: 我的店铺", f"name: {_quoted(title)}")
    text = _set(text, "currency: CNY ", f"currency: {currency} ")
    text = _set(text, "  target_roas: 3.0 ", f"  target_roas: {target_roas:g} ")
    if daily_budget is not None:
        text = _set(text, "  # daily_budget: 500 ", f"  daily_budget: {daily_budget:g} ")
    write_atomically(path, text.encode("utf-8"))
    try:
        return open_shop(folder)
    except SettingsError:
        path.unlink()
        raise


def _set(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise SettingsError(f"shop.example.yaml 里找不到 {old!r}", "重新安装 bidopt")
    return text.replace(old, new)


def _quoted(title: str) -> str:
    """A YAML scalar that is the text whatever it holds."""
    return "'" + title.replace("'", "''") + "'"
