// A voice menu: 1 says the opening hours and asks again, 2 connects with OFFICE. Who presses nothing, or something else, twice hears goodbye.
import { openLine, stateOf, voice } from './line.js';

const { OFFICE = '+15550000001' } = process.env;

const ask = (calls, call) => calls.gatherUsingSpeak(call, {
  payload: 'For our opening hours, press 1. To talk to somebody, press 2.', invalid_payload: 'That was no choice.', ...voice,
  valid_digits: '12', maximum_digits: 1, maximum_tries: 2, timeout_millis: 4000, client_state: stateOf({ step: 'menu' }),
});
const say = (calls, call, payload, step) => calls.speak(call, { payload, ...voice, client_state: stateOf({ step }) });
const connect = (calls, call) => calls.transfer(call, { to: OFFICE, from: line.number, target_leg_client_state: stateOf({ step: 'connected' }) });

const line = await openLine('ivr', '+15550100002', async ({ type, payload, state }, calls) => {
  const call = payload.call_control_id;
  switch (type) {
    case 'call.initiated':
      if (payload.direction === 'incoming') await calls.answer(call, {});
      break;
    case 'call.answered':
      if (state.step !== 'connected') await ask(calls, call);
      break;
    case 'call.gather.ended':
      if (payload.status === 'valid') console.log(`${payload.from} chose ${payload.digits}`);
      if (payload.status === 'call_hangup') break;
      if (payload.digits === '1') await say(calls, call, 'We are here from nine to five.', 'hours');
      else if (payload.digits === '2') await connect(calls, call);
      else await say(calls, call, 'Goodbye.', 'goodbye');
      break;
    case 'call.speak.ended':
      if (state.step === 'hours') await ask(calls, call);
      if (state.step === 'goodbye') await calls.hangup(call, {});
      break;
    case 'call.bridged':
      console.log(`${payload.from} talks to ${payload.to}`);
      break;
    case 'call.hangup':
      console.log(`${payload.from} to ${payload.to} is over: ${payload.hangup_cause}`);
      break;
  }
});
