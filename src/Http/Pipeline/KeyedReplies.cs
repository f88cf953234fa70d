using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;

namespace Ringwright.Http;

/// <summary>
/// Keeps for a day what was answered under an <see cref="IdempotencyKey"/>: it is answered again, and not done again. Of requests at once
/// one is done, and one that fails gives its key back. Where the process died in between nobody knows what it has done: the key is refused
/// until its day is over.
/// </summary>
public static class KeyedReplies
{
    private const string Asked = "asked", Status = "status", Type = "type", Said = "said";

    private static readonly DocumentKind Kind = new(RequestKeyRows.Kind);

    /// <param name="id">By which the key is known: of its account, and of its API where others have keys, too.</param>
    /// <param name="ofAnother">The key stands for a request that said something else.</param>
    /// <param name="underWay">Its first request has not been answered.</param>
    public static async ValueTask<Reply> OnceAsync(OperationContext op, Database store, Guid id,
        Func<OperationContext, ValueTask<Reply>> handler, Problem ofAnother, Problem underWay)
    {
        var rows = store.Documents.Rows(Kind);
        var (now, asked) = (op.Now, IdempotencyKey.HashOf(op));
        var row = new ResourceRow
        {
            Id = id.ToString(), Tenant = op.Tenant, CreatedAt = now, UpdatedAt = now, Body = new() { [Asked] = asked },
        };
        if (await rows.FindAsync(op.Tenant, row.Id, op.Stop) is { } old && old.CreatedAt <= now - RequestKeyRows.Kept)
            await rows.DeleteAsync(op.Tenant, row.Id, op.Stop);
        if (await rows.InsertAsync(row, op.Stop) is not WriteOutcome.Done)
        {
            // Null for one that was given back meanwhile.
            var first = await rows.FindAsync(op.Tenant, row.Id, op.Stop);
            if (first is not null && (string?)first.Body[Asked] != asked) return op.Fail(ofAnother);
            return (int?)first?.Body[Status] is { } status
                ? op.Raw(status, (string?)first!.Body[Type] ?? "", Encoding.UTF8.GetBytes((string?)first.Body[Said] ?? "")) // has said it
                : op.Fail(underWay);
        }

        Reply reply;
        try
        {
            reply = await handler(op);
        }
        catch
        {
            await GiveBackAsync(op, rows, row.Id);
            throw;
        }
        // What has failed has made nothing as far as anybody knows, and may be right the next time.
        if (reply.IsProblem) await GiveBackAsync(op, rows, row.Id);
        else await KeepAsync(rows, row with { Body = BodyOf(asked, reply), UpdatedAt = op.Now });
        return reply;
    }

    /// <summary>Whoever has gone meanwhile asks again. What was done is answered as done, also by a database that is away since.</summary>
    private static async ValueTask KeepAsync(IResourceRows rows, ResourceRow row)
    {
        try
        {
            await rows.UpdateAsync(row, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // The key is refused until its day is over.
        }
    }

    /// <summary>Also when whoever asked has gone. A database that is away keeps it, and nothing hides why the request failed.</summary>
    private static async ValueTask GiveBackAsync(OperationContext op, IResourceRows rows, string key)
    {
        try
        {
            await rows.DeleteAsync(op.Tenant, key, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // It is refused until its day is over.
        }
    }

    private static JsonObject BodyOf(string asked, Reply reply) => new()
    {
        [Asked] = asked, [Status] = reply.Status, [Type] = reply.ContentType ?? "", [Said] = Encoding.UTF8.GetString(reply.Body.Span),
    };
}
