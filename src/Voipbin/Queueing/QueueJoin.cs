using System.Globalization;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Voipbin.Calling;

namespace Ringwright.Voipbin.Queueing;

/// <summary>How a call has left a queue.</summary>
public enum QueueJoinEnd
{
    /// <summary>An agent has talked to the caller, and is gone.</summary>
    Served,
    /// <summary>Nobody came in the queue's time.</summary>
    WaitTimeout,
    /// <summary>Nobody came within <see cref="QueueJoin.AnswersWithin"/>.</summary>
    Abandoned,
    /// <summary>The two have talked as long as the queue lets them.</summary>
    ServiceTimeout,
    Kicked,
    /// <summary>There is no such queue, or no longer.</summary>
    NoQueue,
    /// <summary>The call is over.</summary>
    CallerGone,
}

/// <summary>
/// Has the call of a program wait in a queue until an agent has talked to it, or something else ends that. Meanwhile the program reads
/// nothing of the call; what happens to it goes to what is heard while waiting.
/// </summary>
/// <param name="queue">Of the call's account.</param>
/// <param name="waitFlow">
/// Runs a flow on the call that it is given, once: it is begun again as long as the caller waits, and its call says by
/// <see cref="IProgramCall.Stop"/> when that is over. Null where no flow can be run: then a tone is heard.
/// </param>
public sealed class QueueJoin(CallWork work, Guid queue, Func<Guid, IProgramCall, ValueTask>? waitFlow = null)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    /// <summary>Hears, before the call waits, what a flow may say of it: name of a variable and its value.</summary>
    public Action<IReadOnlyDictionary<string, string>>? Entered { get; init; }

    /// <summary>Nobody waits longer for an agent who talks to him, whatever the queue says; null for no such limit.</summary>
    public TimeSpan? AnswersWithin { get; init; }

    /// <summary>
    /// Reads the call's next event, null behind its last, and gives that up with the token; null where its program reads them itself, one
    /// at a time: then a note on the call says up to where it was read here.
    /// </summary>
    public Func<CancellationToken, ValueTask<SubjectEvent?>>? Read { get; init; }

    /// <returns>When the call is the program's again.</returns>
    public async ValueTask<QueueJoinEnd> RunAsync(IProgramCall call)
    {
        long begun = work.Time.GetTimestamp();
        QueuedCaller? entered = null;
        while (entered is null)
        {
            try
            {
                if (await work.Queues.FindAsync(call.Leg.Tenant, queue.ToString(), call.Stop) is not { } found
                        || ResourceKind.DeletedAt(found) is not null)
                    return QueueJoinEnd.NoQueue;
                if (!await IsAnsweredAsync(call)) return QueueJoinEnd.CallerGone;
                // What is begun is written to its end, though the caller may hang up meanwhile.
                entered = await work.Floor.EnterAsync(call.Leg, found, CancellationToken.None);
            }
            catch (OperationCanceledException) when (call.Stop.IsCancellationRequested)
            {
                return QueueJoinEnd.CallerGone;
            }
            catch (StoreUnavailableException)
            {
                // Nobody is let go because he comes while the database is away.
                if (work.Time.GetElapsedTime(begun) >= AnswersWithin) return QueueJoinEnd.Abandoned;
                await Task.Delay(Again, work.Time, call.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (call.Stop.IsCancellationRequested) return QueueJoinEnd.CallerGone;
            }
        }
        var (caller, row) = (entered, entered.Queue);
        Entered?.Invoke(new Dictionary<string, string>
        {
            ["voipbin.queue.id"] = row.Id,
            ["voipbin.queue.name"] = (string?)row.Body["name"] ?? "",
            ["voipbin.queue.detail"] = (string?)row.Body["detail"] ?? "",
            ["voipbin.queuecall.id"] = caller.Id,
            ["voipbin.queuecall.timeout_wait"] = Milliseconds(row, "wait_timeout"),
            ["voipbin.queuecall.timeout_service"] = Milliseconds(row, "service_timeout"),
        });
        Func<IProgramCall, ValueTask>? heard = waitFlow is not null && Guid.TryParse((string?)row.Body["wait_flow_id"], out var flow)
            && flow != Guid.Empty ? other => waitFlow(flow, other) : null;
        return await new QueueStay(work, call, caller, heard, Read) { By = caller.Row.CreatedAt + AnswersWithin }.RunAsync();
    }

    private static string Milliseconds(ResourceRow queue, string field) =>
        ((long?)queue.Body[field] ?? 0).ToString(CultureInfo.InvariantCulture);

    private static async ValueTask<bool> IsAnsweredAsync(IProgramCall call)
    {
        if (call.Leg.AnsweredAt is not null) return true;
        if (call.Leg.Direction is Direction.Inbound && !(await call.SendAsync(new LegCommand.Answer())).IsAccepted) return false;
        while (await call.NextAsync() is { } happened)
            if (happened is CallEvent.LegAnswered) return true;
        return false;
    }
}
