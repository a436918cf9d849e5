// A small SmartBox: sells bottles through the till, answers what the till asks at the end of a receipt.
// Document: functions 1 to 5. Put your own software in place of this file and link.mjs.

import { EventEmitter } from 'node:events';

import { Link, openPort, sleep, until } from './link.mjs';

const VECTOR = 3;
const SALE = 1, CLOSE = 2, IDENTIFIER = 3, DONE = 4, PING = 5;
const LENGTHS = { [SALE]: 71, [CLOSE]: 88, [IDENTIFIER]: 8, [DONE]: 4, [PING]: 44 }; // of the till's messages

const PDF = 1, DUPLICATE_PDF = 2; // code types
const ANNULMENT = 2; // an operation
const REJECTED = 27; // result: «Отклонение запроса»

const POLL = 50; // ms between two RDY when nothing is to be said
const PING_INTERVAL = 200; // ms: PING not more often than that

// ---- Forms. BIN and BCD are little-endian: the last digits come first.

/** Digits as n bytes of BCD. */
export function bcd(digits, n) {
  return Buffer.from(String(digits).padStart(2 * n, '0'), 'hex').reverse();
}

/** BCD as digits: a string, for nine bytes hold more than a Number does. */
export function digits(bytes) {
  return Buffer.from(bytes).reverse().toString('hex');
}

/** Windows-1251 for Cyrillic and ASCII. */
export function cp1251(text) {
  return Buffer.from([...text].map((char) => {
    const code = char.codePointAt(0);
    if (code < 0x80) return code;
    if (code >= 0x410 && code <= 0x44f) return code - 0x410 + 0xc0;
    if (char === 'Ё') return 0xa8;
    if (char === 'ё') return 0xb8;
    if (char === '№') return 0xb9;
    throw new RangeError(`not in Windows-1251: ${char}`);
  }));
}

// ---- Messages. Offsets are the document's; money is in kopecks, quantity in thousandths.

const field = (message, at, n) => digits(message.subarray(at, at + n));
const number = (message, at, n) => Number(field(message, at, n));

function saleRequest(ean, codeType) {
  const message = Buffer.alloc(59); // price, section and tax 0: the till decides; name empty
  message.set([VECTOR, SALE, 0, codeType]); // operation: always a sale, the till decides what becomes of it
  message.set(bcd(ean, 9), 6);
  message.writeUIntLE(1000, 15, 5);
  return message;
}

function saleAnswer(message) {
  return {
    result: message[2],
    receiptNumber: number(message, 4, 4),
    operationNumber: message[8],
    operation: message[9],
    alcohol: message[10] === 1,
    barcode: field(message, 13, 9).replace(/^0+/, ''),
    quantity: number(message, 22, 5),
    price: number(message, 27, 5),
    sum: number(message, 32, 5),
    section: number(message, 69, 1),
    tax: number(message, 70, 1),
  };
}

function closeRequest(message) {
  return {
    receiptNumber: number(message, 2, 4),
    kind: message[6] === 0 ? 'sale' : 'return',
    operations: message[7],
    alcohol: message[8],
    total: number(message, 10, 7),
    cash: number(message, 66, 7),
    credit: number(message, 73, 7),
    shift: number(message, 80, 2),
  };
}

function pingAnswer(message) {
  const flags = message[22];
  return {
    result: message[2],
    serialNumber: message.subarray(5, 21).toString('latin1').replace(/\0.*$/s, ''),
    cashMode: Boolean(flags & 0x01),
    supported: Boolean(flags & 0x02), // option 27
    requestOpen: Boolean(flags & 0x08),
    receiptNumber: number(message, 31, 4),
    operations: message[35],
    total: number(message, 37, 7),
  };
}

function closeAnswer(receiptNumber, result) {
  return Buffer.from([VECTOR, CLOSE, result, ...bcd(receiptNumber, 4)]);
}

/** `block`: { text } or { rows: [bytes…], bits }, or nothing when there is no more. */
function identifierAnswer(receiptNumber, blockNumber, block) {
  const head = Buffer.from([VECTOR, IDENTIFIER, block ? 0 : 1, ...bcd(receiptNumber, 4), 0, 0, 0, 0, 0, 0]);
  head.writeUInt16LE(blockNumber, 7);
  if (!block) return head;
  if (block.text !== undefined) {
    const text = Buffer.concat([cp1251(block.text), Buffer.of(0)]);
    if (text.length > 255) throw new RangeError('the length of a text is one byte');
    head[11] = text.length;
    return Buffer.concat([head, text]);
  }
  head.set([1, block.rows.length, block.rows[0].length, block.bits], 9); // top to bottom, leftmost dot in the high bit
  return Buffer.concat([head, ...block.rows.map((row) => Buffer.from(row))]);
}

// ---- The SmartBox

