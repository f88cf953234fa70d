using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// <c>Idempotency-Key</c>, which newer clients send: what was made by a key is answered for a day as it was, and is not made again. Of
/// requests at once one is done. Where the process died in between nobody knows what it has made: the key is refused until its day is over.
/// </summary>
internal static class RequestKeys
{
    private const string Header = "Idempotency-Key", Asked = "asked", Status = "status", Type = "type", Said = "said";
    private const int Longest = 255;
    /// <summary>Keys whose day is over, that one request clears away.</summary>
    private const int Forgotten = 10;

    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);
    private static readonly DocumentKind Kind = new("ai_request_key");

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
        await ForgetAsync(op, rows);
        var (now, asked) = (op.Now, HashOf(op));
        var row = new ResourceRow
        {
            Id = NamedUuid.Of($"{op.Tenant}\n{key}").ToString(), Tenant = op.Tenant, CreatedAt = now, UpdatedAt = now,
            Body = new() { [Asked] = asked },
        };
        if (await rows.FindAsync(op.Tenant, row.Id, op.Stop) is { } old && old.CreatedAt <= now - Kept)
            await rows.DeleteAsync(op.Tenant, row.Id, op.Stop);
        if (await rows.InsertAsync(row, op.Stop) is not WriteOutcome.Done)
            return Repeat(op, await rows.FindAsync(op.Tenant, row.Id, op.Stop), asked);

        var reply = await handler(op);
        // A refusal has made nothing, and may be right the next time; of another failure nobody knows.
        if (reply.IsProblem && reply.Status is < 500 or 501) await rows.DeleteAsync(op.Tenant, row.Id, op.Stop);
        else if (!reply.IsProblem) await rows.UpdateAsync(row with { Body = BodyOf(asked, reply), UpdatedAt = op.Now }, op.Stop);
        return reply;
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
                Status = 409, Parameter = Header,
            });
    }

    /// <summary>There is no more of them than a few for each request of a day.</summary>
    private static async ValueTask ForgetAsync(OperationContext op, IResourceRows rows)
    {
        var old = await rows.ListAsync(op.Tenant, new()
        {
            Filters = [new("created_at", "lt", [TelnyxTime.Millis(op.Now - Kept)])], Limit = Forgotten,
        }, op.Stop);
        foreach (var row in old.Rows) await rows.DeleteAsync(op.Tenant, row.Id, op.Stop);
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
