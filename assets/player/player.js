// One clock for the session. The films follow it; where one has no picture, a card says why.

import { Axis, clockOf } from "./axis.js";
import { Film } from "./film.js";
import { currentLanguage, say, setLanguage, word } from "./words.js";

const SPEEDS = [1, 2, 4, 8];
const TICK_MS = 50;
const LONGEST_TICK = 1; // seconds that one tick may bring, after the computer slept
const BEIJING_MS = 8 * 3600 * 1000;
const NEAR = 0.25;
const $ = (id) => document.getElementById(id);

class Panel {
  // `shows` is the source of its picture; `sources` are all that it plays.
  constructor(id, shows, sources, session) {
    this.figure = $(id);
    this.video = this.figure.querySelector("video");
    this.card = this.figure.querySelector(".card");
    this.badge = this.figure.querySelector(".badge");
    this.lanes = session.lanes.filter((lane) => sources.includes(lane.source));
    const files = session.films.filter((film) => film.shows === shows);
    const address = (file) => `media/${encodeURIComponent(file)}`;
    this.film = new Film(this.video, files, session.start, session.end, address);
    this.isEmpty = files.length === 0;
  }

  hole(t) {
    for (const lane of this.lanes) {
      const found = lane.holes.find((hole) => hole.span[0] - 0.01 <= t && t < hole.span[1]);
      if (found) return found;
    }
    return null;
  }

  // What is said over the picture at t.
  show(t) {
    const hole = this.hole(t);
    const picture = this.film.shows(t) && !this.film.unsupported;
    this.card.hidden = picture && !this.film.gone;
    this.video.classList.toggle("away", !picture);
    if (!this.card.hidden) this.tell(t, hole);
    this.badge.hidden = !(picture && hole);
    if (!this.badge.hidden) put(this.badge, `${word("standing_in")} · ${say(hole.text)}`);
    this.figure.classList.toggle("loading", picture && !this.film.isReady(t));
  }

  tell(t, hole) {
    put(this.card.querySelector("strong"), word("no_picture"));
    let why = hole ? say(hole.text) : word("not_recorded");
    if (this.isEmpty && !hole) why = word("no_track");
    if (this.film.isBad(t)) why = word("damaged");
    if (this.film.unsupported) why = word("unsupported");
    if (this.film.gone) why = word("gone");
    put(this.card.querySelector("span"), why);
  }
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

class Player {
  constructor(session) {
    this.session = session;
    this.time = session.start < 0 ? Math.min(0, session.end) : session.start;
    this.playing = false;
    this.rate = 1;
    this.panels = [
      new Panel("screen", "screen", ["screen"], session),
      new Panel("film", "camera", ["camera", "sound"], session),
    ];
    if (session.lanes.some((lane) => lane.source === "second")) {
      this.panels.push(new Panel("second", "second", ["second"], session));
      $("second").hidden = false;
      $("second").parentElement.classList.add("two");
    }
    this.axis = new Axis($("labels"), $("lanes"), session);
    this.stops = stopsOf(session);
    this.before = performance.now();
    this.words();
    this.controls();
    setInterval(() => this.tick(), TICK_MS);
  }

  // ---- time ----------------------------------------------------------------------------------

  tick() {
    const now = performance.now();
    const passed = Math.min(LONGEST_TICK, (now - this.before) / 1000);
    this.before = now;
    const ready = this.panels.every((panel) => panel.film.isReady(this.time));
    const running = this.playing && ready;
    if (running) this.time = Math.min(this.session.end, this.time + passed * this.rate);
    if (this.time >= this.session.end && this.playing) this.toggle();
    for (const panel of this.panels) {
      panel.film.follow(this.time, running && this.playing, this.rate);
      panel.show(this.time);
    }
    this.paint();
  }

  paint() {
    const wall = wallAt(this.session.walls, this.time);
    put($("time"), `${clockOf(this.time)} / ${clockOf(this.session.end)}`);
    put($("wall"), wall ?? word("unknown"));
    this.axis.move(this.time, `${word("session_time")} ${clockOf(this.time)}`);
    const current = this.stops.findLastIndex((stop) => stop.at <= this.time + 0.02);
    if (current === this.current) return;
    this.current = current;
    for (const [i, item] of [...$("marks").children].entries()) {
      if (i === current) item.firstChild.setAttribute("aria-current", "true");
      else item.firstChild.removeAttribute("aria-current");
      if (i === current) reveal($("marks"), item);
    }
  }

  seek(t) {
    this.time = Math.min(this.session.end, Math.max(this.session.start, t));
    this.tick();
  }

  toggle() {
    this.playing = !this.playing;
    if (this.playing && this.time >= this.session.end) this.time = this.session.start;
    $("play").classList.toggle("playing", this.playing);
    name($("play"), word(this.playing ? "pause" : "play"));
  }

  step(direction) {
    const later = this.stops.find((stop) => stop.at > this.time + NEAR);
    const earlier = this.stops.findLast((stop) => stop.at < this.time - NEAR);
    const stop = direction > 0 ? later : earlier;
    if (stop) this.seek(stop.at);
  }

  setRate(rate) {
    this.rate = rate;
    for (const button of $("speeds").children) {
      button.setAttribute("aria-pressed", String(Number(button.value) === rate));
    }
  }

  mute() {
    const video = $("film").querySelector("video");
    video.muted = !video.muted;
    this.muteWord();
  }

  muteWord() {
    const { muted } = $("film").querySelector("video");
    put($("mute"), word(muted ? "unmute" : "mute"));
    $("mute").setAttribute("aria-pressed", String(muted));
  }

  // ---- words ---------------------------------------------------------------------------------

