using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Ringwright.Store.Resources;

namespace Ringwright.Http;

/// <summary>List, create, get, update and delete of plain resources: what the contract's schemas say, and what the <see cref="ResourceKind"/> says beyond.</summary>
internal sealed class ResourceEngine(ILogger logger)
{
    /// <summary>Row of a resource that an account has once.</summary>
    private const string Singleton = "singleton";

    private readonly ResourceWrites _writes = new(logger);

    public ValueTask<Reply> CrudAsync(OperationContext op, ResourceKind kind, IResourceRows rows) => op.Operation.Method switch
    {
        "GET" when !op.Operation.IsOfOne => ListAsync(op, kind, rows),
        "GET" => GetAsync(op, kind, rows),
        "POST" => CreateAsync(op, kind, rows),
        "PATCH" or "PUT" => _writes.InTurnAsync(op, kind, IdOf(op), () => UpdateAsync(op, kind, rows)),
        "DELETE" => _writes.InTurnAsync(op, kind, IdOf(op), () => DeleteAsync(op, kind, rows)),
        _ => throw new UnreachableException(),
    };

    /// <summary>One field of a resource, or of the account's one resource where the path names none; an empty field means the whole body.</summary>
    public ValueTask<Reply> PartAsync(OperationContext op, ResourceKind kind, string field, IResourceRows rows) =>
        op.Operation.Method is "GET" ? ReadOrChangePartAsync(op, kind, field, rows) : _writes.InTurnAsync(op, kind, OwnerOf(op), () => ReadOrChangePartAsync(op, kind, field, rows));

    /// <summary>A row of the state table: legal from these states, to that one.</summary>
    public ValueTask<Reply> MoveAsync(OperationContext op, ResourceKind kind, string name, IResourceRows rows) =>
        _writes.InTurnAsync(op, kind, OwnerOf(op), () => ChangeStateAsync(op, kind, name, rows));

    /// <summary>The id of the resource, which ends the path.</summary>
    private static string IdOf(OperationContext op) => op.Path(op.Operation.PathNames[^1]);

    /// <summary>The id of the resource whose part or state the path names.</summary>
    private static string OwnerOf(OperationContext op) => op.Operation.PathNames.Count == 0 ? Singleton : op.Path(op.Operation.PathNames[0]);

    private async ValueTask<Reply> ReadOrChangePartAsync(OperationContext op, ResourceKind kind, string field, IResourceRows rows)
    {
        bool isSingleton = op.Operation.PathNames.Count == 0;
        for (int attempt = 0; attempt < ResourceWrites.Attempts; attempt++)
        {
            string id = OwnerOf(op);
            var row = await rows.FindAsync(op.Tenant, id, op.Stop);
            if (row is null && !isSingleton) return Missing(op, op.Operation.PathNames[0]);
            bool isNew = row is null;
            row ??= new() { Id = id, Tenant = op.Tenant, Body = [], CreatedAt = op.Now, UpdatedAt = op.Now };
            if (op.Operation.Method is "GET") return op.Ok(ResourceShape.ShowPart(op, kind, row, field));

            var body = row.Body.DeepClone().AsObject();
            var target = field.Length == 0 ? body : body[field] as JsonObject;
            if (target is null) body[field] = target = [];
            if (op.Operation.Method is "DELETE") target.Clear();
            else
            {
                if (op.Operation.Method is "PUT") target.Clear();
                Merge(target, ResourceShape.Accept(op, kind), kind.Merged);
            }

            if (await CheckAsync(op, kind, body, isNew ? null : row) is { } problem) return op.Fail(problem);
            var changed = row with { Body = body, UpdatedAt = op.Now };
            var outcome = isNew ? await _writes.InsertAsync(op, kind, rows, changed) : await _writes.UpdateAsync(op, kind, rows, row, changed);
            // A singleton that another request has just made is a stale read.
            if (outcome is WriteOutcome.Stale || (isNew && outcome is WriteOutcome.Duplicate)) continue;
            return outcome is WriteOutcome.Done
                ? op.Operation.SuccessStatus == 204 ? op.NoContent() : op.Ok(ResourceShape.ShowPart(op, kind, changed, field))
                : Refused(op, kind, outcome);
        }

        return op.Fail(Fault.Conflict);
    }

