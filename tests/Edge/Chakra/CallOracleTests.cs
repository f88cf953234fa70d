using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Server;
using Ringwright.Store.Resources;
using Ringwright.Testing;

namespace Ringwright.Edge.Chakra;

/// <summary>
/// What people did on real calls gives the words that each API must say of them. They are written by hand from the customers' documents,
/// and none is read from the table that the APIs share: a wrong word there is a difference here.
/// </summary>
public sealed class CallOracleTests
{
    private const string Caller = "+15559876543";
    private const int Usual = 30, Short = 5;

    /// <summary>Calls out: whom they are to, how long they may ring, and what is said of them behind their end.</summary>
    private static readonly (string User, int RingSeconds, Words Words)[] Called =
    [
        // Refused with 486, 480, 603, 404, 500, 488 and 408.
        ("busy-1", Usual, new("user_busy", "callee", "486", "busy", "busy", "busy", "BUSY")),
        ("noans-2", Usual, new("timeout", "callee", "480", "no-answer", "no-answer", "noanswer", "UNANSWERED")),
        ("decline-3", Usual, new("call_rejected", "callee", "603", "failed", "failed", "noanswer", "REJECTED")),
        ("nf-4", Usual, new("not_found", "callee", "404", "failed", "failed", "failed", "FAILED")),
        ("err-5", Usual, new("unspecified", "unknown", "500", "failed", "failed", "failed", "FAILED")),
        ("unfit-11", Usual, new("unspecified", "unknown", "488", "failed", "failed", "failed", "FAILED")),
        ("stale-12", Usual, new("timeout", "callee", "408", "no-answer", "no-answer", "noanswer", "UNANSWERED")),
        // They ring: one is let go on request, of the other the time is over.
        ("ring-6", Usual, new("originator_cancel", "caller", "487", "canceled", "canceled", "cancel", "FAILED")),
        ("ring-7", Short, new("timeout", "caller", "487", "no-answer", "no-answer", "dialout", "UNANSWERED")),
        // They answer: one hangs up, the other is hung up.
        ("now-8", Usual, new("normal_clearing", "callee", "200", "completed", "completed", "normal", "COMPLETED")),
        ("now-9", Usual, new("normal_clearing", "caller", "unspecified", "completed", "completed", "normal", "COMPLETED")),
    ];

    [Fact, Depth("the gate has calls of agents at their devices, and twenty calls of all ends by all faces")]
    public async Task What_whoever_is_called_does_gives_the_words_of_each_API()
    {
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        string application = await ApplicationAsync(host);
        var placed = new Dictionary<string, (string Id, string Control)>();
        foreach (var (user, seconds, _) in Called) placed[user] = await DialAsync(host, application, user, seconds);
        await host.BecomesAsync(placed["ring-6"].Id, "RINGING");
        await host.ActAsync(placed["ring-6"].Control, "hangup");
        await host.BecomesAsync(placed["now-8"].Id, "IN_PROGRESS");
        (await host.Far.CalledAsync("now-8")).Hangup();
        await host.BecomesAsync(placed["now-9"].Id, "IN_PROGRESS");
        await host.ActAsync(placed["now-9"].Control, "hangup");
        foreach (var (user, _, words) in Called)
            Assert.Equal($"{user}: {words}", $"{user}: {await SaidAsync(host, placed[user].Id)}");
        foreach (string user in new[] { "ring-6", "ring-7" })
            await Eventually.TrueAsync(() => host.Far.To(user).Single().IsCancelled, $"{user} rings no more");
        await Eventually.TrueAsync(() => host.Far.To("now-9").Single().IsOver, "it was hung up on");
    }

    [Fact, Depth("half a minute is the shortest limit of a call; CallCausesTests reads the same end from the ledger")]
    public async Task What_the_time_limit_of_a_call_does_gives_the_words_of_each_API()
    {
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        var (id, _) = await DialAsync(host, await ApplicationAsync(host), "now-10", Usual, ",\"time_limit_secs\":30");
        await host.BecomesAsync(id, "IN_PROGRESS");
        await Eventually.TrueAsync(() => host.Far.To("now-10").Single().IsOver, "it was hung up on", TimeSpan.FromMinutes(1));
        await SaysAsync(host, id, new("time_limit", "unknown", "unspecified", "completed", "completed", "timeout", "COMPLETED"));
    }

