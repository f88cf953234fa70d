// A warm transfer. Who calls NUMBER hears MUSIC until the AGENT is there, and talks to him. The agent's keys: 1 asks the EXPERT, while the caller hears music;
// 2 lets the caller talk with both; 3 leaves the caller to the expert. An expert who does not come, or goes, leaves the caller to the agent.
import Telnyx from 'telnyx';
import { readState, serve, stateOf } from './webhooks.js';

const { CONNECTION_ID: connection_id, NUMBER: from, AGENT, EXPERT, MUSIC, PORT = '3000' } = process.env;
const client = new Telnyx();        // TELNYX_API_KEY, TELNYX_PUBLIC_KEY and TELNYX_BASE_URL

/** By the caller's call: its conference, and who is there or rung for beside him (`helpers`, by role). */
const cases = new Map();

serve(client, PORT, async (type, payload, id) => {
  const call = payload.call_control_id;
  const { role = 'caller', caller = call } = readState(payload);
  console.log(type, role);
  const open = cases.get(caller);
  if (role !== 'caller' && !open) return;       // the caller went first, and has taken them with him
  switch (`${role} ${type}`) {
    case 'caller call.initiated':
      await client.calls.actions.answer(call, { client_state: stateOf({ role, caller }), command_id: id });
      break;
    case 'caller call.answered': {
      const made = await client.conferences.create({ call_control_id: caller, name: `case ${payload.call_leg_id}`, start_conference_on_create: false, hold_audio_url: MUSIC });
      const conference = made.data.id;
      cases.set(caller, { conference, helpers: new Map() });
      await dial('agent', AGENT, caller, id, { conference_config: { id: conference, start_conference_on_enter: true } });
      break;
    }
    case 'agent call.dtmf.received':
      if (payload.digit === '1' && !open.helpers.has('expert')) {
        await client.conferences.actions.hold(open.conference, { call_control_ids: [caller], audio_url: MUSIC });
        await dial('expert', EXPERT, caller, id);
      } else if (payload.digit === '2') {
        await client.conferences.actions.unhold(open.conference, { call_control_ids: [caller] });
      } else if (payload.digit === '3' && open.helpers.has('expert')) {
        await client.conferences.actions.leave(open.conference, { call_control_id: call });
        await client.calls.actions.hangup(call, {});
      }
      break;
    case 'expert call.answered':
      await client.conferences.actions.join(open.conference, { call_control_id: call });
      break;
    case 'agent call.hangup':
    case 'expert call.hangup':
      open.helpers.delete(role);
      if (open.helpers.size > 0) await client.conferences.actions.unhold(open.conference, { call_control_ids: [caller] });
      else await client.calls.actions.hangup(caller, {});
      break;
    case 'caller call.hangup':
      cases.delete(caller);
      await Promise.allSettled([...(open?.helpers.values() ?? [])].map((helper) => client.calls.actions.hangup(helper, {})));
      break;
  }
});

async function dial(role, to, caller, command_id, more = {}) {
  const dialled = await client.calls.dial({ connection_id, to, from, client_state: stateOf({ role, caller }), command_id, ...more });
  cases.get(caller).helpers.set(role, dialled.data.call_control_id);
}
