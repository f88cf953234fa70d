using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx;

/// <summary>
/// Operations that follow an <see cref="IdempotencyKey"/>, which newer clients send: what was made by a key is answered for a day as it
/// was, and is not made again. Of requests at once one is done, and one that fails gives its key back. Where the process died in between
/// nobody knows what it has made: the key is refused until its day is over.
/// </summary>
internal static class RequestKeys
{
    private const string Header = IdempotencyKey.Header, Asked = "asked", Status = "status", Type = "type", Said = "said";

    private static readonly DocumentKind Kind = new(RequestKeyRows.Kind);

    /// <param name="store">Asked for at each request: who only reads the table has none.</param>
    /// <param name="isPlain">A key is made of letters, digits, _ and - alone, as the contract has it of assistants; else 400.</param>
    public static Binding Once(string operation, Func<Database> store, Func<OperationContext, ValueTask<Reply>> handler,
        bool isPlain = false) => Bind.Handle(operation, op => OnceAsync(op, store, handler, isPlain));

    private static async ValueTask<Reply> OnceAsync(OperationContext op, Func<Database> store,
        Func<OperationContext, ValueTask<Reply>> handler, bool isPlain)
    {
        if (IdempotencyKey.Of(op) is not { } key) return await handler(op);
        if (FaultOf(key, isPlain) is { } fault) return op.Fail(fault);
        var rows = store().Documents.Rows(Kind);
        var (now, asked) = (op.Now, IdempotencyKey.HashOf(op));
        var row = new ResourceRow
        {
            Id = NamedUuid.Of($"{op.Tenant}\n{key}").ToString(), Tenant = op.Tenant, CreatedAt = now, UpdatedAt = now,
            Body = new() { [Asked] = asked },
        };
        if (await rows.FindAsync(op.Tenant, row.Id, op.Stop) is { } old && old.CreatedAt <= now - RequestKeyRows.Kept)
            await rows.DeleteAsync(op.Tenant, row.Id, op.Stop);
        if (await rows.InsertAsync(row, op.Stop) is not WriteOutcome.Done)
            return Repeat(op, await rows.FindAsync(op.Tenant, row.Id, op.Stop), asked);

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

    private static Problem? FaultOf(string key, bool isPlain)
    {
        if (!isPlain)
            return IdempotencyKey.FaultOf(key) is { } tooLong ? new(VoiceErrors.BadRequest, tooLong) { Parameter = Header } : null;
        return IdempotencyKey.FaultOf(key) is null && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? null
            : new(VoiceErrors.BadRequest, $"{Header} must have 1 to {IdempotencyKey.Longest} letters, digits, _ and -.")
            {
                Status = 400, Parameter = Header,
            };
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

    /// <param name="first">Null for one that was given back meanwhile.</param>
    private static Reply Repeat(OperationContext op, ResourceRow? first, string asked)
    {
        if (first is not null && first.Body.Text(Asked) != asked) return op.Fail(OfAnother());
        return first?.Body.Whole(Status) is { } status
            ? op.Raw(status, first.Body.Text(Type) ?? "", Encoding.UTF8.GetBytes(first.Body.Text(Said) ?? ""))
            : op.Fail(op.Dialect.Errors.Problem(Fault.Conflict, $"The first request of this {Header} is being done.") with
            {
                Status = 409,
                Parameter = Header,
            });
    }

    /// <summary>The key stands for a request that said something else.</summary>
    public static Problem OfAnother() =>
        new(VoiceErrors.BadRequest, $"This {Header} was used for another request.") { Parameter = Header };
}
