"""Measures mined words and negative words on real search data.

Usage: OMP_NUM_THREADS=1 python experiments/006_keywords/run.py DATA [long_tails|market|negatives ...]

DATA is a folder of titles/, taobao-words/ and amazon-2020/.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import held_out_negatives
import long_tails
import market_words


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("parts", nargs="*", default=["long_tails", "market", "negatives"])
    asked = parser.parse_args()
    if "long_tails" in asked.parts:
        for line in long_tails.report(asked.data):
            print(line, flush=True)
    if "market" in asked.parts:
        for line in market_words.report(asked.data):
            print(line)
    if "negatives" in asked.parts:
        for line in held_out_negatives.report(asked.data):
            print(line)


if __name__ == "__main__":
    main()
