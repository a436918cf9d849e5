// The SmartBox's side of the line: the port, packets and the exchange with one till.
// Knows no field of a message but its function (byte 1). Document: «Транспортный уровень», «Основные алгоритмы обмена».

import { closeSync, constants, openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Sleeps until a moment of performance.now(). Timers may fire a fraction of a millisecond early: ask again. */
export async function until(moment) {
  for (let left; (left = moment - performance.now()) > 0; ) await sleep(Math.ceil(left));
}

// ---- The port

/**
 * Opens a serial port, here the till's pty: { onBytes, onGone, write(bytes), close() }.
 *
 * tty.ReadStream reads in the event loop. Do not use fs.createReadStream or fs.read: a read from a silent line
 * holds a thread until a byte comes, cannot be cancelled, and keeps the process from ending.
 * The till made the pty raw and set its speed. For a real port do that first: stty -F /dev/ttyUSB0 57600 raw -echo
 */
export function openPort(path) {
  // Two openings, since each stream owns its file. O_NOCTTY: the line must not become our terminal.
  const mode = constants.O_RDWR | constants.O_NOCTTY;
  const files = [openSync(path, mode), openSync(path, mode)];
  const reader = new ReadStream(files[0]);
  const writer = new WriteStream(files[1]); // writes at once and whole: a packet has left when write() returns
  const port = {
    onBytes: () => {},
    onGone: () => {},
    write: (bytes) => writer.write(bytes),
    close() {
      reader.destroy();
      writer.destroy();
    },
  };
  reader.on('data', (bytes) => port.onBytes(bytes));
  // The other side is gone: end of file, or EIO.
  reader.on('end', () => port.onGone());
  for (const stream of [reader, writer]) stream.on('error', () => port.onGone());
  // The streams open the terminal once more for themselves and close that; ours remain ours.
  for (const [n, stream] of [reader, writer].entries()) {
    stream.on('close', () => {
      try {
        closeSync(files[n]);
      } catch (error) {
        if (error.code !== 'EBADF') throw error;
      }
    });
  }
  return port;
}

// ---- Packets

export const DISC = 0x0, REJ = 0x3, RDY = 0x5, NAK = 0x6, BUSY = 0x9, ACK = 0xa, SYN = 0xc;

const MARK = 0x7f, STX = 0x02, ETX = 0x03, DLE = 0x10;
const CONTROL = 0x40, FROM_TILL = 0x20, HS = 0x10; // bits of FLC; bit 7 is always 1

const sum = (bytes) => bytes.reduce((total, byte) => (total + byte) & 0xff, 0);
const checksum = (bytes) => -sum(bytes) & 0xff;
const header = (address, flc) => [MARK, STX, address, flc, checksum([address, flc])];

/** A control packet of the master. ADDR is the till's address in both directions; DIR = 0 says that we speak. */
export function controlPacket(address, code, hs = false) {
  return Buffer.from(header(address, 0x80 | CONTROL | (hs ? HS : 0) | code));
}

/** A data packet of the master. DCRC counts the data before stuffing: neither the DLE bytes nor the marks. */
export function dataPacket(address, number, frame, hs = false) {
  const stuffed = [...frame].flatMap((byte) => (byte === MARK ? [MARK, DLE] : [byte]));
  return Buffer.from([...header(address, 0x80 | (hs ? HS : 0) | number), 0x00, ...stuffed, MARK, ETX, checksum(frame)]);
}

/**
 * Bytes as they come → packets: { address, fromTill, hs, code } or { address, fromTill, hs, number, frame, damaged }.
 *
 * Parses by position, for ADDR, FLC and both checksums are never stuffed and may each be 7F. Whatever is wrong costs
 * only the two bytes `7F 02` where it began: the hunt for the next packet goes on right behind them.
 */
export class PacketDecoder {
  #held = Buffer.alloc(0);

  push(bytes) {
    this.#held = Buffer.concat([this.#held, bytes]);
    const packets = [];
    for (let packet; (packet = this.#next()); ) packets.push(packet);
    return packets;
  }

  /** Forgets a packet that broke off. */
  clear() {
    this.#held = Buffer.alloc(0);
  }

  #next() {
    for (;;) {
      const start = this.#held.indexOf(Buffer.from([MARK, STX]));
      if (start < 0) {
        this.#held = this.#held.subarray(this.#held.at(-1) === MARK ? -1 : this.#held.length);
        return null;
      }
      this.#held = this.#held.subarray(start);
      const parsed = this.#parse();
      if (parsed === 'incomplete') return null;
      this.#held = this.#held.subarray(parsed === 'bad' ? 2 : parsed.length);
      if (parsed !== 'bad') return parsed.packet;
    }
  }

  #parse() {
    const held = this.#held;
    if (held.length < 5) return 'incomplete';
    const [, , address, flc] = held;
    if (sum(held.subarray(2, 5)) !== 0 || !(flc & 0x80)) return 'bad';
    const packet = { address, fromTill: Boolean(flc & FROM_TILL), hs: Boolean(flc & HS) };
    if (flc & CONTROL) return { length: 5, packet: { ...packet, code: flc & 0x0f } };
    if (held.length < 6) return 'incomplete';
    if (held[5] !== 0x00) return 'bad';
    const frame = [];
    for (let at = 6; at < held.length; at++) {
      if (held[at] !== MARK) {
        frame.push(held[at]);
        continue;
      }
      at++;
      if (at >= held.length) break;
      if (held[at] === DLE) {
        frame.push(MARK);
      } else if (held[at] === ETX) {
        if (at + 1 >= held.length) break;
        const damaged = held[at + 1] !== checksum(frame);
        return { length: at + 2, packet: { ...packet, number: flc & 0x07, frame: Buffer.from(frame), damaged } };
      } else {
        return 'bad';
      }
    }
    return 'incomplete';
  }
}

// ---- The exchange

const GAP = 10; // ms of silence between any two packets, whoever sends them
const TIMEOUT = 3000; // ms; a till that says nothing for so long does not answer
const BYTE = 10_000 / 57_600; // ms; 8N1 is ten bits a byte
const MAX_FRAME = 127; // the till accepts fewer than 128 data bytes in a frame
const RETRIES = 3;
const BUSY_PAUSE = 50;

const after = (number) => (number % 7) + 1; // 1…7, then 1 again

export class LinkError extends Error {}

/**
 * The link with one till. `lengths`: the till's message lengths by function, which say where a message in several
 * packets ends. One caller at a time: what is asked is answered before the next question.
 */
export class Link {
  #port;
  #address;
  #lengths;
  #decoder = new PacketDecoder();
  #heard = [];
  #early = []; // messages that came while something else was awaited
  #wake = () => {};
  #gone = false;
  #quietSince = performance.now(); // when the last byte on the line was over
  // The document's counters begin with 1 and are incremented before sending, so the first frame is 2. It can also be
  // read as 1: of the till's first frame either is taken, and ours goes under the other one when it is refused.
  #firstNumber = 2;
  #sendNumber;
  #fresh; // nothing accepted under the numbers since SYN
  #receiveNumber; // null: the first frame after SYN shows it
  #incoming = Buffer.alloc(0);
  #taken = null; // the till's message accepted last, and the number of its last frame
  #repeatOf = null;

  constructor(port, address, lengths) {
    this.#port = port;
    this.#address = address;
    this.#lengths = lengths;
    port.onBytes = (bytes) => {
      this.#quietSince = Math.max(this.#quietSince, performance.now());
      for (const packet of this.#decoder.push(bytes)) {
        if (packet.fromTill && packet.address === address) this.#heard.push(packet);
      }
      this.#wake();
    };
    port.onGone = () => {
      this.#gone = true;
      this.#wake();
    };
  }

  /** SYN: both sides begin to count anew. The first thing to say after start, and the way out after REJ. */
  async synchronise() {
    for (let attempt = 0; attempt < RETRIES; attempt++) {
      await this.#transmit(controlPacket(this.#address, SYN));
      const packet = await this.#hear();
      if (packet?.code !== RDY) continue;
      this.#sendNumber = this.#firstNumber;
      this.#fresh = true;
      this.#receiveNumber = null;
      this.#incoming = Buffer.alloc(0);
      return;
    }
    throw new LinkError('no link: the till does not answer SYN');
  }

  /** Asks RDY: 'ready' (send now if you have something), 'busy' (ask again a little later) or the till's message. */
  async ask() {
    if (this.#early.length > 0) return this.#early.shift();
    for (let attempt = 0; attempt < RETRIES; attempt++) {
      await this.#transmit(controlPacket(this.#address, RDY));
      const packet = await this.#hear();
      if (packet === null) continue;
      if (packet.frame) return (await this.#receive(packet)) ?? 'busy';
      return packet.code === RDY ? 'ready' : 'busy'; // DISC is the till's usual word for busy, BUSY the other one
    }
    throw new LinkError('no link: the till does not answer RDY');
  }

  /**
   * Sends a message; only after ask() said 'ready'. True: the till has it. False: it does not want it now; send the
   * whole of it again after the next 'ready'.
   */
  async send(message) {
    for (let at = 0; at < message.length; at += MAX_FRAME) {
      const last = at + MAX_FRAME >= message.length;
      const frame = message.subarray(at, at + MAX_FRAME);
      const said = await this.#sendFrame(frame, { func: message[1], first: at === 0, last });
      if (said === 'refused' && at === 0) return false;
      // ACK with HS = 1 says "the next one at once", with HS = 0 "after RDY".
      if (said === 'refused' || (!last && said === 'after RDY' && (await this.ask()) !== 'ready')) {
        await this.synchronise(); // in the middle of a message only SYN makes both sides forget its beginning
        return false;
      }
    }
    return true;
  }

  /** Never to be used again after this. */
  close() {
    this.#gone = true;
    this.#port.close();
    this.#wake();
  }

  async #sendFrame(frame, { func, first, last }) {
    let unsure = false; // whether a silent till might have this frame
    for (let attempt = 0; attempt < RETRIES; attempt++) {
      // HS = 1: more frames follow. A complete command has HS = 0: its answer comes with the next RDY.
      await this.#transmit(dataPacket(this.#address, this.#sendNumber, frame, !last));
      const packet = await this.#hear();
      if (packet?.code === ACK) {
        this.#accepted();
        return packet.hs ? 'at once' : 'after RDY';
      }
      if (packet?.code === NAK) continue; // bad checksum: the same frame at once, without RDY
      if (packet?.code === REJ) {
        if (this.#fresh) this.#firstNumber = 3 - this.#firstNumber;
        await this.synchronise();
        // A repeated frame with a wrong number: the till took the first copy and its ACK was lost. Sent again after
        // SYN it would be executed twice.
        return unsure && last ? 'after RDY' : 'refused';
      }
      if (packet !== null) return 'refused'; // DISC: not now. The number is not used up
      unsure = true; // silence: the frame was lost, or its ACK. RDY first, then the same frame and number
      for (let heard; (heard = await this.ask()) !== 'ready'; ) {
        if (heard === 'busy') {
          await sleep(BUSY_PAUSE);
          continue;
        }
        this.#early.push(heard);
        if (heard[1] !== func) continue;
        this.#accepted(); // that is the answer: the till has the frame
        return 'after RDY';
      }
      if (!first) return 'refused'; // by now the till has dropped the frames before this one
    }
    throw new LinkError('line data error: the till does not take the data');
  }

  #accepted() {
    this.#sendNumber = after(this.#sendNumber);
    this.#fresh = false;
  }

  /** Takes the till's message from its first packet on. Null: it comes again, or was here before. */
  async #receive(packet) {
    for (let naks = 0; packet?.frame; packet = await this.#hear()) {
      if (packet.damaged) {
        if (++naks > RETRIES) throw new LinkError('line data error: the till’s data come damaged');
        await this.#transmit(controlPacket(this.#address, NAK));
        continue;
      }
      const expected = this.#receiveNumber === null ? [1, 2] : [this.#receiveNumber];
      if (!expected.includes(packet.number)) {
        // The master answers a wrong number with SYN; after it the same message comes under a new number. If our ACK
        // was lost, it is one that we have had.
        if (this.#taken?.number === packet.number) this.#repeatOf = this.#taken.message;
        await this.synchronise();
        return null;
      }
      this.#receiveNumber = after(packet.number);
      this.#incoming = Buffer.concat([this.#incoming, packet.frame]);
      const more = packet.hs && this.#incoming.length < (this.#lengths[this.#incoming[1]] ?? 0);
      await this.#transmit(controlPacket(this.#address, ACK, more));
      if (more) continue;
      const message = this.#incoming;
      const repeated = this.#repeatOf?.equals(message);
      this.#incoming = Buffer.alloc(0);
      this.#repeatOf = null;
      this.#taken = { number: packet.number, message };
      return repeated ? null : message;
    }
    return null; // silence: the packet comes again with the next RDY
  }

  async #transmit(bytes) {
    await until(this.#quietSince + GAP);
    if (this.#gone) throw new LinkError('the line is gone');
    this.#heard.length = 0; // what was said too late answers nothing
    this.#port.write(bytes);
    this.#quietSince = performance.now() + bytes.length * BYTE;
  }

  /** The till's next packet, or null after 3 s of silence. */
  async #hear() {
    while (this.#heard.length === 0) {
      if (this.#gone) throw new LinkError('the line is gone');
      const left = this.#quietSince + TIMEOUT - performance.now();
      if (left <= 0) {
        this.#decoder.clear();
        return null;
      }
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.#heard.shift();
  }
}
