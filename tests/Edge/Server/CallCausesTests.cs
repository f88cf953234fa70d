using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Net;
using Ringwright.Edge.Store;
using Ringwright.Pure.Calls;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>
/// Calls of every cause, in and out, answered or not, as the ledger has them, read through each API: also those that nobody can bring
/// about on request, such as the calls of a node that has died. What each must say is written by hand.
/// </summary>
public sealed class CallCausesTests
{
    [Fact, Depth("Pure's FaceOracle judges the table of words; CallFacesTests have twenty calls of all ends")]
    public async Task Each_API_says_of_each_end_what_its_documents_say()
    {
        await using var node = await OperatorClient.StartAsync();
        var client = new OperatorClient(node);
        var ends = await WriteAsync(node.Node.Database, await AccountAsync(client));
        var wrong = new List<string>();
        foreach (var (id, end) in ends)
        {
            foreach (var (column, said) in Said(await FacesAsync(client, id)))
                if (said != FaceOracle.Of(column, end)) wrong.Add($"{column} of {end}: {said}");
        }
        Assert.Empty(wrong);
    }

    /// <summary>TF32: it was answered for ten seconds, and an hour later a start found it.</summary>
    [Fact]
    public async Task A_call_of_a_node_that_died_has_the_times_of_its_last_sign_in_each_API()
    {
        await using var node = await OperatorClient.StartAsync();
        var client = new OperatorClient(node);
        var store = node.Node.Database;
        var now = store.Time.GetUtcNow();
        var began = now.AddHours(-2).AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        var ledger = new Ledger(store, new(Script.At(0), began), [], NullLogger.Instance);
        var call = new Script(await AccountAsync(client));
        foreach (var happened in new[] { call.Initiated(), call.Ringing(), call.Answered() })
            Assert.True(await ledger.AppendAsync(happened), happened.ToString());
        Assert.True(await ledger.AppendAsync(new CallEvent.LegEnded
        {
            Leg = call.Facts, At = Script.At(3_600), AliveUntil = Script.At(13), Cause = HangupCause.NodeRestart, By = HangupParty.Unknown,
        }));

        var faces = await FacesAsync(client, call.Facts.Uuid);
        var (answered, ended) = (began.AddSeconds(3), began.AddSeconds(13));
        var chakra = faces["chakra"]["_data"]!;
        DateTimeOffset[] begins =
        [
            Moment(faces["telefonie"]["start_time"]), Moment(faces["voipbin"]["tm_progressing"]), Moment(faces["agency"]["joined_at"]),
            DateTimeOffset.FromUnixTimeMilliseconds((long)chakra["connectionStart"]!),
        ];
        Assert.All(begins, at => Assert.Equal(answered, at));
        DateTimeOffset[] lasts =
        [
            Moment(faces["telefonie"]["end_time"]), Moment(faces["voipbin"]["tm_hangup"]), Moment(faces["agency"]["ended_at"]),
            DateTimeOffset.FromUnixTimeMilliseconds((long)chakra["connectionEnd"]!),
            DateTimeOffset.FromUnixTimeMilliseconds((long)chakra["callEnd"]!),
        ];
        Assert.All(lasts, at => Assert.Equal(ended, at));
        Assert.Equal((10, "10", "10", 10, 10), ((int)faces["telefonie"]["duration"]!, (string?)faces["texml"]["duration"],
            (string?)faces["twiml"]["duration"], (int)chakra["connectionDuration"]!, (int)faces["agency"]["duration_seconds"]!));
        Assert.Equal(("completed", "FAILED", "failed"), ((string?)faces["telefonie"]["status"], (string?)chakra["callStatus"],
            (string?)faces["voipbin"]["hangup_reason"]));
    }

