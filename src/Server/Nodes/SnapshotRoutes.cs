using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Server.Modules;
using Ringwright.Store;
using Ringwright.Store.Snapshots;
using static Ringwright.Server.Nodes.SocketReplies;

namespace Ringwright.Server.Nodes;

/// <summary>Saves and loads snapshots for the program's own commands. The file lies on this machine; the node itself opens it.</summary>
/// <param name="keysChanged">Called when keys may have come or gone.</param>
internal sealed class SnapshotRoutes(Database database, Snowflakes snowflakes, Action keysChanged)
{
    public void Map(WebApplication app, string root)
    {
        app.MapPost($"{root}/snapshots/save", SaveAsync);
        app.MapPost($"{root}/snapshots/load", LoadAsync);
    }

    private async Task SaveAsync(HttpContext http)
    {
        var body = await BodyAsync(http);
        TenantId? tenant = null;
        if ((string?)body["tenant"] is { } name)
        {
            if (await database.Tenants.FindByNameAsync(name, http.RequestAborted) is not { } found)
            {
                await RefuseAsync(http, $"there is no account '{name}' (ringwright tenant list shows them)");
                return;
            }

            tenant = found.Id;
        }

        await AnswerAsync(http, () => database.Snapshots.SaveAsync((string)body["path"]!, tenant, NodeModules.SnapshotKinds(database), (bool?)body["files"] ?? true, (bool?)body["overwrite"] ?? false, http.RequestAborted)); // our own command writes it
    }

    private async Task LoadAsync(HttpContext http)
    {
        var body = await BodyAsync(http);
        await AnswerAsync(http, async () =>
        {
            // A load that was begun is finished, whoever waits for it.
            var loaded = await database.Snapshots.LoadAsync((string)body["path"]!, NodeModules.SnapshotKinds(database), NodeModules.DocumentFault, (bool?)body["replace"] ?? false, snowflakes.Next, CancellationToken.None);
            keysChanged();
            return loaded;
        });
    }

    private static async Task AnswerAsync(HttpContext http, Func<Task<SnapshotSummary>> work)
    {
        try
        {
            var summary = await work();
            await WriteAsync(http, new JsonObject(summary.Counts.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.Value))));
        }
        catch (SnapshotException refused)
        {
            await RefuseAsync(http, refused.Message);
        }
    }
}
