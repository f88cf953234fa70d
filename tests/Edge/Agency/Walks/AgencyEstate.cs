using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Agency.Billing;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Edge.Agency.Walks;

/// <summary>An agency that has two of everything, and a word that is in all that it named.</summary>
internal sealed class AgencyEstate(AgencyHost host, string mark, string token, string number)
{
    private readonly HashSet<string> _made = [];

    public string Mark => mark;
    /// <summary>The owner's.</summary>
    public string Token => token;
    public string Number => number;

    /// <summary>First word of a path → the id of the newest thing there; contacts are of the newest batch.</summary>
    public Dictionary<string, string> Ids { get; } = new(StringComparer.Ordinal);

    /// <summary>The same of what was there before the last was made.</summary>
    public IReadOnlyDictionary<string, string> First { get; private set; } = new Dictionary<string, string>();

    /// <summary>What nobody else may be shown.</summary>
    public IEnumerable<string> Secrets => [mark, number, .. _made];

    public async Task FillAsync(int nth)
    {
        string name = $"{mark} {nth}";
        First = new Dictionary<string, string>(Ids);
        Add("clients", await host.ClientAsync(token, name));
        Add("users", (await host.UserAsync(token, $"{mark}-{nth}", "client_viewer", Ids["clients"])).Id);
        Add("tools", await MakeAsync("/tools", new()
        {
            ["name"] = $"{mark}-{nth}", ["definition"] = new JsonObject { ["url"] = $"https://example.com/{mark}" },
        }));
        Add("agents", await MakeAsync("/agents", new()
        {
            ["name"] = name, ["system_prompt"] = $"Say {mark}.", ["client_id"] = Ids["clients"], ["max_duration_seconds"] = 60,
        }));
        Add("campaigns", await MakeAsync("/campaigns", new()
        {
            ["client_id"] = Ids["clients"], ["name"] = name, ["type"] = "sdr", ["max_attempts"] = 1, ["consent_required"] = "none",
        }));
        // Held, so that nobody is called.
        var batch = await host.DoneAsync(201, token, "POST", "/batches", new JsonObject
        {
            ["agent_mapping_id"] = Ids["agents"], ["from_number"] = number, ["campaign_id"] = Ids["campaigns"], ["name"] = name,
            ["hold"] = true,
            ["contacts"] = new JsonArray([.. Enumerable.Range(1, 2).Select(n => (JsonNode)new JsonObject
            {
                ["phone_number"] = $"+1555040001{n}", ["first_name"] = $"{mark} {n}",
            })]),
        }.ToJsonString());
        Add("batches", (string)batch["batch"]!["id"]!);
        foreach (var contact in (await host.DoneAsync(200, token, "GET", $"/batches/{Ids["batches"]}/contacts"))["contacts"]!.AsArray())
            Add("contacts", (string)contact!["id"]!);
        var (status, import) = await host.UploadAsync(token, "/imports/contacts",
            Encoding.UTF8.GetBytes($"phone,first_name\r\n+15550400013,{mark}\r\n"), ("batch_id", Ids["batches"]));
        Assert.True(status == 202, $"{status} {import?.ToJsonString()}");
        Add("imports", (string)import!["id"]!);
        Add("api-keys", await MakeAsync("/api-keys",
            new() { ["name"] = name, ["role"] = "client_viewer", ["client_id"] = Ids["clients"] }));
        Add("dnc", await MakeAsync("/dnc", new() { ["phone_number"] = $"+1555040002{nth}", ["evidence"] = mark }));
        Add("consent", await MakeAsync("/consent", new()
        {
            ["client_id"] = Ids["clients"], ["phone_number"] = $"+1555040003{nth}", ["kind"] = "express", ["source"] = "call",
            ["evidence"] = mark,
        }));
        // Nobody is told anything.
        Add("outbound-webhooks", await MakeAsync("/outbound-webhooks", new()
        {
            ["url"] = $"http://127.0.0.1:9/{mark}", ["events"] = new JsonArray("batch.paused"), ["is_active"] = false,
        }));
        Add("numbers", (string)(await host.DoneAsync(200, token, "GET", "/numbers"))["numbers"]![0]!["id"]!);
        var agency = new TenantId(Guid.Parse((string)(await host.DoneAsync(200, token, "GET", "/agency"))["id"]!));
        // The client has no plan, so that nothing is charged while the walks look.
        Add("rate-plans", await MakeAsync("/rate-plans", new() { ["name"] = name, ["price_per_minute"] = "0.10" }));
        var (rated, now) = (new RatedClient
        {
            Id = Guid.Parse(Ids["clients"]), TenantId = agency, Plan = Guid.Parse(Ids["rate-plans"]), Currency = "USD",
            MinuteMicros = 100_000, InitialSeconds = 60, StepSeconds = 60,
        }, Times.Cut(DateTimeOffset.UtcNow));
        await new UsageTable(host.Node.Node.Database).AddAsync(rated,
        [
            .. Enumerable.Range(1, 2).Select(n => new UnchargedCall { Uuid = $"{Guid.NewGuid()}", TalkSeconds = n, EndedAt = now })
                .Select(call => rated.LineOf(call, rated.MonthOf(now), 0, now)),
        ], now, TestContext.Current.CancellationToken);
        var alert = new AlertRow { Id = Guid.CreateVersion7(), Kind = $"test_{nth}", Detail = mark, CreatedAt = now };
        Assert.True(await new AlertTable(host.Node.Node.Database).RaiseAsync(agency, alert, [], TestContext.Current.CancellationToken));
        // Of no call: it stays in the log.
        string address = (string)(await host.DoneAsync(200, token, "GET", "/integrations"))["webhook_url"]!;
        Assert.Equal(202, await host.HookAsync(address, $$$"""{"event":"call.other","call":{"callId":"{{{mark}}} {{{nth}}}"}}"""));
    }

