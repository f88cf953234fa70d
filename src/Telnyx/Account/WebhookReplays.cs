using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store.Jobs;

namespace Ringwright.Telnyx.Account;

/// <summary>Replays of many webhooks, as accounts ask for them. Paths of ours.</summary>
internal static class WebhookReplays
{
    private const string AccountLimit = "10039";

    internal static async ValueTask<Reply> Create(OperationContext op, AccountParts parts)
    {
        // one of the two
        if (WebhookReplayJob.Read(op.ReadObject(), out string? problem) is not { } input) return op.Fail(new Problem("10015", problem!));
        var note = op.Note("created", WebhookReplayJob.KindName, "", after: input.DeepClone().AsObject());
        return await parts.Store.Jobs.AddAsync(op.Tenant, WebhookReplayJob.KindName, input, WebhookReplayJob.MostOpen, note, op.Stop)
            is { } job
            ? op.Ok(WebhookReplayJob.Show(job))
            : op.Fail(new Problem(AccountLimit,
                $"{WebhookReplayJob.MostOpen} jobs of this account are under way: wait until one of them is done."));
    }

    internal static async ValueTask<Reply> List(OperationContext op, AccountParts parts)
    {
        var page = await parts.Store.Jobs.ListAsync(op.Tenant, WebhookReplayJob.KindName, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. page.Jobs.Select(job => (JsonNode)WebhookReplayJob.Show(job))], page.Total);
    }

    internal static async ValueTask<Reply> Get(OperationContext op, AccountParts parts) =>
        await FindAsync(op, parts) is { } job ? op.Ok(WebhookReplayJob.Show(job)) : op.Unknown("id");

    internal static async ValueTask<Reply> Cancel(OperationContext op, AccountParts parts)
    {
        if (await FindAsync(op, parts) is not { } job) return op.Unknown("id");
        if (!await parts.Store.Jobs.CancelAsync(op.Tenant, job.Id,
                op.Note("cancelled", WebhookReplayJob.KindName, job.Id.ToString()), op.Stop))
            return op.Fail(Fault.WrongState, "This replay is over.");
        return op.Ok(WebhookReplayJob.Show(await FindAsync(op, parts) ?? job));
    }

    private static async ValueTask<Job?> FindAsync(OperationContext op, AccountParts parts) =>
        Guid.TryParse(op.Path("id"), out var id)
        && await parts.Store.Jobs.FindAsync(op.Tenant, id, op.Stop) is { Kind: WebhookReplayJob.KindName } job ? job : null;
}