    /// <summary>Nobody there; the other half of a call that goes; a far end that is heard no more.</summary>
    [Fact, Depth("the gate has calls of agents at their devices, and twenty calls of all ends by all faces")]
    public async Task What_becomes_of_the_way_of_a_call_gives_the_words_of_each_API()
    {
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        string application = await ApplicationAsync(host);
        // It listens by UDP alone.
        var (unreached, _) = await DialAsync(host, application, "now-13", Usual, ",\"sip_transport_protocol\":\"TCP\"");
        await SaysAsync(host, unreached, new("unspecified", "unknown", "unspecified", "failed", "failed", "failed", "FAILED"));

        var (first, control) = await DialAsync(host, application, "now-600", Usual);
        var (second, other) = await DialAsync(host, application, "now-1000", Usual);
        await host.BecomesAsync(first, "IN_PROGRESS");
        await host.BecomesAsync(second, "IN_PROGRESS");
        await host.ActAsync(control, "bridge", $$"""{"call_control_id":"{{other}}"}""");
        await (await host.Far.CalledAsync("now-600")).HearsAsync(1000);
        (await host.Far.CalledAsync("now-1000")).Hangup();
        await SaysAsync(host, second, new("normal_clearing", "callee", "200", "completed", "completed", "normal", "COMPLETED"));
        await SaysAsync(host, first, new("normal_clearing", "caller", "unspecified", "completed", "completed", "normal", "COMPLETED"));
        await Eventually.TrueAsync(() => host.Far.To("now-600").Single().IsOver, "it was hung up on");

        await ChangeAsync(host, application, connection => connection with { RtpTimeoutSeconds = 1 });
        var (lost, _) = await DialAsync(host, application, "mute-14", Usual);
        await SaysAsync(host, lost, new("unspecified", "unknown", "unspecified", "completed", "completed", "failed", "COMPLETED"));
    }

    [Fact, Depth("the gate has calls of agents at their devices, and twenty calls of all ends by all faces")]
    public async Task What_the_operator_and_an_idle_program_do_gives_the_words_of_each_API()
    {
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        string application = await ApplicationAsync(host);
        var (talks, _) = await DialAsync(host, application, "now-15", Usual);
        var (rings, _) = await DialAsync(host, application, "ring-16", Usual);
        await host.BecomesAsync(talks, "IN_PROGRESS");
        await host.BecomesAsync(rings, "RINGING");
        var (comes, _, caller, _) = await host.RingAsync();
        var stopped = await new OperatorClient(host.Node).DataAsync("POST", $"/accounts/{host.Team}/actions/stop");
        Assert.Equal(3, (int)stopped["ended"]!);
        await SaysAsync(host, talks, new("unspecified", "unknown", "unspecified", "completed", "completed", "failed", "COMPLETED"));
        Words none = new("unspecified", "unknown", "unspecified", "failed", "failed", "failed", "FAILED");
        await SaysAsync(host, rings, none);
        await SaysAsync(host, comes, none);
        caller.Dispose();

        string idle = (string)(await host.OtherApiAsync(HttpMethod.Get, "/v2/call_control_applications"))["data"]!.AsArray()
            .Single(one => (string?)one!["application_name"] == "in")!["id"]!;
        await ChangeAsync(host, idle, connection => connection with { FirstCommandTimeout = TimeSpan.FromSeconds(1) });
        var (waits, _, again, _) = await host.RingAsync();
        await SaysAsync(host, waits, new("timeout", "callee", "480", "no-answer", "no-answer", "failed", "MISSED"));
        again.Dispose();
    }

    [Fact]
    public async Task What_a_caller_does_gives_the_words_of_each_API()
    {
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        // He gives up while it rings.
        var (cancelled, _, first, callId) = await host.RingAsync();
        first.Send(first.Request("CANCEL", ChakraHost.Number, callId, $"<sip:{ChakraHost.Number}@{host.Node.Node.Settings.Sip}>", 1,
            "z9hG4bK" + callId, null));
        await SaysAsync(host, cancelled, new("originator_cancel", "caller", "487", "canceled", "canceled", "cancel", "MISSED"));
        first.Dispose();
        // He is turned away.
        await TurnedAwayAsync(host, "CALL_REJECTED",
            new("call_rejected", "callee", "603", "failed", "failed", "noanswer", "REJECTED") { Twiml = "no-answer" });
        await TurnedAwayAsync(host, "USER_BUSY", new("user_busy", "callee", "486", "busy", "busy", "busy", "BUSY"));
        // He is answered, and he or the other one hangs up.
        await TalkAsync(host, isCallerFirst: true,
            new("normal_clearing", "caller", "200", "completed", "completed", "normal", "ANSWERED"));
        await TalkAsync(host, isCallerFirst: false,
            new("normal_clearing", "callee", "unspecified", "completed", "completed", "normal", "ANSWERED"));
    }

    /// <summary>Nothing is written here: it goes in order, and the next one is asked.</summary>
    [Fact, Depth("two starts of a node; CallCausesTests reads the same end from the ledger")]
    public async Task What_a_node_that_stops_does_gives_the_words_of_each_API()
    {
        using var folder = new TempFolder();
        var ended = new List<string>();
        await using (var host = await ChakraHost.StartAsync(isPostgres: false, folder.Path))
        {
            string application = await ApplicationAsync(host);
            foreach (var (user, word) in new[] { ("now-17", "IN_PROGRESS"), ("ring-18", "RINGING") })
            {
                var (id, _) = await DialAsync(host, application, user, Usual);
                await host.BecomesAsync(id, word);
                ended.Add(id);
            }
            var (comes, _, caller, _) = await host.RingAsync();
            ended.Add(comes);
            caller.Dispose();
        }
        await using var next = await ChakraHost.StartAsync(isPostgres: false, folder.Path, isAgain: true);
        foreach (string id in ended)
            await SaysAsync(next, id, new("unspecified", "unknown", "unspecified", "failed", "failed", "failed", "FAILED"));
    }

