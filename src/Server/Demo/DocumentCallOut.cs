using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Ringwright.Server.Modules;

namespace Ringwright.Server.Demo;

/// <summary>
/// The call-out by documents: each call is placed with the URL of its own, which is asked for when it is known who has answered. A person
/// hears the reminder and presses a key, which comes back as a request for the next document; a machine gets the message.
/// </summary>
internal sealed class DocumentCallOut(CallOutPlan plan, ScriptLanguage kind, WebhookSink sink, string account)
    : DocumentedCallOut(plan, sink)
{
    protected override string AnsweredBy => "AnsweredBy";
    protected override string Digits => "Digits";

    /// <summary>The application that the calls are of.</summary>
    public static async Task<string> ApplyAsync(ReminderApi api, ScriptLanguage kind, WebhookSink sink, string profile,
        CancellationToken stop) => (string)(await api.PostAsync(kind.ApplicationPath, new JsonObject
        {
            ["friendly_name"] = "Appointment reminders", ["voice_url"] = sink.Documents + Silent,
            ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = profile },
        }, stop))["id"]!;

    protected override async Task<string?> PlaceAsync(Reminder reminder, CancellationToken stop)
    {
        string callback = CallbackOf(reminder);
        var call = await Plan.Api.PostAsync(kind.CallPath(account), new JsonObject
        {
            ["ApplicationSid"] = Plan.Connection,
            ["To"] = reminder.Contact.Phone,
            ["From"] = Plan.From,
            ["Url"] = UrlOf(Reminded, reminder),
            ["Timeout"] = RingSeconds,
            ["MachineDetection"] = "DetectMessageEnd",
            ["StatusCallback"] = callback,
            ["StatusCallbackEvent"] = "initiated ringing answered completed",
            ["Record"] = true,
            ["RecordingChannels"] = "dual",
            ["Trim"] = "do-not-trim",
            ["RecordingStatusCallback"] = callback,
        }, stop);
        return (string?)call["sid"];
    }

    /// <summary>One verified callback.</summary>
    public override async Task HandleAsync(byte[] body, string? of)
    {
        var form = QueryHelpers.ParseQuery(Encoding.ASCII.GetString(body));
        string Field(string name) => form.TryGetValue(name, out var value) ? value.ToString() : "";
        if (of is null || Find(of) is not { } reminder) return;
        if (Field("RecordingStatus") is { Length: > 0 } status)
        {
            string url = Field("RecordingUrl");
            if (status is "completed") await SaveAsync(reminder, url, Path.GetExtension(new Uri(url).AbsolutePath));
            return;
        }
        switch (Field("CallStatus"))
        {
            case "initiated" or "ringing":
                Enter(reminder, ReminderState.Ringing);
                break;
            case "in-progress":
                reminder.AnsweredAt = Time(Field("Timestamp"));
                Enter(reminder, ReminderState.Talking);
                break;
            default:
                if (reminder.AnsweredAt is { } answered) reminder.TalkTime += Time(Field("EndTime")) - answered;
                Finish(reminder, Judge(reminder, Field("HangupCause")), Field("HangupCause"));
                break;
        }
    }
}
