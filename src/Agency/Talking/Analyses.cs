using System.Text.Json.Nodes;
using Ringwright.Agency.Batches;
using Ringwright.Agency.Providers;
using Ringwright.Agency.Tables;
using Ringwright.Calls;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Talking;

/// <summary>Has calls judged that are written down, by the agency's own model or the node's; without one they wait.</summary>
internal sealed class Analyses(AgencyParts parts)
{
    /// <summary>Of one look, at the same time.</summary>
    private const int Most = 5;

    /// <summary>Below it, somebody is to look whether the number should be on the list, where it is meanwhile.</summary>
    private const double Sure = 0.8;

    /// <summary>So long it is ours, and a little less than that a model may take.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5), Patience = TimeSpan.FromMinutes(4);

    /// <summary>Before the second try; doubled for each further one.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private AnalysisTable Table => parts.Analyses;

    private DateTimeOffset Now => Times.Cut(parts.Store.Time.GetUtcNow());

    public async Task RunAsync(CancellationToken stop)
    {
        var owns = await OwnJudgesAsync(stop);
        if (parts.Judge is null && owns.Count == 0) return;
        foreach (var lost in await Table.ListLostAsync(Now, stop)) await Table.FailAsync(lost, "the node stopped", null, Now, stop);
        // Those that wait for a model keep no others from theirs.
        var due = parts.Judge is null ? await Table.ListDueAsync([.. owns.Keys], Now, Most, stop)
            : await Table.ListDueAsync(Now, Most, stop);
        await Task.WhenAll(due.Select(one => TryAsync(owns.GetValueOrDefault(one.TenantId) ?? parts.Judge!, one, stop)));
    }

    /// <summary>By models of agencies' own, which go before the node's.</summary>
    private async ValueTask<Dictionary<TenantId, ICallJudge>> OwnJudgesAsync(CancellationToken stop)
    {
        var judges = new Dictionary<TenantId, ICallJudge>();
        if (parts.OwnJudge is not { } judgeBy) return judges;
        var keys = new ProviderKeys(parts.Store);
        foreach (var row in await parts.Integrations.ListWithModelAsync(stop))
        {
            try
            {
                if (keys.ModelOf(row) is { } model) judges[row.TenantId] = judgeBy(row.TenantId, model);
            }
            catch (Exception locked) when (ProviderKeys.IsLocked(locked))
            {
                // The others' calls are judged, and its own by nobody else's model.
                judges[row.TenantId] = new LockedJudge(row.LlmModel ?? "");
            }
        }
        return judges;
    }

