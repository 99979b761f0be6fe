// A small input method: pinyin is shown beside the field as it is typed, a space writes the word.
// F2 puts the page back as it was loaded, so that every minute of the script begins alike.
"use strict";
const WORDS = {
  jingsai: "竞赛", xuanshou: "选手", dianzi: "电子", shangwu: "商务", shuju: "数据", fenxi: "分析",
  yunying: "运营", shichang: "市场", kehu: "客户", fuwu: "服务", cangku: "仓库", dingdan: "订单",
  zhiliang: "质量", jiage: "价格", tuiguang: "推广", fangan: "方案", women: "我们", jianyi: "建议",
};
const box = document.createElement("div");
box.className = "candidates";
box.hidden = true;
document.body.append(box);
let pinyin = "";

function showCandidates(field) {
  const place = field.getBoundingClientRect();
  box.hidden = pinyin === "";
  box.style.left = `${place.left + window.scrollX + 20}px`;
  box.style.top = `${place.bottom + window.scrollY + 4}px`;
  const close = Object.keys(WORDS).filter((word) => word.startsWith(pinyin)).slice(0, 5);
  box.innerHTML = `<u>${pinyin}</u>` + close.map((word, i) => `${i + 1}.${WORDS[word]}`).join("  ");
}

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key === "F2") { event.preventDefault(); document.activeElement.blur(); pinyin = ""; box.hidden = true; window.scrollTo(0, 0); reset(); return; }
  if (!field.matches("input, textarea") || event.ctrlKey || event.altKey) return;
  if (/^[a-z]$/.test(event.key)) { pinyin += event.key; }
  else if (event.key === " " && pinyin) { field.setRangeText(WORDS[pinyin] || pinyin, field.selectionStart, field.selectionEnd, "end"); pinyin = ""; }
  else { return; }
  event.preventDefault();
  showCandidates(field);
});

function reset() {
  for (const field of document.querySelectorAll("input, textarea")) field.value = "";
  if (window.resetPage) window.resetPage();
}
