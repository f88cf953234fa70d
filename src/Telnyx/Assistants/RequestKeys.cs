using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// <c>Idempotency-Key</c>, which newer clients send: what was made by a key is answered for a day as it was, and is not made again. Of
/// requests at once one is done, and one that fails gives its key back. Where the process died in between nobody knows what it has made:
/// the key is refused until its day is over.
/// </summary>
internal static class RequestKeys
{
    private const string Header = "Idempotency-Key", Asked = "asked", Status = "status", Type = "type", Said = "said";
    private const int Longest = 255;

    private static readonly DocumentKind Kind = new(RequestKeyRows.Kind);

    public static Binding Once(string operation, AssistantParts parts, Func<OperationContext, ValueTask<Reply>> handler) =>
        Bind.Handle(operation, op => OnceAsync(op, parts, handler));

    private static async ValueTask<Reply> OnceAsync(OperationContext op, AssistantParts parts,
        Func<OperationContext, ValueTask<Reply>> handler)
    {
        if (op.Header(Header) is not { Length: > 0 } key) return await handler(op);
        if (key.Length > Longest || !key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            return op.Fail(new Problem(VoiceErrors.BadRequest, $"{Header} must have 1 to {Longest} letters, digits, _ and -.")
            {
                Status = 400, Parameter = Header,
            });
        var rows = parts.Store.Documents.Rows(Kind);
        var (now, asked) = (op.Now, HashOf(op));
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
        // Whoever has gone meanwhile asks again.
        else await rows.UpdateAsync(row with { Body = BodyOf(asked, reply), UpdatedAt = op.Now }, CancellationToken.None);
        return reply;
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
        if (first is not null && first.Body.Text(Asked) != asked)
            return op.Fail(new Problem(VoiceErrors.BadRequest, $"This {Header} was used for another request.") { Parameter = Header });
        return first?.Body.Whole(Status) is { } status
            ? op.Raw(status, first.Body.Text(Type) ?? "", Encoding.UTF8.GetBytes(first.Body.Text(Said) ?? ""))
            : op.Fail(op.Dialect.Errors.Problem(Fault.Conflict, $"The first request of this {Header} is being done.") with
            {
                Status = 409,
                Parameter = Header,
            });
    }

    /// <summary>Of the operation, what stands in its path, and its body.</summary>
    private static string HashOf(OperationContext op)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string path = string.Join('\n', op.Operation.PathNames.Select(op.Path));
        hash.AppendData(Encoding.UTF8.GetBytes($"{op.Operation.Id}\n{path}\n"));
        hash.AppendData(op.RawBody.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