/** A promise that may be awaited later: Node ends the process over a rejection that nobody awaits yet. */
function patient(promise) {
  promise.catch(() => {});
  return promise;
}

/**
 * Lives on the line from start() to stop(). Emits 'done' when a receipt is printed: { result }.
 *
 * `clear`: what the state system says to a receipt. Gets the close request; returns the identifier's blocks to allow
 * it, null to refuse. May take its time, but less than the 60 s that the till waits.
 */
export class SmartBox extends EventEmitter {
  #link;
  #clear;
  #stopping = false;
  #running = null;
  #failure = null;
  #outbox = [];
  #pending = new Map(); // function → the promise of its answer
  #basket = new Set(); // PDF codes of the open receipt
  #identifier = [];
  #lastPing = -Infinity;

  constructor(port, { address = 1, clear }) {
    super();
    // Addresses are BCD: till 12 is 0x12.
    this.#link = new Link(port, parseInt(String(address), 16), LENGTHS);
    this.#clear = clear;
  }

  static open(path, options) {
    return new SmartBox(openPort(path), options);
  }

  start() {
    this.#running = this.#run().catch((error) => this.#fail(error));
  }

  /** Lets the packet exchange under way come to its end and closes the port. Throws what went wrong on the line. */
  async stop() {
    this.#stopping = true;
    await this.#running;
    this.#link.close();
    if (this.#failure) throw this.#failure;
  }

  /** The till's state. */
  async ping() {
    return pingAnswer(await this.#command(Buffer.from([VECTOR, PING])));
  }

  /**
   * Asks the till to sell a scanned bottle. The answer comes when the operator has entered the price (result 0) or
   * cancelled with С (result 27): that may take minutes, while RDY and PING go on.
   */
  sell(bottle) {
    return patient(this.#sell(bottle));
  }

  async #sell({ ean, pdf }) {
    const state = await this.ping(); // before each request, the document asks
    if (!state.cashMode || !state.supported) throw new Error('the till is not in cash mode, or its option 27 is off');
    // Duplicates are the SmartBox's to notice. The same type is what an annulment of that very bottle looks like.
    const answer = saleAnswer(await this.#command(saleRequest(ean, this.#basket.has(pdf) ? DUPLICATE_PDF : PDF)));
    if (answer.result !== 0) return answer;
    // Numbers that begin anew are all that tells of a receipt annulled on the till.
    if (answer.operationNumber === 1) this.#basket.clear();
    if (answer.operation === ANNULMENT) this.#basket.delete(pdf);
    else this.#basket.add(pdf);
    return answer;
  }

  #command(message) {
    const func = message[1];
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#pending.has(func)) return Promise.reject(new Error(`function ${func} still waits for its answer`));
    this.#outbox.push(message);
    return new Promise((resolve, reject) => this.#pending.set(func, { resolve, reject }));
  }

  /** The one loop on the line: RDY, then whoever has something says it. Only the master may begin. */
  async #run() {
    await this.#link.synchronise();
    while (!this.#stopping) {
      const heard = await this.#link.ask();
      if (heard === 'ready' && this.#outbox.length > 0) await this.#sendFirst();
      else if (heard === 'ready' || heard === 'busy') await sleep(POLL);
      else this.#take(heard);
    }
  }

  async #sendFirst() {
    const message = this.#outbox[0];
    if (message[1] === PING) await until(this.#lastPing + PING_INTERVAL);
    const taken = await this.#link.send(message);
    if (message[1] === PING) this.#lastPing = performance.now(); // the till has it by now: no later than this
    if (taken) this.#outbox.shift();
  }

  #take(message) {
    switch (message[1]) {
      case SALE:
      case PING:
        this.#pending.get(message[1])?.resolve(message);
        this.#pending.delete(message[1]);
        break;
      case CLOSE:
        // The state system may be slow: meanwhile RDY goes on, and the answer goes out at the till's next "ready".
        this.#decide(closeRequest(message)).catch((error) => this.#fail(error));
        break;
      case IDENTIFIER: {
        // Block 1 is asked for again after a power failure or a reprint.
        const block = message.readUInt16LE(6);
        this.#outbox.push(identifierAnswer(number(message, 2, 4), block, this.#identifier[block - 1]));
        break;
      }
      case DONE: // needs no answer
        this.#basket.clear();
        this.emit('done', { result: message[2] });
        break;
    }
  }

  async #decide(request) {
    const blocks = await this.#clear(request);
    this.#identifier = blocks ?? [];
    this.#outbox.push(closeAnswer(request.receiptNumber, blocks ? 0 : REJECTED));
  }

  #fail(error) {
    this.#failure ??= error;
    this.#stopping = true;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    if (this.listenerCount('error') > 0) this.emit('error', error); // whoever awaits 'done'
  }
}
