using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Snapshots;

namespace Ringwright.Operator;

/// <summary>How a node's snapshots are made of what its areas keep.</summary>
/// <param name="Kinds">Plain resources with tables of their own, each referring only to those before it.</param>
/// <param name="DocumentFault">What is wrong with a document of a kind; null when nothing is.</param>
/// <param name="Loaded">Called when one was loaded: keys and balances may have come or gone.</param>
public sealed record SnapshotParts(SnapshotStore Store, IReadOnlyList<SnapshotKind> Kinds, Func<string, JsonObject, string?> DocumentFault,
    Action Loaded);

/// <summary>
/// Saves and loads snapshots. The file lies on the node's machine, and the node itself opens it; it has every secret in the clear. So this
/// is done through the socket of the data folder alone: who can open that can read the folder as well, and the operator key, which may have
/// travelled, gives no file away.
/// </summary>
internal static class Snapshots
{
    public static async ValueTask<Reply> Save(OperationContext op, SnapshotParts parts)
    {
        if (Shut(op) is { } shut) return shut;
        var body = op.ReadObject();
        TenantId? tenant = null;
        if ((string?)body["account_id"] is { } account)
        {
            if (Accounts.Find(op, account) is not { } found)
                return op.Invalid("/account_id", "unknown_reference", $"account_id names no account: {account}");
            tenant = found.Id;
        }
        return await AnswerAsync(op, () => parts.Store.SaveAsync((string)body["path"]!, tenant, parts.Kinds, (bool?)body["files"] ?? true,
            (bool?)body["overwrite"] ?? false, op.Stop)); // required
    }

    public static async ValueTask<Reply> Load(OperationContext op, SnapshotParts parts)
    {
        if (Shut(op) is { } shut) return shut;
        var body = op.ReadObject();
        return await AnswerAsync(op, async () =>
        {
            // A load that was begun is finished, whoever waits for it.
            var loaded = await parts.Store.LoadAsync(
                (string)body["path"]!, parts.Kinds, parts.DocumentFault, (bool?)body["replace"] ?? false, op.Snowflakes.Next,
                CancellationToken.None); // required
            parts.Loaded();
            return loaded;
        });
    }

    private static Reply? Shut(OperationContext op)
    {
        if (op.Origin.Address is not null)
            return op.Fail(Fault.Forbidden,
                "Snapshots are saved and loaded on the node's machine, with ringwright snapshot: they name its files "
                    + "and hold every secret.");
        return Fields.Unknown(op, "snapshot") is { Count: > 0 } unknown ? op.Fail(unknown) : null;
    }

    private static async ValueTask<Reply> AnswerAsync(OperationContext op, Func<Task<SnapshotSummary>> work)
    {
        try
        {
            var summary = await work();
            var counts = summary.Counts.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.Value));
            return op.Ok(new JsonObject { ["record_type"] = "snapshot", ["counts"] = new JsonObject(counts) });
        }
        catch (SnapshotException refused)
        {
            return Accounts.Invalid(op, refused.Message);
        }
    }
}
