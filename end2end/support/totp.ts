import { createHmac } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The bytes of a secret as it is typed into an authenticator app (RFC 4648). */
function bytes(typed: string): Buffer {
  const letters = [...typed.replace(/\s/g, '')];
  const bits = letters.map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g)?.map((byte) => parseInt(byte, 2)) ?? []);
}

/** What the app shows so many steps of thirty seconds from now (RFC 6238). */
export function code(typed: string, steps = 0): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac('sha1', bytes(typed)).update(counter).digest();
  const from = hash[hash.length - 1] & 0xf;
  return ((hash.readUInt32BE(from) & 0x7fffffff) % 1_000_000).toString().padStart(6, '0');
}
