using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Server.Nodes;
using Ringwright.Server.Roles;
using Ringwright.Server.Settings;
using Ringwright.Testing;

namespace Ringwright.Contract.Conformance.Dialects;

/// <summary>
/// Operations that the walk's node cannot answer, as they are about a lab: each is done on a node that has one, and what it has done is
/// seen by another request.
/// </summary>
public sealed class LabOperationTests
{
    private const int RtpPorts = 32;
    private const string Clock = "operator/v1/clock", Busy = "+15550020001", Absent = "+15550030001", Line = "+15550100000";
    private static readonly DateTimeOffset Start = new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Operations => [.. WalkedDialects.Find("operator").OfLab];

    [Theory, MemberData(nameof(Operations))]
    public Task What_only_a_lab_has_is_done_and_seen(string operation) => operation switch
    {
        "CreateTryLink" => MakeLinkAsync(),
        "ListLabCalls" => ListCallsAsync(),
        "SetClock" => HoldClockAsync(),
        _ => throw new Xunit.Sdk.XunitException($"nothing proves {operation}"),
    };

    /// <summary>Who has the link sees the page, and who guesses one does not.</summary>
    private static Task MakeLinkAsync() => WithNodeAsync(null, async asked =>
    {
        var made = await asked.DataAsync(HttpMethod.Post, "operator/v1/try_links", new JsonObject { ["to"] = Line, ["minutes"] = 5 }, Stop);
        Assert.InRange((DateTimeOffset)made["expires_at"]! - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(4),
            TimeSpan.FromMinutes(5));
        string page = (string)made["url"]!;
        using var anybody = new HttpClient();
        Assert.Contains(Line, await anybody.GetStringAsync(new Uri(page), Stop), StringComparison.Ordinal);
        using var guessed = await anybody.GetAsync(new Uri(page + "A"), Stop);
        Assert.Equal(HttpStatusCode.NotFound, guessed.StatusCode);
    });

    /// <summary>A call to one of the people is listed as theirs, and as nobody else's.</summary>
    private static Task ListCallsAsync() => WithNodeAsync(Start, async asked =>
    {
        Assert.Empty(await CallsAsync(asked, Busy));
        await asked.DataAsync(HttpMethod.Post, "operator/v1/calls", new JsonObject { ["to"] = Busy, ["from"] = Line }, Stop);
        var call = await Eventually.SomeAsync(async () => (await CallsAsync(asked, Busy)).SingleOrDefault(), "the lab has the call");
        Assert.Equal((Busy, Busy, "inbound", false),
            ((string?)call["person"], (string?)call["to"], (string?)call["direction"], (bool)call["answered"]!));
        Assert.Empty(await CallsAsync(asked, Absent));
    });

    /// <summary>It is held and let go; how it moves by itself and by how much, calls of whole nodes show.</summary>
    private static Task HoldClockAsync() => WithNodeAsync(Start, async asked =>
    {
        foreach (bool isHeld in new[] { true, false })
        {
            var set = await asked.DataAsync(HttpMethod.Post, Clock, new JsonObject { ["hold"] = isHeld }, Stop);
            var read = await asked.DataAsync(HttpMethod.Get, Clock, null, Stop);
            Assert.All(new[] { set, read }, clock => Assert.Equal(("virtual", isHeld), ((string?)clock["mode"], (bool)clock["held"]!)));
        }
    });

    private static async Task<IReadOnlyList<JsonNode>> CallsAsync(AdminClient asked, string person) =>
        [.. (await asked.ListAsync($"operator/v1/lab/calls?person={Uri.EscapeDataString(person)}", Stop)).OfType<JsonNode>()];

    /// <param name="start">Of virtual time, by which the lab's people live in the same process; null goes by the wall clock, without them.
    /// </param>
    private static async Task WithNodeAsync(DateTimeOffset? start, Func<AdminClient, Task> work)
    {
        using var folder = TempFolder.Quick(ConformanceNode.Room);
        int rtp = FreePort.UdpRange(RtpPorts);
        var settings = new ServeSettings
        {
            Data = folder.Path,
            Http = new(IPAddress.Loopback, FreePort.Tcp()),
            Admin = new(IPAddress.Loopback, FreePort.Tcp()),
            Sip = new(IPAddress.Loopback, 0),
            Rtp = new(IPAddress.Loopback, rtp, rtp + RtpPorts - 1),
            ApiRate = 1_000,
            HasCheckedReplies = true,
            HasLab = true,
            LabSeed = 1,
            VirtualStart = start,
        };
        var node = await Node.StartAsync(settings, NullLoggerFactory.Instance, metrics: null, TextWriter.Null, Stop);
        await using (node)
        {
            await using var people = node.World is { } world
                ? await LabInside.StartAsync(node, world, NullLoggerFactory.Instance, Stop) : null;
            node.Open();
            using var asked = new AdminClient(folder.Path);
            try
            {
                await work(asked);
            }
            finally
            {
                // Before its people go, who are the far end of calls that are up, and take the clock with them.
                await node.DisposeAsync();
            }
        }
    }
}