    private static async Task ChangeAsync(ChakraHost host, string application, Func<Connection, Connection> change)
    {
        var store = host.Node.Node.Database;
        var (outcome, _) = await store.Connections.Records.ChangeAsync(new TenantId(Guid.Parse(host.Team)), application, change,
            store.Time.GetUtcNow(), (_, _) => null, TestContext.Current.CancellationToken);
        Assert.Equal(WriteOutcome.Done, outcome);
    }

    private static async Task TurnedAwayAsync(ChakraHost host, string cause, Words words)
    {
        var (id, control, caller, _) = await host.RingAsync();
        await host.ActAsync(control, "reject", $$"""{"cause":"{{cause}}"}""");
        await SaysAsync(host, id, words);
        caller.Dispose();
    }

    private static async Task TalkAsync(ChakraHost host, bool isCallerFirst, Words words)
    {
        var (id, control, caller, callId) = await host.RingAsync();
        await host.ActAsync(control, "answer");
        string ok = await caller.HearAsync("SIP/2.0 200");
        caller.Send(caller.Inside(ok, ChakraHost.Number, "ACK", 1, callId));
        await host.BecomesAsync(id, "IN_PROGRESS");
        if (isCallerFirst) caller.Send(caller.Inside(ok, ChakraHost.Number, "BYE", 2, callId));
        else
        {
            await host.ActAsync(control, "hangup");
            caller.Send(caller.Response(await caller.HearAsync("BYE "), "200 OK"));
        }
        await SaysAsync(host, id, words);
        caller.Dispose();
    }

    private static async Task SaysAsync(ChakraHost host, string id, Words words) => Assert.Equal(words, await SaidAsync(host, id));

    /// <summary>Of a call that is over, or will be soon.</summary>
    private static async Task<Words> SaidAsync(ChakraHost host, string id)
    {
        var told = await Eventually.SomeAsync(async () => (await host.OtherApiAsync(HttpMethod.Get,
                "/v2/call_events?filter[name]=call.hangup&page[size]=100"))["data"]!.AsArray()
            .Select(one => one!["metadata"]!["event"]!["payload"]!).FirstOrDefault(one => (string?)one["call_leg_id"] == id),
            $"{id} is over");
        var shown = await new OperatorClient(host.Node).DataAsync("GET", $"/calls/{id}/faces");
        var faces = shown["legs"]!.AsArray().Single()!["faces"]!.AsArray()
            .ToDictionary(face => (string)face!["face"]!, face => face!["document"]!);
        string document = (string)faces["texml"]["status"]!, twiml = (string)faces["twiml"]["status"]!;
        return new((string)told["hangup_cause"]!, (string)told["hangup_source"]!, (string)told["sip_hangup_cause"]!,
            document, (string)faces["telefonie"]["status"]!, (string)faces["voipbin"]["hangup_reason"]!,
            (string)faces["chakra"]["_data"]!["callStatus"]!)
        { Twiml = twiml == document ? null : twiml };
    }

    /// <summary>What places calls and hears of their ends.</summary>
    private static async Task<string> ApplicationAsync(ChakraHost host)
    {
        string profile = (string)(await host.OtherApiAsync(HttpMethod.Post, "/v2/outbound_voice_profiles",
            """{"name":"oracle"}"""))["data"]!["id"]!;
        return (string)(await host.OtherApiAsync(HttpMethod.Post, "/v2/call_control_applications", $$"""
            {"application_name":"oracle","webhook_event_url":"http://127.0.0.1:9/hooks",
             "outbound":{"outbound_voice_profile_id":"{{profile}}"} }
            """))["data"]!["id"]!;
    }

    private static async Task<(string Id, string Control)> DialAsync(ChakraHost host, string application, string user, int seconds,
        string more = "")
    {
        var made = (await host.OtherApiAsync(HttpMethod.Post, "/v2/calls", $$"""
            {"connection_id":"{{application}}","from":"{{Caller}}","to":"sip:{{user}}@127.0.0.1:{{host.Far.Port}}",
             "timeout_secs":{{seconds}}{{more}} }
            """))["data"]!;
        return ((string)made["call_leg_id"]!, (string)made["call_control_id"]!);
    }

    /// <param name="Cause">Of the webhook at the end, as the next two.</param>
    /// <param name="Document">The status of documents, of both kinds where <see cref="Twiml"/> says nothing else.</param>
    /// <param name="Reason">Of the dialer's API.</param>
    /// <param name="Log">Of the call log, where nobody disposes of calls.</param>
    private sealed record Words(string Cause, string Source, string SipCause, string Document, string Telefonie, string Reason, string Log)
    {
        public string? Twiml { get; init; }
    }
}
