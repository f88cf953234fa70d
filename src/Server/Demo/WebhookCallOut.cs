using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Demo;

/// <summary>
/// The call-out by call control: dial, speak, gather one digit, hang up; leave a message where a machine answers. Each webhook is answered
/// by the next command.
/// </summary>
internal sealed class WebhookCallOut(CallOutPlan plan) : PlacedCallOut(plan)
{
    /// <summary>The reminder takes eight to ten seconds to say; the rest is for the answer.</summary>
    private const int ListenMilliseconds = 17_000;

    protected override async Task<string?> PlaceAsync(Reminder reminder, CancellationToken stop)
    {
        var call = await Plan.Api.PostAsync("v2/calls", new JsonObject
        {
            ["connection_id"] = Plan.Connection,
            ["to"] = reminder.Contact.Phone,
            ["from"] = Plan.From,
            ["timeout_secs"] = RingSeconds,
            ["answering_machine_detection"] = "greeting_end",
            ["record"] = "record-from-answer",
            ["record_format"] = "wav",
            ["record_channels"] = "dual",
            ["client_state"] = reminder.ClientState,
        }, stop);
        return (string?)call["call_control_id"];
    }

    /// <summary>One verified webhook.</summary>
    public override async Task HandleAsync(byte[] body, string? of)
    {
        if (JsonNode.Parse(body)?["data"] is not JsonObject data) return;
        if (data["payload"] is not JsonObject payload || Find(payload) is not { } reminder) return;
        string call = (string?)payload["call_control_id"] ?? "";
        switch ((string?)data["event_type"])
        {
            case "call.initiated":
                Enter(reminder, ReminderState.Ringing);
                break;
            case "call.answered":
                reminder.AnsweredAt = Time((string?)data["occurred_at"]);
                Enter(reminder, ReminderState.Talking);
                await Plan.Api.ActAsync(call, "speak",
                    new JsonObject { ["payload"] = reminder.Text, ["voice"] = "female", ["language"] = "en-US" }, default);
                break;
            case "call.speak.started" when !reminder.IsLeavingMessage && reminder.AnsweredBy is not "machine":
                // Listening begins with the first word, however long the voice took to find it: some people do not wait for the last one.
                await Plan.Api.ActAsync(call, "gather", new JsonObject
                {
                    ["minimum_digits"] = 1, ["maximum_digits"] = 1,
                    ["valid_digits"] = "12", ["initial_timeout_millis"] = ListenMilliseconds, ["timeout_millis"] = ListenMilliseconds
                }, default);
                break;
            case "call.machine.detection.ended":
                reminder.AnsweredBy = (string?)payload["result"];
                // A machine's verdict ends the reminder and the gather; the message waits for the end of its greeting.
                if (reminder.AnsweredBy is "machine") Enter(reminder, ReminderState.Machine);
                break;
            case "call.machine.greeting.ended":
                reminder.IsLeavingMessage = true;
                await Plan.Api.ActAsync(call, "speak",
                    new JsonObject { ["payload"] = reminder.Message, ["voice"] = "female", ["language"] = "en-US" }, default);
                break;
            case "call.speak.ended" when (string?)payload["status"] is "cancelled_amd":
                break;
            case "call.speak.ended" when reminder.IsLeavingMessage:
                reminder.HasLeftMessage = (string?)payload["status"] is "completed";
                await Plan.Api.ActAsync(call, "hangup", [], default);
                break;
            case "call.speak.ended":
                Enter(reminder, ReminderState.Listening);
                break;
            case "call.gather.ended" when (string?)payload["status"] is "cancelled_amd":
                break;
            case "call.gather.ended":
                reminder.Digits = (string?)payload["digits"];
                reminder.GatherStatus = (string?)payload["status"];
                if (reminder.GatherStatus is not "call_hangup") await Plan.Api.ActAsync(call, "hangup", [], default);
                break;
            case "call.hangup":
                if (reminder.AnsweredAt is { } answered) reminder.TalkTime += Time((string?)data["occurred_at"]) - answered;
                Finish(reminder, Judge(reminder, (string?)payload["hangup_cause"]), (string?)payload["hangup_cause"]);
                break;
            case "call.recording.saved":
                await SaveAsync(reminder, (string)payload["recording_urls"]!["wav"]!, ".wav");     // the contract says so
                break;
        }
    }

    private Reminder? Find(JsonObject payload) => (string?)payload["client_state"] is { } state
        ? Find(Encoding.UTF8.GetString(Convert.FromBase64String(state))) : null;
}
