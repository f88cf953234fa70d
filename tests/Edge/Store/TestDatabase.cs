using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>A real database in a folder of its own; it can be closed and opened again.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    private readonly string? _echoNumber;

    private TestDatabase(TimeProvider time, string? echoNumber) => (Time, _echoNumber) = (time, echoNumber);

    public TimeProvider Time { get; }
    public string Folder => _folder.Path;
    public Database Database { get; private set; } = null!; // set by OpenAsync

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<TestDatabase> OpenAsync(TimeProvider? time = null, string? echoNumber = null)
    {
        var test = new TestDatabase(time ?? new FakeTimeProvider(), echoNumber);
        test.Database = await test.OpenAgainAsync();
        return test;
    }

    public async Task ReopenAsync()
    {
        await Database.DisposeAsync();
        Database = await OpenAgainAsync();
    }

    public async Task<TenantId> TenantAsync(string name = "acme") => (await Database.Tenants.CreateAsync(name, TenantLimits.None, null, Stop))!.Tenant.Id;

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        _folder.Dispose();
    }

    private Task<Database> OpenAgainAsync() => Database.OpenAsync(new() { DataFolder = Folder, EchoNumber = _echoNumber }, Time, NullLogger.Instance, Stop);
}

/// <summary>Resources as a small dialect would keep them.</summary>
internal static class Shop
{
    public static readonly ResourceView<Connection> Applications = new()
    {
        Read = row => new()
        {
            Id = new(long.Parse(row.Id)),
            Tenant = row.Tenant,
            Kind = "call_control",
            Name = (string)row.Body["title"]!,
            IsActive = (bool?)row.Body["on"] ?? true,
            WebhookUrl = (string?)row.Body["url"],
            OutboundProfile = (long?)row.Body["outbound"]?["profile"],
            Codecs = ["PCMA"],
        },
        Columns = new Dictionary<string, string> { ["title"] = "name", ["on"] = "is_active" },
    };

    public static readonly ResourceView<OutboundProfile> Profiles = new()
    {
        Read = row => new() { Id = long.Parse(row.Id), Tenant = row.Tenant, Name = (string)row.Body["name"]! },
        Columns = new Dictionary<string, string> { ["name"] = "name" },
        Shown = new Dictionary<string, string> { ["used_by"] = "connections_count" },
    };

    public static readonly ResourceView<Number> Numbers = new()
    {
        Read = row => new((string)row.Body["number"]!, row.Tenant, (string?)row.Body["connection"] is { } id ? new ConnectionId(long.Parse(id)) : null)
        {
            Tags = [.. row.Body["tags"]?.AsArray().Select(t => (string)t!) ?? []],
        },
        Columns = new Dictionary<string, string> { ["number"] = "text", ["connection"] = "connection_id", ["voice.application"] = "connection_name" },
        Shown = new Dictionary<string, string> { ["connection"] = "connection_id", ["application"] = "connection_name" },
    };

    public static ResourceRow Row(TenantId tenant, long id, JsonObject body, DateTimeOffset? at = null) => new()
    {
        Id = id.ToString(),
        Tenant = tenant,
        Body = body,
        CreatedAt = at ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(id),
        UpdatedAt = at ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(id),
    };
}
