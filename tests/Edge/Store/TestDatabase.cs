using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Areas;
using Ringwright.Store.Blobs;
using Ringwright.Store.Migrations;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Faces;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>The databases that everything of the store is tested on.</summary>
public enum Product { Sqlite, Postgres }

/// <summary>A real database in a folder of its own; it can be closed and opened again.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly TempFolder _folder = TempFolder.Quick();
    private readonly Product _product;
    private readonly string? _echoNumber;

    private TestDatabase(Product product, TimeProvider time, string? echoNumber) =>
        (_product, Time, _echoNumber) = (product, time, echoNumber);

    public TimeProvider Time { get; }
    public string Folder => _folder.Path;
    /// <summary>As <see cref="DatabaseOptions.Connection"/> has it.</summary>
    public string Connection { get; private set; } = "sqlite:ringwright.db";
    public Database Database { get; private set; } = null!; // set by OpenAsync, not by ReserveAsync

    /// <summary>As <see cref="DatabaseOptions.Grace"/>: a test that is about something else may have a busy machine.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>As <see cref="DatabaseOptions.Blobs"/>.</summary>
    public IBlobs? Blobs { get; set; }

    /// <summary>As <see cref="DatabaseOptions.Dialects"/>.</summary>
    public IReadOnlyList<DialectFaces> Dialects { get; set; } = [TelnyxFaces.All, Shop.Faces];

    /// <summary>As <see cref="DatabaseOptions.Areas"/>.</summary>
    public IReadOnlyList<StoreArea> Areas { get; set; } = [];

    /// <summary>What else is to be different.</summary>
    private Func<DatabaseOptions, DatabaseOptions> Configure { get; init; } = static options => options;

    /// <summary>As <see cref="DatabaseOptions.IsPatient"/>.</summary>
    public bool IsPatient { get; set; }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<TestDatabase> OpenAsync(Product product = Product.Sqlite, TimeProvider? time = null, string? echoNumber = null,
        Func<DatabaseOptions, DatabaseOptions>? configure = null)
    {
        var test = await ReserveAsync(product, time, echoNumber, isMigrated: true, configure);
        test.Database = await test.OpenAgainAsync();
        return test;
    }

    /// <summary>A place for a database that is not opened yet.</summary>
    public static async Task<TestDatabase> ReserveAsync(Product product, TimeProvider? time = null, string? echoNumber = null,
        bool isMigrated = false, Func<DatabaseOptions, DatabaseOptions>? configure = null)
    {
        var test =
            new TestDatabase(product, time ?? new FakeTimeProvider(), echoNumber) { Configure = configure ?? (static options => options) };
        if (product is Product.Postgres)
            test.Connection = isMigrated ? await Migrated.OnPostgresAsync(ofNode: false)
                : await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        else if (isMigrated) Migrated.CopyTo(test.Folder, ofNode: false);
        return test;
    }

    public Task<Database> OpenAgainAsync(IReadOnlyList<Migration>? migrations = null) =>
        Database.OpenAsync(Configure(new()
        {
            DataFolder = Folder, Connection = Connection, Dialects = Dialects, Areas = Areas, Blobs = Blobs, EchoNumber = _echoNumber,
            Grace = Grace, IsPatient = IsPatient
        }), migrations ?? Migration.Embedded(), Time, NullLogger.Instance, Stop);

    /// <summary>The first column of each row.</summary>
    public async Task<IReadOnlyList<string>> QueryAsync(string sql) =>
        await Database.Sql.ReadAsync<IReadOnlyList<string>>(db => [.. db.Query<string>(sql)], Stop);

    /// <summary>Names of the form <c>table.column</c>, sorted.</summary>
    public Task<IReadOnlyList<string>> ColumnsAsync() => QueryAsync(_product is Product.Sqlite
        ? "select t.name || '.' || c.name from sqlite_master t, pragma_table_info(t.name) c where t.type = 'table' "
            + "and t.name not like 'sqlite_%' order by 1"
        : """select table_name || '.' || column_name from information_schema.columns where table_schema = 'public' and table_name not in (select table_name from information_schema.views) order by cast(table_name || '.' || column_name as text) collate "C" """);

    /// <summary>All that is stored, as one text.</summary>
    public async Task<string> DumpAsync()
    {
        if (_product is Product.Postgres)
        {
            var tables = (await ColumnsAsync()).Select(c => c.Split('.')[0]).Distinct();
            var rows = await QueryAsync(string.Join(" union all ", tables.Select(table => $"select cast(r as text) from {table} r")));
            return string.Join('\n', rows);
        }
        await Database.DisposeAsync();
        return string.Concat(Directory.GetFiles(Folder, "ringwright.db*")
            .Select(f => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(f))));
    }

    public async Task ReopenAsync()
    {
        if (Database is not null) await Database.DisposeAsync();
        Database = await OpenAgainAsync();
    }

    public async Task<TenantId> TenantAsync(string name = "acme") =>
        (await Database.Tenants.CreateAsync(name, TenantLimits.None, null, Stop))!.Tenant.Id;

    public async ValueTask DisposeAsync()
    {
        if (Database is not null) await Database.DisposeAsync();
        if (_product is Product.Postgres) await (await PostgresServer.SharedAsync()).DropDatabaseAsync(Connection);
        _folder.Dispose();
    }
}

/// <summary>Resources as a small dialect would keep them.</summary>
internal static class Shop
{
    public static readonly DialectFaces Faces = new("shop")
    {
        Connections = (connection, document, _) =>
        {
            document ??= [];
            document["title"] = connection.Name;
            if (connection.IsActive != ((bool?)document["on"] ?? true)) document["on"] = connection.IsActive;
            if (connection.WebhookUrl != (string?)document["url"]) document["url"] = connection.WebhookUrl;
            return document;
        },
        Profiles = (profile, document, _) =>
        {
            document ??= [];
            document["name"] = profile.Name;
            return document;
        },
        Numbers = (number, document, _) =>
        {
            document ??= [];
            document["number"] = number.Text;
            if (number.Connection?.ToString() != (string?)document["connection"]) document["connection"] = number.Connection?.ToString();
            return document;
        },
    };

    public static readonly ResourceView<Connection> Applications = new()
    {
        Dialect = "shop",
        Read = row => new()
        {
            Id = new(long.Parse(row.Id)),
            Tenant = row.Tenant,
            Kind = ConnectionKind.CallControl,
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
        Dialect = "shop",
        Read = row => new()
        {
            Id = long.Parse(row.Id), Tenant = row.Tenant, Name = (string)row.Body["name"]!,
            Tags = [.. row.Body["tags"]?.AsArray().Select(t => (string)t!) ?? []]
        },
        Columns = new Dictionary<string, string> { ["name"] = "name" },
        Shown = new Dictionary<string, string> { ["used_by"] = "connections_count" },
    };

    public static readonly ResourceView<Number> Numbers = new()
    {
        Dialect = "shop",
        Read = row => new((string)row.Body["number"]!, row.Tenant,
            (string?)row.Body["connection"] is { } id ? new ConnectionId(long.Parse(id)) : null)
        {
            Tags = [.. row.Body["tags"]?.AsArray().Select(t => (string)t!) ?? []],
        },
        Columns = new Dictionary<string, string>
        {
            ["number"] = "text", ["connection"] = "connection_id", ["voice.application"] = "connection_name"
        },
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
