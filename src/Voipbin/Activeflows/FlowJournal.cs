using System.Text.Json.Nodes;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>Writes down where one run is, and tells its customer.</summary>
internal sealed class FlowJournal(FlowParts parts, FlowOrder order)
{
    public const string Current = "current_action", Executed = "executed_actions", Hook = "hook", HookMethod = "hook_method",
        OnComplete = "on_complete_flow_id";

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private FlowRun _run = null!;       // set as it begins
    public bool IsBegun { get; private set; }
    private int _shown;
    private bool _isDone;

    public async ValueTask<bool> BeginAsync()
    {
        if (order.IsPart) return IsBegun = true;
        var now = VoipbinForm.Moments.Next(ActiveflowHandlers.RecordType, order.Tenant, parts.Time.GetUtcNow());
        _run = new()
        {
            Id = order.Id, Tenant = order.Tenant, Flow = order.Flow ?? order.Script?.Id, ReferenceType = order.ReferenceType,
            Reference = order.Reference, Parent = order.Parent, CreatedAt = now, UpdatedAt = now,
            Facts = new()
            {
                [Executed] = new JsonArray(), [Hook] = order.Hook?.Url, [HookMethod] = order.Hook?.Method,
                [OnComplete] = order.Script?.OnComplete?.ToString(),
            },
        };
        return IsBegun = await parts.Records.BeginAsync(_run);
    }

    /// <summary>Where nothing can be written the run goes on, and its call: what is written next says this, too.</summary>
    /// <returns>False when somebody has ended it.</returns>
    public async ValueTask<bool> StepAsync(FlowAction action)
    {
        if (order.IsPart) return true;
        var now = parts.Time.GetUtcNow();
        string at = VoipbinTime.Text(now);
        _shown += action.Option.ToJsonString().Length;
        var facts = (JsonObject)_run.Facts.DeepClone();
        facts[Current] = action.Show(at);
        facts[Executed]!.AsArray().Add(action.Show(at, hasOption: _shown <= FlowLimits.ShownCharacters));
        _run = _run with { Facts = facts, UpdatedAt = now };
        try
        {
            return await parts.Records.ChangeAsync(_run);
        }
        catch (StoreUnavailableException)
        {
            parts.Log.FlowStepNotWritten(order.Id);
            return true;
        }
    }

    /// <summary>Once; where nothing can be written, later, or by the next start of the node.</summary>
    public async ValueTask EndAsync(FlowOutcome outcome)
    {
        if (_isDone || order.IsPart) return;
        _isDone = true;
        var facts = (JsonObject)_run.Facts.DeepClone();
        facts[Current] = null;
        _run = _run with { Facts = facts, State = FlowRunState.Ended, Outcome = outcome, UpdatedAt = parts.Time.GetUtcNow() };
        try
        {
            await parts.Records.ChangeAsync(_run);
        }
        catch (Exception away) when (away is StoreUnavailableException or ObjectDisposedException)
        {
            parts.Log.FlowEndNotWritten(order.Id);
            if (away is StoreUnavailableException) _ = EndLaterAsync();
        }
    }

    /// <summary>Else it would be shown as running until the node is started again.</summary>
    private async Task EndLaterAsync()
    {
        while (true)
        {
            await Task.Delay(Again, parts.Time);
            try
            {
                await parts.Records.ChangeAsync(_run);
                return;
            }
            catch (StoreUnavailableException)
            {
                // Not yet.
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                // The node stops, or the row is gone.
                return;
            }
        }
    }
}
