using System.Text;
using Ringwright.Agency.Batches;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Agency;

/// <summary>
/// What was done by an <see cref="IdempotencyKey"/> is not done again for a day, and is answered as it was. Of two requests at once one
/// is done. Where the process died in between, nobody knows what it did: the key is refused until its day is over.
/// </summary>
internal sealed class Repeats(AgencyParts parts)
{
    private const string Replayed = "Idempotent-Replay";
    private const int FirstFailure = 500;

    /// <summary>Operations that dial, or spend.</summary>
    private static readonly HashSet<string> Guarded =
        [.. DialPace.Dialling, "AddBatchContacts", "ImportContacts", "PurchaseNumbers"];

    public Func<OperationContext, ValueTask<Reply>> Once(string operation, Func<OperationContext, ValueTask<Reply>> handler) =>
        Guarded.Contains(operation) ? op => OnceAsync(op, handler) : handler;

    private async ValueTask<Reply> OnceAsync(OperationContext op, Func<OperationContext, ValueTask<Reply>> handler)
    {
        if (IdempotencyKey.Of(op) is not { } key || IsForPage(op)) return await handler(op);
        if (IdempotencyKey.FaultOf(key) is { } tooLong) return op.Fail(new Problem("validation_error", tooLong));
        var (agency, id) = (op.Caller.Root, Guid.CreateVersion7(op.Now));
        string hash = IdempotencyKey.HashOf(op);
        if (await parts.RequestKeys.TakeAsync(id, agency, op.Tenant, key, hash, op.Now, op.Stop) is { } known)
        {
            if (known.RequestHash != hash) return Conflict(op, "The key was used for another request.");
            if (known.Status is not { } status) return Conflict(op, "The request is being done, or nobody knows what came of it.");
            return op.Raw((int)status, "application/json; charset=utf-8", Encoding.UTF8.GetBytes(known.Reply ?? ""))
                .With(Replayed, "true");
        }
        var reply = await handler(op);
        if (reply.Status < FirstFailure) await KeepAsync(id, agency, reply);
        return reply;
    }

    /// <summary>
    /// Whoever has gone meanwhile asks again, and is answered. What was done is answered as done, also by a database that is away since:
    /// the key is refused until its day is over.
    /// </summary>
    private async ValueTask KeepAsync(Guid id, TenantId agency, Reply reply)
    {
        try
        {
            // A refusal has done nothing, and may be right the next time.
            if (reply.IsProblem) await parts.RequestKeys.ForgetAsync(id, agency, CancellationToken.None);
            else await parts.RequestKeys.FinishAsync(id, agency, reply.Status, Encoding.UTF8.GetString(reply.Body.Span),
                CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // Nobody knows what came of it, until then.
        }
    }

    /// <summary>Nobody is dialled by it, and the address of a page is a secret that is kept nowhere.</summary>
    private static bool IsForPage(OperationContext op) => op.Operation.Id is "TestCallAgent" && SingleCalls.IsForBrowser(op.ReadObject());

    private static Reply Conflict(OperationContext op, string sentence) => op.Fail(new Problem("idempotency_conflict", sentence));
}