    /// <summary>The same agency, as somebody else asks.</summary>
    /// <param name="asks">The token.</param>
    /// <param name="ids">What is named by it.</param>
    public AgencyEstate As(string asks, IReadOnlyDictionary<string, string> ids)
    {
        var estate = new AgencyEstate(host, mark, asks, number);
        foreach (var (kind, id) in ids) estate.Add(kind, id);
        return estate;
    }

    public void Add(string kind, string id)
    {
        Ids[kind] = id;
        _made.Add(id);
    }

    private async Task<string> MakeAsync(string path, JsonObject body) =>
        (string)(await host.DoneAsync(201, token, "POST", path, body.ToJsonString()))["id"]!;

    /// <summary>What is answered, as text; a plus sign is one however it is written.</summary>
    public async Task<(int Status, string Text)> AskAsync(string method, string path, JsonObject? body = null)
    {
        if (method is "GET")
        {
            var (status, _, content) = await host.FileAsync(token, path);
            return (status, Plain(Encoding.UTF8.GetString(content)));
        }
        var (got, said) = await host.AskAsync(token, method, path, body?.ToJsonString());
        return (got, Plain(said?.ToJsonString() ?? ""));
    }

    /// <summary>The same of a function of the documents.</summary>
    /// <param name="path">From the host's root on.</param>
    public async Task<(int Status, string Text)> FunctionAsync(string method, string path, JsonObject? body = null)
    {
        var (status, said) = await host.FunctionAsync(token, method, path, body?.ToJsonString());
        return (status, Plain(said?.ToJsonString() ?? ""));
    }

    /// <summary>Listens to the stream, and no more.</summary>
    public async Task<int> ListenAsync()
    {
        using var listener = await host.ListenAsync(token);
        return 200;
    }

    /// <summary>A file that is none of those that are taken.</summary>
    public async Task<int> UploadAsync(string path, params (string Name, string Value)[] fields) =>
        (await host.UploadAsync(token, path, "<svg></svg>"u8.ToArray(), fields)).Status;

    private static string Plain(string text) => text.Replace("\\u002B", "+", StringComparison.OrdinalIgnoreCase);
}
