using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Talking;

/// <summary>Has calls judged that are written down, by the node's model; without one they wait.</summary>
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
        if (parts.Judge is not { } judge) return;
        foreach (var lost in await Table.ListLostAsync(Now, stop)) await Table.FailAsync(lost, "the node stopped", null, Now, stop);
        var due = await Table.ListDueAsync(Now, Most, stop);
        await Task.WhenAll(due.Select(one => TryAsync(judge, one, stop)));
    }

    /// <summary>One that cannot be judged keeps no other from it.</summary>
    private async Task TryAsync(ICallJudge judge, DueAnalysis due, CancellationToken stop)
    {
        if (await Table.TakeAsync(due, Now, Now + Lease, stop) is not { } ours) return;
        string fault;
        try
        {
            if (await JudgeAsync(judge, ours, stop) is not { } why) return;
            fault = why;
        }
        catch (Exception failed) when (failed is not (OperationCanceledException or StoreUnavailableException))
        {
            parts.Log.CallNotJudged(failed, ours.CallId);
            fault = "its answer cannot be read";
        }
        var again = ours.Attempts >= ours.MaxAttempts ? (DateTimeOffset?)null : Now + Rest * Math.Pow(2, ours.Attempts - 1);
        await Table.FailAsync(ours, fault, again, Now, stop);
    }

    /// <returns>Why not.</returns>
    private async ValueTask<string?> JudgeAsync(ICallJudge judge, DueAnalysis ours, CancellationToken stop)
    {
        var turns = await parts.Turns.ListAsync(ours.TenantId, ours.CallId, stop);
        // It was redacted, or the call is gone.
        if (!CallAnalysis.IsJudged(turns) || await Table.FactsAsync(ours, stop) is not { } facts)
        {
            await Table.CompleteAsync(ours, null, judge.Model, Now, stop);
            return null;
        }
        var (answer, fault) = await AskAsync(judge, facts.Type, turns, stop);
        if (answer is null) return fault;
        var found = CallAnalysis.Of(JsonNode.Parse(answer)!.AsObject(), turns);
        // Before it is told: whoever goes on after a stop asks again, and the list has it once.
        if (found.WantsNoCalls) await ListAsync(ours, facts, found, stop);
        await Table.CompleteAsync(ours, found, judge.Model, Now, stop);
        return null;
    }

    private async ValueTask<(string? Answer, string? Fault)> AskAsync(ICallJudge judge, string? type, IReadOnlyList<TurnRow> turns,
        CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        try
        {
            return await judge.AskAsync(CallQuestion.InstructionsOf(type), CallQuestion.SchemaOf(type), CallQuestion.TranscriptOf(turns),
                limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (null, "it took too long");
        }
    }

    /// <summary>Whoever the call was with is not called again, by the client or the agency whose call it was.</summary>
    private async ValueTask ListAsync(DueAnalysis ours, JudgedCall facts, CallAnalysis found, CancellationToken stop)
    {
        var account = facts.ClientId is { } client ? new TenantId(Guid.Parse(client)) : ours.TenantId;
        var leg = (await parts.Store.Legs.ListByUuidsAsync(account, [ours.CallId], stop)).FirstOrDefault();
        if (leg is null || !E164.TryParse(leg.Direction is Direction.Outbound ? leg.To : leg.From, out var number)) return;
        await parts.Store.DoNotCall.AddAsync(
        [
            new()
            {
                Id = Guid.CreateVersion7(Now), Owner = account, Number = number.Text, Source = DoNotCallSource.Analysis,
                Reason = DoNotCallReason.CallerRequest, AddedBy = "an analysis", Leg = ours.CallId,
                Evidence = $"Found in what was said in the call {ours.CallId}.", IsProvisional = found.Confidence < Sure, At = Now,
            },
        ], _ => null, stop);
    }
}
