// A till of a remote access server (`kkm-sim serve`), over a plain WebSocket. Copy this into your language.
// JSON-RPC 2.0, a message a text frame; the server tells all its methods at /v1/openrpc.json.

import { EventEmitter, once } from 'node:events';

import WebSocket from 'ws';

/**
 * A device that is ours until close(). Emits 'done' when a receipt is printed, 'sale_answer' for a sale whose caller is
 * gone, 'error' when the connection is lost and somebody listens.
 *
 * `answers`: what the till asks. `close(request)` → { result: 0 } allows the receipt, another result does not;
 * `identifier({ receipt, block })` → a block { kind, text } or { kind, rows, bits }, { result: 1 } when there is no more.
 */
export class FarTill extends EventEmitter {
  #socket;
  #answers;
  #calls = new Map(); // id → the promise of its result
  #last = 0;

  /** `server`: ws://HOST:19524. Waits `timeout` seconds for a device that another client holds. */
  static async connect(server, device, { answers, timeout = 5, client, token } = {}) {
    const query = new URLSearchParams({ timeout, ...(client && { client }) });
    const headers = token ? { Authorization: `Bearer ${token}` } : {};
    const socket = new WebSocket(`${server}/v1/devices/${encodeURIComponent(device)}?${query}`, { headers });
    const till = new FarTill();
    till.#socket = socket;
    till.#answers = answers;
    const ready = once(till, 'ready'); // the first thing that is said; 'error' (device busy …) rejects it
    socket.on('message', (text) => till.#take(JSON.parse(text)));
    socket.on('error', (error) => till.#over(error));
    socket.on('close', (code, reason) => till.#over(new Error(`the connection is over: ${code} ${reason}`)));
    await ready;
    return till;
  }

  /** ping, sale, message, annul, link: resolves to the result. A sale's comes when the operator is done. */
  call(method, params = {}) {
    const id = ++this.#last;
    this.#say({ id, method, params });
    return new Promise((resolve, reject) => this.#calls.set(id, { resolve, reject }));
  }

  /** Lets go of the device, for the next client. */
  async close() {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, 'close');
    this.#socket.close(1000);
    await closed;
  }

  #say(message) {
    this.#socket.send(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }

  #take(message) {
    const { id, method, params, result, error } = message;
    if (method !== undefined && id !== undefined) this.#answer(id, method, params);
    else if (method !== undefined) this.emit(method, params); // ready, done, sale_answer
    else if (this.#calls.has(id)) {
      const { resolve, reject } = this.#calls.get(id);
      this.#calls.delete(id);
      if (error) reject(remoteError(error));
      else resolve(result);
    } else if (error) this.#over(remoteError(error)); // before `ready`: there is no lease
  }

  async #answer(id, method, params) {
    try {
      this.#say({ id, result: await this.#answers[method](params) });
    } catch (error) {
      this.#say({ id, error: { code: -32603, message: String(error) } }); // the till hears nothing
    }
  }

  #over(error) {
    for (const { reject } of this.#calls.values()) reject(error);
    this.#calls.clear();
    if (this.listenerCount('error') > 0) this.emit('error', error); // whoever awaits `ready` or `done`
  }
}

/** code: -32001 device busy, -32002 no answer from the till, -32003 line data error, -32004 the till refuses. */
function remoteError({ code, message, data }) {
  return Object.assign(new Error(message), { code, data });
}
