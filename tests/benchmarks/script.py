"""The script a user would write: pandas with openpyxl, read and aggregate, nothing else.

Run as ``python script.py RAW_MONTH_FOLDER``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

LEDGER = "既有建筑排查台账"
HEADERS = {
    "district": ("地区", "县市区", "县级市（区）"),
    "category": ("房屋类别", "类别", "房屋类型"),
    "floor_area_m2": ("建筑面积(平方米)", "房屋面积", "建筑面积"),
    "status": ("排查状态", "排查情况", "状态"),
}


def read(path: Path) -> pd.DataFrame:
    """Return a delivered file as text, without what stands above its header."""
    if path.suffix == ".xlsx":
        rows = pd.read_excel(path, header=None, dtype=str, na_filter=False, engine="openpyxl")
    else:
        encoding = "utf-8-sig" if path.read_bytes()[:3] == b"\xef\xbb\xbf" else "gb18030"
        rows = pd.read_csv(path, header=None, dtype=str, na_filter=False, encoding=encoding)
    header = rows.ne("").sum(axis=1).idxmax() if len(rows) < 5 else rows[1].ne("").idxmax()
    return rows.loc[header + 1 :].set_axis(rows.loc[header], axis="columns")


def main() -> None:
    """Read every file; count and sum the ledgers by district and category."""
    ledgers = []
    for path in sorted(p for p in Path(sys.argv[1]).rglob("*") if p.is_file()):
        table = read(path)
        if LEDGER in path.name:
            names = {header: name for name, known in HEADERS.items() for header in known}
            ledgers.append(table.rename(columns=names)[list(HEADERS)])
    city = pd.concat(ledgers)
    city = city[city["status"] == "已排查"]
    city["floor_area_m2"] = pd.to_numeric(city["floor_area_m2"], errors="coerce")
    print(city.groupby("district")["floor_area_m2"].agg(["count", "sum"]))
    print(city.groupby(["district", "category"])["floor_area_m2"].agg(["count", "sum"]))


if __name__ == "__main__":
    main()
