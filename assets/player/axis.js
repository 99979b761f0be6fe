// The time line: a ruler, one lane a source, receipts and events; everything placed by percent.

import { say, word } from "./words.js";

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
const TICKS = 12;

export function clockOf(seconds) {
  const whole = Math.max(0, Math.floor(seconds + 1e-6));
  const two = (n) => String(n).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

export class Axis {
  constructor(labels, lanes, session) {
    this.labels = labels;
    this.lanes = lanes;
    this.session = session;
    this.cursor = lanes.querySelector("#cursor");
  }

  get length() {
    return Math.max(0.001, this.session.end - this.session.start);
  }

  percent(t) {
    return `${(100 * (t - this.session.start)) / this.length}%`;
  }

  // Session time under a pointer.
  timeAt(x) {
    const box = this.lanes.getBoundingClientRect();
    return this.session.start + (Math.min(1, Math.max(0, (x - box.left) / box.width))) * this.length;
  }

  draw() {
    this.labels.replaceChildren();
    this.lanes.replaceChildren(this.cursor);
    this.ruler();
    for (const lane of this.session.lanes) this.lane(lane);
    if (this.session.receipts.length > 0) this.receipts();
    if (this.session.events.length > 0) this.events();
  }

  row(kind, name) {
    const label = document.createElement("div");
    label.className = kind;
    label.textContent = name;
    this.labels.append(label);
    const row = document.createElement("div");
    row.className = `row ${kind}`;
    this.lanes.append(row);
    return row;
  }

  put(row, kind, start, end, text, title) {
    const bar = document.createElement("div");
    bar.className = kind;
    bar.style.left = this.percent(start);
    if (end !== null) bar.style.width = `${(100 * (end - start)) / this.length}%`;
    bar.textContent = text;
    bar.title = title;
    row.append(bar);
    return bar;
  }

  ruler() {
    const row = this.row("ruler", "");
    const step = STEPS.find((s) => this.length / s <= TICKS) ?? 7200;
    for (let t = Math.ceil(this.session.start / step) * step; t <= this.session.end; t += step) {
      const tick = this.put(row, "tick", t, null, clockOf(t), "");
      if (t > this.session.end - this.length * 0.05) tick.classList.add("last");
    }
  }

  lane(lane) {
    const row = this.row("lane", say(lane.name));
    for (const bar of lane.bars) {
      const [, track, number] = /^(\w+)-(\d+)\.mp4$/.exec(bar.file);
      const [start, end] = bar.span;
      const title = `${bar.file}  ${clockOf(start)} – ${clockOf(end)}`;
      this.put(row, "bar", start, end, word(`${track}_part`, { n: Number(number) }), title);
    }
    for (const hole of lane.holes) {
      const [start, end] = hole.span;
      this.put(row, `hole ${hole.kind}`, start, end, word(hole.kind), say(hole.text));
    }
  }

  receipts() {
    const row = this.row("receipts", word("receipts"));
    row.title = word("receipts_title");
    for (const at of this.session.receipts) this.put(row, "receipt", at, null, "", "");
  }

  events() {
    const row = this.row("events", word("events"));
    for (const event of this.session.events) {
      const at = Math.min(this.session.end, Math.max(this.session.start, event.at));
      const mark = this.put(row, `mark ${event.level}`, at, null, "", `${clockOf(at)}  ${say(event.text)}`);
      mark.dataset.at = at;
    }
  }

  move(t, said) {
    this.cursor.style.left = this.percent(t);
    this.lanes.setAttribute("aria-valuenow", String(Math.round(t - this.session.start)));
    this.lanes.setAttribute("aria-valuetext", said);
  }
}
