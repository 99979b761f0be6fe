// One <video> that shows all parts of one track on the session's clock.
//
// The files are fragmented MP4 without an index, so a browser cannot seek in them by itself. The
// journal knows which bytes hold which seconds: those are fetched by range requests and handed to
// Media Source Extensions. Media time is session time minus `base`, across all parts.

const SEAM = 0.3; // between the last sample of one piece and the first of the next, seconds
const BLUR = 0.15; // by which picture and sound of a piece may begin and end apart
const EDGE = 1; // by which one track may begin later or end earlier than another
const LAST = 0.3; // seconds before the end of what is there: a seek needs some samples behind it
const AHEAD = 15; // fetched before it is needed, at speed 1
const KEPT = 40; // kept in memory on both sides
const KEPT_IN_NEED = 3; // where the browser has no more room
const BATCH_BYTES = 2 << 20;
const BATCH_SECONDS = 12;
const TRIES = 2;
const EVIDENT = 0.1; // so much of a piece must have been accepted, seconds

export class Film {
  constructor(video, files, base, end, address) {
    this.video = video;
    this.base = base;
    this.end = end;
    this.address = address;
    this.pieces = files
      .flatMap((file) =>
        file.pieces.map(([from, to, t0, t1, key]) => ({
          file: file.file, epoch: file.epoch, from, to, t0, t1, key, loaded: false, tries: 0, bad: false,
        })),
      )
      .sort((a, b) => a.t0 - b.t0);
    this.inits = new Map();
    this.kinds = "";
    this.source = null;
    this.buffer = null;
    this.last = -1; // index of the piece that was appended last
    this.file = ""; // whose initialisation segment is in force
    this.pumping = false;
    this.gone = false;
    this.unsupported = false;
    this.correcting = false;
    this.time = base;
    this.rate = 1;
    video.addEventListener("error", () => this.spoil());
  }

