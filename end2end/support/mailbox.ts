import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { expect } from '@playwright/test';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** The server looks for mail every two seconds, and a busy machine is later still. */
const ARRIVES = { timeout: 20_000 };

/** A message as a mail program gets it. */
export interface Mail {
  to: string;
  from: string;
  subject: string;
  language: string;
  text: string;
  html: string;
}

/** A mail server that others wrote, for everybody's mail. */
export class Mailbox {
  /** To whom mail came, in order. */
  readonly recipients: string[] = [];
  private readonly unread: Mail[] = [];
  private busy = '';

  private readonly server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onMailFrom: (_from, _session, answer) => {
      answer(this.busy ? Object.assign(new Error(this.busy), { responseCode: 451 }) : null);
    },
    onData: (stream, session, answer) => {
      const to = session.envelope.rcptTo.map(({ address }) => address).join();
      simpleParser(stream, { skipHtmlToText: true, skipTextToHtml: true }).then((mail) => {
        this.recipients.push(to);
        this.unread.push(read(to, mail));
        answer();
      }, answer);
    },
  });

  static async open(): Promise<Mailbox> {
    const mailbox = new Mailbox();
    await once(mailbox.server.listen(0, '127.0.0.1'), 'listening');
    return mailbox;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  /** Takes no mail any more, and says this to whoever brings some; takes mail again without words. */
  refuse(words = ''): void {
    this.busy = words;
  }

  /** Waits for the next message to an address, which must have this subject, and takes it out. */
  async next(address: string, subject: string): Promise<Mail> {
    const place = () => this.unread.findIndex((mail) => mail.to === address);
    await expect.poll(place, { ...ARRIVES, message: `“${subject}” comes to ${address}` }).not.toBe(-1);
    const [mail] = this.unread.splice(place(), 1);
    expect(mail.subject).toBe(subject);
    return mail;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(resolve));
  }
}

function read(to: string, mail: ParsedMail): Mail {
  const language = String(mail.headers.get('content-language'));
  const { subject = '', text = '' } = mail;
  return { to, from: mail.from?.text ?? '', subject, language, text, html: mail.html || '' };
}

/** Where a message leads, by its text. */
export function link(mail: Mail): string {
  const links = mail.text.match(/https?:\/\/\S+/g) ?? [];
  expect(links, mail.text).toHaveLength(1);
  return links[0] ?? '';
}

/** A text of the product in a language; one that names nobody. */
export function said(language: string, name: string): string {
  const texts = readFileSync(new URL(`../../texts/${language}.ftl`, import.meta.url), 'utf8');
  const line = texts.split('\n').find((line) => line.startsWith(`${name} = `));
  if (!line) throw new Error(`${language} has no text ${name}`);
  return line.slice(name.length + 3);
}
