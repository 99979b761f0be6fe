"use strict";
// The page: what it shows now, the filters, and what the server says anew.

const PERIOD_MS = 1500;
const byId = (id) => document.getElementById(id);
const embedded = byId("data");
const view = { board: null, cards: new Map(), chosen: null, states: new Set(), cause: "", presence: "any", role: "", onlyInput: false, gone: false, lines: new Map() };
const map = new SeatMap(byId("map"), (key) => choose(key, true));

function fits(card) {
  const { states, cause, presence, role, onlyInput, board } = view;
  if (states.size && !states.has(card.state)) return false;
  if (cause && !card.problems.some((result) => result.check === cause)) return false;
  if (role && card.role !== role) return false;
  if (onlyInput && !card.only_input_methods) return false;
  if (presence === "auto") return card.problems.some((result) => !result.on_site);
  if (presence === "on_site") {
    const open = (board.ticks[card.seat] || []).length < Object.keys(board.words.ticks).length;
    const here = card.problems.some((result) => result.on_site);
    return here || card.state === "missing" || card.state === "stale" || (open && card.role === "primary");
  }
  return true;
}

// Take over a document of the server: all of it, or only the cards that changed.
function take(document_) {
  const known = new Map([...view.cards, ...document_.cards.map((card) => [card.key, card])]);
  const keys = document_.keys || document_.cards.map((card) => card.key);
  view.cards = new Map(keys.map((key) => [key, known.get(key)]));
  view.board = document_;
  if (view.chosen && !view.cards.has(view.chosen)) view.chosen = null;
  draw(document_.cards);
}

function draw(changed = [...view.cards.values()]) {
  const all = map.draw(view.board, view.cards);
  for (const card of all ? view.cards.values() : changed) map.update(card, view.board);
  drawTicks();
  drawHead();
  drawFilters();
  drawExtra();
  refresh();
}

function drawTicks() {
  const total = Object.keys(view.board.words.ticks).length;
  for (const box of byId("map").querySelectorAll(".seat .name")) {
    const done = (view.board.ticks[box.firstChild.textContent] || []).length;
    box.lastChild.title = word("checklist");
    box.lastChild.textContent = done < total ? `☐${done}/${total}` : "☑";
  }
}

function drawHead() {
  const { board } = view;
  document.title = word("title");
  byId("title").textContent = word("title");
  byId("folder").textContent = word("folder", { name: board.folder });
  byId("left").textContent = board.left ? word("left", { n: board.left }) : word("none_left");
  byId("made").textContent = word("made", { time: clock(board.made) });
  byId("language").textContent = word("other_language");
  byId("excel").textContent = word("excel");
  byId("excel").className = "button";
  byId("excel").hidden = Boolean(embedded);
  const notes = board.notes.map((text) => el("li", {}, say(text)));
  if (view.gone) notes.unshift(el("li", {}, word("gone")));
  const told = notes.map((note) => note.textContent).join("\n");
  if (told !== byId("notes").told) byId("notes").replaceChildren(...notes);
  byId("notes").told = told;
  byId("notes").hidden = !notes.length;
  byId("map-word").textContent = word("map");
  byId("keys").textContent = word("keys");
}

function toggle(text, pressed, act, ...before) {
  return el("button", { type: "button", "aria-pressed": String(pressed), onclick: act }, ...before, text);
}

