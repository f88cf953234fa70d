using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Server.Demo;
using Ringwright.Server.Modules;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Rehearsal;

/// <summary>What the command line asks.</summary>
/// <param name="Inputs">What the caller does, one each time that the document listens.</param>
/// <param name="Limit">Then the caller hangs up.</param>
internal sealed record RehearsalOptions(string File, IReadOnlyList<CallerInput> Inputs, TimeSpan Limit);

/// <summary>
/// Plays a document in a real call: a node with its lab on free ports, a caller who does what he is told to, and the conversation as text.
/// </summary>
internal sealed class RehearsalRun
{
    /// <summary>Numbers that the lab makes.</summary>
    private const string Number = "+15550100001", Caller = "+15550100000";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200), Known = TimeSpan.FromMilliseconds(500),
        StartLimit = TimeSpan.FromSeconds(20), RecogniserLimit = TimeSpan.FromSeconds(60);

    private readonly RehearsalOptions _options;
    private readonly DocumentServer _server;
    private readonly ReminderApi _api;
    private readonly AdminClient _admin;
    private readonly Conversation _told;
    private readonly HeardSound _heard;
    private readonly CallerTurns _turns;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private volatile string? _documentCall;
    private IReadOnlyList<ScriptWords> _words = [];

    private RehearsalRun(RehearsalOptions options, DemoNode node, DocumentServer server, Conversation told, HeardSound heard,
        CallerTurns turns, ReminderApi api)
    {
        (_options, _server, _told, _heard, _turns, _api, _admin) = (options, server, told, heard, turns, api, new(node.Data));
    }

    /// <returns>
    /// The exit code: 0 when the document ended the call and listened to all that the caller had to say, 1 otherwise.
    /// </returns>
    public static async Task<int> RunAsync(ScriptLanguage kind, RehearsalOptions options, TextWriter into, CancellationToken stop)
    {
        if (!File.Exists(options.File)) throw new StartRefused($"{options.File} cannot be read: there is no such file");
        try
        {
            // Digits, yes and no are understood without anybody else, unless another recogniser is set up.
            string[] more = Environment.GetEnvironmentVariable("RINGWRIGHT_RECOGNISER") is null ? ["--recogniser", "built-in"] : [];
            await using var node = await DemoNode.StartAsync(seed: 1, stop, more);
            // On a fresh node words that come before are lost on it.
            if (more.Length > 0 && options.Inputs.Any(input => input.Text is not null))
                await node.AwaitWordsAsync("The built-in recogniser has made", RecogniserLimit, stop);
            using var api = new ReminderApi(node.Http, node.Key);
            return await PlayAsync(kind, options, node, api, into, stop);
        }
        catch (Exception failed) when (failed is DemoException or ReminderApiException)
        {
            throw new StartRefused(failed.Message, failed);
        }
    }

    private static async Task<int> PlayAsync(ScriptLanguage kind, RehearsalOptions options, DemoNode node, ReminderApi api, TextWriter into,
        CancellationToken stop)
    {
        var told = new Conversation(into, DateTimeOffset.UtcNow);
        var heard = new HeardSound
        {
            Heard = (at, length, level) => told.Tell(at, "heard",
                string.Create(CultureInfo.InvariantCulture, $"{length.TotalSeconds:F1} s at {level:F0} dBFS")),
        };
        var turns = new CallerTurns(options.Inputs, api, heard, told);
        RehearsalRun? run = null;
        await using var server = await DocumentServer.StartAsync(options.File, kind, (asked, isThere) => run?.Take(asked, isThere),
            frame => heard.Take(frame.Span, DateTimeOffset.UtcNow), stop);
        run = new(options, node, server, told, heard, turns, api);
        using (run._admin)
        {
            try
            {
                return await run.PlayAsync(kind, stop);
            }
            finally
            {
                told.Write(DateTimeOffset.MaxValue);
            }
        }
    }

    private async Task<int> PlayAsync(ScriptLanguage kind, CancellationToken stop)
    {
        string profile = (string)(await _api.GetAsync("v2/outbound_voice_profiles?page[size]=1", stop))[0]!["id"]!;
        string lab = (string)(await _api.GetAsync("v2/call_control_applications?page[size]=1", stop))[0]!["id"]!;
        var application = await _api.PostAsync(kind.ApplicationPath, new JsonObject
        {
            ["friendly_name"] = "Rehearsal", ["voice_url"] = _server.DocumentUrl,
            ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = profile },
        }, stop);
        await _api.PatchAsync($"v2/phone_numbers/{Uri.EscapeDataString(Number)}",
            new JsonObject { ["connection_id"] = application["id"]!.DeepClone() }, stop);
        _told.Tell(DateTimeOffset.UtcNow, "caller", $"{Caller} calls {Number}");
        var call = await _api.PostAsync("v2/calls", new JsonObject
        {
            ["connection_id"] = lab, ["to"] = Number, ["from"] = Caller, ["stream_url"] = _server.SoundUrl,
            ["stream_track"] = "inbound_track", ["stream_codec"] = "L16",
        }, stop);
        _turns.Call = (string)call["call_control_id"]!;     // the contract says so
        return await WatchAsync(stop);
    }

    /// <summary>Until the document's call has ended.</summary>
    private async Task<int> WatchAsync(CancellationToken stop)
    {
        var (began, isCut) = (DateTimeOffset.UtcNow, false);
        while (true)
        {
            await Task.Delay(Look, stop);
            var now = DateTimeOffset.UtcNow;
            if (_documentCall is { } call && await FollowAsync(call, stop) is { } verdict) return End(verdict, isCut);
            if (_documentCall is null && now - began > StartLimit) throw new StartRefused("nobody has asked for the document");
            // A stretch of sound is told behind its end, with the second of its beginning; a step of the document when it is in the trace.
            var known = now - Known;
            _told.Write(_heard.Began is { } sound && sound < known ? sound : known);
            await _turns.TakeAsync(now, stop);
            if (isCut || now - began < _options.Limit) continue;
            isCut = true;
            _told.Tell(now, "caller", $"hangs up after {_options.Limit.TotalSeconds:F0} s");
            await _api.ActAsync(_turns.Call, "hangup", [], stop);
        }
    }

    private int End(JsonNode verdict, bool isCut)
    {
        _heard.End();
        bool isFailed = isCut || _turns.Left > 0 || (string?)verdict["cause"] is "internal" or "node_restart";
        if (_turns.Left > 0) _told.Tell(DateTimeOffset.UtcNow, "caller", $"was not asked for {_turns.Left} more");
        _told.Tell(DateTimeOffset.UtcNow, "ended",
            $"{(isCut ? "by the caller's patience" : $"by {verdict["ended_by"]}: {verdict["cause"]}")}"
            + (verdict["evidence"] is { } evidence ? $" ({evidence})" : ""));
        return isFailed ? 1 : 0;
    }

    private void Take(AskedDocument asked, bool isThere)
    {
        _documentCall ??= asked["CallSid"];
        string[] more = [.. asked.Form.Where(one => !AlwaysSaid.Contains(one.Key) && one.Value.Length > 0)
            .Select(one => $"{one.Key}={one.Value}")];
        _told.Tell(DateTimeOffset.UtcNow, "asked",
            $"{asked.Method} {asked.Path}{(more.Length > 0 ? $"  {string.Join(' ', more)}" : "")}"
            + (isThere ? "" : "  (no such document here: answered with an empty one)"));
    }

    /// <summary>What every request says is not told each time.</summary>
    private static readonly HashSet<string> AlwaysSaid = new(StringComparer.Ordinal)
    {
        "AccountSid", "CallSid", "CallSidLegacy", "CallStatus", "CallerId", "CallingPartyType", "ConnectionId", "From", "To", "FromSipUri",
        "ToSipUri",
    };

    /// <summary>Tells what is new in the call's trace.</summary>
    /// <returns>How the document's call ended; null while it goes on.</returns>
    private async Task<JsonNode?> FollowAsync(string call, CancellationToken stop)
    {
        var trace = await _admin.DataAsync(HttpMethod.Get, $"operator/v1/calls/{Uri.EscapeDataString(call)}/trace", null, stop);
        var legs = trace["legs"]!.AsArray();        // the contract says so, here and below
        foreach (var (leg, entry) in legs.SelectMany(leg => leg!["entries"]!.AsArray().Select(entry => (leg!, entry!)))
            .OrderBy(both => (string)both.Item2["at"]!, StringComparer.Ordinal))
            if (_seen.Add($"{leg["id"]} {entry["at"]} {entry["name"]} {entry["detail"]}")) Tell(entry);
        return legs.FirstOrDefault(leg => leg!["entries"]!.AsArray().Any(IsNote))?["verdict"]
            ?? (legs.All(leg => leg!["verdict"] is not null) ? legs[^1]!["verdict"] : null);
    }

    /// <summary>What documents do is noted on their own leg.</summary>
    private static bool IsNote(JsonNode? entry) => (string?)entry!["name"] is "noted";

    private void Tell(JsonNode entry)
    {
        if ((string?)entry["detail"] is not { } note) return;
        var at = DateTimeOffset.Parse((string)entry["at"]!, CultureInfo.InvariantCulture);
        if (note.Contains("speech was not listened to", StringComparison.Ordinal)) _told.Tell(at, "warning", note);
        if (!IsNote(entry)) return;
        if (note.StartsWith("warning: ", StringComparison.Ordinal))
        {
            _told.Tell(at, "warning", note["warning: ".Length..]);
            return;
        }
        if (note.Split(' ') is ["document", var url, "fetched", "by", _])
        {
            _words = _server.WordsAt(url);
            return;
        }
        var words = _words.Where(one => note.EndsWith($"(line {one.Line}, column {one.Column})", StringComparison.Ordinal)).ToList();
        _told.Tell(at, "document", note, words.Select(one => one.Text));
        _turns.Notice(note, at, hasWords: words.Count > 0);
    }
}