  // Index of the piece that holds session time t, -1 in a gap.
  at(t) {
    let low = 0;
    let high = this.pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.pieces[middle].t0 <= t) low = middle + 1;
      else high = middle;
    }
    const here = this.pieces[low - 1];
    const next = this.pieces[low];
    if (here && t < here.t1) return low - 1;
    if (here && next && t - here.t1 <= SEAM && next.t0 - t <= SEAM) return low;
    if (here && !next && t - here.t1 <= EDGE) return low - 1;
    if (!here && next && next.t0 - t <= EDGE) return low;
    return -1;
  }

  isBad(t) {
    const index = this.at(t);
    return index >= 0 && this.pieces[index].bad;
  }

  // True where a picture can be expected at t.
  shows(t) {
    const index = this.at(t);
    return index >= 0 && !this.pieces[index].bad;
  }

  range(media) {
    const { buffered } = this.video;
    for (let i = 0; i < buffered.length; i += 1) {
      if (buffered.start(i) - BLUR <= media && media < buffered.end(i) + BLUR) {
        return [buffered.start(i), buffered.end(i)];
      }
    }
    return null;
  }

  // True where time may go on: nothing to show, or the picture of t is there.
  isReady(t) {
    if (!this.shows(t) || this.unsupported) return true;
    const piece = this.pieces[this.at(t)];
    if (t < piece.t0 || t >= piece.t1) return true; // a seam or an edge: no sample, but no gap either
    const range = this.range(t - this.base);
    if (range === null) return piece.loaded && !this.pumping && !this.isLost(piece); // no sample here
    if (this.video.seeking) return false;
    return this.video.readyState >= 3 || range[1] - (t - this.base) < 0.5;
  }

  // Bring the video to t, running or standing, and fetch what comes.
  follow(t, running, rate) {
    this.time = t;
    this.rate = rate;
    void this.pump();
    if (!this.shows(t)) {
      if (!this.video.paused) this.video.pause();
      return;
    }
    const piece = this.pieces[this.at(t)];
    const target = Math.max(piece.t0, Math.min(t, piece.t1)) - this.base; // beside an edge, its last picture
    const range = this.range(target);
    if (range === null) {
      if (!this.video.paused) this.video.pause();
      return;
    }
    // a seek to where nothing is buffered would never end
    const media = Math.max(range[0], Math.min(target, range[1] - LAST));
    const here = this.video.currentTime;
    const off = here - media;
    const elsewhere = here < range[0] - 0.01 || here > range[1] + 0.1;
    const allowed = running ? Math.max(1, rate * 0.5) : 0.04;
    if (elsewhere || Math.abs(off) > allowed) this.video.currentTime = media;
    this.keepStep(off, rate);
    if (running && this.video.paused) this.video.play().catch(() => undefined);
    if (!running && !this.video.paused) this.video.pause();
  }

  keepStep(off, rate) {
    this.correcting = Math.abs(off) > (this.correcting ? 0.05 : 0.2);
    const factor = this.correcting ? (off > 0 ? 0.85 : 1.15) : 1;
    const wanted = Math.min(16, rate * factor);
    if (this.video.playbackRate !== wanted) this.video.playbackRate = wanted;
  }

  // ---- bytes -------------------------------------------------------------------------------

  // The piece with which playing can begin so that piece `index` is complete.
  keyBefore(index) {
    if (this.pieces[index].key === 2) return index;
    for (let i = index - 1; i >= 0 && this.pieces[i].file === this.pieces[index].file; i -= 1) {
      if (this.pieces[i].key > 0) return i;
    }
    return index;
  }

  // Indices of the next pieces to fetch: contiguous bytes of one file, or none.
  nextBatch() {
    const ahead = this.time + AHEAD * Math.max(1, this.rate / 2);
    let index = this.at(this.time);
    if (index < 0) index = this.pieces.findIndex((piece) => piece.t0 >= this.time);
    if (index < 0) return [];
    let first = this.keyBefore(index);
    while (first < this.pieces.length && (this.pieces[first].loaded || this.pieces[first].bad)) first += 1;
    if (first >= this.pieces.length || this.pieces[first].t0 > ahead) return [];
    if (first !== this.last + 1 || this.pieces[first].file !== this.file) first = this.backToKey(first);
    const batch = [first];
    while (this.mayJoin(batch, ahead)) batch.push(batch[batch.length - 1] + 1);
    return batch;
  }

  // Appending anew begins with a key frame, and goes on from there without a hole.
  backToKey(index) {
    const key = this.keyBefore(index);
    const between = this.pieces.slice(key, index);
    if (between.some((piece) => piece.bad)) return index;
    for (const piece of between) piece.loaded = false;
    return key;
  }

  mayJoin(batch, ahead) {
    const head = this.pieces[batch[0]];
    const tail = this.pieces[batch[batch.length - 1]];
    const next = this.pieces[batch[batch.length - 1] + 1];
    if (head.tries > 0 || next?.tries > 0) return false; // alone, so that one piece costs no other
    return (
      next !== undefined && next.file === head.file && next.from === tail.to && !next.bad && next.t0 <= ahead &&
      next.to - head.from <= BATCH_BYTES && next.t1 - head.t0 <= BATCH_SECONDS
    );
  }

  async pump() {
    if (this.pumping || this.gone || this.unsupported) return;
    this.pumping = true;
    try {
      this.forgetLost();
      for (let batch = this.nextBatch(); batch.length > 0; batch = this.nextBatch()) {
        if (!(await this.load(batch))) break;
      }
    } finally {
      this.pumping = false;
    }
  }

  // True where nothing is left of what was appended.
  isLost(piece) {
    if (!piece.loaded || piece.t1 - piece.t0 < 2 * EVIDENT) return false;
    const { buffered } = this.video;
    for (let i = 0; i < buffered.length; i += 1) {
      const from = Math.max(buffered.start(i), piece.t0 - this.base);
      if (Math.min(buffered.end(i), piece.t1 - this.base) - from > EVIDENT) return false;
    }
    return true;
  }

  // What the browser threw away, or never accepted, is fetched again; twice in vain is damage.
  forgetLost() {
    const index = this.at(this.time);
    const piece = this.pieces[index];
    if (!piece || piece.bad || !this.isLost(piece)) return;
    piece.tries += 1;
    piece.bad = piece.tries > TRIES;
    if (piece.bad) return;
    for (let i = this.keyBefore(index); i <= index; i += 1) this.pieces[i].loaded = false;
    this.last = -1;
  }

  async load(batch) {
    const [head, tail] = [this.pieces[batch[0]], this.pieces[batch[batch.length - 1]]];
    let init;
    let bytes;
    try {
      init = await this.initOf(head.file);
      bytes = await this.fetch(head.file, head.from, tail.to);
    } catch {
      this.gone = true;
      return false;
    }
    if (init === null || bytes === null) {
      for (const i of batch) this.pieces[i].bad = true;
      return true;
    }
    try {
      await this.open(init);
      if (this.unsupported) return false;
      await this.append(batch, init, bytes);
      for (const i of batch) this.pieces[i].loaded = true;
      this.last = batch[batch.length - 1];
      await this.evict();
    } catch (error) {
      if (error.name === "QuotaExceededError") {
        await this.evict(KEPT_IN_NEED);
        return false;
      }
      for (const i of batch) this.spoiled(this.pieces[i]);
      this.close();
    }
    return true;
  }

  spoiled(piece) {
    piece.tries += 1;
    piece.bad = piece.tries >= TRIES;
    piece.loaded = false;
  }

  // The decoder gave up on what it plays now.
  spoil() {
    if (this.source === null) return;
    const index = this.at(this.time);
    if (index >= 0) this.spoiled(this.pieces[index]);
    this.close();
  }

  async append(batch, init, bytes) {
    const head = this.pieces[batch[0]];
    const buffer = this.buffer;
    if (batch[0] !== this.last + 1 || head.file !== this.file) buffer.abort();
    if (head.file !== this.file) {
      buffer.timestampOffset = head.epoch - this.base;
      await done(buffer, () => buffer.appendBuffer(init.bytes));
      this.file = head.file;
      const length = this.end - this.base + 1;
      if (!(this.source.duration >= length && Number.isFinite(this.source.duration))) this.source.duration = length;
    }
    const body = head.from === 0 ? bytes.subarray(init.bytes.length) : bytes;
    await done(buffer, () => buffer.appendBuffer(body));
  }

  async evict(kept = KEPT) {
    const [low, high] = [this.time - this.base - kept, this.time - this.base + kept + AHEAD * this.rate];
    const { buffered } = this.video;
    const length = buffered.length;
    if (length === 0) return;
    const [first, last] = [buffered.start(0), buffered.end(length - 1)];
    if (first < low - kept) await done(this.buffer, () => this.buffer.remove(first, low));
    if (last > high + kept) await done(this.buffer, () => this.buffer.remove(high, last));
    for (const piece of this.pieces) {
      const [t0, t1] = [piece.t0 - this.base, piece.t1 - this.base];
      if (piece.loaded && ((first < low - kept && t0 < low) || (last > high + kept && t1 > high))) {
        piece.loaded = false;
      }
    }
    if (this.last >= 0 && !this.pieces[this.last].loaded) this.last = -1;
  }

  async fetch(file, from, to) {
    const answer = await fetch(this.address(file), { headers: { Range: `bytes=${from}-${to - 1}` } });
    if (answer.status !== 206) return null;
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return bytes.length === to - from ? bytes : null;
  }

  // The initialisation segment of a file, and what it holds.
  async initOf(file) {
    if (!this.inits.has(file)) {
      const first = this.pieces.find((piece) => piece.file === file);
      const bytes = await this.fetch(file, 0, Math.min(first.from === 0 ? first.to : 65536, 65536));
      this.inits.set(file, bytes === null ? null : initIn(bytes));
    }
    return this.inits.get(file);
  }

  // ---- the media source ----------------------------------------------------------------------

  async open(init) {
    if (this.source !== null && this.kinds === init.kinds) return;
    if (this.source !== null) this.close();
    const type = `video/mp4; codecs="${init.codecs}"`;
    if (!("MediaSource" in window) || !MediaSource.isTypeSupported(type)) {
      this.unsupported = true;
      return;
    }
    const source = new MediaSource();
    const opened = new Promise((resolve) => source.addEventListener("sourceopen", resolve, { once: true }));
    const address = URL.createObjectURL(source);
    this.video.src = address;
    await opened;
    URL.revokeObjectURL(address);
    this.source = source;
    this.buffer = source.addSourceBuffer(type);
    this.kinds = init.kinds;
  }

  close() {
    this.source = null;
    this.buffer = null;
    this.kinds = "";
    this.file = "";
    this.last = -1;
    for (const piece of this.pieces) piece.loaded = false;
    this.video.removeAttribute("src");
    this.video.load();
  }
}

