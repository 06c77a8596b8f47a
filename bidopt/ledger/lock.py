"""One run per shop at a time: an operating-system lock that the kernel frees when its holder dies."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from bidopt.domain.errors import BidoptError, LockedError, UsageError

_LOCK = ".lock"
_HOLDER = ".lock.holder"  # apart from the lock: Windows lets nobody read a locked file


@contextmanager
def shop_lock(folder: Path, *, holder: str) -> Iterator[None]:
    """Hold the shop while the block runs; a lock whose holder was killed is free again by itself.

    Args:
        folder: the shop's folder; it exists.
        holder: what is being done, e.g. "bidopt run"; another run is told it with this process and computer.

    Raises:
        LockedError: another process holds the shop; names it.
        UsageError: there is no such folder.
        BidoptError: its file system knows no locks.
    """
    if not folder.is_dir():  # the lock would make it
        raise UsageError(f"找不到店铺文件夹 {folder}", "请检查路径；新店铺请先运行 bidopt init")
    # No soft lock: a marker file would outlive a killed holder.
    lock = FileLock(folder / _LOCK, blocking=False, fallback_to_soft=False, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise LockedError(
            f"{folder} 正在被另一个任务使用：{_held_by(folder)}",
            "请等它结束后再运行；如果它已卡死，结束该进程后锁会自动释放，无需删除任何文件",
        ) from error
    except OSError as error:
        raise BidoptError(
            f"无法锁定 {folder / _LOCK}：{error.strerror or error}",
            "请检查文件夹的写入权限；网络盘可能不支持文件锁，请把店铺文件夹放到本机硬盘",
        ) from error
    try:
        text = f"{holder}（进程 {os.getpid()}，电脑 {socket.gethostname()}）"
        (folder / _HOLDER).write_text(text, encoding="utf-8")
        yield
    finally:
        (folder / _HOLDER).unlink(missing_ok=True)
        lock.release()


def _held_by(folder: Path) -> str:
    try:
        return (folder / _HOLDER).read_text(encoding="utf-8").strip() or "未知"
    except OSError:  # the holder is just starting or just ending
        return "未知"
