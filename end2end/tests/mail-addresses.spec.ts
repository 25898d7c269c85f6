import { Desk } from '../support/desk';
import { expectDead, expectOwn, expectStranger, follow } from '../support/letters';
import { link } from '../support/mailbox';
import { ada, grace, linus } from '../support/people';
import { expect, testWithMail as test } from '../support/test';

const elsewhere = { ...grace, email: 'hopper@example.org' };

// The server hands mail over every two seconds, and some stories read several messages.
test.describe.configure({ timeout: 90_000 });

/** Asks for another address, as whoever is signed in. */
async function changeAddress(desk: Desk, email: string): Promise<void> {
  await desk.open('/account');
  await desk.press('Change your address…');
  await desk.fill({ 'New address': email });
  await desk.press('Send the link');
  await desk.expectToast('Look into the mail of the new address: the link there makes the change. The old one is told, too.');
}

test('a change of address is stopped by the link that goes to the old one', async ({ ready, mailbox, page, visitor }) => {
  await ready.add(grace);
  const [desk, guest] = [new Desk(page), new Desk(await visitor())];
  await desk.signInWithoutRole(grace);
  await changeAddress(desk, elsewhere.email);
  const confirm = await mailbox.next(elsewhere.email, 'Confirm your new address');
  const asked = await mailbox.next(grace.email, 'Another address was entered for your account');
  for (const mail of [confirm, asked, asked, confirm]) await guest.open(link(mail));
  await expectOwn(desk, grace.email);

  await follow(guest, asked, 'Stop the change');
  await guest.press('Keep this address');
  await expect(guest.page).toHaveURL('/forgot-password?lang=en');
  await guest.expectToast('You sign in with the address that you had, and every session ended. Set a new password now.');
  await expectStranger(desk);
  await expectDead(guest, link(confirm));
  await expectDead(guest, link(asked));
  await guest.expectNoEntry(elsewhere);
  await guest.signInWithoutRole(grace);
});

test('a change of address counts once the new one is confirmed, and can be taken back', async ({ ready, mailbox, page, visitor }) => {
  await ready.add(grace);
  const [desk, guest] = [new Desk(page), new Desk(await visitor())];
  await desk.signInWithoutRole(grace);
  await changeAddress(desk, elsewhere.email);
  const confirm = await mailbox.next(elsewhere.email, 'Confirm your new address');
  await mailbox.next(grace.email, 'Another address was entered for your account');
  await follow(desk, confirm, 'Confirm the new address');
  await desk.press('Confirm the new address');
  await expectOwn(desk, elsewhere.email);
  await mailbox.next(elsewhere.email, 'You sign in with this address now');
  const changed = await mailbox.next(grace.email, 'The address you sign in with was changed');
  await expectDead(guest, link(confirm));
  await guest.expectNoEntry(grace);
  await guest.signInWithoutRole(elsewhere);

  await follow(guest, changed, 'Take the change back');
  await guest.press('Keep this address');
  await expectStranger(desk);
  await expectStranger(guest);
  const restored = await mailbox.next(grace.email, 'You sign in with this address again');
  await follow(guest, restored, 'Set a new password');
  await expect(guest.heading()).toHaveText('Forgot your password?');
  await guest.expectNoEntry(elsewhere);
  await guest.signInWithoutRole(grace);
});

test('whose address somebody enters for another account is told, and nothing else happens', async ({ ready, mailbox, page }) => {
  for (const person of [grace, linus]) await ready.add(person);
  const desk = new Desk(page);
  await desk.signInWithoutRole(grace);
  await changeAddress(desk, linus.email);
  const mail = await mailbox.next(linus.email, 'Somebody entered your address for another account');
  expect(mail.text).not.toContain('://');
  await mailbox.next(grace.email, 'Another address was entered for your account');
  await expectOwn(desk, grace.email);
});

test('an administrator changes an address: both are told, and the old one can take it back', async ({ ready, mailbox, page, visitor }) => {
  await ready.add(grace);
  const [desk, guest] = [new Desk(page), new Desk(await visitor())];
  await desk.signIn(ada);
  await desk.openUser(grace);
  await desk.press('Edit…');
  await desk.fill({ 'E-mail': elsewhere.email });
  await desk.press('Save');
  await desk.expectToast('Saved.');
  await mailbox.next(elsewhere.email, 'You sign in with this address now');
  const changed = await mailbox.next(grace.email, 'The address you sign in with was changed');
  await follow(guest, changed, 'Take the change back');
  await guest.press('Keep this address');
  await mailbox.next(grace.email, 'You sign in with this address again');
  await guest.expectNoEntry(elsewhere);
  await guest.signInWithoutRole(grace);
});
