using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Voipbin.Calling;

/// <summary>
/// Rows that the program itself changes while something goes on: each change is made on the row as it is, whoever else changes it, and is
/// committed with what is told of it. A row that is open says whose process looks after it, and is found by whoever comes after that one.
/// </summary>
/// <param name="kind">Whose rows stay when they are deleted.</param>
/// <param name="schema">Of the contract.</param>
/// <param name="noun">By which its events are called.</param>
internal sealed class LiveRows(VoipbinParts parts, Contract contract, ResourceKind kind, string schema, string noun)
{
    /// <summary>Of the body: <see cref="VoipbinParts.Owner"/> of the process that looks after the row, if one has to.</summary>
    public const string Owner = "owner";

    /// <summary>Of the body of a row that no process looks after: when it is to be looked at again, by whichever lives then.</summary>
    public const string Due = "due_at";

    /// <summary>Of the body: somebody asks, maybe at another node, that it ends.</summary>
    public const string Kicked = "kick";

    private const int Tries = 20;

    private readonly VoipbinEvents _events = new(parts);
    private readonly Schema _shape = contract.Schemas.Find(schema) ?? throw new InvalidOperationException($"There is no schema {schema}.");

    public ResourceKind Kind => kind;

    private IResourceRows Rows => parts.Store.Documents.Rows(kind);

    public ValueTask<ResourceRow?> FindAsync(TenantId tenant, string id, CancellationToken stop) => Rows.FindAsync(tenant, id, stop);

    public async ValueTask<IReadOnlyList<ResourceRow>> ListAsync(TenantId tenant, int limit, CancellationToken stop,
        params ResourceFilter[] filters) =>
        (await Rows.ListAsync(tenant, new() { Filters = filters, Limit = limit }, stop)).Rows;

    public JsonObject Show(ResourceRow row) => VoipbinShape.Of(_shape, row);

    /// <summary>A new row, which is this process's to look after.</summary>
    public async ValueTask<ResourceRow> AddAsync(TenantId tenant, JsonObject body, CancellationToken stop)
    {
        var at = VoipbinForm.Moments.Next(kind.RecordType, tenant, parts.Store.Time.GetUtcNow());
        body[Owner] = parts.Owner;
        var row = new ResourceRow { Id = Guid.NewGuid().ToString(), Tenant = tenant, Body = body, CreatedAt = at, UpdatedAt = at };
        var work = await _events.TellAsync(noun, _shape, new("created", null, row) { At = at });
        await Rows.InsertAsync(row, work with { Entry = new(kind.RecordType, row.Id, at, null) }, stop);
        return row;
    }

    /// <param name="change">Changes the body; false leaves it as it is. It may be asked again.</param>
    /// <param name="name">What is told: "waiting"; null tells nothing.</param>
    /// <returns>The row as it is now, and whether it was changed; null for one that is gone or deleted.</returns>
    public async ValueTask<(ResourceRow Row, bool IsChanged)?> ChangeAsync(TenantId tenant, string id, Func<JsonObject, bool> change,
        string? name, CancellationToken stop)
    {
        for (int tries = 0; tries < Tries; tries++)
        {
            if (await FindAsync(tenant, id, stop) is not { } before || ResourceKind.DeletedAt(before) is not null) return null;
            var body = before.Body.DeepClone().AsObject();
            if (!change(body)) return (before, false);
            var now = parts.Store.Time.GetUtcNow();
            // What is kept for the program alone is no change that anybody sees.
            var at = name is null ? before.UpdatedAt : VoipbinForm.Moments.Next(kind.RecordType, tenant, now);
            var after = before with { Body = body, UpdatedAt = at };
            var work = name is null ? new() : await _events.TellAsync(noun, _shape, new("updated", before, after) { At = now }, name: name);
            var due = body.ContainsKey(Owner) ? before.CreatedAt : DueOf(body);
            work = work with { Entry = new StateEntry(kind.RecordType, id, due, null) };
            if (await Rows.UpdateAsync(after, work, stop) is WriteOutcome.Done)
                return (after with { Revision = before.Revision + 1 }, true);
            // Somebody else was quicker: at what he left it is looked again.
            await Task.Delay(Random.Shared.Next(1, 5 + tries * 5), stop);
        }
        throw new InvalidOperationException($"The {noun} {id} is changed by others all the time.");
    }

    /// <summary>Null for never.</summary>
    public static DateTimeOffset? DueOf(JsonObject body) =>
        DateTimeOffset.TryParse((string?)body[Due], CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at : null;

    public ValueTask DeleteOwnerAsync(TenantId tenant, string id, CancellationToken stop) =>
        new(ChangeAsync(tenant, id, static body => body.Remove(Owner), name: null, stop).AsTask());
}
