// What the page itself says, Chinese first. Words of the session come in both languages from the server.

export const WORDS = {
  screen: ["屏幕", "Screen"],
  film: ["摄像头和声音", "Camera and sound"],
  second: ["第二摄像头", "Second camera"],
  play: ["播放", "Play"],
  pause: ["暂停", "Pause"],
  back: ["后退 10 秒", "Back 10 s"],
  forward: ["前进 10 秒", "Forward 10 s"],
  previous: ["上一个标记", "Previous mark"],
  next: ["下一个标记", "Next mark"],
  speed: ["速度", "Speed"],
  mute: ["静音", "Mute"],
  unmute: ["取消静音", "Unmute"],
  session_time: ["场次时间", "Session time"],
  wall_time: ["北京时间（本机时钟）", "Beijing time (that computer's clock)"],
  unknown: ["未知", "unknown"],
  time_line: ["时间轴", "Time line"],
  marks: ["事件和缺口", "Events and gaps"],
  events: ["事件", "Events"],
  receipts: ["回执", "Receipts"],
  receipts_title: ["日志记下的组委会回执（未核验）", "Receipts of the organizer in the journal (not checked)"],
  gap: ["缺口", "gap"],
  stand_in: ["替代", "stand-in"],
  screen_part: ["第 {n} 段", "part {n}"],
  identity_part: ["身份核验 第 {n} 段", "identity, part {n}"],
  second_part: ["第 {n} 段", "part {n}"],
  contest_part: ["竞赛 第 {n} 段", "contest, part {n}"],
  no_picture: ["没有画面", "No picture"],
  not_recorded: ["此时没有录制。", "Nothing was recorded at this moment."],
  no_track: ["本场次没有这一路录像。", "This session has no such recording."],
  damaged: ["这一段无法播放，文件可能已损坏。", "This piece cannot be played; the file may be damaged."],
  standing_in: ["替代内容，不算有效记录", "Stand-in, does not count as recorded"],
  gone: ["播放服务已结束，请重新运行 saijian play。", "The player has ended: run saijian play again."],
  failed: ["场次读不出。", "The session cannot be read."],
  notes: ["读取时发现的情况：{n} 项", "Noticed while reading: {n}"],
  keys: [
    "空格 播放或暂停　← → 5 秒　Home End 首尾　点击时间轴任意处跳转",
    "Space plays or pauses · ← → 5 s · Home End · click anywhere on the time line",
  ],
  copy: ["复制命令", "Copy command"],
  copied: ["已复制", "Copied"],
  unsupported: [
    "这个浏览器不能播放这种录像，请用新版 Chrome、Edge 或 Firefox。",
    "This browser cannot play these recordings: use a recent Chrome, Edge or Firefox.",
  ],
  other_language: ["English", "中文"],
  title: ["赛鉴 回看", "SaiJian playback"],
};

let language = "zh";

export function setLanguage(chosen) {
  language = chosen === "en" ? "en" : "zh";
  document.documentElement.lang = language === "en" ? "en" : "zh-CN";
}

export function currentLanguage() {
  return language;
}

// A word of the page, with {names} filled in.
export function word(name, values = {}) {
  const text = WORDS[name][language === "en" ? 1 : 0];
  return text.replace(/\{(\w+)\}/g, (_, key) => String(values[key]));
}

// A text of the server: {zh, en}.
export function say(text) {
  return (language === "en" ? text.en : text.zh) || text.zh || "";
}
