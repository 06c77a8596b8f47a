"""The texts of one column -> typed values, a hundred thousand at a time; odd cells alone take the slow way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from bidopt.domain.errors import did_you_mean
from bidopt.domain.table_schema import POSITIVE, Column
from bidopt.platforms.reading import cells
from bidopt.platforms.reading.headings import Located

T = TypeVar("T")
Values = Any
"""A DictionaryArray of texts, or a numpy array of float64 or datetime64[s]."""

_PLAIN = r"^-?[0-9]+(\.[0-9]+)?$"
_BARE_ID = r"^([0-9A-Za-z_]*[0-9][0-9A-Za-z_]*)?$"
"""An id that stands for itself: no sign to take away, and a digit that no word for "not given" has."""


class CellError(ValueError):
    """A cell that cannot be used.

    Args:
        index: its place in the column, from 0.
        reason: what is wrong with it, in Chinese.
        period: whether it names several days where one is needed.
    """

    def __init__(self, index: int, reason: str, *, period: bool = False) -> None:
        super().__init__(reason)
        self.index = index
        self.reason = reason
        self.period = period


@dataclass(frozen=True)
class Converter:
    """Converts the cells of one located column.

    Args:
        located: the field and its heading.
        described: column of the table it fills; None where only the platform's own code sees it.
    """

    located: Located
    described: Column | None

    def __call__(self, column: pa.StringArray) -> dict[str, Values]:
        """Typed values of the cells by column name.

        Raises:
            CellError: a cell is not what the column holds.
        """
        field = self.located.field
        if field.kind == "number":
            values = self._numbers(column)
            self._check_limits(values)
            return {field.column: values}
        encoded = column.dictionary_encode()
        if field.kind == "range":
            ends = _mapped(encoded, lambda text: cells.parse_range(text, fraction=self._fraction))
            low, high = (self._scaled([end[i] for end in ends], encoded) for i in (0, 1))
            self._check_limits(low)
            return {f"{field.column}_low": low, f"{field.column}_high": high}
        if field.kind == "date":
            return {field.column: self._days(encoded)}
        return {field.column: self._texts(encoded)}

    def _days(self, encoded: pa.DictionaryArray) -> npt.NDArray[np.datetime64]:
        days = np.array(_mapped(encoded, cells.parse_date), dtype="datetime64[s]")[_codes(encoded)]
        if self.located.field.required and (blank := np.isnat(days)).any():
            raise CellError(int(np.argmax(blank)), "没有填写")
        return days

    def _texts(self, encoded: pa.DictionaryArray) -> pa.DictionaryArray:
        """Texts, ids and words; each distinct text is looked at once."""
        field = self.located.field
        if field.kind in {"text", "constant"}:
            out = encoded
        elif field.kind == "id":
            plain = pc.all(pc.match_substring_regex(encoded.dictionary, _BARE_ID)).as_py()
            out = encoded if plain else _recoded(encoded, cells.parse_id)
        else:
            out = _recoded(encoded, lambda text: _word(text, field.words, field.other))
        if field.required and (field.kind == "text" or field.column == "campaign_id"):
            self._refuse_blank(out)
        return out

    @staticmethod
    def _refuse_blank(encoded: pa.DictionaryArray) -> None:
        blank = pc.equal(pc.utf8_trim_whitespace(encoded.dictionary), "").to_numpy(zero_copy_only=False)
        if blank.any():
            raise CellError(int(np.argmax(blank[_codes(encoded)])), "没有填写")

    @property
    def _fraction(self) -> bool:
        return self.located.percent or (self.described is not None and self.described.unit == "fraction")

    def _numbers(self, column: pa.StringArray) -> npt.NDArray[np.float64]:
        """Plain numbers are cast at once; what else there is, distinct text by distinct text."""
        if not self.located.percent:
            try:
                values = column.cast(pa.float64()).to_numpy()
            except pa.ArrowInvalid:
                pass
            else:
                if np.isfinite(values).all():
                    return _writable(values)
        plain = pc.match_substring_regex(column, _PLAIN)
        if self.located.percent:
            plain = pa.array(np.zeros(len(column), dtype=bool))
        out = _writable(pc.if_else(plain, column, None).cast(pa.float64()).to_numpy(zero_copy_only=False))
        odd = np.flatnonzero(~plain.to_numpy(zero_copy_only=False))
        odd = np.union1d(odd, np.flatnonzero(np.isinf(out)))
        encoded = column.take(pa.array(odd)).dictionary_encode()
        try:
            parsed = _mapped(encoded, lambda text: cells.parse_number(text, fraction=self._fraction))
        except CellError as error:
            raise CellError(int(odd[error.index]), error.reason) from error
        out[odd] = self._scaled(parsed, encoded)
        return out

    def _scaled(self, distinct: Sequence[float], encoded: pa.DictionaryArray) -> npt.NDArray[np.float64]:
        """Values of the rows; a heading in (%) makes percentages of the texts that do not say so themselves."""
        values = np.array(distinct, dtype=np.float64)
        if self.located.percent:
            bare = ["%" not in cells.unfold(text) for text in encoded.dictionary.to_pylist()]
            values = np.where(bare, values / 100.0, values)
        return values[_codes(encoded)]

    def _check_limits(self, values: npt.NDArray[np.float64]) -> None:
        if self.described is None:
            return
        minimum, maximum = self.described.minimum, self.described.maximum
        if minimum is not None and (wrong := values < minimum).any():
            raise CellError(int(np.argmax(wrong)), "要大于 0" if minimum == POSITIVE else "不能是负数")
        if maximum is not None and (wrong := values > maximum).any():
            at = int(np.argmax(wrong))
            meant = f"；如果是百分之 {values[at]:g}，请写成 {values[at] / 100:g} 或 {values[at]:g}%"
            raise CellError(at, f"不能大于 {maximum:g}{meant if self._fraction else ''}")


def joined(chunks: Sequence[Values]) -> Any:  # noqa: ANN401  what pandas takes as a column
    """The chunks of one column as one."""
    if isinstance(chunks[0], np.ndarray):
        return np.concatenate(chunks)
    return pc.cast(pa.chunked_array(chunks).unify_dictionaries(), pa.large_string()).to_pandas()


def _word(text: str, words: Mapping[str, str], other: str | None) -> str:
    plain = cells.unfold(text).casefold()
    if plain in words:
        return words[plain]
    if other is not None or plain in cells.NULLS:
        return other or ""
    raise ValueError(f"不认识这个写法，{did_you_mean(plain, words) or '可用：' + '、'.join(words)}")


def _codes(encoded: pa.DictionaryArray) -> npt.NDArray[np.int32]:
    codes: npt.NDArray[np.int32] = encoded.indices.to_numpy(zero_copy_only=False)
    return codes


def _writable(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return values if values.flags.writeable else values.copy()


def _mapped(encoded: pa.DictionaryArray, parse: Callable[[str], T]) -> list[T]:
    """`parse` of each distinct text; the first row of one that fails is named."""
    out = []
    for code, text in enumerate(encoded.dictionary.to_pylist()):
        try:
            out.append(parse(text))
        except ValueError as error:
            index = int(np.argmax(_codes(encoded) == code))
            raise CellError(index, str(error), period=isinstance(error, cells.PeriodError)) from error
    return out


def _recoded(encoded: pa.DictionaryArray, parse: Callable[[str], str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(encoded.indices, pa.array(_mapped(encoded, parse), pa.string()))
