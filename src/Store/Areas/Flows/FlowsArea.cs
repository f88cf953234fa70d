using Ringwright.Store.Migrations;

namespace Ringwright.Store.Areas;

/// <summary>Runs of lists of actions.</summary>
internal static class FlowsArea
{
    private const string Old = """
        delete from rw_flow_run where tenant_id = @tenant and id in (
            select id from rw_flow_run where tenant_id = @tenant and state = 'ended' and updated_at < @before
            order by created_at, id limit @step)
        """;

    public static readonly StoreArea Area = new("flows")
    {
        Migrations = Migration.OfArea("Flows"),
        Tables =
        [
            new("rw_flow_run")
            {
                LeftOut = "what was done in calls, step by step, and what is done at this moment: neither goes on in another database",
            },
        ],
        Aged = [new("runs of flows", Old) { Kept = retention => retention.Legs }],
    };
}
