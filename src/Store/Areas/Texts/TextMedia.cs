using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A file that goes with a text, without what is in it: that is kept as long as the words are.</summary>
/// <param name="ContentType">"image/png", without parameters.</param>
/// <param name="Sha256">Of the octets, in small hex letters.</param>
public sealed record TextMedia(Guid Id, string ContentType, int Size, string Sha256)
{
    internal JsonObject Write() => new() { ["id"] = Id.ToString(), ["type"] = ContentType, ["size"] = Size, ["sha256"] = Sha256 };

    internal static TextMedia Read(JsonNode? kept) =>
        new(Guid.Parse((string)kept!["id"]!), (string)kept["type"]!, (int)kept["size"]!, (string)kept["sha256"]!);   // our own writing
}

/// <param name="Octets">What is in it.</param>
public sealed record TextFile(TextMedia Media, byte[] Octets);

/// <summary>What is in files that go with texts.</summary>
public sealed class TextMediaTable
{
    internal const string Insert = """
        insert into rw_text_media (id, tenant_id, content_type, octets, created_at) values (@id, @tenant, @type, @octets, @at)
        """;
    internal const string Select = "select content_type, octets from rw_text_media where tenant_id = @tenant and id = @id";
    internal const string Delete = "delete from rw_text_media where tenant_id = @tenant and id = @id";

    private readonly Sql _sql;

    internal TextMediaTable(Sql sql) => _sql = sql;

    /// <summary>Null when it is not kept any more.</summary>
    public ValueTask<(string ContentType, byte[] Octets)?> FindAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        _sql.ReadAsync<(string, byte[])?>(db => db.QueryFirstOrDefault<Row>(Select, new { tenant, id }) is { } row
            ? (row.ContentType, Convert.FromBase64String(row.Octets)) : null, stop);

    internal static void Write(IDbConnection db, TenantId tenant, IReadOnlyList<TextFile> files, DateTimeOffset at)
    {
        foreach (var (media, octets) in files)
            db.Execute(Insert, new { id = media.Id, tenant, type = media.ContentType, octets = Convert.ToBase64String(octets), at });
    }

    /// <summary>What a text says of its files stays, by which it is counted as one that had some.</summary>
    internal static void Forget(IDbConnection db, TextMessage text)
    {
        foreach (var media in text.Media) db.Execute(Delete, new { tenant = text.Tenant, id = media.Id });
    }

    /// <summary>The receiver's own, of the same content.</summary>
    internal static void Hand(IDbConnection db, TextMessage sent, TextMessage come)
    {
        foreach (var (from, to) in sent.Media.Zip(come.Media))
            if (db.QueryFirstOrDefault<Row>(Select, new { tenant = sent.Tenant, id = from.Id }) is { } row)
                db.Execute(Insert, new
                {
                    id = to.Id, tenant = come.Tenant, type = row.ContentType, octets = row.Octets, at = come.ReceivedAt,
                });
    }

    private sealed record Row
    {
        public string ContentType { get; init; } = "";
        public string Octets { get; init; } = "";
    }
}
