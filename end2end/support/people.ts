/** Somebody the tests type in. */
export interface Person {
  first: string;
  last: string;
  name: string;
  email: string;
}

function person(first: string, last: string, email: string): Person {
  return { first, last, name: `${first} ${last}`.trim(), email };
}

export const ada = person('Ada', 'Lovelace', 'ada@example.com');
export const grace = person('Grace', 'Hopper', 'grace@example.com');
export const linus = person('Linus', 'Torvalds', 'linus@example.com');
/** Written from right to left. */
export const maryam = person('مريم', 'الأسطرلابي', 'maryam@example.com');
/** As long as a name may be, with nowhere to break it. */
export const longest = person('Wolfeschlegel'.repeat(7), 'Bergerdorff'.repeat(9), `${'w'.repeat(64)}@example.com`);
/** A first name that would run if any page wrote it down as it is. */
export const mallory = person(
  `</textarea><img src=x onerror=alert(1)>"'<script>alert(1)</script>`,
  '',
  'mallory@example.com',
);

/** Everybody's, unless a test says otherwise. */
export const PASSWORD = 'correct horse battery staple';
