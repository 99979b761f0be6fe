"""What the organizer refuses: one code, one HTTP status and one sentence each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from client.base.text import Text
from client.remote.messages import Problem

CHECKSUM_MISMATCH = 460
"""HTTP status that tus 1.0 gives to a wrong checksum."""

_CATALOGUE: dict[str, tuple[int, Text]] = {
    "bad_request": (
        422,
        Text("请求的字段 {field} 有误：{reason}。", "Field {field} is wrong: {reason}."),
    ),
    "bad_header": (
        400,
        Text("请求头 {name} 缺失或有误。", "Header {name} is missing or wrong."),
    ),
    "bad_type": (
        415,
        Text("上传内容的类型应为 {wanted}。", "The content type must be {wanted}."),
    ),
    "not_found": (404, Text("没有这个地址。", "There is nothing at this address.")),
    "method_not_allowed": (405, Text("此地址不接受这种请求。", "Method not allowed here.")),
    "too_large": (413, Text("内容超过 {limit} 字节。", "More than {limit} bytes.")),
    "too_slow": (408, Text("内容到达得太慢。", "The content arrived too slowly.")),
    "token_unknown": (
        401,
        Text("登录凭证无效，请重新登记。", "The token is not known; enrol again."),
    ),
    "unknown_ticket": (
        403,
        Text(
            "准考证号或一次性码不对，请核对后再试。",
            "The ticket or its one-time code is not right; check them and try again.",
        ),
    ),
    "code_used": (
        409,
        Text(
            "这个一次性码已在另一台电脑上用过，请联系组委会领取新码。",
            "This one-time code was used on another computer; ask the organizer for a new one.",
        ),
    ),
    "session_taken": (
        409,
        Text(
            "这个场次编号已属于别的登记，请重新登记。",
            "This session number belongs to another enrolment; enrol anew.",
        ),
    ),
    "unknown_paper": (
        404,
        Text(
            "没有可登记的场次，请核对准考证上的场次。",
            "There is no such paper for this ticket; check the papers on the ticket.",
        ),
    ),
    "plan_unknown": (
        409,
        Text(
            "竞赛方案不是本组委会发布的，请重新下载方案。",
            "This plan was not published by this organizer; download the plan again.",
        ),
    ),
    "too_many_tries": (
        429,
        Text("尝试过多，请一分钟后再试。", "Too many tries; wait a minute."),
    ),
    "too_many_beats": (
        429,
        Text(
            "心跳过于频繁，请稍候。录制和上传不受影响。",
            "Too many heartbeats; wait a moment. Recording and sending go on.",
        ),
    ),
    "journal_forked": (
        409,
        Text(
            "日志与此前收到的第 {seq} 行不一致，已记录在案。",
            "The journal contradicts line {seq} received before; this was recorded.",
        ),
    ),
    "sealed": (
        409,
        Text("本场次已封存，不再接收内容。", "This session is sealed; nothing more is taken."),
    ),
    "tus_version": (412, Text("上传协议应为 tus 1.0.0。", "The upload protocol is tus 1.0.0.")),
    "bundle_conflict": (
        409,
        Text(
            "{name} 的字节 {range} 与已登记的内容不一致。",
            "Bytes {range} of {name} contradict a bundle announced before.",
        ),
    ),
    "offset_conflict": (
        409,
        Text("应从第 {offset} 字节续传。", "The upload continues at byte {offset}."),
    ),
    "too_long": (
        400,
        Text("内容超出这段文件的长度。", "The content goes beyond the bundle's length."),
    ),
    "checksum_mismatch": (
        CHECKSUM_MISMATCH,
        Text("内容与校验和不符，请重传。", "The content does not match its checksum; send again."),
    ),
    "bundle_mismatch": (
        CHECKSUM_MISMATCH,
        Text(
            "整段文件与登记的校验和不符，请从头重传。",
            "The whole bundle does not match its digest; send it again from its beginning.",
        ),
    ),
    "upload_unknown": (404, Text("没有这个上传。", "There is no such upload.")),
    "upload_expired": (
        410,
        Text("这个上传已过期，请重新登记。", "This upload has expired; announce it again."),
    ),
    "session_full": (
        413,
        Text(
            "本场次超过组委会按方案预留的 {limit} MB，不再接收。全部录像都在本机，请不要删除，"
            "致电组委会，按其安排交送硬盘。",
            "This session has more than the {limit} MB that the plan lets the organizer take. All "
            "of it is on this computer: delete nothing, call the organizer, hand the disk over.",
        ),
    ),
    "disk_full": (
        507,
        Text(
            "组委会的磁盘快满了，暂停接收。录像都在本机，会自动重试，请不要关机。",
            "The organizer's disk is nearly full. All is on this computer and is sent again by "
            "itself: leave the computer on.",
        ),
    ),
    "incomplete": (
        409,
        Text("还缺少：{missing}。", "Still missing: {missing}."),
    ),
    "mismatch": (
        422,
        Text(
            "收到的内容与签名不符：{reason.zh}",
            "What was stored does not match what was signed: {reason.en}",
        ),
    ),
    "hashing": (
        503,
        Text("正在核对收到的文件，请稍候。", "The files are being checked; ask again shortly."),
    ),
    "probe_busy": (
        503,
        Text("正在给别的电脑测速，请稍候。", "Another computer is being measured; wait a moment."),
    ),
    "probe_over": (
        410,
        Text("这次测速的时间已过，请重新测速。", "This turn to measure is over; begin anew."),
    ),
    "probe_used_up": (
        429,
        Text(
            "这个网络地址一小时内测速太多，请一小时后再测。",
            "Too much was measured from this address within an hour; try again in an hour.",
        ),
    ),
    "bad_report": (
        422,
        Text("这不是检查报告：{reason.zh}。", "This is no preflight report: {reason.en}."),
    ),
    "reports_used_up": (
        429,
        Text(
            "这个网络地址一小时内发来的报告太多，请一小时后再发。",
            "Too many reports came from this address within an hour; send again in an hour.",
        ),
    ),
    "reports_full": (
        507,
        Text(
            "组委会已收满检查报告，请联系组委会。",
            "The organizer holds as many reports as it takes; call the organizer.",
        ),
    ),
    "no_plan": (503, Text("方案尚未发布。", "No plan is published yet.")),
    "internal": (
        500,
        Text("组委会服务器内部出错，请稍后重试。", "The organizer's server failed; try later."),
    ),
}


class Refusal(Exception):  # noqa: N818 (an answer, not an error of this program)
    """An answer to a client that is not the one it wanted."""

    def __init__(
        self, code: str, headers: Mapping[str, str] | None = None, **values: object
    ) -> None:
        """Take the sentence `code` from the catalogue and fill in `values`."""
        super().__init__(code)
        self.code = code
        self.status, sentence = _CATALOGUE[code]
        self.text = sentence.format(**values)
        self.headers = dict(headers or {})

    @property
    def problem(self) -> Problem:
        """Return the body of the answer."""
        return Problem(code=self.code, zh=self.text.zh, en=self.text.en)


_ANYWHERE = ("bad_request", "too_large", "too_slow", "internal")
_WITH_TOKEN = ("token_unknown",)


def answers(*codes: str, token: bool = True) -> dict[int | str, dict[str, Any]]:
    """Describe a route's refusals for OpenAPI; those of every route are added."""
    table: dict[int | str, list[str]] = {}
    for code in sorted({*codes, *_ANYWHERE, *(_WITH_TOKEN if token else ())}):
        table.setdefault(_CATALOGUE[code][0], []).append(code)
    return {
        status: {"model": Problem, "description": ", ".join(found)}
        for status, found in sorted(table.items(), key=str)
    }
