using System.Text.Json.Nodes;

namespace Ringwright.Bench.Soak.Calls;

/// <summary>What one script needs: the API, its own luck, and words for what customers do.</summary>
internal sealed class Stage(SoakApi api, CallBook book, WebhookSink sink, Account account, Random luck, string script,
    CancellationToken stop)
{
    /// <summary>For what the far end, the network and the node do together.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly string[] Texts =
    [
        "Good morning, this is a reminder of your appointment.", "Please hold the line.",
        "Your parcel has arrived at the shop around the corner.", "Thank you for calling. Somebody will be with you in a moment.",
        "Press any key to go on.", "We are closed today, and open tomorrow from nine to five.",
        "The number that you wanted has changed.", "One moment, please: we are looking for the person that you asked for.",
    ];

    public SoakApi Api => api;
    public Random Luck => luck;
    public WebhookSink Sink => sink;
    public Account Account => account;
    public CancellationToken Stop => stop;

    public string Text => Texts[luck.Next(Texts.Length)];
    public bool Chance(double share) => luck.NextDouble() < share;

    /// <summary>A tone of some seconds: few lengths, so that they come from the cache as most prompts do.</summary>
    public string Tone => sink.Tone(500 * luck.Next(1, 9)).ToString();

    /// <summary>A number with its last digits drawn.</summary>
    public string Number(string prefix) => prefix + luck.Next((int)Math.Pow(10, 12 - prefix.Length))
        .ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(12 - prefix.Length, '0');

    /// <exception cref="CallOver">The node did not take it.</exception>
    public async Task<SoakCall> DialAsync(string to, JsonObject? more = null)
    {
        var body = new JsonObject { ["connection_id"] = account.Application, ["to"] = to, ["from"] = account.Number(luck.Next(10)) };
        foreach (var (name, value) in more ?? []) body[name] = value?.DeepClone();
        var (status, answer) = await api.SendAsync(HttpMethod.Post, "calls", body, stop);
        if (status != 200 || (string?)answer?["data"]?["call_control_id"] is not { } id)
            throw new CallOver($"the dial was refused with {status}");
        var call = book.Of(id);
        call.Script = script;
        return call;
    }

    /// <summary>Dials, and waits for the answer.</summary>
    public async Task<SoakCall> CallAsync(string to, JsonObject? more = null)
    {
        var call = await DialAsync(to, more);
        await call.NextAsync("call.answered", Patience, stop);
        return call;
    }

    public Task<(int Status, JsonNode? Body)> ActAsync(SoakCall call, string action, JsonObject? body = null) =>
        api.ActAsync(call, action, body, stop);

    public Task HangupAsync(SoakCall call) => ActAsync(call, "hangup");

    public Task<JsonObject> NextAsync(SoakCall call, string type) => call.NextAsync(type, Patience, stop);

    /// <summary>Until the far end hangs up, or somebody does.</summary>
    public Task EndAsync(SoakCall call) => call.NextAsync("call.hangup", TimeSpan.FromSeconds(45), stop);

    public Task WaitAsync(double leastSeconds, double mostSeconds) =>
        Task.Delay(TimeSpan.FromSeconds(leastSeconds + luck.NextDouble() * (mostSeconds - leastSeconds)), stop);
}

/// <summary>What the run's customer owns.</summary>
internal sealed record Account(string Application, IReadOnlyList<string> Numbers)
{
    public string Number(int index) => Numbers[index % Numbers.Count];
}
