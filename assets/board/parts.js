"use strict";
// Pieces of the page. Whatever a report says is only ever put in as text.

function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

const GLYPHS = new Map();

function glyph(state) {
  if (!GLYPHS.has(state)) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "glyph");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `#s-${state}`);
    svg.append(use);
    GLYPHS.set(state, svg);
  }
  return GLYPHS.get(state).cloneNode(true);
}

// Beijing time, as rooms use it: the day only where it is not today.
function clock(moment) {
  const at = new Date(new Date(moment).getTime() + 8 * 3600e3).toISOString();
  const today = new Date(Date.now() + 8 * 3600e3).toISOString();
  return at.slice(0, 10) === today.slice(0, 10) ? at.slice(11, 19) : `${at.slice(0, 10)} ${at.slice(11, 16)}`;
}

function tag(text) {
  return el("span", { class: "tag" }, text);
}

function finding(result, act) {
  const box = el("article", { class: `finding ${result.verdict}` });
  box.append(
    el("h4", {}, glyph(result.verdict), say(result.title),
      el("span", { class: "state" }, pick(WORDS.verdicts[result.verdict])),
      tag(word(result.on_site ? "on_site" : "auto"))),
    el("p", {}, say(result.evidence)),
  );
  if (result.advice) box.append(el("p", { class: "advice" }, `→ ${say(result.advice)}`));
  box.append(el("p", { class: "asked" }, word("asked", { text: say(result.requirement) }), "　",
    el("span", { class: "moment" }, word("measured", { time: clock(result.measured) }))));
  if (result.who) box.append(el("p", {}, word("excused", result)));
  else if (act) box.append(el("button", { type: "button", onclick: () => act(result) }, word("allow")));
  return box;
}

function changes(compared) {
  const title = word(compared.was_good ? "since_good" : "since_last", { time: clock(compared.when) });
  const verdict = (name) => (name ? pick(WORDS.verdicts[name]) : word("then_none"));
  const lines = compared.changes.map((one) =>
    el("li", {}, word("of", { name: say(one.title), what: `${verdict(one.before)} → ${verdict(one.now)}` })));
  if (!lines.length) lines.push(el("li", {}, word("unchanged")));
  return el("details", { open: compared.changes.length > 0 }, el("summary", {}, title), el("ul", {}, ...lines));
}

function checklist(words, ticked) {
  const lines = Object.entries(words.ticks).map(([name, text]) =>
    el("li", {}, `${ticked.includes(name) ? "☑" : "☐"} ${say(text)} (${word(ticked.includes(name) ? "ticked" : "open")})`));
  const title = `${word("checklist")} ${ticked.length}/${lines.length}`;
  return el("details", {}, el("summary", {}, title, " ", tag(word("on_site"))), el("ul", {}, ...lines));
}

// All that is known of one computer.
function details(card, board, act) {
  const made = [];
  const line = (text, kind = "") => made.push(el("p", { class: kind }, text));
  if (card.state === "missing") line(word("no_report"));
  if (card.state === "stale") line(word("stale", { time: clock(card.when) }));
  if (card.complete === false) line(word("incomplete"));
  if (card.clock_is_ahead) line(word("clock_ahead"));
  if (card.others.length) line(word("others", { hosts: card.others.join(", ") }));
  made.push(...card.problems.map((result) => finding(result, act)));
  made.push(...card.excused.map((result) => finding(result, null)));
  if (card.compared) made.push(changes(card.compared));
  made.push(checklist(board.words, board.ticks[card.seat] || []));
  if (card.passed) {
    const lines = card.passed.map((one) => el("li", {}, word("of", { name: say(one.title), what: say(one.evidence) })));
    const title = word("passed", { n: lines.length });
    made.push(el("details", {}, el("summary", {}, title), el("ul", {}, ...lines)));
  }
  if (card.when) {
    line(word("about", { ...card, time: clock(card.when) }), "about");
    if (card.plan) line(word("plan", { ...card.plan, sha256: card.plan.sha256.slice(0, 12) }), "about");
    line(card.file, "about");
  }
  return made;
}