function drawFilters() {
  const { board } = view;
  keepFocus(byId("states"), Object.keys(board.words.states).map((state) => {
    const flip = () => { view.states.delete(state) || view.states.add(state); drawFilters(); refresh(); };
    const button = toggle(say(board.words.states[state]), view.states.has(state), flip, glyph(state));
    button.classList.add(state);
    button.classList.toggle("zero", !board.counts[state]);
    button.append(el("b", {}, String(board.counts[state])));
    return button;
  }));
  const presence = ["any", "auto", "on_site"].map((name) =>
    toggle(word(name), view.presence === name, () => { view.presence = name; drawFilters(); refresh(); }));
  keepFocus(byId("presence"), presence);
  const causes = board.causes.map((one) =>
    el("option", { value: one.check }, word("cause_line", { ...one, title: say(one.title) })));
  fill(byId("cause"), [el("option", { value: "" }, word("every_cause")), ...causes], view.cause);
  const roles = Object.entries(board.words.roles).map(([name, text]) => el("option", { value: name }, say(text)));
  fill(byId("role"), [el("option", { value: "" }, word("any")), ...roles], view.role);
  byId("cause-word").textContent = word("cause");
  byId("role-word").textContent = word("role");
  byId("only-input").textContent = word("only_input");
  byId("only-input").setAttribute("aria-pressed", String(view.onlyInput));
  byId("clear").textContent = word("clear");
}

// Put new children in; the one in the same place keeps the focus.
function keepFocus(place, children) {
  const at = [...place.children].indexOf(document.activeElement);
  place.replaceChildren(...children);
  if (at >= 0 && children[at]) children[at].focus();
}

// Fill a list of choices; an open one is left alone while nothing in it changed.
function fill(select, options, chosen) {
  const told = options.map((option) => option.value + option.textContent).join("\n");
  if (select.told !== told) {
    select.told = told;
    select.replaceChildren(...options);
  }
  select.value = chosen;
}

function refresh() {
  const shown = [...view.cards.values()].filter(fits);
  map.mark(new Set(shown.map((card) => card.key)), view.chosen);
  byId("list-word").textContent = word("list", { n: shown.length });
  const lines = shown.map(lineOf);
  const place = byId("list");
  const told = lines.length ? lines : [el("li", { class: "none" }, word("nothing"))];
  if (told.length !== place.childElementCount || told.some((line, at) => line !== place.children[at])) {
    const focused = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    place.replaceChildren(...told);
    if (focused) place.querySelector(`[data-key="${focused}"]`)?.focus({ preventScroll: true });
  }
  place.querySelector("[aria-current]")?.removeAttribute("aria-current");
  if (view.chosen) place.querySelector(`[data-key="${view.chosen}"]`)?.setAttribute("aria-current", "true");
  drawDetail();
}

// One computer's line of the list, made again only where it says something else.
function lineOf(card) {
  const known = view.lines.get(card.key);
  if (known && known.card === card && known.language === language) return known.line;
  const { states, roles } = view.board.words;
  const what = card.problems.map((result) => say(result.title)).join(word("comma"));
  const line = el("li", {}, el("button", { type: "button", class: card.state, "data-key": card.key,
    onclick: () => choose(card.key, true) },
  glyph(card.state),
  el("span", {}, el("strong", {}, `${card.seat} ${say(roles[card.role])}`),
    el("span", { class: "state" }, say(states[card.state])), card.host ? `　${card.host}` : ""),
  what ? el("span", { class: "what" }, what) : null));
  view.lines.set(card.key, { card, language, line });
  return line;
}

function choose(key, move) {
  view.chosen = key;
  refresh();
  if (move && key) byId("detail").focus();
}

function drawDetail() {
  const box = byId("detail");
  const card = view.cards.get(view.chosen);
  box.hidden = !card;
  if (!card) { box.told = ""; return; }
  const ticks = view.board.ticks[card.seat] || [];
  const told = JSON.stringify([card, ticks, language]);
  if (box.told === told) return; // what somebody reads there stays as it is
  box.told = told;
  box.className = card.state;
  const { states, roles } = view.board.words;
  const close = el("button", { type: "button", id: "close", onclick: back }, word("close"));
  box.replaceChildren(
    el("div", { class: "head" }, glyph(card.state), el("h3", {}, `${card.seat} ${say(roles[card.role])}`),
      el("span", { class: "state" }, say(states[card.state])), close),
    ...details(card, view.board, embedded ? null : askToAllow),
  );
}

function back() {
  const key = view.chosen;
  choose(null, false);
  map.focus(key);
}