    private async ValueTask<Reply> ChangeStateAsync(OperationContext op, ResourceKind kind, string name, IResourceRows rows)
    {
        var transition = kind.Transitions.First(t => t.Name == name);
        for (int attempt = 0; attempt < ResourceWrites.Attempts; attempt++)
        {
            if (await rows.FindAsync(op.Tenant, OwnerOf(op), op.Stop) is not { } row) return Missing(op, op.Operation.PathNames[0]);
            string state = row.Body[kind.StateField]?.GetValue<string>() ?? "";
            if (transition.From.Count > 0 && !transition.From.Contains(state))
                return op.Fail(Fault.WrongState, $"This is not possible while {kind.StateField} is '{state}'.");

            var body = row.Body.DeepClone().AsObject();
            body[kind.StateField] = transition.To;
            var changed = row with { Body = body, UpdatedAt = op.Now };
            var outcome = await _writes.UpdateAsync(op, kind, rows, row, changed, name);
            if (outcome is WriteOutcome.Stale) continue;
            return outcome is WriteOutcome.Done ? op.Ok(ResourceShape.Show(op, kind, changed)) : Refused(op, kind, outcome);
        }

        return op.Fail(Fault.Conflict);
    }

    private static async ValueTask<Reply> ListAsync(OperationContext op, ResourceKind kind, IResourceRows rows)
    {
        var list = op.List;
        if (list.Limit is { } limit) list = list with { Size = limit };
        var page = await rows.ListAsync(op.Tenant, new()
        {
            Filters = kind.Deletes is DeleteStyle.Mark ? [.. list.Filters, new ResourceFilter(kind.StateField, "ne", ["deleted"])] : list.Filters,
            Sort = list.Sort ?? "created_at",
            IsDescending = list.IsDescending,
            Offset = list.Offset,
            Limit = list.Size,
        }, op.Stop);
        op.List = list;
        return op.Page([.. page.Rows.Select(row => (JsonNode)ResourceShape.Show(op, kind, row))], page.Total);
    }

    private static async ValueTask<Reply> GetAsync(OperationContext op, ResourceKind kind, IResourceRows rows) =>
        await FindAsync(op, kind, rows) is { } row ? op.Ok(ResourceShape.Show(op, kind, row)) : Missing(op, op.Operation.PathNames[^1]);

    private async ValueTask<Reply> CreateAsync(OperationContext op, ResourceKind kind, IResourceRows rows)
    {
        var body = ResourceShape.Accept(op, kind);
        ResourceShape.FillDefaults(op, kind, body);
        if (await CheckAsync(op, kind, body, before: null) is { } problem) return op.Fail(problem);

        var now = op.Now;
        var row = new ResourceRow
        {
            Id = kind.MintId?.Invoke(op, body) ?? op.Dialect.Form.Resources.Mint(kind, op),
            Tenant = op.Tenant,
            Body = body,
            CreatedAt = now,
            UpdatedAt = now,
        };
        var outcome = await _writes.InsertAsync(op, kind, rows, row);
        return outcome is WriteOutcome.Done ? op.Ok(ResourceShape.Show(op, kind, row)) : Refused(op, kind, outcome);
    }

    private async ValueTask<Reply> UpdateAsync(OperationContext op, ResourceKind kind, IResourceRows rows)
    {
        var given = ResourceShape.Accept(op, kind);
        for (int attempt = 0; attempt < ResourceWrites.Attempts; attempt++)
        {
            if (await FindAsync(op, kind, rows) is not { } row) return Missing(op, op.Operation.PathNames[^1]);
            var body = row.Body.DeepClone().AsObject();
            if (op.Operation.Method is "PUT")
            {
                // What the request's schema names and the request does not say goes back to its default; the rest is not the caller's.
                foreach (var (name, _) in body.ToArray())
                    if (op.BodySchema?.FindProperty(name) is { IsReadOnly: false }) body.Remove(name);
                Merge(body, given, []);
                ResourceShape.FillDefaults(op, kind, body);
            }
            else
            {
                Merge(body, given, kind.Merged);
            }

            if (await CheckAsync(op, kind, body, row) is { } problem) return op.Fail(problem);
            var changed = row with { Body = body, UpdatedAt = op.Now };
            var outcome = await _writes.UpdateAsync(op, kind, rows, row, changed);
            if (outcome is WriteOutcome.Stale) continue;
            return outcome is WriteOutcome.Done ? op.Ok(ResourceShape.Show(op, kind, changed)) : Refused(op, kind, outcome);
        }

        return op.Fail(Fault.Conflict);
    }

