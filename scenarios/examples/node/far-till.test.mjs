// A bottle sold over `kkm-sim serve`. Each test: start, drive, check, stop. Needs `ws`: npm install --no-package-lock

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';

import { FarTill } from './far-till.mjs';
import { Till } from './till.mjs';

const EAN = 4607001771562;
const URL = 'http://check.egais.ru?id=7b2ec0ac-7f31-4a6c-9a1e-8f5d5b3d1f10';
// In place of a QR code; rows are hex, top to bottom, the leftmost dot in the high bit.
const SQUARE = { kind: 'graphics', rows: ['ff', '81', '81', '81', '81', '81', '81', 'ff'], bits: 8 };
const IDENTIFIER = [SQUARE, { kind: 'text', text: URL }];
const NO_MORE = { result: 1 };

/** Rejects what takes too long: a limit of node:test's own would leave the server running and the process waiting. */
async function within(seconds, promise) {
  let timer;
  const late = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done in ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Runs a server with a client; whatever happens, both are gone afterwards. */
async function withFarTill(play, answers = {}) {
  const till = await Till.serve();
  try {
    const far = await within(20, FarTill.connect(till.server, 'kassa1', { answers, client: 'node' }));
    try {
      await within(60, play(far, till));
    } finally {
      await far.close();
    }
    assert.deepEqual(await till.findings(), []);
  } finally {
    assert.equal(await till.stop(), 0, 'the server’s exit code');
  }
}

test('a bottle is sold far away, the receipt closed, the identifier printed', () => {
  const asked = [];
  const answers = {
    close: (request) => {
      asked.push({ total: request.total, alcohol: request.alcohol });
      return { result: 0, receipt: request.receipt_number };
    },
    identifier: ({ receipt, block }) => {
      asked.push({ receipt, block });
      return IDENTIFIER[block - 1] ?? NO_MORE;
    },
  };
  return withFarTill(async (far, till) => {
    const sold = far.call('sale', { code_type: 1, barcode: EAN }); // answered when the operator is done
    await till.reach('request');
    assert.equal((await far.call('ping')).receipt_number, 0); // other calls go on meanwhile
    await till.press('1 5 0 ПИ');
    const { receipt_number, operation_number, barcode, quantity, sum } = await sold;
    assert.deepEqual(
      { receipt_number, operation_number, barcode, quantity, sum },
      { receipt_number: 1, operation_number: 1, barcode: EAN, quantity: 1000, sum: 15000 },
    );

    const done = once(far, 'done'); // listen first, press then
    await till.press('ИТ ИТ');
    assert.deepEqual(await done, [{ result: 0 }]);
    assert.deepEqual(asked, [
      { total: 15000, alcohol: 1 },
      { receipt: 1, block: 1 },
      { receipt: 1, block: 2 },
      { receipt: 1, block: 3 },
    ]);
    const tape = await till.tape();
    assert.match(tape, /^ИТОГ\s+150\.00$/m);
    assert.ok(tape.replaceAll('\n', '').includes(URL), 'the identifier, 24 characters a line');
    assert.match(tape, /█▀▀▀▀▀▀█/, 'the bitmap');
  }, answers);
});

test('the operator cancels with С: an error with the till’s result', () => withFarTill(async (far, till) => {
  const sold = far.call('sale', { code_type: 1, barcode: EAN });
  const refused = assert.rejects(sold, { code: -32004, data: { result: 27 } });
  await till.reach('request');
  await till.press('С');
  await refused;
}));

test('one client at a time: the other hears who holds the till', () => withFarTill(async (far, till) => {
  const second = FarTill.connect(till.server, 'kassa1', { timeout: 0 });
  await assert.rejects(second, ({ code, data }) => code === -32001 && data.holder.startsWith('node ('));
  assert.equal((await far.call('ping')).receipt_number, 0); // which disturbed nobody
}));
