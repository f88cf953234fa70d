using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Store.Documents;

/// <summary>Gathers the secret fields of a body into the one that is stored sealed, and spreads them out again.</summary>
internal sealed class SealedFields(IResourceRows rows, IReadOnlyList<string> secrets) : IResourceRows
{
    /// <summary>Where the gathered fields stand in the body, as the text of one object. No name of a contract begins like it.</summary>
    public const string Field = "$secrets";

    public async ValueTask<ResourcePage> ListAsync(TenantId tenant, ResourceQuery query, CancellationToken stop)
    {
        var page = await rows.ListAsync(tenant, query, stop).ConfigureAwait(false);
        return page with { Rows = [.. page.Rows.Select(Open)] };
    }

    public async ValueTask<ResourceRow?> FindAsync(TenantId tenant, string id, CancellationToken stop) =>
        await rows.FindAsync(tenant, id, stop).ConfigureAwait(false) is { } row ? Open(row) : null;

    public ValueTask<WriteOutcome> InsertAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop) =>
        rows.InsertAsync(Gather(row), Masked(work, row), stop);

    public ValueTask<WriteOutcome> UpdateAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop) =>
        rows.UpdateAsync(Gather(row), Masked(work, row), stop);

    public ValueTask<WriteOutcome> DeleteAsync(TenantId tenant, string id, UnitOfWork? work, CancellationToken stop) =>
        rows.DeleteAsync(tenant, id, Masked(work, null), stop);

    /// <summary>The note tells the fields by their own names.</summary>
    private UnitOfWork? Masked(UnitOfWork? work, ResourceRow? after) =>
        work?.Note is { } note ? work with { Note = note with { After = after?.Body, Masked = [.. note.Masked, .. secrets] } } : work;

    private ResourceRow Gather(ResourceRow row)
    {
        var body = row.Body.DeepClone().AsObject();
        var hidden = new JsonObject();
        foreach (string name in secrets)
            if (body.Remove(name, out var value) && value is not null) hidden[name] = value;
        if (hidden.Count > 0) body[Field] = hidden.ToJsonString();
        return row with { Body = body };
    }

    private static ResourceRow Open(ResourceRow row)
    {
        if ((string?)row.Body[Field] is not { } text) return row;
        var body = row.Body.DeepClone().AsObject();
        body.Remove(Field);
        foreach (var (name, value) in JsonNode.Parse(text)!.AsObject()) body[name] = value?.DeepClone(); // written by Gather
        return row with { Body = body };
    }
}
