// A call that is supervised. Who calls NUMBER is put through to the AGENT, and the SUPERVISOR is rung to listen in. His keys: 1 monitors (nobody hears him),
// 2 whispers (the agent hears him), 3 barges in (both do). When he goes, the two talk on.
import Telnyx from 'telnyx';
import { readState, serve, stateOf } from './webhooks.js';

const { CONNECTION_ID: connection_id, NUMBER: from, AGENT, SUPERVISOR, PORT = '3000' } = process.env;
const client = new Telnyx();        // TELNYX_API_KEY, TELNYX_PUBLIC_KEY and TELNYX_BASE_URL
const roles = { 1: 'monitor', 2: 'whisper', 3: 'barge' };

serve(client, PORT, async (type, payload, id) => {
  const call = payload.call_control_id;
  const { role = 'caller', caller = call } = readState(payload);
  console.log(type, role);
  switch (`${role} ${type}`) {
    case 'caller call.initiated':
      await client.calls.actions.answer(call, { client_state: stateOf({ role, caller }), command_id: id });
      break;
    case 'caller call.answered':
      await client.calls.actions.transfer(caller, { to: AGENT, from, target_leg_client_state: stateOf({ role: 'agent', caller }), command_id: id });
      break;
    case 'agent call.bridged':
      await client.calls.dial({
        connection_id, to: SUPERVISOR, from, client_state: stateOf({ role: 'supervisor', caller }), command_id: id,
        supervise_call_control_id: call, supervisor_role: 'monitor',
      });
      break;
    case 'supervisor call.dtmf.received':
      if (roles[payload.digit]) await client.calls.actions.switchSupervisorRole(call, { role: roles[payload.digit] });
      break;
    case 'agent call.hangup':
      await client.calls.actions.hangup(caller, {}).catch(() => {});      // of a caller whose agent did not come; else the bridge's end was his own
      break;
  }
});
