using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Ringwright.Store.Resources;

namespace Ringwright.Http;

/// <summary>
/// List, create, get, update and delete of plain resources: what the contract's schemas say,
/// and what the <see cref="ResourceKind"/> says beyond.
/// </summary>
internal sealed class ResourceEngine(ILogger logger)
{
    /// <summary>Row of a resource that an account has once.</summary>
    private const string Singleton = "singleton";

    private readonly ResourceWrites _writes = new(logger);
    private readonly Moves _moves = new(logger);

    public async ValueTask<Reply> CrudAsync(OperationContext op, ResourceKind kind, IResourceRows rows)
    {
        // Whoever has the one above has those below it, and nobody else finds either.
        if (kind.Under is { } under && await op.Dialect.Rows(under.Kind).FindAsync(op.Tenant, op.Path(under.Parameter), op.Stop) is null)
            return await op.UnknownAsync(under.Kind, under.Parameter, under.Missing);
        return await DoAsync(op, kind, rows);
    }

    private ValueTask<Reply> DoAsync(OperationContext op, ResourceKind kind, IResourceRows rows) => op.Operation.Method switch
    {
        "GET" when !op.Operation.IsOfOne => ListAsync(op, kind, rows),
        "GET" => GetAsync(op, kind, rows),
        "POST" => CreateAsync(op, kind, rows),
        "PATCH" or "PUT" => _writes.InTurnAsync(op, kind, IdOf(op), () => UpdateAsync(op, kind, rows)),
        "DELETE" => _writes.InTurnAsync(op, kind, IdOf(op), () => DeleteAsync(op, kind, rows)),
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// One field of a resource, or of the account's one resource where the path names none; an empty field means the whole body.
    /// </summary>
    public ValueTask<Reply> PartAsync(OperationContext op, ResourceKind kind, string field, IResourceRows rows) =>
        op.Operation.Method is "GET" ? ReadOrChangePartAsync(op, kind, field, rows)
            : _writes.InTurnAsync(op, kind, OwnerOf(op), () => ReadOrChangePartAsync(op, kind, field, rows));

    /// <summary>A row of the state table: legal from these states, to that one.</summary>
    public ValueTask<Reply> MoveAsync(OperationContext op, ResourceKind kind, string name, IResourceRows rows) =>
        _writes.InTurnAsync(op, kind, OwnerOf(op), () => ChangeStateAsync(op, kind, name, rows));

    /// <summary>The id of the resource, which ends the path.</summary>
    private static string IdOf(OperationContext op) => op.Path(op.Operation.PathNames[^1]);

    /// <summary>The id of the resource whose part or state the path names.</summary>
    private static string OwnerOf(OperationContext op) =>
        op.Operation.PathNames.Count == 0 ? Singleton : op.Path(op.Operation.PathNames[0]);

    private async ValueTask<Reply> ReadOrChangePartAsync(OperationContext op, ResourceKind kind, string field, IResourceRows rows)
    {
        bool isSingleton = op.Operation.PathNames.Count == 0;
        for (int attempt = 0; attempt < ResourceWrites.Attempts; attempt++)
        {
            string id = OwnerOf(op);
            var row = await rows.FindAsync(op.Tenant, id, op.Stop);
            if (row is null && !isSingleton) return await op.UnknownAsync(kind, op.Operation.PathNames[0]);
            bool isNew = row is null;
            var now = op.Now;
            row ??= new() { Id = id, Tenant = op.Tenant, Body = [], CreatedAt = now, UpdatedAt = now };
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
            kind.Keep(body, row);

            if (await CheckAsync(op, kind, body, isNew ? null : row) is { } problem) return op.Fail(problem);
            var changed = row with { Body = body, UpdatedAt = now };
            var outcome =
                isNew ? await _writes.InsertAsync(op, kind, rows, changed) : await _writes.UpdateAsync(op, kind, rows, row, changed);
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
        string id = OwnerOf(op);
        string? says = kind.Transitions.FirstOrDefault(t => t.Name == name && t.Says is not null)?.Says;
        var result = await _moves.RunAsync(new(kind, rows), new(op.Tenant, id, name, Mover.Api)
        {
            At = op.Now,
            Role = op.Caller.Role,
            Note = op.Note(name, kind.RecordType, id),
            Said = says is null ? null : (string?)op.ReadObject()[says],
        }, op.Stop);
        return result.Outcome switch
        {
            MoveOutcome.Done => op.Ok(ResourceShape.Show(op, kind, result.Row!)),               // as it is afterwards
            MoveOutcome.Missing => await op.UnknownAsync(kind, op.Operation.PathNames[0]),
            MoveOutcome.WrongState => op.Fail(NotFrom(op, kind, name, kind.StateOf(result.Row!))), // as it was found
            MoveOutcome.Forbidden => op.Fail(Fault.Forbidden, "A key of this role may not do that."),
            // what was missed
            MoveOutcome.NothingSaid =>
                op.Fail(op.Dialect.Errors.Problem(Fault.MissingField, $"{says} is required.") with { Pointer = Pointers.Of(says!) }),
            MoveOutcome.Conflict => op.Fail(Fault.Conflict),
            MoveOutcome.Refused => Refused(op, kind, result.Write),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Why a request that has no operation of its own in the state table may not be; null when it may.</summary>
    /// <param name="move">The table's row; null when it has none of this name.</param>
    private static Problem? Judge(OperationContext op, ResourceKind kind, string name, ResourceRow row, out Transition? move)
    {
        move = null;
        if (!kind.Has(name)) return null;
        move = kind.Find(name, Mover.Api, kind.StateOf(row));
        if (move is null) return NotFrom(op, kind, name, kind.StateOf(row));
        return op.Caller.Role < move.Role ? op.Dialect.Errors.Problem(Fault.Forbidden, "A key of this role may not do that.") : null;
    }

    private static Problem NotFrom(OperationContext op, ResourceKind kind, string name, string state)
    {
        string detail = $"This is not possible while {kind.StateField} is '{state}'.";
        string? code = kind.Transitions.FirstOrDefault(t => t.Name == name)?.Refusal;
        return code is null ? op.Dialect.Errors.Problem(Fault.WrongState, detail) : new(code, detail);
    }

    private static async ValueTask<Reply> ListAsync(OperationContext op, ResourceKind kind, IResourceRows rows)
    {
        var list = op.List;
        if (list.Limit is { } limit) list = list with { Size = limit };
        var page = await rows.ListAsync(op.Tenant, new()
        {
            Filters = [.. list.Filters.Where(filter => !kind.Inclusions.ContainsKey(filter.Path)), .. OwnFilters(op, kind)],
            Sort = list.Sort ?? "created_at",
            IsDescending = list.IsDescending || (list.Sort is null && kind.IsNewestFirst),
            Offset = list.Offset,
            Limit = list.Size,
        }, op.Stop);
        op.List = list;
        List<JsonObject> items = [.. page.Rows.Select(row => ResourceShape.Show(op, kind, row))];
        foreach (var (filter, include) in kind.Inclusions)
            if (list.Filter(filter) is "true") await include(op, items);
        return op.Page([.. items], page.Total);
    }

    /// <summary>What a list leaves out whatever the request says.</summary>
    private static IEnumerable<ResourceFilter> OwnFilters(OperationContext op, ResourceKind kind)
    {
        if (kind.Deletes is DeleteStyle.Mark) yield return new(kind.StateField, "ne", ["deleted"]);
        if (kind.Under is { } under) yield return new(under.Field, "eq", [op.Path(under.Parameter)]);
    }

    private static async ValueTask<Reply> GetAsync(OperationContext op, ResourceKind kind, IResourceRows rows) =>
        await FindAsync(op, kind, rows) is { } row ? op.Ok(ResourceShape.Show(op, kind, row))
            : await op.UnknownAsync(kind, op.Operation.PathNames[^1]);

    private async ValueTask<Reply> CreateAsync(OperationContext op, ResourceKind kind, IResourceRows rows)
    {
        var body = ResourceShape.Accept(op, kind);
        ResourceShape.FillDefaults(op, kind, body);
        if (kind.Under is { } under) body[under.Field] = op.Path(under.Parameter);
        if (kind.Find(Transition.Created, Mover.Api, "") is { } first)
        {
            if (op.Caller.Role < first.Role) return op.Fail(Fault.Forbidden, "A key of this role may not do that.");
            kind.Step(body, first, said: null);
        }
        if (await CheckAsync(op, kind, body, before: null) is { } problem) return op.Fail(problem);

        var now = op.Dialect.Form.Resources.Moment(kind, op);
        var row = new ResourceRow
        {
            Id = kind.MintId?.Invoke(op, body) ?? op.Dialect.Form.Resources.Mint(kind, op),
            Tenant = op.Tenant,
            Body = body,
            CreatedAt = now,
            UpdatedAt = now,
        };
        var outcome = await _writes.InsertAsync(op, kind, rows, row);
        if (outcome is WriteOutcome.Duplicate && kind.Instead is { } ask && await ask(op, row) is { } there)
            return op.Ok(ResourceShape.Show(op, kind, there));
        return outcome is WriteOutcome.Done ? op.Ok(ResourceShape.Show(op, kind, row)) : Refused(op, kind, outcome);
    }

    private async ValueTask<Reply> UpdateAsync(OperationContext op, ResourceKind kind, IResourceRows rows)
    {
        var given = ResourceShape.Accept(op, kind);
        for (int attempt = 0; attempt < ResourceWrites.Attempts; attempt++)
        {
            if (await FindAsync(op, kind, rows) is not { } row || kind.IsGone(row))
                return await op.UnknownAsync(kind, op.Operation.PathNames[^1]);
            if (Judge(op, kind, Transition.Updated, row, out var move) is { } refusal) return op.Fail(refusal);
            var body = row.Body.DeepClone().AsObject();
            if (op.Operation.Method is "PUT" && !kind.KeepsUnsaid)
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
            kind.Keep(body, row);
            if (kind.Under is { } under) body[under.Field] = op.Path(under.Parameter);
            if (move is not null) kind.Step(body, move, said: null);

            if (await CheckAsync(op, kind, body, row) is { } problem) return op.Fail(problem);
            var changed = row with { Body = body, UpdatedAt = op.Dialect.Form.Resources.Moment(kind, op) };
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
            if (await FindAsync(op, kind, rows) is not { } row || kind.IsGone(row))
                return await op.UnknownAsync(kind, op.Operation.PathNames[^1]);
            if (Judge(op, kind, Transition.Deleted, row, out _) is { } refusal) return op.Fail(refusal);
            if (kind.BeforeDelete is { } ask && await ask(op, row) is { } problem) return op.Fail(problem);
            var gone = Deleted(op, kind, row);
            var outcome = kind.Deletes is DeleteStyle.Remove ? await _writes.DeleteAsync(op, kind, rows, row)
                : await _writes.UpdateAsync(op, kind, rows, row, gone, "deleted");
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
        var now = op.Now;
        if (kind.Deletes is DeleteStyle.Stamp) return row with { UpdatedAt = now, DeletedAt = now };
        var body = row.Body.DeepClone().AsObject();
        var at = op.Dialect.Form.Resources.Moment(kind, op);
        if (kind.Deletes is DeleteStyle.Keep) body[ResourceKind.DeletedField] = at.ToString("O", CultureInfo.InvariantCulture);
        else body[kind.StateField] = "deleted";
        return row with { Body = body, UpdatedAt = at };
    }

    private static async ValueTask<ResourceRow?> FindAsync(OperationContext op, ResourceKind kind, IResourceRows rows)
    {
        var row = kind.NamedBy is { } field ? await FindNamedAsync(op, field, rows)
            : await rows.FindAsync(op.Tenant, AsKept(kind, IdOf(op)), op.Stop);
        if (kind.Under is { } under && row?.Body[under.Field]?.GetValue<string>() != op.Path(under.Parameter)) return null;
        return kind.Deletes is DeleteStyle.Mark && row?.Body[kind.StateField]?.GetValue<string>() is "deleted" ? null : row;
    }

    /// <summary>Some languages and databases write a UUID in capitals; rows have it in small letters.</summary>
    private static string AsKept(ResourceKind kind, string id) =>
        kind.Ids is IdStyle.Uuid && id.AsSpan().ContainsAnyInRange('A', 'F') && Guid.TryParseExact(id, "D", out var uuid)
            ? uuid.ToString() : id;

    private static async ValueTask<ResourceRow?> FindNamedAsync(OperationContext op, string field, IResourceRows rows)
    {
        string name = IdOf(op);
        var found = await rows.ListAsync(op.Tenant, new() { Filters = [new(field, "eq", [name])], Limit = 1 }, op.Stop);
        return found.Rows.FirstOrDefault(row => row.Body[field]?.GetValue<string>() == name);
    }

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, ResourceKind kind, JsonObject body, ResourceRow? before) =>
        kind.Validate is { } validate ? await validate(op, body, before) : null;

    /// <summary>
    /// The fields of <paramref name="given"/> over those of <paramref name="target"/>;
    /// the objects in <paramref name="merged"/> member by member.
    /// </summary>
    private static void Merge(JsonObject target, JsonObject given, IReadOnlyList<string> merged)
    {
        foreach (var (name, value) in given)
        {
            if (value is JsonObject members && target[name] is JsonObject stored && merged.Contains(name)) Merge(stored, members, merged);
            else target[name] = value?.DeepClone();
        }
    }

    private static Reply Refused(OperationContext op, ResourceKind kind, WriteOutcome outcome) => outcome switch
    {
        WriteOutcome.Duplicate when kind.TakenCode is { } code => op.Fail(new Problem(code, kind.TakenDetail)),
        WriteOutcome.Duplicate when kind.Unique.Count == 0 => op.Fail(Fault.Duplicate, "This resource exists already."),
        WriteOutcome.Duplicate => op.Fail(op.Dialect.Errors.Problem(Fault.Duplicate, $"{kind.Unique[0]} has already been taken.") with
        {
            Pointer = Pointers.Of(kind.Unique[0])
        }),
        WriteOutcome.Taken =>
            op.Fail(op.Dialect.Errors.Problem(Fault.Duplicate, kind.TakenDetail) with { Pointer = Pointers.Of(kind.Unique[0]) }),
        WriteOutcome.InUse => op.Fail(Fault.InUse, "The resource is in use by another one."),
        // An insert misses what the body refers to, anything else the resource itself.
        WriteOutcome.Missing when op.Operation.Method is "POST" =>
            op.Fail(Fault.UnknownReference, "Something that the body refers to does not exist."),
        WriteOutcome.Missing => op.Fail(Fault.UnknownResource, "The resource was not found."),
        _ => op.Fail(Fault.Conflict),
    };
}
