using System.Text.Json.Nodes;
using Ringwright.Chakra.Calling;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Chakra.Telling;

/// <summary>Subscriptions: made, listed, ended.</summary>
internal sealed class ChakraWebhooks(ChakraParts parts)
{
    private ChakraHooks Hooks => parts.Telling.Hooks;

    public async ValueTask<Reply> Create(OperationContext op)
    {
        if (ChakraCalls.UnknownField(op) is { } unknown) return op.Fail(unknown);
        var given = op.ReadObject();
        if (parts.UrlFault((string)given["url"]!) is { } fault) return op.Fail(ChakraCalls.Invalid("url", fault));     // required
        if ((await ListAsync(op)).Total >= ChakraHooks.Most)
            return op.Fail(new Problem("CONFLICT", $"A team has at most {ChakraHooks.Most} subscriptions."));
        var now = op.Now;
        var row = new ResourceRow
        {
            Id = Guid.CreateVersion7(now).ToString(), Tenant = op.Tenant, Body = given, CreatedAt = now, UpdatedAt = now,
        };
        await Hooks.Rows.InsertAsync(row, op.Note("created", ChakraHooks.RecordType, row.Id), op.Stop);
        await Hooks.ReadAsync(op.Tenant, op.Stop);
        return op.Created(Show(row));
    }

    public async ValueTask<Reply> List(OperationContext op)
    {
        var page = await ListAsync(op);
        return op.Bare(200, new JsonObject
        {
            ["_data"] = new JsonArray([.. page.Rows.Select(row => (JsonNode)Show(row))]),
            ["_meta"] = new JsonObject { ["total"] = page.Total },
        });
    }

    public async ValueTask<Reply> Delete(OperationContext op)
    {
        if (await Hooks.Rows.FindAsync(op.Tenant, op.Path("id"), op.Stop) is not { } row) return op.Unknown("id");
        await Hooks.Rows.DeleteAsync(op.Tenant, row.Id, op.Note("deleted", ChakraHooks.RecordType, row.Id, row.Body), op.Stop);
        await Hooks.ReadAsync(op.Tenant, op.Stop);
        return op.Ok(Show(row));
    }

    private ValueTask<ResourcePage> ListAsync(OperationContext op) =>
        Hooks.Rows.ListAsync(op.Tenant, new() { Limit = ChakraHooks.Most }, op.Stop);

    /// <summary>The secret is told to nobody.</summary>
    private static JsonObject Show(ResourceRow row) => new()
    {
        ["id"] = row.Id, ["url"] = (string?)row.Body["url"], ["events"] = row.Body["events"]!.DeepClone(),      // required
        ["hasSecret"] = row.Body[ChakraHooks.Secret] is not null, ["createdAt"] = ChakraTime.Millis(row.CreatedAt),
    };
}
