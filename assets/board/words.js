"use strict";
// What the page itself says, Chinese first. Words of the reports come in both languages.

const WORDS = {
  title: ["赛鉴 机房一览", "SaiJian, the room at a glance"],
  folder: ["报告文件夹：{name}", "Reports folder: {name}"],
  made: ["更新于 {time}", "as of {time}"],
  left: ["还有 {n} 项待处理", "{n} left to do"],
  none_left: ["全部就绪", "all is ready"],
  cause: ["原因", "Cause"],
  every_cause: ["全部原因", "every cause"],
  cause_line: ["{title}：不合格 {fail}，未知 {unknown}，注意 {warn}", "{title}: {fail} failed, {unknown} unknown, {warn} warned"],
  any: ["全部", "All"],
  auto: ["自动", "By itself"],
  on_site: ["需到场", "Needs somebody there"],
  role: ["电脑", "Computer"],
  only_input: ["只差输入法", "Only input methods"],
  clear: ["清除筛选", "Clear filters"],
  map: ["座位图", "Seat map"],
  list: ["待查列表，最严重的在前（{n} 台）", "List, worst first ({n} computers)"],
  nothing: ["没有符合筛选的电脑。", "No computer fits the filters."],
  comma: ["、", ", "],
  of: ["{name}：{what}", "{name}: {what}"],
  keys: [
    "方向键在座位间移动，回车查看，Esc 返回；左为主机，右为备用机",
    "Arrow keys move between seats, Enter shows, Esc goes back; left is the primary, right the backup computer",
  ],
  excel: ["导出 Excel", "Excel"],
  other_language: ["English", "中文"],
  close: ["关闭", "Close"],
  no_report: ["这台电脑还没有报告。请在它上面运行 saijian preflight。", "No report of this computer yet. Run saijian preflight there."],
  stale: ["这是 {time} 的报告，不是今天的。请重新检查。", "This report is of {time}, not of today. Check again."],
  incomplete: ["有检查项从未做过，请全部检查一次。", "Some checks have never been run: run all of them once."],
  clock_ahead: ["这台电脑的时钟比本机快，报告时间不可信。", "Its clock is ahead of this computer's: the time of its report is not to be trusted."],
  others: ["另有电脑也报告为这一台：{hosts}", "Other computers say they are this one too: {hosts}"],
  about: ["主机名 {host}　报告 {time}　用时 {seconds} 秒　{software}", "Host {host} · report of {time} · took {seconds} s · {software}"],
  plan: ["方案 {id} 第 {revision} 版 {sha256}", "plan {id}, revision {revision}, {sha256}"],
  asked: ["要求：{text}", "asked: {text}"],
  measured: ["测于 {time}", "measured {time}"],
  passed: ["通过的检查：{n} 项", "Passed: {n}"],
  excused: ["已豁免：{why}（{who}）", "allowed: {why} ({who})"],
  since_good: ["上次合格（{time}）以来的变化", "Changed since the last good run ({time})"],
  since_last: ["与上次（{time}）相比的变化", "Changed since the last run ({time})"],
  unchanged: ["没有变化", "nothing changed"],
  then_none: ["无", "none"],
  checklist: ["考场清单", "Room checklist"],
  ticked: ["已确认", "ticked"],
  open: ["未确认", "open"],
  allow: ["整个考场豁免…", "Allow in the whole room…"],
  allow_title: ["整个考场豁免：{title}", "Allow in the whole room: {title}"],
  allow_this: ["只豁免这一发现：{text}", "Only this finding: {text}"],
  allow_all: ["这项检查的任何发现", "Whatever this check finds"],
  why: ["理由", "Reason"],
  who: ["谁决定", "Who decided"],
  save: ["保存", "Save"],
  cancel: ["取消", "Cancel"],
  take_back: ["撤销", "Take back"],
  exceptions: ["本考场的豁免", "What this room allows"],
  exception_line: ["{check}（{finding}）：{why}，{who}，{time}，涉及 {n} 台", "{check} ({finding}): {why}, {who}, {time}, at {n} computers"],
  any_finding: ["任何发现", "whatever it finds"],
  broken: ["读不出的报告", "Reports that cannot be read"],
  gone: ["一览服务已结束，下面是最后的内容；请重新运行 saijian board。", "The board has ended; below is what it showed last. Run saijian board again."],
  verdicts: {
    pass: ["通过", "pass"],
    warn: ["注意", "warning"],
    fail: ["不合格", "failed"],
    unknown: ["未知", "unknown"],
  },
  short: {
    fail: ["不合格", "failed"],
    missing: ["没报告", "missing"],
    stale: ["旧报告", "old"],
    unknown: ["未查清", "unclear"],
    warn: ["注意", "warning"],
    pass: ["通过", "passed"],
  },
};

let language = "zh";

function setLanguage(chosen) {
  language = chosen;
  document.documentElement.lang = chosen === "en" ? "en" : "zh-CN";
}

function pick(pair) {
  return pair[language === "en" ? 1 : 0];
}

// A word of the page, with {names} filled in.
function word(name, values = {}) {
  return pick(WORDS[name]).replace(/\{(\w+)\}/g, (_, key) => String(values[key]));
}

// A text of a report: {zh, en}.
function say(text) {
  return (language === "en" ? text.en : text.zh) || text.zh || "";
}
