using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Voipbin.Activeflows;

namespace Ringwright.Voipbin;

/// <summary>Runs and stops campaigns.</summary>
internal sealed class CampaignStatus(VoipbinParts parts, Schema campaign, ActiveflowHandlers runs)
{
    public const string Requested = CampaignSwitch.Requested;

    public async ValueTask<Reply> Put(OperationContext op)
    {
        string id = op.Path("id");
        if (await FindAsync(op, id) is not { } row || ResourceKind.DeletedAt(row) is not null)
            return await op.UnknownAsync(DialerRows.Campaign, "id");
        var body = op.ReadObject();
        switch ((string?)body["status"])
        {
            case "run":
                if (await RunAsync(op, row) is { } problem) return op.Fail(problem);
                break;
            case "stop":
                await StopAsync(op, row, (bool?)body["hangup"] is true);
                break;
            default:
                return op.Fail(VoipbinShape.Bad("status", "status must be run or stop."));
        }
        parts.CampaignsChanged();
        return await FindAsync(op, id) is { } now ? op.Ok(VoipbinShape.Of(campaign, now))
            : await op.UnknownAsync(DialerRows.Campaign, "id");
    }

    private static ValueTask<ResourceRow?> FindAsync(OperationContext op, string id) =>
        op.Dialect.Rows(DialerRows.Campaign).FindAsync(op.Tenant, id, op.Stop);

    private async ValueTask<Problem?> RunAsync(OperationContext op, ResourceRow row)
    {
        if (VoipbinCampaigns.StatusOf(row) is "run") return null;
        if (await VoipbinCampaigns.CheckReferencesAsync(op, row.Body, row.Id) is { } problem) return problem;
        if (CampaignDocument.Moment(row.Body["stop_at"]) <= op.Now)
            return VoipbinShape.Bad("status", "The campaign's stop_at has passed.");
        await CampaignPlans.FollowAsync(parts, op.Tenant, row.Id, op.Stop);
        await parts.Store.Campaigns.MoveAsync(op.Tenant, Guid.Parse(row.Id), [CampaignState.Stop, CampaignState.Stopping],
            CampaignState.Run, reason: null, MomentOf(op), op.Note("started", DialerRows.Campaign.RecordType, row.Id), op.Stop);
        return null;
    }

    private async ValueTask StopAsync(OperationContext op, ResourceRow row, bool hangsUp)
    {
        await CampaignSwitch.StopAsync(parts.Store, op.Tenant, Guid.Parse(row.Id), MomentOf(op),
            op.Note("stopped", DialerRows.Campaign.RecordType, row.Id), op.Stop);
        if (!hangsUp) return;
        // What had its first row at that moment may not be where a command finds it: it is looked for once more.
        for (int attempt = 0; attempt < 2; attempt++)
        {
            foreach (var live in await parts.Store.DialAttempts.ListLiveAsync(op.Tenant, Guid.Parse(row.Id), op.Stop))
                if (live.Leg is { } leg)
                    await op.Calls.SendAsync(leg, new LegCommand.Hangup { Evidence = "The campaign was stopped with its calls." }, op.Stop);
                else if (await parts.Store.FlowRuns.FindAsync(op.Tenant, live.Id, op.Stop) is { State: FlowRunState.Running } run)
                    await runs.EndAsync(op, run);
            if (attempt == 0) await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, op.Stop);
        }
    }

    private static DateTimeOffset MomentOf(OperationContext op) =>
        VoipbinForm.Moments.Next(DialerRows.Campaign.RecordType, op.Tenant, op.Now);
}
