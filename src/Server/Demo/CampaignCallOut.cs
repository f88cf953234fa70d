using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Server.Modules;

namespace Ringwright.Server.Demo;

/// <summary>
/// The call-out by a campaign: a list, a plan of tries, and a flow that every answered call runs. The node dials; the customer hears of it
/// by events, and of keys and messages by requests of the flow.
/// </summary>
internal sealed class CampaignCallOut(CallOutPlan plan, CampaignApi kind, WebhookSink sink) : CallOut(plan)
{
    /// <summary>Behind the last word of the reminder.</summary>
    private const int ListenMilliseconds = 7_000;
    /// <summary>A machine's greeting goes on behind the verdict.</summary>
    private const int GreetingMilliseconds = 4_000;
    private const int CallsPerSecond = 10;
    private const string Said = "said", PersonId = "4f6c1a52-0a3d-4a7e-9f51-6f5e1d1f7a10";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10), ForRecordings = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, Reminder> _byNumber = plan.Reminders.ToDictionary(reminder => reminder.Contact.Phone);
    private readonly Dictionary<string, Reminder> _byCall = [];
    private readonly TaskCompletionSource _isOver = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <exception cref="DemoException">
    /// A number is there twice: a campaign would call it twice, and its events could not be told apart.
    /// </exception>
    public static void Check(IReadOnlyList<Contact> contacts)
    {
        if (contacts.GroupBy(contact => contact.Phone).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new DemoException($"{twice.Key} is there {twice.Count()} times; a campaign's numbers must differ");
    }

    public override async Task RunAsync(CancellationToken stop)
    {
        await SendAsync(HttpMethod.Put, "customer", new()
        {
            ["name"] = "The demo", ["webhook_uri"] = sink.Url, ["webhook_method"] = "POST",
        }, stop);
        string outplan = await CreateAsync("outplans", Tries(), stop);
        string outdial = await CreateAsync("outdials", new() { ["name"] = "Contacts" }, stop);
        foreach (var reminder in Plan.Reminders) await CreateAsync($"outdials/{outdial}/targets", Target(reminder), stop);
        string campaign = await CreateAsync("campaigns", new()
        {
            ["name"] = "Appointment reminders", ["type"] = "call", ["end_handle"] = "stop", ["service_level"] = 100,
            ["outplan_id"] = outplan, ["outdial_id"] = outdial, ["actions"] = Actions(),
            ["max_concurrent_calls"] = Plan.AtATime, ["max_calls_per_second"] = CallsPerSecond,
        }, stop);
        await SendAsync(HttpMethod.Put, $"campaigns/{campaign}/status", new() { ["status"] = "run" }, stop);
        await _isOver.Task.WaitAsync(Limit, stop);
        await FetchRecordingsAsync(stop);
    }

    /// <summary>One verified event.</summary>
    public override Task HandleAsync(byte[] body, string? of)
    {
        if (JsonNode.Parse(body) is not JsonObject told || told["data"] is not JsonObject data) return Task.CompletedTask;
        string type = (string?)told["type"] ?? "";
        if (type == "campaign_status_stop") _isOver.TrySetResult();
        if (!type.StartsWith("call_", StringComparison.Ordinal)
            || !_byNumber.TryGetValue((string?)data["destination"]?["target"] ?? "", out var reminder)) return Task.CompletedTask;
        lock (reminder) Follow(reminder, type, data);
        return Task.CompletedTask;
    }

    /// <summary>What the flow tells: a key, or that the message has been said.</summary>
    public override string Answer(string name, IFormCollection form)
    {
        if (name != Said || !int.TryParse(form["of"], CultureInfo.InvariantCulture, out int number) || number < 1
            || number > Plan.Reminders.Count) return "";
        var reminder = Plan.Reminders[number - 1];
        reminder.AnsweredBy = form["by"].ToString() switch { "notsure" => "not_sure", var by => by };
        if (form["what"] == "message") reminder.HasLeftMessage = true;
        else
        {
            reminder.Digits = form["digits"].ToString();
            reminder.GatherStatus = reminder.Digits.Length > 0 ? "valid" : "timeout";
        }
        return "";
    }

    private void Follow(Reminder reminder, string type, JsonObject data)
    {
        string call = (string?)data["id"] ?? "";
        if (reminder.Call != call)
        {
            (reminder.Call, reminder.Outcome, reminder.Detail) = (call, null, null);
            (reminder.AnsweredBy, reminder.HasLeftMessage) = (null, false);
            reminder.Attempts++;
            lock (_byCall) _byCall[call] = reminder;
            Enter(reminder, ReminderState.Dialling);
        }
        switch (type)
        {
            case "call_ringing":
                Enter(reminder, ReminderState.Ringing);
                break;
            case "call_progressing":
                reminder.AnsweredAt = Time((string?)data["tm_progressing"]);
                Enter(reminder, ReminderState.Talking);
                break;
            case "call_hangup":
                string reason = (string?)data["hangup_reason"] ?? "";
                if (reminder.AnsweredAt is { } answered) reminder.TalkTime += Time((string?)data["tm_hangup"]) - answered;
                Finish(reminder, Judge(reminder, reason), reason);
                break;
        }
    }

    private static Outcome Judge(Reminder reminder, string reason) => (reason, reminder.GatherStatus, reminder.Digits) switch
    {
        ("normal", _, _) when reminder.HasLeftMessage => Outcome.MessageLeft,
        ("normal", "valid", "1") => Outcome.Confirmed,
        ("normal", "valid", "2") => Outcome.Cancelled,
        ("normal", "valid", _) => Outcome.OtherKey,
        ("normal", "timeout", _) => Outcome.NoInput,
        ("normal", _, _) => Outcome.HungUp,
        ("busy", _, _) => Outcome.Busy,
        ("dialout", _, _) => Outcome.NoAnswer,
        ("noanswer", _, _) => Outcome.Declined,
        ("failed", _, _) => Outcome.WrongNumber,
        _ => Outcome.Failed,
    };

    /// <summary>Busy is called once more; nobody else is.</summary>
    private JsonObject Tries() => new()
    {
        ["name"] = "Busy is called once more", ["source"] = Number(Plan.From),
        ["dial_timeout"] = RingSeconds * 1_000, ["try_interval"] = (int)BusyPause.TotalMilliseconds, ["max_try_count_0"] = 2,
        ["retry_rules"] = new JsonArray([.. new[] { "noanswer", "dialout", "failed", "cancel" }
            .Select(reason => (JsonNode)new JsonObject { ["reason"] = reason, ["interval"] = 1_000, ["max"] = 1 })]),
    };

    private static JsonObject Target(Reminder reminder) => new()
    {
        ["name"] = reminder.Contact.Name, ["destination_0"] = Number(reminder.Contact.Phone),
        ["data"] = new JsonObject { ["of"] = reminder.Number, ["text"] = reminder.Text, ["message"] = reminder.Message }.ToJsonString(),
    };

    /// <summary>A person hears the reminder and presses a key, a machine gets the message; the customer is told either way.</summary>
    private JsonArray Actions() =>
    [
        Action("recording_start", new() { ["format"] = "wav" }),
        Action("amd", new() { ["machine_handle"] = "continue", ["async"] = false }),
        Action("condition_variable", new()
        {
            ["variable"] = Value("call.amd.status"), ["condition"] = "==", ["value_type"] = "string", ["value_string"] = "machine",
            ["false_target_id"] = PersonId,
        }),
        Action("sleep", new() { ["duration"] = GreetingMilliseconds }),
        Action("talk", new() { ["text"] = "${target.message}", ["language"] = "en-US" }),
        Tell("what=message"),
        Action("hangup", []),
        Action("talk", new() { ["text"] = "${target.text}", ["language"] = "en-US", ["digits_handle"] = "next" }, PersonId),
        Action("digits_receive", new() { ["duration"] = ListenMilliseconds, ["length"] = 1, ["key"] = "" }),
        Tell("what=key&digits=" + Value("call.digits")),
        Action("hangup", []),
    ];

    private JsonObject Tell(string what) => Action("webhook_send", new()
    {
        ["sync"] = true, ["uri"] = sink.Documents + Said, ["method"] = "POST", ["data_type"] = "application/x-www-form-urlencoded",
        ["data"] = $"of=${{target.of}}&by={Value("call.amd.status")}&{what}",
    });

    private string Value(string variable) => $"${{{kind.Variables}{variable}}}";

    private static JsonObject Action(string type, JsonObject option, string? id = null)
    {
        var action = new JsonObject { ["type"] = type, ["option"] = option };
        if (id is not null) action["id"] = id;
        return action;
    }

    private static JsonObject Number(string number) => new() { ["type"] = "tel", ["target"] = number };

    private async Task<string> CreateAsync(string path, JsonObject body, CancellationToken stop) =>
        (string)(await SendAsync(HttpMethod.Post, path, body, stop))["id"]!;     // the contract says so

    private Task<JsonNode> SendAsync(HttpMethod method, string path, JsonObject body, CancellationToken stop) =>
        Plan.Api.SendAsync(method, kind.Root + path, body, stop);

    /// <summary>A recording is there shortly after its call has ended.</summary>
    private async Task FetchRecordingsAsync(CancellationToken stop)
    {
        var deadline = DateTimeOffset.UtcNow + ForRecordings;
        while (Plan.Reminders.Any(reminder => reminder is { AnsweredAt: not null, Recording: null }) && DateTimeOffset.UtcNow < deadline)
        {
            foreach (var row in (JsonArray)await Plan.Api.GetAsync("v2/recordings?page[size]=250", stop))
                if (_byCall.TryGetValue((string?)row?["call_leg_id"] ?? "", out var reminder) && reminder.Recording is null
                        && (string?)row!["download_urls"]?["wav"] is { } url)
                    await SaveAsync(reminder, url, ".wav");
            await Task.Delay(200, stop);
        }
    }
}
