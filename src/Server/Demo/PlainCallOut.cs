using System.Text.Json.Nodes;
using Ringwright.Server.Modules;

namespace Ringwright.Server.Demo;

/// <summary>
/// The call-out by an API that places calls with the URL of a document and tells of them by callbacks in JSON. Recordings are looked for
/// when all is over: nothing tells of them.
/// </summary>
internal sealed class PlainCallOut(CallOutPlan plan, CallApi kind, WebhookSink sink) : DocumentedCallOut(plan, sink)
{
    private const int Declined = 603, NotFound = 404;
    private static readonly TimeSpan ForRecordings = TimeSpan.FromSeconds(20);

    protected override string AnsweredBy => "answered_by";
    protected override string Digits => "digits";

    private string Calls => kind.Root + "voice/calls";

    public override async Task RunAsync(CancellationToken stop)
    {
        await base.RunAsync(stop);
        var deadline = DateTimeOffset.UtcNow + ForRecordings;
        while (Unrecorded() is { Count: > 0 } missing && DateTimeOffset.UtcNow < deadline)
        {
            foreach (var reminder in missing)
                if ((string?)(await Plan.Api.GetAsync($"{Calls}/{reminder.Call}", stop))["recording_url"] is { } url)
                    await SaveAsync(reminder, url, ".wav");
            await Task.Delay(200, stop);
        }
    }

    private List<Reminder> Unrecorded() =>
        [.. Plan.Reminders.Where(one => one is { AnsweredAt: not null, Recording: null, Call: not null })];

    protected override async Task<string?> PlaceAsync(Reminder reminder, CancellationToken stop) =>
        (string?)(await Plan.Api.PostAsync(Calls, new JsonObject
        {
            ["to"] = reminder.Contact.Phone,
            ["from"] = Plan.From,
            ["url"] = UrlOf(Reminded, reminder),
            ["status_callback"] = CallbackOf(reminder),
            ["timeout"] = RingSeconds,
            ["record"] = true,
            ["machine_detection"] = true,
        }, stop))["id"];

    /// <summary>One verified callback.</summary>
    public override Task HandleAsync(byte[] body, string? of)
    {
        if (JsonNode.Parse(body)?["call"] is not JsonObject call || of is null || Find(of) is not { } reminder) return Task.CompletedTask;
        switch ((string?)call["status"])
        {
            case "queued" or "ringing":
                Enter(reminder, ReminderState.Ringing);
                break;
            case "in-progress":
                reminder.AnsweredAt = Time((string?)call["start_time"]);
                Enter(reminder, ReminderState.Talking);
                break;
            case var status:
                if (reminder.AnsweredAt is { } answered) reminder.TalkTime += Time((string?)call["end_time"]) - answered;
                Finish(reminder, Judge(reminder, CauseOf(status, (int?)call["sip_code"])), status);
                break;
        }
        return Task.CompletedTask;
    }

    private static string? CauseOf(string? status, int? sip) => (status, sip) switch
    {
        ("completed", _) => "normal_clearing",
        ("busy", _) => "user_busy",
        ("no-answer", _) => "no_answer",
        ("failed", Declined) => "call_rejected",
        ("failed", NotFound) => "not_found",
        _ => status,
    };
}
