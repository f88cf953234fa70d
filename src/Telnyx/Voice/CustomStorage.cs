using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Voice;

/// <summary>The customer's own bucket for the recordings of a connection: make, show, change, take away.</summary>
internal static partial class CustomStorage
{
    private const string RecordType = "custom_storage_credentials", Secret = "aws_secret_access_key", Backend = "s3";
    private const int LongestKey = 256;

    public static async ValueTask<Reply> Get(OperationContext op, VoiceParts parts) =>
        ConnectionOf(op) is { } connection && await parts.Store.ConnectionBuckets.FindAsync(op.Tenant, connection, op.Stop) is { } bucket
            ? op.Bare(op.Operation.SuccessStatus, Show(connection, bucket)) : op.Unknown("connection_id");

    public static async ValueTask<Reply> Create(OperationContext op, VoiceParts parts)
    {
        if (ConnectionOf(op) is not { } connection) return op.Unknown("connection_id");
        var (bucket, problem) = await ReadAsync(op, parts);
        if (bucket is null) return op.Fail(problem!); // there is one or the other
        return await parts.Store.ConnectionBuckets.AddAsync(op.Tenant, connection, bucket, Note(op, "created", connection, bucket), op.Stop)
            ? op.Bare(op.Operation.SuccessStatus, Show(connection, bucket))
            : op.Fail(Fault.Duplicate, "The connection has a storage already: change it with PUT.");
    }

    public static async ValueTask<Reply> Update(OperationContext op, VoiceParts parts)
    {
        if (ConnectionOf(op) is not { } connection) return op.Unknown("connection_id");
        var (bucket, problem) = await ReadAsync(op, parts);
        if (bucket is null) return op.Fail(problem!); // there is one or the other
        return await parts.Store.ConnectionBuckets.ReplaceAsync(op.Tenant, connection, bucket, Note(op, "updated", connection, bucket),
            op.Stop) ? op.Bare(op.Operation.SuccessStatus, Show(connection, bucket)) : op.Unknown("connection_id");
    }

    public static async ValueTask<Reply> Delete(OperationContext op, VoiceParts parts) =>
        ConnectionOf(op) is { } connection
        && await parts.Store.ConnectionBuckets.DeleteAsync(op.Tenant, connection, op.Note("deleted", RecordType, connection.ToString()),
            op.Stop) ? op.NoContent() : op.Unknown("connection_id");

    private static ConnectionId? ConnectionOf(OperationContext op) =>
        long.TryParse(op.Path("connection_id"), NumberStyles.None, CultureInfo.InvariantCulture, out long id)
        && op.Routing.FindConnection(op.Tenant, new(id)) is { } connection ? connection.Id : null;

    private static async ValueTask<(ConnectionBucket?, Problem?)> ReadAsync(OperationContext op, VoiceParts parts)
    {
        var body = op.ReadObject();
        if (body.Text("backend") is var backend && backend is not Backend)
            return (null, new(VoiceErrors.BadRequest, $"Recordings can be kept in s3 buckets, and not in {backend} yet.")
            {
                Pointer = "/backend"
            });
        var said = body.Child("configuration") ?? [];
        foreach (var (field, rule, sentence) in Rules)
            if (said.Text(field) is not { } text || !rule(text)) return (null, At(field, sentence));
        string? endpoint = said.Filled("endpoint");
        if (endpoint is not null)
        {
            var verdict = await parts.Egress.CheckUrlAsync(endpoint, TargetUse.Bucket, op.Stop);
            if (!verdict.IsAllowed)
                return (null, new(VoiceErrors.InvalidUrl, verdict.Detail) { Pointer = "/configuration/endpoint" });
            if (new Uri(endpoint) is not { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" })
                return (null, At("endpoint", "endpoint is a server alone: http or https, its name, and its port."));
        }
        return (new()
        {
            Endpoint = endpoint,
            Region = said.Text("region")!, // these were checked
            Name = said.Text("bucket")!,
            AccessKey = said.Text("aws_access_key_id")!,
            Secret = said.Text(Secret)!,
        }, null);
    }

    private static readonly (string Field, Func<string, bool> Rule, string Sentence)[] Rules =
    [
        ("bucket", BucketName().IsMatch, "bucket must be the name of a bucket: 3 to 63 small letters, digits, dots and hyphens."),
        ("region", RegionName().IsMatch, "region must be the name of a region, as us-east-1."),
        ("aws_access_key_id", IsKey, $"aws_access_key_id must have 1 to {LongestKey} characters without spaces."),
        (Secret, IsKey, $"{Secret} must have 1 to {LongestKey} characters without spaces."),
    ];

    private static bool IsKey(string text) => text.Length is > 0 and <= LongestKey && text.All(c => c is > ' ' and <= '~');

    private static Problem At(string field, string sentence) =>
        new(VoiceErrors.BadRequest, sentence) { Pointer = "/configuration/" + field };

    private static JsonObject Show(ConnectionId connection, ConnectionBucket bucket) => new()
    {
        ["connection_id"] = connection.ToString(),
        ["data"] = new JsonObject { ["backend"] = Backend, ["configuration"] = Configuration(bucket, bucket.Secret) },
        ["record_type"] = RecordType,
    };

    private static JsonObject Configuration(ConnectionBucket bucket, string? secret)
    {
        var shown = new JsonObject
        {
            ["bucket"] = bucket.Name, ["region"] = bucket.Region, ["aws_access_key_id"] = bucket.AccessKey,
        };
        if (secret is not null) shown[Secret] = secret;
        if (bucket.Endpoint is { } endpoint) shown["endpoint"] = endpoint;
        return shown;
    }

    private static Store.Audit.AuditNote Note(OperationContext op, string change, ConnectionId connection, ConnectionBucket bucket) =>
        op.Note(change, RecordType, connection.ToString(), after: Configuration(bucket, secret: null));

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z")]
    private static partial Regex BucketName();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,39}\z")]
    private static partial Regex RegionName();
}
