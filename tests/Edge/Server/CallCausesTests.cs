using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Pure.Calls;
using Ringwright.Store;

namespace Ringwright.Edge.Server;

/// <summary>
/// Calls of every cause, in and out, answered or not, as the ledger has them, read through each API: also those that nobody can bring
/// about on request, such as the calls of a node that has died. What each must say is written by hand.
/// </summary>
public sealed class CallCausesTests
{
    [Fact]
    public async Task Each_API_says_of_each_end_what_its_documents_say()
    {
        await using var node = await OperatorClient.StartAsync();
        var client = new OperatorClient(node);
        var account = new TenantId(Guid.Parse((string)(await client.DataAsync("GET", "/accounts"))[0]!["id"]!));
        var ends = await WriteAsync(node.Node.Database, account);
        var wrong = new List<string>();
        foreach (var (id, end) in ends)
        {
            var shown = await client.DataAsync("GET", $"/calls/{id}/faces");
            var faces = Assert.Single(shown["legs"]!.AsArray())!["faces"]!.AsArray()
                .ToDictionary(face => (string)face!["face"]!, face => face!["document"]!);
            foreach (var (column, said) in Said(faces))
                if (said != FaceOracle.Of(column, end)) wrong.Add($"{column} of {end}: {said}");
        }
        Assert.Empty(wrong);
    }

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
