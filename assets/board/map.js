"use strict";
// The seat map: a grid of seats, two computers each, walked by the arrow keys.

const MOST_WORDED = 6; // so many columns leave each computer room for a word
const MOST_ROOMY = 16;

class SeatMap {
  constructor(place, choose) {
    this.place = place;
    this.choose = choose;
    this.buttons = new Map();
    this.layout = "";
    place.addEventListener("keydown", (event) => this.walk(event));
  }

  // Build the grid where its layout changed; `update` fills it.
  draw(board, cards) {
    const layout = JSON.stringify([board.rows, board.columns, board.spots, [...cards.keys()].sort(), language]);
    if (layout === this.layout) return false;
    this.layout = layout;
    this.buttons.clear();
    this.at = new Map();
    document.body.classList.toggle("dense", board.columns > MOST_ROOMY);
    document.body.classList.toggle("worded", board.columns <= MOST_WORDED);
    document.documentElement.style.setProperty("--columns", board.columns);
    const pairs = new Map();
    for (const card of cards.values()) {
      if (!pairs.has(card.seat)) pairs.set(card.seat, []);
      pairs.get(card.seat).push(card);
    }
    const lines = board.rows.map((name) =>
      el("div", { class: "row", role: "row" }, el("span", { class: "line", role: "rowheader" }, name)));
    for (const [seat, [row, column]] of Object.entries(board.spots)) {
      const box = this.seat(seat, pairs.get(seat) || [], row, column);
      box.style.gridColumn = String(column + 2);
      lines[row].append(box);
    }
    this.place.replaceChildren(...lines);
    return true;
  }

  seat(name, cards, row, column) {
    const pair = el("div", { class: "pair" });
    const order = ["primary", "backup"];
    for (const card of cards.sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role))) {
      const side = order.indexOf(card.role);
      const button = el("button", { type: "button", tabindex: "-1", "data-key": card.key,
        onclick: () => this.choose(card.key) });
      this.buttons.set(card.key, button);
      this.at.set(`${row} ${column * 2 + side}`, card.key);
      button.spot = [row, column * 2 + side];
      pair.append(button);
    }
    return el("div", { class: "seat", role: "gridcell" },
      el("div", { class: "name" }, name, el("span", { class: "open" })), pair);
  }

  // Show one computer as it is now.
  update(card, board) {
    const button = this.buttons.get(card.key);
    button.className = card.state;
    const state = say(board.words.states[card.state]);
    const names = card.problems.map((result) => say(result.title)).join(word("comma"));
    const told = `${card.seat} ${say(board.words.roles[card.role])} ${word("of", { name: state, what: names })}`;
    button.title = told;
    button.setAttribute("aria-label", told);
    button.replaceChildren(glyph(card.state), el("span", { class: "label" }, pick(WORDS.short[card.state])));
  }

  // Dim what the filters leave out, mark what is chosen, keep one button in the tab order.
  mark(shown, chosen) {
    let first = null;
    for (const [key, button] of this.buttons) {
      const fits = shown.has(key);
      button.classList.toggle("away", !fits);
      if (key === chosen) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
      button.tabIndex = -1;
      if (key === chosen || (first === null && fits)) first = button;
    }
    (first || this.buttons.values().next().value || {}).tabIndex = 0;
  }

  walk(event) {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const step = steps[event.key];
    const spot = event.target.spot;
    if (!step || !spot) return;
    event.preventDefault();
    let [row, column] = spot;
    for (let tries = 0; tries < 64; tries += 1) {
      row += step[0];
      column += step[1];
      const key = this.at.get(`${row} ${column}`);
      if (!key) continue;
      event.target.tabIndex = -1;
      this.buttons.get(key).tabIndex = 0;
      this.buttons.get(key).focus();
      return;
    }
  }

  focus(key) {
    const button = this.buttons.get(key);
    if (button) button.focus();
  }
}
