using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;

namespace Ringwright.Chakra.Clicks;

/// <summary>
/// <c>Idempotency-Key</c>: a call that a key has begun is answered for a day as it was, and nobody is rung again. Of requests at once one
/// is done, and one that is refused gives its key back. Where the process died in between nobody knows whom it has rung: the key is
/// refused until its day is over.
/// </summary>
internal sealed class ClickKeys(Database store)
{
    private const string Header = IdempotencyKey.Header, Asked = "asked", Status = "status", Said = "said";

    private static readonly DocumentKind Kind = new(RequestKeyRows.Kind);

    public async ValueTask<Reply> OnceAsync(OperationContext op, Func<OperationContext, ValueTask<Reply>> handler)
    {
        if (IdempotencyKey.Of(op) is not { } key) return await handler(op);
        if (IdempotencyKey.FaultOf(key) is { } fault) return op.Fail(new Problem("INVALID", fault) { Parameter = Header });
        var rows = store.Documents.Rows(Kind);
        string asked = IdempotencyKey.HashOf(op);
        var now = op.Now;
        var row = new ResourceRow
        {
            Id = IdOf(op, key), Tenant = op.Tenant, CreatedAt = now, UpdatedAt = now, Body = new() { [Asked] = asked },
        };
        if (await rows.FindAsync(op.Tenant, row.Id, op.Stop) is { } old && old.CreatedAt <= now - RequestKeyRows.Kept)
            await rows.DeleteAsync(op.Tenant, row.Id, op.Stop);
        if (await rows.InsertAsync(row, op.Stop) is not WriteOutcome.Done)
            return Repeat(op, await rows.FindAsync(op.Tenant, row.Id, op.Stop), asked);

        var reply = await handler(op);
        // Whoever has gone meanwhile asks again.
        if (reply.IsProblem) await rows.DeleteAsync(op.Tenant, row.Id, CancellationToken.None);
        else
            await rows.UpdateAsync(row with
            {
                Body = new() { [Asked] = asked, [Status] = reply.Status, [Said] = Encoding.UTF8.GetString(reply.Body.Span) },
                UpdatedAt = op.Now,
            }, CancellationToken.None);
        return reply;
    }

    /// <summary>Keys of other APIs are others, also where they are written alike.</summary>
    private static string IdOf(OperationContext op, string key) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{op.Dialect.Name}\n{op.Tenant}\n{key}")).AsSpan(0, 16)).ToString();

    /// <param name="first">Null for one that was given back meanwhile.</param>
    private static Reply Repeat(OperationContext op, ResourceRow? first, string asked)
    {
        if (first is not null && (string?)first.Body[Asked] != asked)
            return op.Fail(new Problem("CONFLICT", $"This {Header} was used for another request.") { Parameter = Header });
        return (int?)first?.Body[Status] is { } status
            ? op.Raw(status, "application/json", Encoding.UTF8.GetBytes((string?)first!.Body[Said] ?? ""))      // it has said it
            : op.Fail(new Problem("CONFLICT", $"The first request of this {Header} is being done.") { Parameter = Header });
    }
}
