"""Reads a YAML file into plain data and remembers where each value stands, so that errors can point at it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bidopt.domain.errors import SettingsError, did_you_mean

LARGEST = 256 * 1024


@dataclass(frozen=True)
class YamlFile:
    """A parsed file.

    Args:
        path: where it was read.
        tree: mappings and lists with positions.
    """

    path: Path
    tree: CommentedMap

    def error(
        self, details: ErrorDetails, known: tuple[str, ...], prefix: tuple[str | int, ...] = ()
    ) -> SettingsError:
        """A pydantic error as a sentence with line, column and the likely word.

        Args:
            details: one entry of `ValidationError.errors()`.
            known: names allowed where an unknown one was found.
            prefix: place in the file at which the validated part begins.
        """
        loc = (*prefix, *details["loc"])
        hint = did_you_mean(str(loc[-1]), known) if details["type"] == "extra_forbidden" else ""
        return self.at(loc, _sentence(details), hint)

    def at(self, loc: tuple[str | int, ...], message: str, hint: str = "") -> SettingsError:
        """An error about the value at `loc`, e.g. ("goals", "target_roas")."""
        line, column = self._position(loc)
        dotted = ".".join(str(part) for part in loc)
        return SettingsError(f"{self.path.name}:{line}:{column}: {dotted}: {message}", hint)

    def _position(self, loc: tuple[str | int, ...]) -> tuple[int, int]:
        node: Any = self.tree
        line, column = 0, 0
        for part in loc:
            if isinstance(node, CommentedMap) and part in node:
                line, column = node.lc.key(part)
            elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
                line, column = node.lc.item(part)
            else:
                break
            node = node[part]
        return line + 1, column + 1


def read_yaml(path: Path) -> YamlFile:
    """Parse a settings file; duplicate keys and aliases are refused.

    Raises:
        SettingsError: the file is missing, too large, not UTF-8 or not YAML.
    """
    if not path.is_file():
        raise SettingsError(f"找不到设置文件 {path.name}", f"先运行 bidopt init {path.parent}")
    if path.stat().st_size > LARGEST:
        raise SettingsError(f"{path.name} 超过 {LARGEST // 1024} KB，不像设置文件")
    yaml = YAML(typ="rt")
    yaml.allow_duplicate_keys = False
    try:
        content = path.read_text(encoding="utf-8-sig")
        _refuse_aliases(yaml, path, content)
        tree = yaml.load(content)
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path.name} 不是 UTF-8 编码: {error}", "用记事本另存为 UTF-8") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{path.name}:{mark.line + 1}:{mark.column + 1}" if mark else path.name
        problem = (error.problem or "").split("\n")[0]
        raise SettingsError(
            f"{place}: 不是合法的 YAML: {problem}", "检查缩进、冒号后的空格，和是否写了两遍同一个设置"
        ) from error
    except YAMLError as error:
        raise SettingsError(f"{path.name}: 不是合法的 YAML: {error}") from error
    if not isinstance(tree, CommentedMap):
        raise SettingsError(
            f"{path.name} 是空的或者不是“名字: 值”的形式", "运行 bidopt init 到一个新文件夹，照着改"
        )
    return YamlFile(path, tree)


def plain(node: Any) -> Any:  # noqa: ANN401  YAML holds anything
    """Positions removed: plain dict, list and scalars."""
    if isinstance(node, CommentedMap):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [plain(value) for value in node]
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node


def _refuse_aliases(yaml: YAML, path: Path, content: str) -> None:
    for event in yaml.parse(content):
        if type(event).__name__ == "AliasEvent":
            mark = event.start_mark
            raise SettingsError(
                f"{path.name}:{mark.line + 1}:{mark.column + 1}: 不支持 YAML 别名 (*)", "把值直接写出来"
            )


_SENTENCES = {
    "extra_forbidden": "没有这个设置",
    "missing": "缺少这个设置",
    "greater_than": "要大于 {gt}，写的是 {input}",
    "greater_than_equal": "不能小于 {ge}，写的是 {input}",
    "less_than": "要小于 {lt}，写的是 {input}",
    "less_than_equal": "不能大于 {le}，写的是 {input}",
    "literal_error": "只能是 {expected}，写的是 {input!r}",
    "float_type": "要写数字，写的是 {input!r}",
    "int_type": "要写整数，写的是 {input!r}",
    "bool_type": "要写 true 或 false，写的是 {input!r}",
    "string_type": "要写文字，写的是 {input!r}",
    "dict_type": "要写成“名字: 值”的形式，写的是 {input!r}",
    "model_type": "要写成“名字: 值”的形式，写的是 {input!r}",
    "list_type": "要写成列表，写的是 {input!r}",
    "string_pattern_mismatch": "不符合格式 {pattern}，写的是 {input!r}",
    "value_error": "{error}",
}


def _sentence(details: ErrorDetails) -> str:
    template = _SENTENCES.get(details["type"])
    if template is None:
        return f"{details['msg']}，写的是 {details['input']!r}"
    return template.format(**{"input": details["input"], **details.get("ctx", {})})
