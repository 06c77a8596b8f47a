"""DuckDB in memory over the fact files: reads Parquet below one folder and can touch nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from bidopt.domain.errors import StoppedError
from bidopt.domain.table_schema import PANDAS_DTYPES, TableSchema
from bidopt.facts.manifest import FactFile

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "1GB",
    "arrow_large_buffer_size": True,  # the text type of pandas: no copy on the way out
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


class ParquetReader:
    """Runs queries over fact files.

    Args:
        folder: the facts folder, the only place DuckDB may read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def tables(self, queries: Sequence[tuple[str, Mapping[str, Any]]]) -> list[pa.Table]:
        """The results of SQL queries over one connection, in order.

        Args:
            queries: SQL and its parameters; paths come in as a parameter made by `paths`.

        Raises:
            StoppedError: a file cannot be read.
        """
        if not queries:
            return []
        with self._connection() as connection:
            try:
                return [connection.sql(sql, params=dict(values)).to_arrow_table() for sql, values in queries]
            except duckdb.OutOfMemoryException as error:
                raise StoppedError(
                    f"读 {self.folder} 时内存不够（上限 {_CONFIG['memory_limit']}）。",
                    "请把重复覆盖很多天的旧报表移出后重新导入，或缩短历史天数。",
                ) from error
            except duckdb.Error as error:
                raise StoppedError(
                    f"读不出 {self.folder} 里的数据文件：{str(error).splitlines()[0]}",
                    "文件可能已损坏：请从备份恢复 facts 文件夹，或用 archive 里的原始报表重新导入。",
                ) from error

    def paths(self, files: Sequence[FactFile]) -> list[str]:
        """Absolute paths of `files`, each checked to be there and whole.

        Raises:
            StoppedError: naming the file that is missing or truncated.
        """
        found = []
        for file in files:
            path = self.folder / file.path
            size = path.stat().st_size if path.is_file() else None
            if size != file.size:
                state = "不见了" if size is None else f"大小是 {size} 字节，应为 {file.size} 字节"
                raise StoppedError(
                    f"数据文件 {path} {state}。",
                    "请从备份恢复这个文件；没有备份时，把整个 facts 文件夹改名，再用 archive 里的原始报表重新导入。",
                )
            found.append(str(path))
        return found

    @contextmanager
    def _connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect(":memory:", config=_CONFIG) as connection:
            quoted = str(self.folder).replace("'", "''")
            connection.execute(f"SET allowed_directories = ['{quoted}']")
            connection.execute("SET temp_directory = ''")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield connection


def select_list(schema: TableSchema) -> str:
    """SQL of all columns of `schema`, dates in the type of pandas."""
    return ", ".join(
        f"{c.name}::TIMESTAMP_S AS {c.name}" if c.dtype == "date" else c.name for c in schema.columns
    )


def to_frame(schema: TableSchema, parts: list[pa.Table]) -> pd.DataFrame:
    """A table of `schema` from query results, which are used up."""
    if not any(part.num_rows for part in parts):
        return schema.empty()
    batches = [batch for part in parts for batch in part.to_batches()]
    parts.clear()
    for i, batch in enumerate(batches):
        batches[i] = _owned(batch)
    table = pa.Table.from_batches(batches)
    batches.clear()
    frame: pd.DataFrame = table.to_pandas(self_destruct=True, split_blocks=True)
    return frame.astype({c.name: PANDAS_DTYPES[c.dtype] for c in schema.columns})


def _owned(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A copy whose columns are freed one by one; DuckDB frees a batch only whole, and the frame keeps its texts."""
    return pa.RecordBatch.from_arrays([pa.concat_arrays([c]) for c in batch.columns], schema=batch.schema)