    private async ValueTask<Reply> DeleteAsync(OperationContext op, ResourceKind kind, IResourceRows rows)
    {
        for (int attempt = 0; attempt < ResourceWrites.Attempts; attempt++)
        {
            if (await FindAsync(op, kind, rows) is not { } row) return Missing(op, op.Operation.PathNames[^1]);
            if (kind.BeforeDelete is { } ask && await ask(op, row) is { } problem) return op.Fail(problem);
            var gone = Deleted(op, kind, row);
            var outcome = kind.Deletes is DeleteStyle.Remove ? await _writes.DeleteAsync(op, kind, rows, row) : await _writes.UpdateAsync(op, kind, rows, row, gone, "deleted");
            if (outcome is WriteOutcome.Stale) continue;
            if (outcome is not WriteOutcome.Done) return Refused(op, kind, outcome);
            return op.Operation.SuccessStatus == 204 ? op.NoContent() : op.Ok(ResourceShape.Show(op, kind, gone));
        }

        return op.Fail(Fault.Conflict);
    }

    /// <summary>What a delete leaves, or what its answer shows of a row that is gone.</summary>
    private static ResourceRow Deleted(OperationContext op, ResourceKind kind, ResourceRow row)
    {
        if (kind.Deletes is DeleteStyle.Remove) return row;
        if (kind.Deletes is DeleteStyle.Stamp) return row with { UpdatedAt = op.Now, DeletedAt = op.Now };
        var body = row.Body.DeepClone().AsObject();
        body[kind.StateField] = "deleted";
        return row with { Body = body, UpdatedAt = op.Now };
    }

    private static async ValueTask<ResourceRow?> FindAsync(OperationContext op, ResourceKind kind, IResourceRows rows)
    {
        var row = await rows.FindAsync(op.Tenant, IdOf(op), op.Stop);
        return kind.Deletes is DeleteStyle.Mark && row?.Body[kind.StateField]?.GetValue<string>() is "deleted" ? null : row;
    }

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, ResourceKind kind, JsonObject body, ResourceRow? before) =>
        kind.Validate is { } validate ? await validate(op, body, before) : null;

    /// <summary>The fields of <paramref name="given"/> over those of <paramref name="target"/>; the objects in <paramref name="merged"/> member by member.</summary>
    private static void Merge(JsonObject target, JsonObject given, IReadOnlyList<string> merged)
    {
        foreach (var (name, value) in given)
        {
            if (value is JsonObject members && target[name] is JsonObject stored && merged.Contains(name)) Merge(stored, members, merged);
            else target[name] = value?.DeepClone();
        }
    }

    private static Reply Missing(OperationContext op, string name) => op.Unknown(name, "The resource was not found.");

    private static Reply Refused(OperationContext op, ResourceKind kind, WriteOutcome outcome) => outcome switch
    {
        WriteOutcome.Duplicate when kind.Unique.Count == 0 => op.Fail(Fault.Duplicate, "This resource exists already."),
        WriteOutcome.Duplicate => op.Fail(op.Dialect.Errors.Problem(Fault.Duplicate, $"{kind.Unique[0]} has already been taken.") with { Pointer = Pointers.Of(kind.Unique[0]) }),
        WriteOutcome.Taken => op.Fail(op.Dialect.Errors.Problem(Fault.Duplicate, kind.TakenDetail) with { Pointer = Pointers.Of(kind.Unique[0]) }),
        WriteOutcome.InUse => op.Fail(Fault.InUse, "The resource is in use by another one."),
        // An insert misses what the body refers to, anything else the resource itself.
        WriteOutcome.Missing when op.Operation.Method is "POST" => op.Fail(Fault.UnknownReference, "Something that the body refers to does not exist."),
        WriteOutcome.Missing => op.Fail(Fault.UnknownResource, "The resource was not found."),
        _ => op.Fail(Fault.Conflict),
    };
}
