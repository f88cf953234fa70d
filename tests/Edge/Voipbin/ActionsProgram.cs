using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Voipbin;
using Ringwright.Voipbin.Calling;
using Ringwright.Voipbin.Queueing;

namespace Ringwright.Edge.Voipbin;

/// <summary>Carries out the few actions that tests of calls and queues have.</summary>
internal sealed class ActionsProgram(CallWork work, Database store, Application application) : ICallProgram
{
    public List<QueueJoinEnd> Ends { get; } = [];

    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        while (call.Leg.AnsweredAt is null)
            if (await call.NextAsync() is null) return null;
        var flow = await store.Documents.Rows(new ResourceKind("voipbin_flow") { Deletes = DeleteStyle.Keep })
            .FindAsync(call.Leg.Tenant, application.Target, call.Stop);
        foreach (var action in flow!.Body["actions"]!.AsArray())
        {
            var option = action!["option"] as JsonObject ?? [];
            if ((string?)action["type"] == "queue_join")
                Ends.Add(await new QueueJoin(work, Guid.Parse((string)option["queue_id"]!)).RunAsync(call));
            else await call.WaitAsync(TimeSpan.FromMilliseconds((int?)option["duration"] ?? 0));
        }
        return null;
    }
}
