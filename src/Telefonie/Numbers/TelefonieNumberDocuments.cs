using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Telefonie.Numbers;

/// <summary>
/// What answers calls to a number: a document, as its <c>voice_url</c> says, which has an application that is for this number alone; or an
/// application of another API of the account, which is taken away there.
/// </summary>
public static class TelefonieNumberDocuments
{
    internal static Connection? ConnectionOf(OperationContext op, Number number) =>
        number.Connection is { } id ? op.Routing.FindConnection(op.Tenant, id) : null;

    /// <param name="url">Null for nothing that answers.</param>
    /// <returns>The number as it is now; or why that cannot be.</returns>
    internal static async ValueTask<(Problem? Problem, Held<Number>? Now)> SetAsync(OperationContext op, TelefonieParts parts,
        Held<Number> row, string? url, string recordType)
    {
        var before = ConnectionOf(op, row.Record);
        if (before?.WebhookUrl == url) return default;
        if (url is null && !IsOwn(before))
        {
            return (new(TelefonieErrors.State, "An application of another API of the account answers this number: it is taken away there.")
            {
                Pointer = "/voice_url",
            }, null);
        }
        if (url is not null && IsOwn(before)) return (await ChangeAsync(op, parts, before!, url, row.Record.Text, recordType), null);
        var own = url is null ? null : New(op, row.Record.Text, url);
        if (own is not null && await parts.Store.Connections.Records.AddAsync(KeyOf(own), own, op.Now, work: null, op.Stop)
            is not WriteOutcome.Done) return (Conflict(op), null);
        var (_, now) = await parts.Store.Numbers.Records.ChangeAsync(op.Tenant, row.Id, number => number with { Connection = own?.Id },
            op.Now, (was, becomes) => op.Note("updated", recordType, becomes.Text, Fields(was), Fields(becomes)), op.Stop);
        await RemoveAsync(parts.Store, now is null ? own : before, op.Stop);
        return now is null ? (Conflict(op), null) : (null, now);
    }

    /// <summary>What no number has any more.</summary>
    public static Task SweepAsync(Database store, TimeProvider time, CancellationToken stop) =>
        NumberConnections.SweepAsync(store, time, IsOwn, stop);

    /// <summary>What was for a number alone is nobody's any more; calls that are up still need it. Others stay.</summary>
    internal static ValueTask RemoveAsync(Database store, Connection? connection, CancellationToken stop) =>
        IsOwn(connection) ? NumberConnections.RemoveAsync(store, connection!, stop) : default;

    private static async ValueTask<Problem?> ChangeAsync(OperationContext op, TelefonieParts parts, Connection own, string url,
        string number, string recordType)
    {
        var (_, now) = await parts.Store.Connections.Records.ChangeAsync(op.Tenant, KeyOf(own), before => before with { WebhookUrl = url },
            op.Now, (was, becomes) => op.Note("updated", recordType, number, new() { ["voice_url"] = was.WebhookUrl },
                new() { ["voice_url"] = becomes.WebhookUrl }), op.Stop);
        return now is null ? Conflict(op) : null;
    }

    /// <summary>Made here: no other API makes any of plain documents.</summary>
    private static bool IsOwn(Connection? connection) => connection?.Application == Application.PlainDocument;

    private static Connection New(OperationContext op, string number, string url) => new()
    {
        Id = new(op.Snowflakes.Next()), Tenant = op.Tenant, Kind = ConnectionKind.Document, Name = number,
        Application = Application.PlainDocument, OutboundProfile = op.Routing.FindTenant(op.Tenant)?.DefaultProfile, WebhookUrl = url,
    };

    private static string KeyOf(Connection connection) => connection.Id.Value.ToString(CultureInfo.InvariantCulture);

    private static JsonObject Fields(Number number) => new() { ["connection_id"] = number.Connection?.ToString() };

    private static Problem Conflict(OperationContext op) =>
        op.Dialect.Errors.Problem(Fault.Conflict, "Others are changing this. Try again.");
}