function done(buffer, act) {
  return new Promise((resolve, reject) => {
    const end = (settle) => () => {
      buffer.removeEventListener("updateend", fine);
      buffer.removeEventListener("error", wrong);
      settle();
    };
    const fine = end(resolve);
    const wrong = end(() => reject(new Error("append")));
    buffer.addEventListener("updateend", fine);
    buffer.addEventListener("error", wrong);
    try {
      act();
    } catch (error) {
      end(() => reject(error))();
    }
  });
}

// ISO/IEC 14496-12: boxes of 4 bytes size, 4 letters; moov ends the initialisation segment.
function initIn(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  while (offset + 8 <= bytes.length) {
    const size = view.getUint32(offset);
    const isMoov = letters(bytes, offset + 4) === "moov";
    offset += size;
    if (size < 8 || offset > bytes.length) return null;
    if (isMoov) return described(bytes.slice(0, offset));
  }
  return null;
}

function described(bytes) {
  const [codecs, kinds] = [[], []];
  for (let i = 0; i + 8 <= bytes.length; i += 1) {
    const name = letters(bytes, i);
    if (name === "avcC") {
      codecs.push(`avc1.${[5, 6, 7].map((n) => bytes[i + n].toString(16).padStart(2, "0")).join("")}`);
      kinds.push("picture");
    } else if (name === "mp4a") {
      codecs.push("mp4a.40.2");
      kinds.push("sound");
    }
  }
  return codecs.length === 0 ? null : { bytes, codecs: codecs.join(", "), kinds: kinds.join() };
}

function letters(bytes, at) {
  return String.fromCharCode(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
}
