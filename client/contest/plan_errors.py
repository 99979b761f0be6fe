"""What is wrong with a plan, in one sentence that names the field, in both languages.

Nothing of the file is repeated but the name of the field, shortened and without control characters.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from client.base.errors import PlanError
from client.base.text import Text

_LONGEST_FIELD = 120
_DOWNLOAD = Text(
    "请从组委会公布的地址重新下载方案文件。", "Download the plan file again from the organizer."
)
_CORRECT = Text(
    "请联系组委会更正方案后再试。", "Ask the organizer to correct the plan, then try again."
)

_REASONS = {
    # pydantic's own
    "missing": Text("缺少这一项", "it is missing"),
    "extra_forbidden": Text("不认识这一项", "this member is not known"),
    "string_pattern_mismatch": Text("格式不对", "its form is wrong"),
    "string_too_short": Text("内容太短", "it is too short"),
    "string_too_long": Text(
        "内容超过 {max_length} 字", "it is longer than {max_length} characters"
    ),
    "string_unicode": Text("含有无效字符", "it holds invalid characters"),
    "string_type": Text("应为文字", "it must be text"),
    "int_type": Text("应为整数", "it must be a whole number"),
    "int_parsing_size": Text("数值过大", "the number is too large"),
    "bool_type": Text("应为 true 或 false", "it must be true or false"),
    "greater_than_equal": Text("不得小于 {ge}", "it must be {ge} or more"),
    "less_than_equal": Text("不得大于 {le}", "it must be {le} or less"),
    "multiple_of": Text("应为 {multiple_of} 的倍数", "it must be a multiple of {multiple_of}"),
    "literal_error": Text("只能是 {expected}", "it must be {expected}"),
    "too_short": Text("至少要有 {min_length} 项", "it needs {min_length} entries or more"),
    "too_long": Text("最多 {max_length} 项", "it takes {max_length} entries at most"),
    "tuple_type": Text("应为列表", "it must be a list"),
    "model_type": Text("应为对象", "it must be an object"),
    "model_attributes_type": Text("应为对象", "it must be an object"),
    "timezone_aware": Text("时间必须带时区 +08:00", "the time must carry the offset +08:00"),
    # ours
    "not_beijing": Text(
        "时间必须写成带 +08:00 的文字", "the time must be text with the offset +08:00"
    ),
    "year": Text("年份应在 2020 至 2100 之间", "the year must be between 2020 and 2100"),
    "paper_length": Text(
        "结束须晚于开始，且不超过 12 小时", "a paper ends after its start, within 12 hours"
    ),
    "same_id": Text("编号“{id}”重复", "the id “{id}” stands there twice"),
    "control_characters": Text("含有换行或控制字符", "it holds line breaks or control characters"),
    "no_network": Text(
        "应为 IP 地址或网段，如 203.0.113.0/24", "it must be an address or a network"
    ),
    "device_name": Text("不能用 Windows 的设备名", "it is the name of a device of Windows"),
    "address": Text("不是服务器地址", "it is not the address of a server"),
    "plain_http": Text("须为 https（仅本机可用 http）", "it must be https, http only on loopback"),
    "certificate": Text("不是 PEM 证书", "it is not a certificate in PEM form"),
    "filming_before_opening": Text(
        "开始录制不得早于开放时间", "filming cannot begin before the session opens"
    ),
}
_OTHER = Text("内容不可用", "it cannot be used")


def wrong(code: str, **values: str) -> PydanticCustomError:
    """Return the error that a validator of the plan raises; `code` is in the table above."""
    return PydanticCustomError(code, "{code}", {"code": code, **values})


def field_error(error: ValidationError) -> PlanError:
    """Return the one sentence for the first wrong field."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = shown(".".join(str(part) for part in first["loc"])) or "plan"
    context = {name: shown(str(value)) for name, value in first.get("ctx", {}).items()}
    kind = first["type"]
    if kind.startswith(("datetime", "date_")):
        kind = "not_beijing"
    reason = _REASONS.get(kind, _OTHER).format(**context)
    return PlanError(
        Text(
            f"竞赛方案的字段 {field} 有误：{reason.zh}。",
            f"Field {field} of the contest plan is wrong: {reason.en}.",
        ),
        _CORRECT,
    )


def shown(untrusted: str) -> str:
    """Return a name from the file so that it can be printed anywhere."""
    short = untrusted[:_LONGEST_FIELD] + ("…" if len(untrusted) > _LONGEST_FIELD else "")
    return "".join(c if c.isprintable() else "�" for c in short)


def parse_object(untrusted: bytes, most_bytes: int) -> dict[str, Any]:
    """Return the JSON object in `untrusted`; PlanError for anything else.

    A member that stands there twice is refused: programs differ in which of the two they take.
    """
    if len(untrusted) > most_bytes:
        raise PlanError(Text("竞赛方案文件过大。", "The contest plan is too large."), _DOWNLOAD)
    try:
        document = json.loads(untrusted.decode("utf-8-sig"), object_pairs_hook=_distinct)
    except (ValueError, RecursionError) as error:
        raise PlanError(
            Text("竞赛方案不是有效的 JSON 文件。", "The contest plan is not valid JSON."), _DOWNLOAD
        ) from error
    if not isinstance(document, dict):
        raise PlanError(
            Text("竞赛方案不是 JSON 对象。", "The contest plan is not a JSON object."), _DOWNLOAD
        )
    return document


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise PlanError(
            Text(
                f"竞赛方案的字段 {shown(twice)} 出现了两次。",
                f"Field {shown(twice)} stands twice in the contest plan.",
            ),
            _CORRECT,
        )
    return members
