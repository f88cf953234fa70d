using System.Security;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Ringwright.Server.Modules;

namespace Ringwright.Server.Demo;

/// <summary>
/// The call-out by documents: each call is placed with the URL of its own, which is asked for when it is known who has answered. A person
/// hears the reminder and presses a key, which comes back as a request for the next document; a machine gets the message.
/// </summary>
internal sealed class DocumentCallOut(CallOutPlan plan, ScriptLanguage kind, WebhookSink sink, string account) : PlacedCallOut(plan)
{
    private const string Nothing = "<Response><Hangup/></Response>";

    /// <summary>Of the answer, behind the last word of the reminder.</summary>
    private const int ListenSeconds = 7;

    private const string Reminded = "reminder", Chosen = "chosen", Silent = "silent", Left = "left";

    /// <summary>The application that the calls are of.</summary>
    public static async Task<string> ApplyAsync(ReminderApi api, ScriptLanguage kind, WebhookSink sink, string profile,
        CancellationToken stop) => (string)(await api.PostAsync(kind.ApplicationPath, new JsonObject
        {
            ["friendly_name"] = "Appointment reminders", ["voice_url"] = sink.Documents + Silent,
            ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = profile },
        }, stop))["id"]!;

    protected override async Task<string?> PlaceAsync(Reminder reminder, CancellationToken stop)
    {
        string callback = $"{sink.Url}?{WebhookSink.Of}={Escaped(reminder)}";
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

    /// <summary>A document that a call asks for.</summary>
    public override string Answer(string name, IFormCollection form)
    {
        string[] parts = name.Split(',');
        if (parts.Length != 2 || Find(parts[1]) is not { } reminder) return Nothing;
        return parts[0] switch
        {
            Reminded => Greet(reminder, form["AnsweredBy"].ToString()),
            Chosen => Choose(reminder, form["Digits"].ToString()),
            Silent => Choose(reminder, ""),
            Left => Leave(reminder),
            _ => Nothing,
        };
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

    private string Greet(Reminder reminder, string answeredBy)
    {
        bool isMachine = answeredBy.StartsWith("machine", StringComparison.Ordinal);
        reminder.AnsweredBy = isMachine ? "machine" : answeredBy is "human" ? "human" : "not_sure";
        reminder.IsLeavingMessage = isMachine;
        Enter(reminder, isMachine ? ReminderState.Machine : ReminderState.Listening);
        return isMachine ? $"<Response>{Say(reminder.Message)}<Redirect>{UrlOf(Left, reminder)}</Redirect></Response>" : $"""
            <Response>
              <Gather numDigits="1" timeout="{ListenSeconds}" action="{UrlOf(Chosen, reminder)}">{Say(reminder.Text)}</Gather>
              <Redirect>{UrlOf(Silent, reminder)}</Redirect>
            </Response>
            """;
    }

    private static string Choose(Reminder reminder, string digits)
    {
        reminder.Digits = digits;
        reminder.GatherStatus = digits switch { "1" or "2" => "valid", "" => "timeout", _ => "invalid" };
        return Nothing;
    }

    private static string Leave(Reminder reminder)
    {
        reminder.HasLeftMessage = true;
        return Nothing;
    }

    private static string Say(string text) => $"""<Say voice="woman" language="en-US">{SecurityElement.Escape(text)}</Say>""";

    private string UrlOf(string name, Reminder reminder) => $"{sink.Documents}{name},{Escaped(reminder)}";

    private static string Escaped(Reminder reminder) => Uri.EscapeDataString(reminder.Attempt);
}
