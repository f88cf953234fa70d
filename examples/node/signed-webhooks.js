// Prints what happens on calls to its number, says hello to who calls, and hangs up. What the phone company has not signed is refused (line.js).
import { openLine, voice } from './line.js';

await openLine('signed-webhooks', '+15550100001', async ({ type, payload }, calls) => {
  const call = payload.call_control_id;
  console.log(type, payload.from ?? '', payload.to ?? '', payload.hangup_cause ?? '');
  if (type === 'call.initiated' && payload.direction === 'incoming') await calls.answer(call, {});
  if (type === 'call.answered') await calls.speak(call, { payload: 'Hello. Each word of this call is told by signed webhooks. Goodbye.', ...voice });
  if (type === 'call.speak.ended') await calls.hangup(call, {});
});
