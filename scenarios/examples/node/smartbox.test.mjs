// The SmartBox tested against the till. Each test: start, drive, check, stop.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';

import { DISC, PacketDecoder, dataPacket, openPort } from './link.mjs';
import { SmartBox } from './smartbox.mjs';
import { Till } from './till.mjs';

const BOTTLE = { ean: '4607001771562', pdf: '22N000017K1UWQ1AYT9DPAX3110130010160ZZTPKJ8FQE0V0GMH65AUT3U49P1EUT3U' };
const URL = 'http://check.egais.ru?id=7b2ec0ac-7f31-4a6c-9a1e-8f5d5b3d1f10&dt=0107161200&cn=020000123456';
const SIGNATURE = '0123456789ABCDEF'.repeat(8);
// In place of a QR code.
const SQUARE = { rows: [[0xff], [0x81], [0x81], [0x81], [0x81], [0x81], [0x81], [0xff]], bits: 8 };
const IDENTIFIER = [SQUARE, { text: `${URL}\r${SIGNATURE}` }]; // 21 and 235 bytes: one frame and two

/** Rejects what takes too long: a limit of node:test's own would leave the till running and the process waiting. */
async function within(seconds, promise) {
  let timer;
  const late = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done in ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Measures the silence on a port before each packet of ours, in ms; `shortest` holds the shortest. */
function watchGaps(port) {
  const { write, onBytes } = port;
  const watch = { shortest: Infinity };
  let quietSince = -Infinity;
  port.onBytes = (bytes) => {
    quietSince = performance.now();
    onBytes(bytes);
  };
  port.write = (bytes) => {
    watch.shortest = Math.min(watch.shortest, performance.now() - quietSince);
    write(bytes);
    quietSince = performance.now() + (bytes.length * 10_000) / 57_600; // ten bits a byte
  };
  return watch;
}

/** Runs a till with a SmartBox on its line; whatever happens, both are gone afterwards. */
async function withTill(play, { clear = () => IDENTIFIER, open = openPort, options = [], findings = [] } = {}) {
  const till = await Till.start(...options);
  try {
    const port = open(till.port);
    const box = new SmartBox(port, { clear });
    const gaps = watchGaps(port);
    box.start();
    try {
      await within(60, play(box, till));
    } finally {
      await box.stop();
    }
    assert.ok(gaps.shortest >= 10, `a gap of only ${gaps.shortest} ms`);
    // What the SmartBox did against the document. A busy machine lets the till hear late, which makes a good gap look
    // short to it: hence ours is measured above, where we send.
    const found = (await till.findings()).filter((finding) => finding.code !== 'gap-too-short');
    assert.deepEqual(found.map((finding) => finding.code), findings, JSON.stringify(found, null, 2));
  } finally {
    assert.equal(await till.stop(), 0, 'the till’s exit code');
  }
}

/** A bottle into the receipt for 150 roubles. */
async function sellOne(box, till) {
  const sold = box.sell(BOTTLE); // scanned; answered when the operator is done
  const shown = await till.reach('request');
  assert.equal(shown.indicator.text, 'А      0.00');
  await till.press('1 5 0 ПИ');
  return sold;
}

test('a bottle is sold, the receipt closed, the identifier printed', () => {
  const asked = [];
  const clear = (request) => {
    asked.push(request);
    return IDENTIFIER;
  };
  return withTill(async (box, till) => {
    const answer = await sellOne(box, till);
    assert.deepEqual(answer, {
      result: 0, receiptNumber: 1, operationNumber: 1, operation: 0, alcohol: true, barcode: BOTTLE.ean,
      quantity: 1000, price: 15000, sum: 15000, section: 1, tax: 1,
    });

    const done = once(box, 'done'); // listen first, press then
    await till.press('ИТ');
    assert.deepEqual(await done, [{ result: 0 }]);
    assert.deepEqual(asked, [{
      receiptNumber: 1, kind: 'sale', operations: 1, alcohol: 1, total: 15000, cash: 15000, credit: 0, shift: 1,
    }]);

    assert.equal((await till.snapshot()).state, 'idle');
    const tape = await till.tape();
    assert.match(tape, /^1 x 150\.00\s+150\.00$/m);
    assert.match(tape, /^ИТОГ\s+150\.00$/m);
    assert.ok(tape.replaceAll('\n', '').includes(URL), 'the identifier, 24 characters a line');
    assert.ok(tape.replaceAll('\n', '').includes(SIGNATURE));
    assert.match(tape, /█▀▀▀▀▀▀█/, 'the bitmap');
  }, { clear });
});

test('a refused close leaves the receipt open; the next attempt is allowed', () => {
  const says = [null, IDENTIFIER];
  return withTill(async (box, till) => {
    await sellOne(box, till);
    await till.press('ИТ');
    const shown = await till.reach('refused');
    assert.equal(shown.indicator.text, 'ОtКАЗАНО');
    assert.equal(shown.receipt.total, 15000);
    assert.doesNotMatch(await till.tape(), /ИТОГ/);

    const done = once(box, 'done');
    await till.press('ИТ');
    assert.deepEqual(await done, [{ result: 0 }]);
    assert.match(await till.tape(), /^ИТОГ\s+150\.00$/m);
  }, { clear: () => says.shift() });
});

test('the operator cancels with С: result 27, nothing sold', () => withTill(async (box, till) => {
  const sold = box.sell(BOTTLE);
  await till.reach('request');
  await till.press('1 5 С');
  assert.equal((await sold).result, 27);
  assert.equal((await till.reach('idle')).receipt, null);
  assert.equal((await box.ping()).requestOpen, false);

  assert.equal((await sellOne(box, till)).result, 0); // and the bottle can be scanned again
}));

test('the same bottle twice in a receipt is refused', () => withTill(async (box, till) => {
  await sellOne(box, till);
  assert.equal((await box.sell(BOTTLE)).result, 27);
  assert.equal((await till.snapshot()).indicator.text, 'Err Alco');
}));

test('a frame damaged on its way is repeated at once', () => {
  const written = [];
  /** A port that spoils the first data packet. */
  function open(path) {
    const port = openPort(path);
    const write = port.write;
    port.write = (bytes) => {
      const first = bytes.length > 5 && !written.some((packet) => packet.length > 5);
      written.push(bytes);
      write(first ? Buffer.from([...bytes.subarray(0, -1), bytes.at(-1) ^ 1]) : bytes);
    };
    return port;
  }
  return withTill(async (box) => {
    assert.equal((await box.ping()).cashMode, true);
    const at = written.findIndex((packet) => packet.length > 5);
    assert.deepEqual(written[at + 1], written[at]);
  }, { open, findings: ['bad-dcrc'] });
});

test('on a line that takes its time the gaps are kept, and PING is not too often', () => withTill(async (box) => {
  for (let n = 0; n < 4; n++) assert.equal((await box.ping()).result, 0);
}, { options: ['--pace', 'packet'] }));

test('packets: stuffing, checksums, and good packets behind bad bytes', () => {
  const packet = dataPacket(1, 2, Buffer.alloc(128, 0x7f));
  assert.equal(packet.length, 6 + 256 + 3); // the document's example
  assert.equal(packet.at(-1), 0x80);

  const junk = Buffer.from([0x00, 0x7f, 0x02, 0x01]); // a header that breaks off in the next one
  const disc = Buffer.from([0x7f, 0x02, 0x01, 0xe0, 0x1f]);
  for (const size of [1, 2, 1000]) {
    const decoder = new PacketDecoder();
    const bytes = Buffer.concat([junk, disc, packet]);
    const packets = [];
    for (let at = 0; at < bytes.length; at += size) packets.push(...decoder.push(bytes.subarray(at, at + size)));
    assert.equal(packets.length, 2);
    assert.equal(packets[0].code, DISC);
    assert.deepEqual(packets[1].frame, Buffer.alloc(128, 0x7f));
    assert.equal(packets[1].damaged, false);
  }
});
