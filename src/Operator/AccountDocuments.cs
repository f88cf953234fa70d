using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>
/// Documents of an account that the node serves under a URL of its own, for applications of the account: what answers its calls.
/// </summary>
internal static class AccountDocuments
{
    private const string RecordType = "document";

    public static async ValueTask<Reply> List(OperationContext op, OperatorParts parts)
    {
        if (Accounts.Of(op)?.Id is not { } account) return op.Unknown("account_id");
        var page = await parts.Store.HostedDocuments.ListAsync(account, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. page.Rows.Select(row => (JsonNode)Show(row, parts.Documents))], page.Total);
    }

    public static async ValueTask<Reply> Get(OperationContext op, OperatorParts parts) =>
        await FindAsync(op, parts) is { } found ? op.Ok(Whole(found, parts.Documents)) : op.Unknown("id");

    public static async ValueTask<Reply> Create(OperationContext op, OperatorParts parts)
    {
        if (Accounts.Of(op)?.Id is not { } account) return op.Unknown("account_id");
        var now = op.Now;
        var blank = new HostedDocument
        {
            Id = Guid.CreateVersion7(now), Tenant = account, Name = "", Token = HostedDocument.NewToken(), Content = "",
            CreatedAt = now, UpdatedAt = now,
        };
        var (document, problems) = Read(op, blank, parts.Documents);
        if (problems.Count > 0) return op.Fail(problems);
        return await parts.Store.HostedDocuments.AddAsync(document, Note(op, "created", null, document), op.Stop)
            ? op.Created(Whole(document, parts.Documents))
            : op.Fail(new Problem("in_use", $"An account has at most {HostedDocument.Most} documents."));
    }

    public static async ValueTask<Reply> Update(OperationContext op, OperatorParts parts)
    {
        if (await FindAsync(op, parts) is not { } found) return op.Unknown("id");
        if (Read(op, found, parts.Documents).Problems is { Count: > 0 } problems) return op.Fail(problems);
        // Laid over what it is by then.
        var now = await parts.Store.HostedDocuments.ChangeAsync(found.Tenant, found.Id,
            document => Read(op, document, parts.Documents).Document, op.Now,
            (before, after) => Note(op, "updated", before, after), op.Stop);
        return now is not null ? op.Ok(Whole(now, parts.Documents)) : op.Unknown("id");
    }

    public static async ValueTask<Reply> Delete(OperationContext op, OperatorParts parts) =>
        await FindAsync(op, parts) is { } found
        && await parts.Store.HostedDocuments.RemoveAsync(found.Tenant, found.Id, Note(op, "deleted", found, null), op.Stop)
            ? op.Ok(Whole(found, parts.Documents)) : op.Unknown("id");

    private static async ValueTask<HostedDocument?> FindAsync(OperationContext op, OperatorParts parts) =>
        Accounts.Of(op)?.Id is { } account && Guid.TryParse(op.Path("id"), out var id)
            ? await parts.Store.HostedDocuments.FindAsync(account, id, op.Stop) : null;

    private static (HostedDocument Document, List<Problem> Problems) Read(OperationContext op, HostedDocument document,
        OperatorDocumentParts parts)
    {
        var (body, problems) = (op.ReadObject(), Fields.Unknown(op, RecordType));
        document = document with
        {
            Name = ((string?)body["name"] ?? document.Name).Trim(),
            Content = (string?)body["content"] ?? document.Content,
        };
        if (document.Name.Length == 0) problems.Add(new("invalid", "name may not be blank.") { Pointer = "/name" });
        if (Encoding.UTF8.GetByteCount(document.Content) > HostedDocument.MostBytes)
            problems.Add(new("invalid", $"content may have {HostedDocument.MostBytes} bytes.") { Pointer = "/content" });
        else if (parts.FaultOf(document.Content) is { } fault)
            problems.Add(new("invalid", $"content is no document: {fault}") { Pointer = "/content" });
        return (document, problems);
    }

    private static AuditNote Note(OperationContext op, string change, HostedDocument? before, HostedDocument? after)
    {
        var one = (before ?? after)!;       // one of them is there
        return op.Note(change, RecordType, one.Id.ToString(), FieldsOf(before), FieldsOf(after)) with { Tenant = one.Tenant };

        // The trail is read by keys that need not read the document: its URL is one.
        static JsonObject? FieldsOf(HostedDocument? document) =>
            document is null ? null : new() { ["name"] = document.Name, ["content"] = document.Content };
    }

    private static JsonObject Whole(HostedDocument document, OperatorDocumentParts parts)
    {
        var shown = Show(document, parts);
        shown["content"] = document.Content;
        return shown;
    }

    /// <summary>As in a list: without its text.</summary>
    private static JsonObject Show(HostedDocument document, OperatorDocumentParts parts) => new()
    {
        ["id"] = document.Id.ToString(),
        ["record_type"] = RecordType,
        ["account_id"] = document.Tenant.ToString(),
        ["name"] = document.Name,
        ["url"] = parts.Links.To(HostedDocuments.PathOf(document)),
        ["bytes"] = Encoding.UTF8.GetByteCount(document.Content),
        ["created_at"] = OperatorTime.Write(document.CreatedAt),
        ["updated_at"] = OperatorTime.Write(document.UpdatedAt),
    };
}
