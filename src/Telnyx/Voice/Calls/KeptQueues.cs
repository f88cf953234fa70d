using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>
/// Queues that an account has made before anybody waits in them: a name, and how many may wait. While calls wait, the engine has the queue,
/// of the size that it was entered with. Documents, programs of TwiML and commands of calls have them in common.
/// </summary>
internal static class KeptQueues
{
    /// <summary>Of one account.</summary>
    public const int Most = 1_000;
    private const string Name = "name", MaxSize = "max_size";

    private static readonly DocumentKind Kind = new("twiml_queue") { Unique = [Name] };

    public static async ValueTask<IReadOnlyList<QueueRow>> ListAsync(Database store, TenantId account, CancellationToken stop) =>
        [.. (await Rows(store).ListAsync(account, new() { Limit = Most }, stop)).Rows.Select(Read)];

    /// <summary>How many may wait; null where the account has not made the queue.</summary>
    public static async ValueTask<int?> SizeAsync(Database store, TenantId account, string name, CancellationToken stop) =>
        (await FindAsync(store, account, name, stop))?.MaxSize;

    /// <returns>Null where the account has not made the queue.</returns>
    public static async ValueTask<QueueRow?> FindAsync(Database store, TenantId account, string name, CancellationToken stop) =>
        await FindRowAsync(store, account, name, stop) is { } row ? Read(row) : null;

    /// <returns>Null when there is one of that name, or as many as may be.</returns>
    public static async ValueTask<QueueRow?> AddAsync(OperationContext op, Database store, string name, int size)
    {
        if ((await Rows(store).ListAsync(op.Tenant, new() { Limit = 1 }, op.Stop)).Total >= Most) return null;
        var now = op.Now;
        var row = new ResourceRow
        {
            Id = Guid.CreateVersion7(now).ToString(), Tenant = op.Tenant, Body = new() { [Name] = name, [MaxSize] = size },
            CreatedAt = now, UpdatedAt = now,
        };
        var note = op.Note("created", Kind.Name, row.Id, after: row.Body);
        return await Rows(store).InsertAsync(row, note, op.Stop) is WriteOutcome.Done ? Read(row) : null;
    }

    /// <returns>Null when it is not there, or somebody else changed it meanwhile.</returns>
    public static async ValueTask<QueueRow?> ResizeAsync(OperationContext op, Database store, string name, int size)
    {
        if (await FindRowAsync(store, op.Tenant, name, op.Stop) is not { } before) return null;
        var after = before with { Body = new() { [Name] = name, [MaxSize] = size }, UpdatedAt = op.Now };
        var note = op.Note("updated", Kind.Name, before.Id, before.Body, after.Body);
        return await Rows(store).UpdateAsync(after, note, op.Stop) is WriteOutcome.Done ? Read(after) : null;
    }

    public static async ValueTask<bool> RemoveAsync(OperationContext op, Database store, string name) =>
        await FindRowAsync(store, op.Tenant, name, op.Stop) is { } row && await Rows(store).DeleteAsync(op.Tenant, row.Id,
            op.Note("deleted", Kind.Name, row.Id, row.Body), op.Stop) is WriteOutcome.Done;

    private static async ValueTask<ResourceRow?> FindRowAsync(Database store, TenantId account, string name, CancellationToken stop) =>
        (await Rows(store).ListAsync(account, new() { Filters = [new(Name, "eq", [name])], Limit = 1 }, stop)).Rows.FirstOrDefault();

    /// <summary>Nobody waits in it as far as this goes.</summary>
    private static QueueRow Read(ResourceRow row) => new()
    {
        Uuid = Guid.Parse(row.Id), Name = (string)row.Body[Name]!, MaxSize = (int)row.Body[MaxSize]!,      // written above
        CreatedAt = row.CreatedAt, UpdatedAt = row.UpdatedAt, Calls = [],
    };

    private static IResourceRows Rows(Database store) => store.Documents.Rows(Kind);
}
