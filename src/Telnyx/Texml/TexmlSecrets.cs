using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Texml;

/// <summary>Values that documents fill in by their names; stored sealed, and never shown.</summary>
internal static class TexmlSecrets
{
    public const string Redacted = "REDACTED";

    /// <summary>Of one account: all are read for each document that has a place to fill.</summary>
    private const int Most = 100;
    private const int Tries = 5;
    private const int LongestName = 255, LongestValue = 4_096;
    private const string RecordType = "texml_secret", Name = "name", Value = "value";

    private static readonly DocumentKind Kind = new(RecordType) { Unique = [Name], Secrets = [Value] };

    public static async ValueTask<Reply> Create(OperationContext op, VoiceParts parts)
    {
        var body = op.ReadObject();
        string name = body.Text(Name) ?? "", value = body.Text(Value) ?? "";
        if (name.Trim().Length is 0 or > LongestName || name.AsSpan().ContainsAny("{}"))
            return op.Invalid("/name", VoiceErrors.BadLength, $"name must have 1 to {LongestName} characters, and no braces.");
        if (value.Length is 0 or > LongestValue)
            return op.Invalid("/value", VoiceErrors.BadLength, $"value must have 1 to {LongestValue} characters.");
        // Others may write it at the same moment.
        for (int i = 0; i < Tries; i++)
        {
            var outcome = await WriteAsync(op, parts.Store, name, value);
            if (outcome is null) return op.Invalid("/name", VoiceErrors.BadRequest, $"An account may have at most {Most} secrets.");
            if (outcome is WriteOutcome.Done) return op.Created(new JsonObject { [Name] = name, [Value] = Redacted });
        }
        return op.Fail(Errors.Of(Refusal.Overloaded));
    }

    /// <summary>All of an account, by their names.</summary>
    public static async ValueTask<IReadOnlyList<KeyValuePair<string, string>>> ReadAsync(Database store, TenantId tenant,
        CancellationToken stop)
    {
        var page = await store.Documents.Rows(Kind).ListAsync(tenant, new() { Limit = Most }, stop);
        return [.. page.Rows.Select(row => new KeyValuePair<string, string>(row.Body.Text(Name) ?? "", row.Body.Text(Value) ?? ""))];
    }

    /// <returns>Null when there are as many as may be.</returns>
    private static async ValueTask<WriteOutcome?> WriteAsync(OperationContext op, Database store, string name, string value)
    {
        var rows = store.Documents.Rows(Kind);
        var body = new JsonObject { [Name] = name, [Value] = value };
        var found = await rows.ListAsync(op.Tenant, new() { Filters = [new(Name, "eq", [name])], Limit = 1 }, op.Stop);
        if (found.Rows.FirstOrDefault(row => row.Body.Text(Name) == name) is { } before)
        {
            return await rows.UpdateAsync(before with { Body = body, UpdatedAt = op.Now },
                op.Note("updated", RecordType, before.Id, after: body), op.Stop);
        }
        if ((await rows.ListAsync(op.Tenant, new() { Limit = 1 }, op.Stop)).Total >= Most) return null;
        var now = op.Now;
        string id = Guid.CreateVersion7(now).ToString();
        return await rows.InsertAsync(
            new() { Id = id, Tenant = op.Tenant, Body = body, CreatedAt = now, UpdatedAt = now },
            op.Note("created", RecordType, id, after: body), op.Stop);
    }
}
