import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PASSWORD, type Person } from './people';

const BINARY = process.env.CASTELLAN_BIN ?? fileURLToPath(new URL('../../target/release/castellan', import.meta.url));

/** A server of its own, on a port and in a data folder of its own. */
export class Server {
  private constructor(
    private readonly folder: string,
    private readonly child: ChildProcess,
    readonly url: string,
    /** What `/setup` asks for; empty once that is done. */
    readonly setupCode: string,
  ) {}

  /** Starts one that is reached by the name of a host, or by its number, with what it is told besides. */
  static async start(host = '', told: NodeJS.ProcessEnv = {}): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'castellan-e2e-'));
    await writeFile(clock(folder), '0');
    const reached: NodeJS.ProcessEnv = host ? await named(host) : {};
    const env = { ...environment(folder), ...reached, ...told };
    const child = spawn(BINARY, ['serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = await new Promise<string>((resolve, reject) => {
      let text = '';
      const hear = (chunk: Buffer) => {
        text += chunk;
        if (/the code \S+\n/.test(text)) resolve(text);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.on('error', reject);
      child.on('exit', (code) => reject(new Error(`castellan ended with ${code}: ${text}`)));
    });
    const url = reached.CASTELLAN_PUBLIC_URL ?? /listening on (http:\S+)/.exec(said)?.[1] ?? '';
    return new Server(folder, child, url, /the code (\S+)/.exec(said)?.[1] ?? '');
  }

  /** Runs a command on the same data, and answers what it says. */
  command(args: string[], input = ''): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      const done = (error: Error | null, out: string, complaint: string) =>
        error ? reject(new Error(`castellan ${args.join(' ')}: ${complaint}`)) : resolve(JSON.parse(out));
      const child = execFile(BINARY, ['--json', ...args], { env: environment(this.folder) }, done);
      // A command that asks for no input may be done before any arrives; its answer is what counts.
      child.stdin?.on('error', () => {});
      child.stdin?.end(input);
    });
  }

  /** Moves the server's clock ahead. */
  async pass(seconds: number): Promise<void> {
    await writeFile(clock(this.folder), String(seconds));
  }

  async setUp(first: Person): Promise<void> {
    await this.command(['setup', '--email', first.email, '--name', first.name, '--password-stdin'], PASSWORD);
  }

  /** Adds somebody who can sign in; answers the path of their page. */
  async add(person: Person, ...roles: string[]): Promise<string> {
    const names = ['--email', person.email, '--first-name', person.first, '--last-name', person.last];
    const given = roles.flatMap((role) => ['--role', role]);
    const { id } = await this.command(['user', 'create', ...names, ...given, '--password-stdin'], PASSWORD);
    return `/admin/users/${id}`;
  }

  /** The path of a new set-password link. */
  async passwordLink(person: Person): Promise<string> {
    const { link } = await this.command(['user', 'reset-password', person.email]);
    const { pathname, search } = new URL(String(link), this.url);
    return pathname + search;
  }

  /** Types wrong passwords, as a stranger, until nobody may try any more from there. */
  async lockOut(person: Person): Promise<void> {
    const body = new URLSearchParams({ fn: '/fn/sign-in/password', email: person.email, password: 'a guess' });
    for (let status = 401; status === 401; ) {
      const headers = { 'sec-fetch-site': 'same-origin' };
      status = (await fetch(`${this.url}/signin`, { method: 'POST', headers, body })).status;
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill('SIGKILL');
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}

function environment(folder: string): NodeJS.ProcessEnv {
  const outside = Object.entries(process.env).filter(([name]) => !name.startsWith('CASTELLAN_'));
  const own = { CASTELLAN_DATA_DIR: folder, CASTELLAN_LISTEN: '127.0.0.1:0', CASTELLAN_DEV_CLOCK: clock(folder) };
  return { ...Object.fromEntries(outside), ...own };
}

/** What a server is told that is reached by a name: the port stands in its address, so it is chosen before. */
async function named(host: string): Promise<NodeJS.ProcessEnv> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return { CASTELLAN_LISTEN: `127.0.0.1:${port}`, CASTELLAN_PUBLIC_URL: `http://${host}:${port}` };
}

/** The file that holds by how many seconds the server's clock is moved. */
function clock(folder: string): string {
  return join(folder, 'clock');
}
