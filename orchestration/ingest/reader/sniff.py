"""What a file is, by its first bytes and never by its ending.

Add a format here when districts deliver a new one under an old ending. The pre-scan decides
whether a workbook is safe to open, the csv reader how a csv is encoded.
"""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Literal

from orchestration.ingest.reading import Refusal, refuse

Content = Literal["workbook", "text"]

_HEAD_BYTES = 8192
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_OTHER_KINDS = (
    (b"%PDF", "PDF 文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"{\\rtf", "RTF 文档"),
)
_HTML_MARKS = (b"<html", b"<table", b"<!doctype html", b"mime-version:")
_RESAVE = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿(*.xlsx)”后重新报送"


def sniff(path: Path) -> Content:
    """Return whether the file is a zip (so perhaps a workbook) or text.

    Raises Refusal (empty_file, encrypted, old_xls, html_as_xls, xml_spreadsheet or
    not_a_workbook) for anything else.
    """
    with path.open("rb") as handle:
        head = handle.read(_HEAD_BYTES)
    if not head.strip(b"\x00\t\r\n \xef\xbb\xbf"):
        raise refuse("empty_file", "文件是空的，没有任何内容", "请核对后重新导出并报送")
    if head.startswith(b"PK\x03\x04"):
        return "workbook"
    if head.startswith(_OLE2):
        raise _ole2_refusal(path)
    for signature, name in _OTHER_KINDS:
        if head.startswith(signature):
            raise _not_a_workbook(f"文件其实是{name}，不是 Excel 工作簿或 csv")
    _refuse_markup(head.lstrip(b"\xef\xbb\xbf\t\r\n ").lower())
    if _looks_binary(head):
        raise _not_a_workbook("文件内容是无法识别的二进制数据，不是 Excel 工作簿或 csv")
    return "text"


def _ole2_refusal(path: Path) -> Refusal:
    with path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as data:
        is_encrypted = data.find(_ENCRYPTED_STREAM) >= 0
    if is_encrypted:
        return refuse(
            "encrypted",
            "工作簿设有打开密码，无法读取",
            "请在 Excel“文件—信息—保护工作簿”中去除密码，另存后重新报送",
        )
    return refuse(
        "old_xls",
        "文件是旧版 Excel 97—2003 (.xls) 格式，其中的隐藏行、公式和文字格式无从核对，本平台不读取",
        "请用 Excel 或 WPS 打开，点“文件—另存为”，保存类型选“Excel 工作簿(*.xlsx)”，"
        "再报送另存的文件（只改文件名的后缀不行）",
    )


def _refuse_markup(head: bytes) -> None:
    if not head.startswith((b"<", b"mime-version:")):
        return
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise refuse("xml_spreadsheet", "文件其实是“XML 电子表格 2003”，不是工作簿", _RESAVE)
    if any(mark in head for mark in _HTML_MARKS):
        raise refuse("html_as_xls", "文件其实是网页 (HTML)，只是名称像工作簿", _RESAVE)
    raise _not_a_workbook("文件其实是 XML 或网页片段，不是 Excel 工作簿或 csv")


def _looks_binary(head: bytes) -> bool:
    """Whether over one byte in a hundred is a control character; a UTF-16 text is not binary."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    controls = sum(byte < 32 and byte not in b"\t\r\n\x0c" for byte in head)
    return controls * 100 > len(head)


def _not_a_workbook(message: str) -> Refusal:
    return refuse("not_a_workbook", message, "请报送 .xlsx 工作簿或 csv 文件")
