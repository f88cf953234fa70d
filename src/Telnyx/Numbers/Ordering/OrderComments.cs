using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Numbers.Ordering;

/// <summary>What an account says of a part of an order.</summary>
internal static class OrderComments
{
    private const int Longest = 5_000;
    private const string Type = "comment_record_type", Id = "comment_record_id", Read = "read_at", RecordType = "comment",
        Commenter = "commenter", CommenterType = "commenter_type";

    public static ResourceKind Kind(NumberParts parts) => new(RecordType)
    {
        IsNewestFirst = true,
        Validate = (op, body, _) => CheckAsync(op, body, parts),
        Show = (op, row, shown) =>
        {
            shown["created_at"] = TelnyxTime.Micros(row.CreatedAt);
            shown["updated_at"] = TelnyxTime.Micros(row.UpdatedAt);
        },
    };

    /// <summary>What the operator says of a part; its account has not read it yet.</summary>
    public static DocumentWrite OfOperator(ResourceRow part, string words, DateTimeOffset at) => new(new DocumentKind(RecordType), new()
    {
        Id = Guid.NewGuid().ToString(), Tenant = part.Tenant, CreatedAt = at, UpdatedAt = at,
        Body = new() { ["body"] = words, [Type] = OrderKinds.Part, [Id] = part.Id, [Commenter] = "admin", [CommenterType] = "admin" },
    });

    /// <summary>Read once is read; a second time changes nothing.</summary>
    public static async ValueTask<Reply> MarkRead(OperationContext op, NumberParts parts)
    {
        var rows = parts.Store.Documents.Rows(new DocumentKind(RecordType));
        if (await rows.FindAsync(op.Tenant, op.Path("id"), op.Stop) is not { } row) return op.Unknown("id");
        if (row.Body.Text(Read) is null)
        {
            var (body, now) = (row.Body.DeepClone().AsObject(), op.Now);
            body[Read] = TelnyxTime.Micros(now);
            var after = row with { Body = body, UpdatedAt = now };
            // Whoever was faster has read it as well.
            await rows.UpdateAsync(after, op.Note("read", RecordType, row.Id, row.Body), op.Stop);
            row = await rows.FindAsync(op.Tenant, row.Id, op.Stop) ?? after;
        }
        var shown = OrderKinds.Show(row, RecordType);
        shown.Remove("record_type");
        return op.Ok(shown);
    }

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, NumberParts parts)
    {
        foreach (string field in new[] { "body", Type, Id })
            if (body.Filled(field) is null)
                return op.Dialect.Errors.Problem(Fault.MissingField, $"{field} is required.") with { Pointer = "/" + field };
        if (body.Text("body") is { Length: > Longest })
            return new(VoiceErrors.BadLength, $"body may have {Longest} characters.") { Pointer = "/body" };
        if (body.Text(Type) is not OrderKinds.Part)
            return new(VoiceErrors.BadRequest, "10041: comments below requirement groups are not built yet.") { Pointer = "/" + Type };
        // its id was just asked for
        if (await parts.Store.Documents.Rows(OrderKinds.Parts).FindAsync(op.Tenant, body.Text(Id)!, op.Stop) is null)
            return new(VoiceErrors.BadRequest, $"{Id} names no {OrderKinds.Part} of this account.") { Pointer = "/" + Id };
        body[Commenter] = op.Tenant.ToString();
        body[CommenterType] = "user";
        return null;
    }
}
