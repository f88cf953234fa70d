// Reminds people of their appointments, which stand in the file APPOINTMENTS: 1 confirms, 2 cancels, a machine gets a message. Who is busy or
// does not answer is called once more. It prints what came of each, and ends.
import { readFile } from 'node:fs/promises';
import { openLine, stateOf, voice } from './line.js';

const { APPOINTMENTS: file = new URL('appointments.csv', import.meta.url), PAUSE_SECONDS = '2' } = process.env;
const answers = { 1: 'confirmed', 2: 'cancelled' };

const people = (await readFile(file, 'utf8')).trim().split('\n').slice(1).map((line) => {
  const [name, number, when] = line.split(',').map((cell) => cell.trim());
  return { name, number, when };
});

const line = await openLine('reminder', '+15550100004', async ({ type, payload, state }, calls) => {
  const call = payload.call_control_id, person = people[state.person];
  if (!person) return;       // somebody calls this number himself
  const say = (words) => calls.speak(call, { payload: words, ...voice, client_state: stateOf({ ...state, step: 'last words' }) });
  switch (type) {
    case 'call.answered':
      await calls.gatherUsingSpeak(call, {
        payload: `Hello ${person.name}. You have an appointment ${person.when}. Press 1 to confirm, or 2 to cancel.`, ...voice,
        valid_digits: '12', maximum_digits: 1, maximum_tries: 2, timeout_millis: 5000,
      });
      break;
    case 'call.gather.ended':
      if (['call_hangup', 'cancelled_amd'].includes(payload.status)) break;
      person.outcome = answers[payload.digits] ?? 'pressed nothing';
      await say(answers[payload.digits] ? 'Thank you. Goodbye.' : 'Goodbye.');
      break;
    case 'call.machine.greeting.ended':
      person.outcome = 'message left';
      await say(`This is a message for ${person.name}. You have an appointment ${person.when}. Please call us if you cannot come.`);
      break;
    case 'call.speak.ended':
      if (state.step === 'last words') await calls.hangup(call, {});
      break;
    case 'call.hangup':
      person.outcome ??= payload.hangup_cause;
      person.isOver();
      break;
  }
});

const isWorthASecondCall = ({ outcome }) => ['user_busy', 'timeout'].includes(outcome);

async function remind(person, at) {
  person.outcome = undefined;
  const over = new Promise((resolve) => (person.isOver = resolve));
  await line.client.calls.dial({
    connection_id: line.connection, to: person.number, from: line.number, timeout_secs: 20, answering_machine_detection: 'detect_beep',
    client_state: stateOf({ person: at }),
  });
  await over;
}

await Promise.all(people.map(async (person, at) => {
  await remind(person, at);
  if (isWorthASecondCall(person)) {
    await new Promise((resolve) => setTimeout(resolve, 1000 * Number(PAUSE_SECONDS)));
    await remind(person, at);
  }
}));
for (const { name, outcome } of people) console.log(`${name}: ${outcome}`);
process.exit();
