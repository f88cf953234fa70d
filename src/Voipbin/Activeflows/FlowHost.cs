using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>Whether a run without a call has begun.</summary>
internal enum FlowStart
{
    Begun,
    /// <summary>As many of the account run as may.</summary>
    NoRoom,
    /// <summary>The node stops.</summary>
    Stopping,
    /// <summary>There is a run of this id.</summary>
    IdTaken,
}

/// <summary>The runs of this process, and those of them that have no call.</summary>
internal sealed class FlowHost(FlowParts parts) : IAsyncDisposable
{
    /// <summary>A variable, without <c>voipbin.</c>: what was said and understood.</summary>
    public const string TranscriptionText = "transcribe.text";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<Guid, FlowRunner> _running = new();
    private readonly ConcurrentDictionary<Guid, (TenantId Tenant, Task Run)> _alone = new();
    private volatile bool _isStopped;

    /// <summary>Without a call, and not over.</summary>
    public int Count => _alone.Count;

    /// <summary>The account may begin another one without a call.</summary>
    public bool HasRoom(TenantId tenant) =>
        !_isStopped && _alone.Values.Count(one => one.Tenant == tenant) < FlowLimits.RunsAtOnce;

    /// <summary>Runs a flow without a call; it goes on behind the reply.</summary>
    /// <param name="over">Hears how it ended.</param>
    /// <returns>Once it has begun it is written down.</returns>
    public async ValueTask<FlowStart> StartAsync(FlowOrder order, Action<FlowOutcome>? over = null)
    {
        if (_isStopped) return FlowStart.Stopping;
        if (!HasRoom(order.Tenant)) return FlowStart.NoRoom;
        var runner = new FlowRunner(parts, order);
        if (!await runner.BeginAsync()) return FlowStart.IdTaken;
        var begun = new TaskCompletionSource();
        _alone[order.Id] = (order.Tenant, RunAsync(runner, begun.Task, over));
        begun.SetResult();
        return FlowStart.Begun;
    }

    public void Add(FlowRunner runner) => _running[runner.Order.Id] = runner;

    public void Remove(FlowRunner runner) => _running.TryRemove(new(runner.Order.Id, runner));

    /// <summary>Ends a run of this process. Its row is somebody else's business.</summary>
    /// <returns>False when it is none of this process.</returns>
    public bool Stop(Guid id)
    {
        if (!_running.TryGetValue(id, out var runner)) return false;
        runner.Interrupt(FlowStep.End);
        return true;
    }

    /// <summary>What a flow says is to come behind its end.</summary>
    public void Complete(FlowOrder ended, Guid? next, FlowOutcome outcome)
    {
        // What is heard again and again while somebody waits ends each time, and nothing is complete.
        if (next is null || ended.IsPart || outcome is FlowOutcome.Stopped or FlowOutcome.Lost || ended.Completed + 1 >= FlowLimits.Chain)
            return;
        Begin(new()
        {
            Id = Guid.NewGuid(), Tenant = ended.Tenant, Flow = next, ReferenceType = ended.ReferenceType, Reference = ended.Reference,
            Parent = ended.Id, Completed = ended.Completed + 1, Hook = ended.Hook, Attempt = ended.Attempt,
        });
    }

    /// <summary>Runs a flow behind the end of a recording.</summary>
    public void FollowRecording(FlowOrder recorded, Guid recording, Guid flow) => _ = Task.Run(async () =>
    {
        try
        {
            if (await parts.Records.AwaitRecordingAsync(recorded.Tenant, recording, CancellationToken.None))
                Follow(recorded, FlowOrder.OfRecording, recording, flow);
        }
        catch (Exception fault)
        {
            parts.Log.FlowBroke(fault, recorded.Id);
        }
    });

    /// <summary>Has a call's recordings written down, and runs a flow behind that, which knows what was said.</summary>
    public void Transcribe(FlowOrder recorded, LegId call, IReadOnlyList<Guid> recordings, RecordTranscription wanted, Guid? flow) =>
        _ = Task.Run(async () =>
        {
            try
            {
                string said = await parts.Records.TranscribeAsync(recorded.Tenant, call, recordings, wanted, CancellationToken.None);
                if (flow is { } next) FollowTranscription(recorded, said, next);
            }
            catch (Exception fault)
            {
                parts.Log.FlowBroke(fault, recorded.Id);
            }
        });

    /// <summary>Runs a flow behind the end of a transcription.</summary>
    /// <param name="said">As much of it as a variable holds is known there.</param>
    public void FollowTranscription(FlowOrder before, string said, Guid flow) =>
        Follow(before, FlowOrder.OfTranscription, before.Id, flow, new Dictionary<string, string>
        {
            [TranscriptionText] = Clipped.Of(said, FlowLimits.VariableCharacters),
        });

    /// <summary>Runs a flow because something that another one began is over.</summary>
    /// <param name="own">What it knows of that: names without <c>voipbin.</c>.</param>
    public void Follow(FlowOrder before, string referenceType, Guid reference, Guid flow, IReadOnlyDictionary<string, string>? own = null)
    {
        if (before.Completed + 1 >= FlowLimits.Chain) return;
        Begin(new()
        {
            Id = Guid.NewGuid(), Tenant = before.Tenant, Flow = flow, ReferenceType = referenceType, Reference = reference,
            Parent = before.Id, Completed = before.Completed + 1, Own = own ?? new Dictionary<string, string>(),
        });
    }

    public async ValueTask DisposeAsync()
    {
        _isStopped = true;
        foreach (var runner in _running.Values) runner.Interrupt(FlowStep.End);
        await Task.WhenAny(Task.WhenAll(_alone.Values.Select(one => one.Run)), Task.Delay(Patience, parts.Time));
    }

    private void Begin(FlowOrder order) => _ = Task.Run(async () =>
    {
        try
        {
            var start = await StartAsync(order);
            if (start is not FlowStart.Begun) parts.Log.FlowNotBegun(order.Id, order.Flow, start);
        }
        catch (Exception fault)
        {
            parts.Log.FlowBroke(fault, order.Id);
        }
    });

    private async Task RunAsync(FlowRunner runner, Task begun, Action<FlowOutcome>? over)
    {
        await begun;
        var outcome = FlowOutcome.Failed;
        try
        {
            outcome = await Task.Run(runner.RunAsync);
        }
        catch (Exception fault)
        {
            parts.Log.FlowBroke(fault, runner.Order.Id);
        }
        _alone.TryRemove(runner.Order.Id, out _);
        over?.Invoke(outcome);
    }
}