    /// <summary>One that cannot be judged keeps no other from it.</summary>
    private async Task TryAsync(ICallJudge judge, DueAnalysis due, CancellationToken stop)
    {
        if (await Table.TakeAsync(due, Now, Now + Lease, stop) is not { } ours) return;
        try
        {
            if (await JudgeAsync(judge, ours, stop) is { } failed)
                await FailAsync(ours, failed.Fault!, failed.IsRefused ? null : Rest * Math.Pow(2, ours.Attempts - 1), stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Whoever comes next takes it at once.
            await FailAsync(ours, "the node stopped", TimeSpan.Zero, CancellationToken.None);
            throw;
        }
        catch (Exception failed) when (failed is not StoreUnavailableException)
        {
            parts.Log.CallNotJudged(failed, ours.CallId);
            await FailAsync(ours, "its answer cannot be read", Rest * Math.Pow(2, ours.Attempts - 1), stop);
        }
    }

    /// <param name="rest">Until it is tried again; null for never, by itself.</param>
    private ValueTask FailAsync(DueAnalysis ours, string why, TimeSpan? rest, CancellationToken stop) =>
        Table.FailAsync(ours, why, ours.Attempts >= ours.MaxAttempts ? null : Now + rest, Now, stop);

    /// <returns>Why not.</returns>
    private async ValueTask<Judgement?> JudgeAsync(ICallJudge judge, DueAnalysis ours, CancellationToken stop)
    {
        if (AnalysisSetting.IsOff((await parts.Tenancy.AgencyAsync(ours.TenantId, stop)).Settings))
        {
            await Table.LeaveAsync(ours, Now, stop);
            return null;
        }
        var turns = await parts.Turns.ListAsync(ours.TenantId, ours.CallId, stop);
        // It was redacted.
        if (!CallAnalysis.IsJudged(turns))
        {
            await Table.CompleteAsync(ours, null, judge.Model, Now, stop);
            return null;
        }
        var account = await Table.AccountAsync(ours, stop);
        // What has grown too old is judged without.
        var leg = (await parts.Store.Legs.ListByUuidsAsync(account, [ours.CallId], stop)).FirstOrDefault();
        var remote = leg is null ? await parts.ProviderCalls.FindAsync(ours.TenantId, ours.CallId, stop) : null;
        leg ??= remote?.AsLeg();
        var placed = remote is null ? await PlacedAsync(ours.TenantId, leg, stop) : remote.Placed;
        var aim = await AimAsync(ours.TenantId, placed, stop);
        string? began = leg is null ? null : await BeganAsync(ours.TenantId, leg, placed, stop);
        var said = await AskAsync(judge, CallQuestion.InstructionsOf(aim, began), aim, turns, stop);
        // Whatever comes of it: an answer that is of no use is paid for, too.
        if (said.CostMicros is { } cost) await Table.SpendAsync(ours, cost, stop);
        if (said.Answer is not { } answer)
        {
            if (said.IsRefused) await new Alerts(parts).RaiseAsync(ours.TenantId, AlertRow.LlmCredentials, "", "Calls are not judged: "
                + (said.Fault ?? "the model's key is refused") + ".", Now, stop);
            return said with { Fault = said.Fault ?? "it has not answered" };
        }
        var found = CallAnalysis.Of(JsonNode.Parse(answer)!.AsObject(), turns, aim.Script is not null);
        // Before it is told: whoever goes on after a stop asks again, and the list has it once.
        if (found.WantsNoCalls && leg is not null) await ListAsync(leg, found, stop);
        await Table.CompleteAsync(ours, found, judge.Model, Now, stop);
        return null;
    }

    /// <summary>The batch that has placed the call; null for a call of none.</summary>
    private async ValueTask<BatchCall?> PlacedAsync(TenantId agency, LegRow? leg, CancellationToken stop) =>
        leg is not null && AttemptMark.Of(leg.Labels) is { } attempt
            ? (await parts.Batches.ListCallsAsync(agency, [attempt], stop)).FirstOrDefault() : null;

    /// <summary>By what its campaign and its agent say now; one that is gone says nothing.</summary>
    private async ValueTask<CallAim> AimAsync(TenantId agency, BatchCall? placed, CancellationToken stop)
    {
        if (placed is null) return CallAim.None;
        var campaign = Guid.TryParse(placed.Campaign, out var of) ? await parts.Campaigns.FindAsync(agency, of, stop) : null;
        var agent = Guid.TryParse(placed.Agent, out var by) ? await parts.Agents.FindAsync(agency, by, stop) : null;
        return CallAim.Of(campaign?.Type, agent?.SystemPrompt, campaign?.AnalysisProfile);
    }

    /// <summary>When the call began, by the clock of whoever it was with, too: "tomorrow at three" is said by that.</summary>
    private async ValueTask<string> BeganAsync(TenantId agency, LegRow leg, BatchCall? placed, CancellationToken stop)
    {
        var contact = Guid.TryParse(placed?.Contact, out var id) ? await parts.Contacts.FindAsync(agency, id, stop) : null;
        string person = leg.Direction is Direction.Outbound ? leg.To : leg.From;
        return ContactZones.Said(leg.StartedAt, RecipientZones.Where(contact?.Timezone, person)?.ClocksAt(leg.StartedAt));
    }

    private async ValueTask<Judgement> AskAsync(ICallJudge judge, string instructions, CallAim aim, IReadOnlyList<TurnRow> turns,
        CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        try
        {
            return await judge.AskAsync(instructions, CallQuestion.SchemaOf(aim), CallQuestion.TranscriptOf(turns), limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new(null, "it took too long");
        }
    }

    /// <summary>Whoever the call was with is not called again, by the client or the agency whose call it was.</summary>
    private async ValueTask ListAsync(LegRow leg, CallAnalysis found, CancellationToken stop)
    {
        if (!E164.TryParse(leg.Direction is Direction.Outbound ? leg.To : leg.From, out var number)) return;
        await parts.Store.DoNotCall.AddAsync(
        [
            DoNotCallEntry.Asked(leg.Tenant, number.Text, DoNotCallSource.Analysis, "an analysis", leg.Uuid,
                $"Found in what was said in the call {leg.Uuid}.", Now) with { IsProvisional = found.Confidence < Sure },
        ], _ => null, stop);
    }
}