    /// <summary>Nothing is written here: a program throws before its call is answered, and behind that.</summary>
    [Fact]
    public async Task A_call_whose_program_has_a_fault_is_said_so_in_each_API()
    {
        var module = new FailingModule();
        await using var node = await RunningNode.StartAsync(settings => settings with { OperatorKey = OperatorClient.Key },
            modules: [module]);
        var client = new OperatorClient(node);
        using var far = new SipPeer(node.Node.Settings.Sip);
        var stop = TestContext.Current.CancellationToken;

        var rang = await module.Joined!.CallAsync(FailingModule.WhenRinging, $"sip:one@{far.Local}", stop);        // it has joined
        string invite = await far.HearAsync("INVITE");
        far.Send(far.Response(invite, "180 Ringing"));
        far.Send(far.Response(await far.HearAsync("CANCEL"), "200 OK"));
        far.Send(far.Response(invite, "487 Request Terminated"));
        await SaysAsync(rang, isAnswered: false);

        var talked = await module.Joined!.CallAsync(FailingModule.WhenAnswered, $"sip:two@{far.Local}", stop);
        invite = await far.HearAsync("INVITE");
        far.Send(far.Response(invite, "200 OK", far.Sdp));
        far.Send(far.Response(await far.HearAsync("BYE"), "200 OK"));
        await SaysAsync(talked, isAnswered: true);

        async Task SaysAsync(Guid id, bool isAnswered)
        {
            var end = new CallEnd(HangupCause.Internal, Direction.Outbound, isAnswered);
            string wrong = "";
            var faces = await Eventually.SomeAsync<Dictionary<string, JsonNode>>(async () =>
            {
                var shown = await FacesAsync(client, id);
                // Each face is read for itself: one of them may have been a moment before the end.
                wrong = string.Join("; ", Said(shown).Where(face => face.Said != FaceOracle.Of(face.Column, end))
                    .Select(face => $"{face.Column} says '{face.Said}'"));
                return shown["telefonie"]["end_time"] is not null && wrong.Length == 0 ? shown : null;
            }, () => $"{id} is over: {wrong}");
            Assert.Equal(("failed", "failed", "FAILED"), ((string?)faces["telefonie"]["status"],
                (string?)faces["voipbin"]["hangup_reason"], (string?)faces["chakra"]["_data"]!["callStatus"]));
            foreach (var (column, said) in Said(faces)) Assert.Equal($"{column} {FaceOracle.Of(column, end)}", $"{column} {said}");
        }
    }

    private static DateTimeOffset Moment(JsonNode? text) =>
        DateTimeOffset.Parse((string)text!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static async Task<TenantId> AccountAsync(OperatorClient client) =>
        new(Guid.Parse((string)(await client.DataAsync("GET", "/accounts"))[0]!["id"]!));

    private static async Task<Dictionary<string, JsonNode>> FacesAsync(OperatorClient client, Guid id) =>
        Assert.Single((await client.DataAsync("GET", $"/calls/{id}/faces"))["legs"]!.AsArray())!["faces"]!.AsArray()
            .ToDictionary(face => (string)face!["face"]!, face => face!["document"]!);

    private static IEnumerable<(string Column, string? Said)> Said(Dictionary<string, JsonNode> faces) =>
    [
        ("texml", (string?)faces["texml"]["status"]),
        ("twiml", (string?)faces["twiml"]["status"]),
        ("telefonie", (string?)faces["telefonie"]["status"]),
        ("voipbin", (string?)faces["voipbin"]["hangup_reason"]),
        ("chakra", (string?)faces["chakra"]["_data"]!["callStatus"]),
        ("agency_outcome", (string?)faces["agency"]["outcome"] ?? "none"),
        ("agency_end", (string?)faces["agency"]["end_reason"]),
        ("agency_cause", (string?)faces["agency"]["hangup_cause"]),
    ];

    /// <summary>A call of each end, all of a minute ago. No call ends without a cause.</summary>
    private static async Task<Dictionary<Guid, CallEnd>> WriteAsync(Database store, TenantId account)
    {
        var ledger = new Ledger(store, new(Script.At(0), store.Time.GetUtcNow().AddMinutes(-1)), [], NullLogger.Instance);
        var ends = new Dictionary<Guid, CallEnd>();
        uint counter = 0;
        foreach (var cause in Enum.GetValues<HangupCause>().Where(cause => cause is not HangupCause.Unset))
        {
            foreach (var direction in Enum.GetValues<Direction>())
            {
                foreach (bool isAnswered in new[] { false, true })
                {
                    var call = new Script(account, ++counter, direction);
                    List<CallEvent> events = [call.Initiated(), call.Ringing()];
                    if (isAnswered) events.Add(call.Answered());
                    events.Add(call.Ended(cause: cause));
                    foreach (var happened in events) Assert.True(await ledger.AppendAsync(happened), happened.ToString());
                    ends[call.Facts.Uuid] = new(cause, direction, isAnswered);
                }
            }
        }
        return ends;
    }
}
