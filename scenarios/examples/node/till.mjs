// Starts the till, presses its keys, reads what it shows and printed, stops it. Copy this into your language.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { sleep } from './link.mjs';

const COMMAND = process.env.KKM_SIM ?? 'kkm-sim'; // a shell's words: "python3 -m kkm_sim" is good as well
const PACE = process.env.KKM_PACE ?? 'off'; // off: answers at once; packet: bytes and printing take their time

/** A running till. `port` is the pty to open at 57600 8N1; `server` the ws://… of one that is served. */
export class Till {
  #process;
  #api;

  /** A till on a pty. */
  static start(...options) {
    return Till.#start('run', '--pty', ...options);
  }

  /** The device kassa1 of a remote access server. */
  static serve(...options) {
    return Till.#start('serve', '--device', 'kassa1=sim:', '--listen', '127.0.0.1:0', ...options);
  }

  static async #start(...options) {
    const till = new Till();
    const words = [...options, '--http', '127.0.0.1:0', '--pace', PACE];
    // `exec` puts the till in the shell's place: the signal of stop() must reach the till.
    const script = ['-c', `exec ${COMMAND} "$@"`, 'sh', ...words];
    const child = spawn('sh', script, { stdio: ['ignore', 'pipe', 'inherit'] });
    till.#process = child;
    // However this process ends, the till ends with it.
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.removeListener('exit', kill));
    // The one line on stdout says that it serves, and where.
    const exit = once(child, 'exit').then(() => ['']);
    const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), exit]);
    if (!line) throw new Error(`the till did not start: ${COMMAND} ${words.join(' ')} (what it said stands above)`);
    const ready = JSON.parse(line);
    till.port = ready.port;
    till.server = ready.listen;
    till.#api = `${ready.http}/v1`;
    return till;
  }

  /** Presses keys, such as "1 5 0 ПИ"; returns what the till shows then. */
  press(keys) {
    const headers = { 'Content-Type': 'application/json' };
    return this.#call('/keys', { method: 'POST', headers, body: JSON.stringify({ keys }) });
  }

  /** state, indicator, receipt … */
  snapshot() {
    return this.#call('/till');
  }

  /** The till's state is reached when the exchange gets there: ask for it, do not sleep and hope. */
  async reach(state, seconds = 20) {
    let shown;
    for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(20)) {
      shown = await this.snapshot();
      if (shown.state === state) return shown;
    }
    const { state: seen, indicator } = shown;
    throw new Error(`after ${seconds} s the till is not in ${state}: it is in ${seen} and shows «${indicator.text}»`);
  }

  /** The printed paper, lines of 24 characters. */
  async tape() {
    return (await fetch(`${this.#api}/tape?format=text`)).text();
  }

  /** What the SmartBox did against the document: code, message, section, bytes of each. */
  async findings() {
    return (await this.#call('/findings')).findings;
  }

  /** SIGTERM; the exit code, 0 when all is well. */
  async stop() {
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const stubborn = setTimeout(() => child.kill('SIGKILL'), 10_000);
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    clearTimeout(stubborn);
    return code;
  }

  async #call(path, options) {
    const response = await fetch(this.#api + path, options);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
