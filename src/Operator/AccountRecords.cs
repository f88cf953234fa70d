using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Audit;
using Ringwright.Store.Resources;

namespace Ringwright.Operator;

/// <summary>
/// What an account has, made and changed by the operator: five operations on records that belong to no dialect.
/// The account's own API shows them in its words, and the account's trail says that the operator did it.
/// </summary>
/// <param name="fields">What the operator's API shows of a record, apart from id, account and times.</param>
/// <param name="read">Lays a request's fields over a record.</param>
/// <param name="blank">A record with nothing said yet.</param>
internal sealed class AccountRecords<T>(
    string recordType, Records<T> records, Func<T, JsonObject> fields,
    Func<OperationContext, TenantId, JsonObject, T, List<Problem>, T> read, Func<TenantId, long, JsonObject, T> blank)
{
    /// <summary>Asked before a delete; null when nothing is in the way.</summary>
    public Func<OperationContext, TenantId, T, ValueTask<Problem?>> BeforeDelete { get; init; } = static (_, _, _) => new((Problem?)null);

    public async ValueTask<Reply> List(OperationContext op)
    {
        if (AccountOf(op) is not { } account) return op.Unknown("account_id");
        var page = await records.ListAsync(account, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. page.Rows.Select(row => (JsonNode)Show(account, row))], page.Total);
    }

    public async ValueTask<Reply> Get(OperationContext op) =>
        AccountOf(op) is { } account && await records.FindAsync(account, op.Path("id"), op.Stop) is { } found ? op.Ok(Show(account, found))
            : op.Unknown("id");

    public async ValueTask<Reply> Create(OperationContext op)
    {
        if (AccountOf(op) is not { } account) return op.Unknown("account_id");
        var (problems, body) = (Fields.Unknown(op, recordType), op.ReadObject());
        long id = op.Snowflakes.Next();
        var record = read(op, account, body, blank(account, id, body), problems);
        if (problems.Count > 0) return op.Fail(problems);

        string text = id.ToString(CultureInfo.InvariantCulture);
        var outcome = await records.AddAsync(text, record, op.Now, Note(op, account, "created", text, null, fields(record)), op.Stop);
        return outcome is WriteOutcome.Done ? op.Created(Show(account, new(text, record, op.Now, op.Now))) : Refused(op, outcome);
    }

    public async ValueTask<Reply> Update(OperationContext op)
    {
        if (AccountOf(op) is not { } account || await records.FindAsync(account, op.Path("id"), op.Stop) is not { } found)
            return op.Unknown("id");
        var (problems, body) = (Fields.Unknown(op, recordType), op.ReadObject());
        read(op, account, body, found.Record, problems);
        if (problems.Count > 0) return op.Fail(problems);

        // Laid over what it is by then: somebody else's change of another field stays.
        var (outcome, now) = await records.ChangeAsync(account, found.Id, record => read(op, account, body, record, []), op.Now,
            (before, after) => Note(op, account, "updated", found.Id, fields(before), fields(after)), op.Stop);
        return now is not null ? op.Ok(Show(account, now)) : Refused(op, outcome);
    }

    public async ValueTask<Reply> Delete(OperationContext op)
    {
        if (AccountOf(op) is not { } account || await records.FindAsync(account, op.Path("id"), op.Stop) is not { } found)
            return op.Unknown("id");
        if (await BeforeDelete(op, account, found.Record) is { } problem) return op.Fail(problem);
        var outcome = await records.RemoveAsync(account, found.Id,
            Note(op, account, "deleted", found.Id, fields(found.Record), null), op.Stop);
        return outcome is WriteOutcome.Done ? op.Ok(Show(account, found)) : Refused(op, outcome);
    }

    private AuditNote Note(OperationContext op, TenantId account, string change, string id, JsonObject? before, JsonObject? after) =>
        op.Note(change, recordType, id, before, after) with { Tenant = account };

    private JsonObject Show(TenantId account, Held<T> row)
    {
        var shown = new JsonObject { ["id"] = row.Id, ["record_type"] = recordType, ["account_id"] = account.ToString() };
        foreach (var (name, value) in fields(row.Record)) shown[name] = value?.DeepClone();
        shown["created_at"] = OperatorTime.Write(row.CreatedAt);
        shown["updated_at"] = OperatorTime.Write(row.UpdatedAt);
        return shown;
    }

    private static TenantId? AccountOf(OperationContext op) => Accounts.Of(op)?.Id;

    private static Reply Refused(OperationContext op, WriteOutcome outcome) => outcome switch
    {
        WriteOutcome.Missing => op.Unknown("id"),
        WriteOutcome.InUse => op.Fail(Fault.InUse),
        WriteOutcome.Stale => op.Fail(Fault.Conflict),
        _ => op.Fail(Fault.Duplicate),
    };
}