  words() {
    const { session } = this;
    document.title = word("title");
    put($("title"), session.title.map(say).join(" · ") || word("title"));
    put($("session"), session.session);
    put($("status"), say(session.status));
    put($("language"), word("other_language"));
    put($("verdict-text"), say(session.verdict));
    put($("command"), session.command);
    put($("copy"), word("copy"));
    put($("screen").querySelector("figcaption"), word("screen"));
    put($("film").querySelector("figcaption"), word("film"));
    put($("second").querySelector("figcaption"), word("second"));
    put($("marks-title"), word("marks"));
    put($("session-word"), word("session_time"));
    put($("wall-word"), word("wall_time"));
    put($("keys"), word("keys"));
    $("speeds").setAttribute("aria-label", word("speed"));
    $("lanes").setAttribute("aria-label", word("time_line"));
    $("lanes").setAttribute("aria-valuemax", String(Math.round(session.end - session.start)));
    for (const id of ["previous", "back", "forward", "next"]) name($(id), word(id));
    name($("play"), word(this.playing ? "pause" : "play"));
    this.muteWord();
    this.notes();
    this.axis.draw();
    this.list();
  }

  notes() {
    const { notes } = this.session;
    $("notes").hidden = notes.length === 0;
    if (this.session.walls.length === 0) $("notes").open = true; // without a journal that is what counts
    put($("notes").querySelector("summary"), word("notes", { n: notes.length }));
    $("notes").querySelector("ul").replaceChildren(...notes.map((note) => made("li", "", say(note))));
  }

  list() {
    this.current = undefined;
    const items = this.stops.map((stop) => {
      const button = made("button", stop.level, "");
      button.type = "button";
      button.append(made("time", "", clockOf(stop.at)), made("span", "", say(stop.text)));
      button.addEventListener("click", () => this.seek(stop.at));
      const item = document.createElement("li");
      item.append(button);
      return item;
    });
    $("marks").replaceChildren(...items);
  }

  // ---- hands ---------------------------------------------------------------------------------

  controls() {
    for (const rate of SPEEDS) {
      const button = made("button", "", `${rate}×`);
      button.type = "button";
      button.value = String(rate);
      button.addEventListener("click", () => this.setRate(rate));
      $("speeds").append(button);
    }
    this.setRate(1);
    const actions = {
      play: () => this.toggle(),
      back: () => this.seek(this.time - 10),
      forward: () => this.seek(this.time + 10),
      previous: () => this.step(-1),
      next: () => this.step(1),
      mute: () => this.mute(),
      language: () => this.speak(currentLanguage() === "en" ? "zh" : "en"),
      copy: () => this.copy(),
    };
    for (const [id, act] of Object.entries(actions)) $(id).addEventListener("click", act);
    this.pointer();
    document.addEventListener("keydown", (event) => this.key(event));
  }

  pointer() {
    const lanes = $("lanes");
    lanes.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      const { at } = event.target.dataset;
      this.seek(at === undefined ? this.axis.timeAt(event.clientX) : Number(at));
      lanes.setPointerCapture(event.pointerId);
    });
    lanes.addEventListener("pointermove", (event) => {
      if (lanes.hasPointerCapture(event.pointerId)) this.seek(this.axis.timeAt(event.clientX));
    });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onControl = event.target.closest("button, summary") !== null;
    const acts = {
      " ": onControl ? null : () => this.toggle(),
      ArrowLeft: () => this.seek(this.time - 5),
      ArrowRight: () => this.seek(this.time + 5),
      Home: () => this.seek(this.session.start),
      End: () => this.seek(this.session.end),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }

  speak(language) {
    setLanguage(language);
    try {
      localStorage.setItem("language", language);
    } catch {
      // a browser that keeps nothing still plays
    }
    this.words();
  }

  async copy() {
    await navigator.clipboard.writeText(this.session.command);
    put($("copy"), word("copied"));
  }
}

// Where one may want to go: events, and the beginning of each hole.
function stopsOf(session) {
  const holes = session.lanes.flatMap((lane) =>
    lane.holes.map((hole) => ({
      at: Math.max(session.start, hole.span[0]) + 0.01, // inside it
      level: hole.kind === "gap" ? "error" : "warning",
      text: hole.text,
    })),
  );
  const inside = (at) => Math.min(session.end, Math.max(session.start, at));
  const events = session.events.map((event) => ({ ...event, at: inside(event.at) }));
  return [...events, ...holes].sort((a, b) => a.at - b.at);
}

function wallAt(walls, t) {
  if (walls.length === 0) return null;
  const [at, wall] = walls.findLast(([moment]) => moment <= t) ?? walls[0];
  const moment = new Date(wall / 1000 + (t - at) * 1000 + BEIJING_MS);
  return moment.toISOString().slice(0, 19).replace("T", " ");
}

function made(kind, style, text) {
  const element = document.createElement(kind);
  if (style) element.className = style;
  element.textContent = text;
  return element;
}

function name(button, text) {
  button.setAttribute("aria-label", text);
  button.title = text;
}

// Scroll the list, never the page.
function reveal(list, item) {
  list.scrollTop = item.offsetTop - list.offsetTop - list.clientHeight / 3;
}

async function begin() {
  const answer = await fetch("session.json");
  const session = await answer.json();
  let chosen = null;
  try {
    chosen = localStorage.getItem("language");
  } catch {
    // as above
  }
  setLanguage(chosen ?? session.language ?? navigator.language.slice(0, 2));
  if (session.error) {
    put($("title"), word("failed"));
    put($("verdict-text"), say(session.error));
    document.body.classList.add("failed");
    return;
  }
  new Player(session);
}

void begin();