function drawExtra() {
  const { board } = view;
  const titles = new Map(board.causes.map((one) => [one.check, say(one.title)]));
  for (const card of view.cards.values()) for (const one of card.excused) titles.set(one.check, say(one.title));
  const allowed = board.exceptions.map((one) => el("li", {},
    word("exception_line", { check: titles.get(one.check) || one.check, finding: one.finding || word("any_finding"),
      why: one.why, who: one.who, time: clock(one.when), n: one.seats }), " ",
    embedded ? null : el("button", { type: "button",
      onclick: () => send({ check: one.check, finding: one.finding, take_back: true }) }, word("take_back"))));
  const broken = board.broken.map((one) => el("li", { class: "broken" }, word("of", { name: one.file, what: say(one.why) })));
  const part = (title, lines) => (lines.length ? [el("section", {}, el("h2", {}, word(title)), el("ul", {}, ...lines))] : []);
  byId("extra").replaceChildren(...part("broken", broken), ...part("exceptions", allowed));
}

// ---- exceptions ------------------------------------------------------------------------------------

function askToAllow(result) {
  const dialog = byId("allow");
  const only = el("input", { type: "radio", name: "span", value: "one", checked: true });
  const whole = el("input", { type: "radio", name: "span", value: "all" });
  const why = el("textarea", { rows: "2", maxlength: "300", required: true, id: "why" });
  const who = el("input", { maxlength: "300", required: true, id: "who" });
  const wrong = el("p", { class: "wrong", role: "alert" });
  const save = async (event) => {
    event.preventDefault();
    const told = await send({ check: result.check, finding: only.checked ? result.evidence.zh : null,
      why: why.value, who: who.value });
    if (told) wrong.textContent = say(told);
    else dialog.close();
  };
  const form = el("form", { method: "dialog", onsubmit: save },
    el("h2", {}, word("allow_title", { title: say(result.title) })),
    el("label", { class: "choice" }, only, el("span", {}, word("allow_this", { text: say(result.evidence) }))),
    el("label", { class: "choice" }, whole, el("span", {}, word("allow_all"))),
    el("label", {}, word("why"), why), el("label", {}, word("who"), who), wrong,
    el("div", { class: "buttons" },
      el("button", { type: "button", onclick: () => dialog.close() }, word("cancel")),
      el("button", { type: "submit", id: "save" }, word("save"))));
  dialog.replaceChildren(form);
  dialog.showModal();
  why.focus();
}

// Send an order; return what was wrong, or null.
async function send(order) {
  const answer = await fetch("exceptions", { method: "POST", body: JSON.stringify(order),
    headers: { "Content-Type": "application/json" } });
  const told = await answer.json();
  if (!answer.ok) return told.error;
  take(told);
  return null;
}

// ---- life ------------------------------------------------------------------------------------------

async function poll() {
  try {
    const since = view.board ? `?since=${view.board.revision}` : "";
    const answer = await fetch(`board.json${since}`);
    const told = await answer.json();
    const was = view.board;
    const same = was && was.revision === told.revision && JSON.stringify(was.notes) === JSON.stringify(told.notes);
    if (same && !view.gone) {
      byId("made").textContent = word("made", { time: clock(told.made) });
    } else {
      view.gone = false;
      take(told);
    }
  } catch {
    if (view.board && !view.gone) { view.gone = true; drawHead(); }
  }
  setTimeout(poll, PERIOD_MS);
}

byId("language").addEventListener("click", () => { setLanguage(language === "en" ? "zh" : "en"); draw(); });
byId("cause").addEventListener("change", (event) => { view.cause = event.target.value; refresh(); });
byId("role").addEventListener("change", (event) => { view.role = event.target.value; refresh(); });
byId("only-input").addEventListener("click", () => { view.onlyInput = !view.onlyInput; drawFilters(); refresh(); });
byId("clear").addEventListener("click", () => {
  view.states.clear();
  Object.assign(view, { cause: "", presence: "any", role: "", onlyInput: false });
  drawFilters();
  refresh();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && view.chosen && !byId("allow").open) back();
});
if (embedded) take(JSON.parse(embedded.textContent));
else poll();
